//! Counts each distinct word as UAX #29 has it.

use std::fmt;
use std::sync::Arc;

use cogrep_match::{Hit, fold_all};
use cogrep_source::{Fault, Role};
use icu_segmenter::options::WordBreakInvariantOptions;
use icu_segmenter::{WordSegmenter, WordSegmenterBorrowed};

use super::first;
use super::layout::Layout;
use crate::measure::{Measure, Piece, Rank, TextFacts};
use crate::table::Table;

/// Counts distinct words by the rules of UAX #29: `can't` and `3.14` are words, and where a
/// script has no spaces, as those of Chinese, Japanese and Thai, a dictionary or a model finds
/// them. A job for it has no patterns.
///
/// No word is across the end of a line, so each line is looked at by itself.
#[derive(Clone)]
pub struct UnicodeWords {
    table: Arc<Table>,
    layout: Layout,
    folds: bool,
    segmenter: WordSegmenterBorrowed<'static>,
}

impl UnicodeWords {
    /// Adds words to a table, laid out in this way, and folded if that is wanted.
    #[must_use]
    pub fn new(table: &Arc<Table>, layout: Layout, folds: bool) -> Self {
        let segmenter = WordSegmenter::new_auto(WordBreakInvariantOptions::default());
        Self { table: Arc::clone(table), layout, folds, segmenter }
    }

    /// Adds the words of a text in memory, or of whole lines of one. They belong to no source.
    pub fn add(&self, text: &[u8]) {
        self.table.with(|local| {
            let mut key = Vec::new();
            self.each_word(text, |_, word| {
                key.clear();
                self.append(word, &mut key);
                local.add(&key, 1);
            });
        });
    }

    /// Calls this for each word, with where it begins.
    fn each_word(&self, text: &[u8], mut found: impl FnMut(usize, &[u8])) {
        let mut line_start = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let mut start = 0;
            for (end, kind) in self.segmenter.segment_utf8(line).iter_with_word_type() {
                let word = &line[start..end];
                // One of underscores alone is no word by UAX #29, though it looks like one.
                if kind.is_word_like() && word.iter().any(|byte| *byte != b'_') {
                    found(line_start + start, word);
                }
                start = end;
            }
            line_start += line.len();
        }
    }

    /// Appends a word as it is counted.
    fn append(&self, word: &[u8], key: &mut Vec<u8>) {
        if self.folds {
            key.extend(fold_all(word));
        } else {
            key.extend_from_slice(word);
        }
    }
}

impl fmt::Debug for UnicodeWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnicodeWords").field("layout", &self.layout).finish_non_exhaustive()
    }
}

/// A text that is being counted in.
#[derive(Debug)]
pub struct UnicodeWordsState {
    rank: Rank,
    /// What each text in the table begins with.
    key: Vec<u8>,
    key_start: usize,
}

impl Measure for UnicodeWords {
    type State = UnicodeWordsState;

    fn name(&self) -> &'static str {
        "unicode words"
    }

    fn needs_lines(&self) -> bool {
        true
    }

    fn begin(&self, text: &TextFacts) -> Result<UnicodeWordsState, Fault> {
        let key = self.layout.key_of(text.source);
        Ok(UnicodeWordsState { rank: text.source, key_start: key.len(), key })
    }

    fn hit(&self, _: &mut UnicodeWordsState, _: Hit) {}

    fn piece(&self, state: &mut UnicodeWordsState, piece: &Piece<'_>) {
        if piece.role != Role::Text {
            return;
        }
        let UnicodeWordsState { rank, key, key_start } = state;
        self.table.with(|local| {
            self.each_word(piece.text, |start, word| {
                key.truncate(*key_start);
                self.append(word, key);
                local.add_at(key, 1, first(*rank, piece.offset + start as u64));
            });
        });
    }

    fn join(&self, _: &mut UnicodeWordsState, _: UnicodeWordsState) {}
}
