//! How often each word of a text occurs.
//!
//! Most words of most texts are short, and in a [table](crate::simd::short_words) that fits into
//! the cache of a core. The others are reported, and so is the table when it is full.

use crate::simd::SimdLevel;
use crate::simd::lower::lower_letters;
use crate::simd::short_words::{SHORT, ShortWords};
use crate::text::fold::fold_all;
use crate::text::words::{Words, words_of_run};

/// Counts the words of texts, the short ones in a table of its own.
///
/// ```
/// use cogrep_match::WordCounts;
/// use std::collections::BTreeMap;
///
/// let mut counts = BTreeMap::new();
/// let mut add = |word: &[u8], count| *counts.entry(word.to_vec()).or_insert(0) += count;
/// let mut words = WordCounts::new(true);
/// words.count(b"To be, or not to be", &mut add);
/// words.drain(&mut add);
/// let expected = [("be", 2), ("not", 1), ("or", 1), ("to", 2)];
/// assert_eq!(counts, expected.map(|(word, count)| (word.as_bytes().to_vec(), count)).into());
/// ```
#[derive(Debug)]
pub struct WordCounts {
    level: SimdLevel,
    words: Words,
    ignores_case: bool,
    short: ShortWords,
    /// A stretch of the text, with the letters of ASCII in lower case if case is ignored, and
    /// bytes after it that can be read.
    padded: Vec<u8>,
    /// Runs of it that are no short words.
    others: Vec<[u32; 2]>,
}

impl WordCounts {
    /// Counts nothing yet. Where case is ignored, words are folded.
    #[must_use]
    pub fn new(ignores_case: bool) -> Self {
        let level = SimdLevel::process_default();
        Self {
            level,
            words: Words::new(),
            ignores_case,
            short: ShortWords::new(level),
            padded: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Counts the words of a text. What the table does not hold is reported: words, and how
    /// often each occurs; the same word can be reported several times.
    pub fn count(&mut self, text: &[u8], report: &mut impl FnMut(&[u8], u64)) {
        let Self { level, words, ignores_case, short, padded, others } = self;
        words.stretches(text, |stretch, mut runs| {
            padded.clear();
            if *ignores_case {
                lower_letters(*level, stretch, padded);
            } else {
                padded.extend_from_slice(stretch);
            }
            padded.extend([0; SHORT]);
            loop {
                let done = short.count(padded, runs, others);
                if done == runs.len() {
                    break;
                }
                short.drain(report);
                runs = &runs[done..];
            }
            for run in others.drain(..) {
                let [start, end] = run.map(|bound| bound as usize);
                words_of_run(stretch, start..end, &mut |word| {
                    count_word(short, &stretch[word], *ignores_case, report);
                });
            }
        });
    }

    /// Reports what the table holds, and empties it.
    pub fn drain(&mut self, report: &mut impl FnMut(&[u8], u64)) {
        self.short.drain(report);
    }
}

/// Counts a word that may be long, and have other letters than those of ASCII.
fn count_word(
    short: &mut ShortWords,
    word: &[u8],
    ignores_case: bool,
    report: &mut impl FnMut(&[u8], u64),
) {
    let folded;
    let word = if ignores_case {
        folded = fold_all(word);
        &folded[..]
    } else {
        word
    };
    if word.len() > SHORT {
        report(word, 1);
    } else if !short.count_one(word) {
        short.drain(report);
        short.count_one(word);
    }
}
