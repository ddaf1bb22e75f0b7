//! Words: the longest runs of word characters in a text.
//!
//! So a word is what an occurrence of itself counts as where whole words count: its neighbours
//! are no word characters.

use std::ops::Range;

use crate::simd::SimdLevel;
use crate::simd::bounds::append_bounds;
use crate::text::utf8;
use crate::text::word::is_word;

/// Finds the words of texts.
///
/// ```
/// use cogrep_match::Words;
///
/// let text = "L'été, it's 2½ o’clock: snake_case, 水滸";
/// let mut found = Vec::new();
/// Words::new().find(text.as_bytes(), |word| found.push(&text[word]));
/// let words = ["L", "été", "it", "s", "2", "o", "clock", "snake_case", "水滸"];
/// assert_eq!(found, words);
/// ```
#[derive(Clone, Debug)]
pub struct Words {
    level: SimdLevel,
    bounds: Vec<u32>,
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

/// So much text is looked at before words are reported: its bounds are still in the cache.
const STRETCH_BYTES: usize = 16 << 10;

impl Words {
    /// Finds words with the best instructions of this CPU.
    #[must_use]
    pub fn new() -> Self {
        Self { level: SimdLevel::process_default(), bounds: Vec::new() }
    }

    /// Reports where the words of a text are, in their order.
    pub fn find(&mut self, text: &[u8], mut report: impl FnMut(Range<usize>)) {
        self.runs(text, |run| {
            if text[run.clone()].is_ascii() {
                report(run);
            } else {
                words_of_run(text, run, &mut report);
            }
        });
    }

    /// Reports runs of bytes that may be words: letters, digits and `_` of ASCII are words, and
    /// where there are other bytes, there can be any number of words in a run.
    #[inline]
    fn runs(&mut self, text: &[u8], mut report: impl FnMut(Range<usize>)) {
        let mut before = 0;
        self.stretches(text, |stretch, runs| {
            for run in runs {
                let [start, end] = run.map(|bound| before + bound as usize);
                report(start..end);
            }
            before += stretch.len();
        });
    }

    /// Reports a text in stretches that end in no run, each with where its runs begin and end.
    #[inline]
    pub(crate) fn stretches(&mut self, text: &[u8], mut report: impl FnMut(&[u8], &[[u32; 2]])) {
        let mut start = 0;
        while start < text.len() {
            let end = cut(text, start + STRETCH_BYTES);
            self.bounds.clear();
            append_bounds(self.level, &text[start..end], &mut self.bounds);
            report(&text[start..end], self.bounds.as_chunks::<2>().0);
            start = end;
        }
    }
}

/// The first index from this one on that is in no run.
fn cut(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let run = rest.iter().take_while(|byte| !is_break(**byte)).count();
    text.len().min(from + run)
}

/// Whether no word has this byte, and no character of several bytes.
#[inline]
pub(crate) fn is_break(byte: u8) -> bool {
    byte.is_ascii() && byte != b'_' && !byte.is_ascii_alphanumeric()
}

/// Where a text has its first byte that is in no word and no character of several bytes, and
/// the end of its last one. What is between is the same words whatever is around the text.
///
/// ```
/// use cogrep_match::word_breaks;
///
/// assert_eq!(word_breaks("ords and wo".as_bytes()), Some((4, 9)));
/// assert_eq!(word_breaks("été".as_bytes()), None);
/// ```
#[must_use]
pub fn word_breaks(text: &[u8]) -> Option<(usize, usize)> {
    let first = text.iter().position(|byte| is_break(*byte))?;
    let last = text.iter().rposition(|byte| is_break(*byte))?;
    Some((first, last + 1))
}

/// Reports the words in a run of bytes of a text.
pub(crate) fn words_of_run(text: &[u8], run: Range<usize>, report: &mut impl FnMut(Range<usize>)) {
    let mut start = None;
    let mut at = run.start;
    while at < run.end {
        let char = utf8::first_char(&text[at..run.end]);
        let len = char.map_or(1, |(_, len)| len);
        match (char.is_some_and(|(char, _)| is_word(char)), start) {
            (true, None) => start = Some(at),
            (false, Some(word)) => {
                report(word..at);
                start = None;
            }
            _ => {}
        }
        at += len;
    }
    if let Some(word) = start {
        report(word..run.end);
    }
}
