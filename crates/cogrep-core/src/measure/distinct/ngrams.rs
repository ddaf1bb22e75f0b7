//! Counts sequences of words.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;

use cogrep_match::{Hit, Words as WordFinder, fold_all, word_breaks};
use cogrep_source::{Fault, Role};

use super::first;
use super::layout::Layout;
use crate::measure::{Measure, Piece, Rank, TextFacts};
use crate::table::{Local, Table};

/// Counts each distinct sequence of this many words, joined by one space, whatever is between
/// them in the text. A job for it has no patterns.
#[derive(Clone, Debug)]
pub struct Ngrams {
    table: Arc<Table>,
    layout: Layout,
    folds: bool,
    length: NonZeroUsize,
}

impl Ngrams {
    /// Adds sequences of this many words to a table, laid out in this way, and folded if that
    /// is wanted.
    #[must_use]
    pub fn new(table: &Arc<Table>, layout: Layout, folds: bool, length: NonZeroUsize) -> Self {
        Self { table: Arc::clone(table), layout, folds, length }
    }
}

/// Texts in memory, one after the other, whose sequences of words are counted.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::sync::Arc;
///
/// use cogrep_core::measure::{DistinctTexts, Layout, NgramTexts, Ngrams};
/// use cogrep_core::table::{Order, Table};
///
/// let (table, two) = (Arc::new(Table::new()), NonZeroUsize::new(2).unwrap());
/// let mut texts = NgramTexts::new(Ngrams::new(&table, Layout::default(), true, two));
/// for text in ["to be or", "To be"] {
///     texts.push(text.as_bytes());
///     texts.end_text();
/// }
/// let found = DistinctTexts::new(&table, Layout::default(), Order::Count, NonZeroUsize::MIN)?;
/// found.for_each(|first| {
///     assert!(first.text == b"to be" && first.count == 2 || first.text == b"be or");
///     Ok::<_, std::io::Error>(())
/// })?;
/// # Ok::<_, std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct NgramTexts {
    measure: Ngrams,
    state: NgramsState,
    offset: u64,
}

impl NgramTexts {
    /// No text yet.
    #[must_use]
    pub fn new(measure: Ngrams) -> Self {
        let state = measure.state(Rank::default(), 0);
        Self { measure, state, offset: 0 }
    }

    /// Counts in the next piece of the text, which may be cut anywhere.
    pub fn push(&mut self, piece: &[u8]) {
        self.measure.feed(&mut self.state, piece, self.offset);
        self.offset += piece.len() as u64;
    }

    /// Ends the text: no sequence goes on in the next one.
    pub fn end_text(&mut self) {
        self.measure.end(&mut self.state);
        (self.state, self.offset) = (self.measure.state(Rank::default(), 0), 0);
    }
}

/// A text that is being counted in, or a range of it.
#[derive(Debug)]
pub struct NgramsState {
    rank: Rank,
    /// What each text in the table begins with.
    key: Vec<u8>,
    key_start: usize,
    finder: WordFinder,
    /// Whether the text, or the range up to here, has a place that no word is across.
    has_break: bool,
    /// What is before the first such place, and where it begins.
    head: Vec<u8>,
    head_start: u64,
    /// What is after the last, and where it begins.
    tail: Vec<u8>,
    tail_start: u64,
    /// The first words after the head, one fewer than a sequence has.
    first: Vec<Word>,
    /// The last words before the tail, one fewer than a sequence has.
    last: VecDeque<Word>,
}

/// A word as it is counted, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    text: Vec<u8>,
    start: u64,
}

impl Measure for Ngrams {
    type State = NgramsState;

    fn name(&self) -> &'static str {
        "ngrams"
    }

    fn begin(&self, text: &TextFacts) -> Result<NgramsState, Fault> {
        Ok(self.state(text.source, text.start))
    }

    fn hit(&self, _: &mut NgramsState, _: Hit) {}

    fn piece(&self, state: &mut NgramsState, piece: &Piece<'_>) {
        if piece.role == Role::Text {
            self.feed(state, piece.text, piece.offset);
        }
    }

    fn join(&self, state: &mut NgramsState, next: NgramsState) {
        if !state.has_break {
            state.head.extend(next.head);
            if next.has_break {
                let (head, head_start) = (std::mem::take(&mut state.head), state.head_start);
                *state = NgramsState { head, head_start, ..next };
            }
            return;
        }
        if state.tail.is_empty() {
            state.tail_start = next.head_start;
        }
        state.tail.extend(next.head);
        if !next.has_break {
            return;
        }
        let tail = std::mem::take(&mut state.tail);
        self.table.with(|local| {
            self.add(state, local, &tail, state.tail_start);
            for word in next.first {
                self.push(state, local, word);
            }
        });
        // All of its words are among the first, or there are enough of them.
        if next.last.len() + 1 >= self.length.get() {
            state.last = next.last;
        }
        (state.tail, state.tail_start) = (next.tail, next.tail_start);
    }

    fn by_pattern(&self, mut state: NgramsState, _: &[usize]) -> NgramsState {
        self.end(&mut state);
        state
    }
}

impl Ngrams {
    /// A text, or the range of it that starts here.
    fn state(&self, rank: Rank, start: u64) -> NgramsState {
        let key = self.layout.key_of(rank);
        NgramsState {
            rank,
            key_start: key.len(),
            key,
            finder: WordFinder::new(),
            has_break: start == 0,
            head: Vec::new(),
            head_start: start,
            tail: Vec::new(),
            tail_start: start,
            first: Vec::new(),
            last: VecDeque::new(),
        }
    }

    /// Goes on with the next piece of a text.
    fn feed(&self, state: &mut NgramsState, text: &[u8], offset: u64) {
        let Some((first, last)) = word_breaks(text) else {
            if state.has_break { &mut state.tail } else { &mut state.head }.extend_from_slice(text);
            return;
        };
        self.table.with(|local| {
            let mut start = 0;
            if !state.has_break {
                state.has_break = true;
                state.head.extend_from_slice(&text[..first]);
                start = first;
            } else if !state.tail.is_empty() {
                state.tail.extend_from_slice(&text[..first]);
                let tail = std::mem::take(&mut state.tail);
                self.add(state, local, &tail, state.tail_start);
                start = first;
            }
            self.add(state, local, &text[start..last], offset + start as u64);
            state.tail.extend_from_slice(&text[last..]);
            state.tail_start = offset + last as u64;
        });
    }

    /// The text has ended, and with it its last word.
    fn end(&self, state: &mut NgramsState) {
        let tail = std::mem::take(&mut state.tail);
        let start = state.tail_start;
        self.table.with(|local| self.add(state, local, &tail, start));
    }

    /// Goes on with a text that no word is across the ends of.
    fn add(&self, state: &mut NgramsState, local: &mut Local, text: &[u8], offset: u64) {
        let mut finder = std::mem::take(&mut state.finder);
        finder.find(text, |range| {
            let start = offset + range.start as u64;
            let text = &text[range];
            let text = if self.folds { fold_all(text) } else { text.to_vec() };
            self.push(state, local, Word { text, start });
        });
        state.finder = finder;
    }

    /// Goes on with the next word.
    fn push(&self, state: &mut NgramsState, local: &mut Local, word: Word) {
        let before = self.length.get() - 1;
        if state.last.len() == before {
            let NgramsState { key, key_start, last, .. } = state;
            key.truncate(*key_start);
            for word in &*last {
                key.extend_from_slice(&word.text);
                key.push(b' ');
            }
            key.extend_from_slice(&word.text);
            let start = last.front().map_or(word.start, |word| word.start);
            local.add_at(key, 1, first(state.rank, start));
            last.pop_front();
        }
        if before > 0 {
            if state.first.len() < before {
                state.first.push(word.clone());
            }
            state.last.push_back(word);
        }
    }
}
