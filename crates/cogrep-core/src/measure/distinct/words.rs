//! Counts each distinct word.

use std::sync::Arc;

use cogrep_match::{Hit, word_breaks};
use cogrep_source::{Fault, Role};

use crate::measure::{Measure, Piece, TextFacts};
use crate::table::{Local, Table};

/// Counts distinct words: longest runs of word characters. A job for it has no patterns.
///
/// Where texts are counted by source, or it is kept where they were seen first, words are
/// [distinct matches](super::Distinct) of the expression `\w+`.
#[derive(Clone, Debug)]
pub struct Words {
    table: Arc<Table>,
    folds: bool,
}

impl Words {
    /// Adds words to a table, folded if that is wanted.
    #[must_use]
    pub fn new(table: &Arc<Table>, folds: bool) -> Self {
        Self { table: Arc::clone(table), folds }
    }

    fn count(&self, text: &[u8]) {
        self.table.with(|local| local.add_words(text, self.folds));
    }
}

/// A text that is being counted in, or a range of it.
///
/// At the ends of the range there may be parts of words.
#[derive(Debug)]
pub struct WordsState {
    /// Whether the text, or the range up to here, has a place that no word is across.
    has_break: bool,
    /// What is before the first such place.
    head: Vec<u8>,
    /// What is after the last.
    tail: Vec<u8>,
}

impl Measure for Words {
    type State = WordsState;

    fn name(&self) -> &'static str {
        "words"
    }

    fn begin(&self, text: &TextFacts) -> Result<WordsState, Fault> {
        let has_break = text.start == 0;
        Ok(WordsState { has_break, head: Vec::new(), tail: Vec::new() })
    }

    fn hit(&self, _: &mut WordsState, _: Hit) {}

    fn piece(&self, state: &mut WordsState, piece: &Piece<'_>) {
        if piece.role != Role::Text {
            return;
        }
        let text = piece.text;
        let WordsState { has_break, head, tail } = state;
        let Some((first, last)) = word_breaks(text) else {
            if *has_break { tail } else { head }.extend_from_slice(text);
            return;
        };
        self.table.with(|local: &mut Local| {
            let mut start = 0;
            if !*has_break {
                *has_break = true;
                head.extend_from_slice(&text[..first]);
                start = first;
            } else if !tail.is_empty() {
                tail.extend_from_slice(&text[..first]);
                local.add_words(tail, self.folds);
                tail.clear();
                start = first;
            }
            local.add_words(&text[start..last], self.folds);
            tail.extend_from_slice(&text[last..]);
        });
    }

    fn join(&self, state: &mut WordsState, next: WordsState) {
        let WordsState { has_break, head, tail } = state;
        if *has_break {
            tail.extend(next.head);
            if next.has_break {
                self.count(tail);
                tail.clear();
            }
        } else {
            head.extend(next.head);
        }
        if next.has_break {
            *has_break = true;
            *tail = next.tail;
        }
    }

    fn by_pattern(&self, mut state: WordsState, _: &[usize]) -> WordsState {
        // The text has ended, and with it its last word.
        self.count(&state.tail);
        state.tail.clear();
        state
    }
}
