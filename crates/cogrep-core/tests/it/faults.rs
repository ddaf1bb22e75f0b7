//! Faults put in where text comes from: whatever goes wrong with some sources, the
//! totals are those of the bytes that came, and every outcome says what became of its
//! source.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::sync::Arc;

use cogrep_core::Job;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
use cogrep_source::{
    CHUNK_BYTES, Fault, Input, OpenOptions, Outcome, SourceName, StandIn, StandIns,
};
use cogrep_testing::cases;
use proptest::prelude::*;

const PATTERNS: [&str; 4] = ["aa", "ab", "b\na", "aaab"];

/// What a source does when it is read, and what it is.
#[derive(Clone, Debug)]
struct Story {
    text: Vec<u8>,
    moves: Vec<Move>,
    end: End,
}

#[derive(Clone, Copy, Debug)]
enum Move {
    /// Gives at most so many bytes.
    Short(usize),
    /// Is interrupted by a signal.
    Interrupt,
    /// Has nothing now.
    Stall,
}

#[derive(Clone, Copy, Debug)]
enum End {
    /// Gives all it has.
    Whole,
    /// Cannot be opened.
    Closed,
    /// Fails behind so many bytes.
    Error(usize),
    /// Ends behind so many bytes, though it was longer when it was opened.
    Cut(usize),
}

impl Story {
    /// The bytes that come of it.
    fn delivered(&self) -> &[u8] {
        let length = match self.end {
            End::Whole => self.text.len(),
            End::Closed => 0,
            End::Error(length) | End::Cut(length) => length.min(self.text.len()),
        };
        &self.text[..length]
    }

    fn open(&self) -> io::Result<StandIn> {
        let told = Told {
            text: self.delivered().to_vec().into(),
            moves: self.moves.clone(),
            fails: matches!(self.end, End::Error(_)),
        };
        match self.end {
            End::Closed => Err(io::ErrorKind::PermissionDenied.into()),
            End::Cut(_) => Ok(StandIn::new(told).of_size(self.text.len() as u64 + 1)),
            End::Whole | End::Error(_) => Ok(StandIn::new(told)),
        }
    }

    /// Whether this is how it should end.
    fn ends_in(&self, outcome: &Outcome) -> bool {
        match (self.end, outcome) {
            (End::Whole, Outcome::Complete) => true,
            (End::Closed, Outcome::Failed(Fault::Io(error))) => {
                error.kind() == io::ErrorKind::PermissionDenied
            }
            (End::Error(_), Outcome::Partial(Fault::Io(_))) => !self.delivered().is_empty(),
            (End::Error(_), Outcome::Failed(Fault::Io(_))) => self.delivered().is_empty(),
            (End::Cut(_), Outcome::Partial(Fault::Shrank { read, expected })) => {
                (*read, *expected) == (self.delivered().len() as u64, self.text.len() as u64 + 1)
            }
            _ => false,
        }
    }
}

/// A story as it is being told.
struct Told {
    text: std::collections::VecDeque<u8>,
    moves: Vec<Move>,
    fails: bool,
}

impl Read for Told {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match self.moves.pop() {
            Some(Move::Short(length)) => length.min(buffer.len()),
            Some(Move::Interrupt) => return Err(io::ErrorKind::Interrupted.into()),
            Some(Move::Stall) => return Err(io::ErrorKind::WouldBlock.into()),
            None => buffer.len(),
        };
        if self.text.is_empty() && self.fails {
            return Err(io::Error::other("the disk is broken"));
        }
        self.text.read(&mut buffer[..length])
    }
}

/// Occurrences that do not overlap, as plainly as it can be said.
fn count(pattern: &[u8], text: &[u8]) -> u64 {
    let (mut at, mut count) = (0, 0);
    while at + pattern.len() <= text.len() {
        let stands = text[at..].starts_with(pattern);
        count += u64::from(stands);
        at += if stands { pattern.len() } else { 1 };
    }
    count
}

fn counts(text: &[u8]) -> Vec<u64> {
    PATTERNS.iter().map(|pattern| count(pattern.as_bytes(), text)).collect()
}

fn stories(number: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Story>> {
    let text = prop_oneof![
        20 => prop::collection::vec(prop::sample::select(b"aaab\n".to_vec()), 0..200),
        // More than a chunk, so that counts go over its end.
        1 => prop::collection::vec(prop::sample::select(b"ab\n".to_vec()), 1..40)
            .prop_map(|unit| unit.repeat(2 * CHUNK_BYTES / unit.len() + 1)),
    ];
    let one =
        prop_oneof![(1..60_usize).prop_map(Move::Short), Just(Move::Interrupt), Just(Move::Stall)];
    let end = prop_oneof![
        3 => Just(End::Whole),
        1 => Just(End::Closed),
        2 => (0..300_usize).prop_map(End::Error),
        2 => (0..300_usize).prop_map(End::Cut),
    ];
    let story = (text, prop::collection::vec(one, 0..20), end)
        .prop_map(|(text, moves, end)| Story { text, moves, end });
    prop::collection::vec(story, number)
}

/// Counts in all of these, and holds everything that is said against them.
fn check(stories: Vec<Story>, workers: usize) {
    let patterns = Patterns::new(PATTERNS, Matching::default()).unwrap();
    let plan = std::sync::Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let inputs: Vec<Input> =
        (0..stories.len()).map(|nth| Input::Path(nth.to_string().into())).collect();
    let stories = Arc::new(stories);
    let told = Arc::clone(&stories);
    let nth = |name: &SourceName| std::str::from_utf8(name.as_bytes()).unwrap().parse().unwrap();
    let stand_ins = StandIns::new(move |name| told.get::<usize>(nth(name)).map(Story::open));
    let job = Job {
        open: OpenOptions { stand_ins, ..OpenOptions::default() },
        workers: NonZeroUsize::new(workers),
        by_source: true,
        ..Job::new(&plan, &inputs)
    };
    let mut next = 0;
    let report = job.run(|source| {
        let story: &Story = &stories[next];
        assert_eq!(nth(&source.name), next, "sources are told in their order");
        assert!(story.ends_in(&source.outcome), "{story:?}: {:?}", source.outcome);
        assert_eq!(source.text_bytes, story.delivered().len() as u64);
        let counted = source.counts.clone().unwrap_or_default();
        assert_eq!(counted.to_vec(PATTERNS.len()), counts(story.delivered()));
        next += 1;
    });
    assert_eq!(next, stories.len(), "every source is told");
    let mut sums = vec![0; PATTERNS.len()];
    for story in stories.iter() {
        sums.iter_mut().zip(counts(story.delivered())).for_each(|(sum, count)| *sum += count);
    }
    let totals: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
    assert_eq!(totals, sums);
    let whole = stories.iter().filter(|story| matches!(story.end, End::Whole)).count();
    assert_eq!(report.fault_count(), (stories.len() - whole) as u64);
    assert_eq!(report.is_complete(), whole == stories.len());
}

proptest! {
    #![proptest_config(cases(100))]

    /// One thread, which reads one source after the other and waits on the spot.
    #[test]
    fn a_few_sources_give_what_was_delivered(stories in stories(0..6)) {
        check(stories, 1);
    }

    /// More sources than one thread is left alone with: event loops, on several cores.
    #[test]
    fn many_sources_give_what_was_delivered(stories in stories(65..90), workers in 1..4_usize) {
        check(stories, workers);
    }
}
