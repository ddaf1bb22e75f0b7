//! Other crates, made to give the counts that cogrep gives: every pattern alone, and
//! its occurrences without overlap.

use std::error::Error;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use daachorse::DoubleArrayAhoCorasick;
use memchr::memmem::Finder;

use crate::{PIECE_BYTES, Pass};

/// A peer by its name, ready to count; `None` if there is none of this name.
pub(crate) fn peer<'a>(
    name: &str,
    text: &'a [u8],
    patterns: &[&'a [u8]],
    ignore_case: bool,
) -> Result<Option<Box<dyn Pass + 'a>>, Box<dyn Error>> {
    let tally = Tally::new(patterns);
    Ok(Some(match name {
        "memmem" if !ignore_case => {
            let finders = patterns.iter().map(|pattern| Finder::new(*pattern)).collect();
            Box::new(Memmem { text, finders, totals: Vec::new() })
        }
        "aho-corasick" => {
            let automaton = AhoCorasick::builder()
                .kind(Some(AhoCorasickKind::DFA))
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(ignore_case)
                .build(patterns)?;
            Box::new(Classic { text, automaton, tally })
        }
        "daachorse" => {
            // It knows no case: text and patterns are lowered for it beforehand.
            let lowered = patterns.iter().map(|pattern| fold(pattern, ignore_case));
            // It refuses equal patterns, of which our lists have none.
            let automaton =
                DoubleArrayAhoCorasick::new(lowered).map_err(|error| error.to_string())?;
            Box::new(DoubleArray { text: fold(text, ignore_case), automaton, tally })
        }
        _ => return Ok(None),
    }))
}

fn fold(bytes: &[u8], ignore_case: bool) -> Vec<u8> {
    if ignore_case { bytes.to_ascii_lowercase() } else { bytes.to_vec() }
}

/// Counts from overlapping matches: of a pattern that can overlap itself, a match
/// that begins in the last one does not count.
struct Tally {
    can_overlap: Vec<bool>,
    last_end: Vec<usize>,
    totals: Vec<u64>,
}

impl Tally {
    fn new(patterns: &[&[u8]]) -> Self {
        let has_border = |pattern: &&[u8]| {
            (1..pattern.len()).any(|length| pattern.ends_with(&pattern[..length]))
        };
        Self {
            can_overlap: patterns.iter().map(has_border).collect(),
            last_end: vec![0; patterns.len()],
            totals: vec![0; patterns.len()],
        }
    }

    fn begin(&mut self) {
        self.last_end.fill(0);
        self.totals.fill(0);
    }

    fn add(&mut self, pattern: usize, start: usize, end: usize) {
        if self.can_overlap[pattern] {
            if start < self.last_end[pattern] {
                return;
            }
            self.last_end[pattern] = end;
        }
        self.totals[pattern] += 1;
    }
}

/// `memchr::memmem`, a pass a pattern over a piece that stays in the cache. A match
/// across two pieces is found at the end of the first, which reaches over.
struct Memmem<'a> {
    text: &'a [u8],
    finders: Vec<Finder<'a>>,
    totals: Vec<u64>,
}

impl Pass for Memmem<'_> {
    fn pass(&mut self) {
        let mut next = vec![0; self.finders.len()];
        self.totals = vec![0; self.finders.len()];
        for start in (0..self.text.len()).step_by(PIECE_BYTES) {
            for (nth, finder) in self.finders.iter().enumerate() {
                let length = finder.needle().len();
                let end = self.text.len().min(start + PIECE_BYTES + length - 1);
                let mut from = start.max(next[nth]);
                while from < end
                    && let Some(at) = finder.find(&self.text[from..end])
                {
                    self.totals[nth] += 1;
                    from += at + length;
                }
                next[nth] = from;
            }
        }
    }

    fn totals(&self) -> Vec<u64> {
        self.totals.clone()
    }
}

/// The crate `aho-corasick`, as a DFA, with overlapping matches.
struct Classic<'a> {
    text: &'a [u8],
    automaton: AhoCorasick,
    tally: Tally,
}

impl Pass for Classic<'_> {
    fn pass(&mut self) {
        self.tally.begin();
        for found in self.automaton.find_overlapping_iter(self.text) {
            self.tally.add(found.pattern().as_usize(), found.start(), found.end());
        }
    }

    fn totals(&self) -> Vec<u64> {
        self.tally.totals.clone()
    }
}

/// The crate `daachorse`, with overlapping matches.
struct DoubleArray {
    text: Vec<u8>,
    automaton: DoubleArrayAhoCorasick<u32>,
    tally: Tally,
}

impl Pass for DoubleArray {
    fn pass(&mut self) {
        self.tally.begin();
        for found in self.automaton.find_overlapping_iter(&self.text) {
            self.tally.add(found.value() as usize, found.start(), found.end());
        }
    }

    fn totals(&self) -> Vec<u64> {
        self.tally.totals.clone()
    }
}
