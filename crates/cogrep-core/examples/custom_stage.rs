//! A stage of one's own: it drops lines that repeat the one before, as `uniq` does,
//! so that what is said twice in a row counts once.
//!
//! `cargo run --release -p cogrep-core --example custom_stage -- PATTERN INPUT...`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use std::mem::replace;

use cogrep_core::network::{Counted, Counting, Shape, Stage, lines, named};
use cogrep_core::{Chunk, Counter, Input as Source, Options, line_ends};
use cosend::{Input, Sink, coroutine};

/// Passes on lines that differ from the one before; its chunks are cut between lines.
pub(crate) fn unique(mut child: Counting) -> impl Stage<Return = Counted> + Send {
    let shape = Shape::new("unique", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let (mut kept, mut ends, mut last) = (Chunk::new(), Vec::new(), Vec::new());
        let mut length = usize::MAX;
        while let Some(chunk) = text.next().await {
            let (bytes, mut start, mut unsaid) = (chunk.bytes(), 0, 0);
            line_ends(bytes, &mut ends);
            kept.rewrite(chunk.offset(), chunk.is_last(), |kept| {
                for end in ends.iter().map(|end| *end as usize) {
                    // Few lines are as long as the one before.
                    if replace(&mut length, end - start) == end - start {
                        let at = start.saturating_sub(length + 1);
                        let before = if start > 0 { &bytes[at..at + length] } else { &last[..] };
                        if *before == bytes[start..end] {
                            kept.extend_from_slice(&bytes[unsaid..start]);
                            unsaid = bytes.len().min(end + 1);
                        }
                    }
                    start = end + 1;
                }
                kept.extend_from_slice(if unsaid > 0 { &bytes[unsaid..] } else { &[] });
            });
            let end = ends.last().map_or(0, |end| *end as usize);
            last = if ends.is_empty() { last } else { bytes[end - length..end].to_vec() };
            // Where nothing repeats, nothing is copied.
            if child.send(if unsaid > 0 { &kept } else { chunk }).is_err() {
                break;
            }
        }
        child.close()
    });
    named(shape, body)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let pattern = words.next().ok_or("usage: custom_stage PATTERN INPUT...")?;
    let inputs: Vec<_> = words.map(|word| Source::from_argument(&word)).collect();

    let options = Options::default();
    let longest = options.max_line_bytes;
    let mut counter = Counter::new([pattern.into_encoded_bytes()], options)?
        .with_stage(move |child| Box::new(lines(longest, unique(child))));
    println!("{}", counter.shape());
    counter.count(&inputs);
    let report = counter.finish();
    for source in &report.sources {
        println!("{}: {}", source.name, source.outcome.as_str());
    }
    println!("{}", report.patterns[0].count);
    Ok(())
}
