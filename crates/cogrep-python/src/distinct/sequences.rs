//! Sequences of words in what Python has.

use cogrep_core::measure::{NgramTexts, Ngrams};
use cogrep_match::LineTooLong;

use crate::column::{Gather, PIECE_BYTES};

/// Sequences that become entries of a table: those of one text, line after line.
pub(super) struct OfText(NgramTexts);

/// The same, of many texts.
pub(super) struct OfRows(NgramTexts);

impl OfText {
    pub(super) fn new(measure: Ngrams) -> Self {
        Self(NgramTexts::new(measure))
    }
}

impl OfRows {
    pub(super) fn new(measure: Ngrams) -> Self {
        Self(NgramTexts::new(measure))
    }
}

impl Gather for OfText {
    fn push(&mut self, lines: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        push(&mut self.0, lines, is_stopped);
        Ok(())
    }

    fn end_text(&mut self) {
        self.0.end_text();
    }

    fn end_stretch(&mut self, _: u64) {}
}

impl Gather for OfRows {
    fn push(&mut self, row: &[u8], is_stopped: &dyn Fn() -> bool) -> Result<(), LineTooLong> {
        push(&mut self.0, row, is_stopped);
        self.0.end_text();
        Ok(())
    }

    fn end_stretch(&mut self, _: u64) {}
}

fn push(texts: &mut NgramTexts, text: &[u8], is_stopped: &dyn Fn() -> bool) {
    for piece in text.chunks(PIECE_BYTES).take_while(|_| !is_stopped()) {
        texts.push(piece);
    }
}
