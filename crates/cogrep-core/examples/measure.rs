//! A measure of one's own: the longest gap between two hits of each pattern, in bytes.
//!
//! `cargo run --release -p cogrep-core --example measure -- PATTERN INPUT...`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use cogrep_core::measure::{Measure, TextFacts};
use cogrep_core::{Counter, Fault, Hit, Input, Job, Options};

#[derive(Debug)]
pub(crate) struct LongestGap;

/// Where the first hit of a needle begins, where the last one ends, and the longest gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Gap {
    first: Option<u64>,
    last: u64,
    pub(crate) longest: u64,
}

impl Measure for LongestGap {
    type State = Vec<Gap>;
    fn name(&self) -> &'static str {
        "longest gap"
    }

    fn begin(&self, text: &TextFacts) -> Result<Vec<Gap>, Fault> {
        Ok(vec![Gap::default(); text.needles])
    }

    fn hit(&self, gaps: &mut Vec<Gap>, hit: Hit) {
        gaps[hit.needle].join(&Gap { first: Some(hit.start), last: hit.end, longest: 0 });
    }

    fn join(&self, gaps: &mut Vec<Gap>, next: Vec<Gap>) {
        gaps.iter_mut().zip(&next).for_each(|(gap, next)| gap.join(next));
    }
}

impl Gap {
    fn join(&mut self, next: &Self) {
        let Some(first) = next.first else { return };
        let between = self.first.map_or(0, |_| first.saturating_sub(self.last));
        let longest = self.longest.max(between).max(next.longest);
        *self = Self { first: self.first.or(next.first), last: next.last, longest };
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let pattern = words.next().ok_or("usage: measure PATTERN INPUT...")?;
    let inputs: Vec<_> = words.map(|word| Input::from_argument(&word)).collect();
    let counter = Counter::new([pattern.into_encoded_bytes()], Options::default())?;
    let job = Job { measures: vec![LongestGap.into()], ..counter.job(&inputs) };
    job.run(|source| {
        let gaps = source.findings.get::<Vec<Gap>>();
        println!("{}: {}", source.name, gaps.map_or(0, |gaps| gaps[0].longest));
    });
    Ok(())
}
