//! The end of a text so far, where hits to come can begin.

use std::borrow::Cow;
use std::ops::Range;

use crate::measure::Piece;

/// The end of a text so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    /// Where the bytes end.
    end: u64,
}

impl Held {
    /// What is held.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Where it begins.
    pub(super) fn start(&self) -> u64 {
        self.end - self.bytes.len() as u64
    }

    /// The bytes at these offsets, which are held or in the piece.
    pub(super) fn text<'t>(&'t self, piece: &Piece<'t>, range: Range<u64>) -> Cow<'t, [u8]> {
        let held = within(&self.bytes, self.start(), &range);
        match [held, within(piece.text, piece.offset, &range)] {
            [text, []] | [[], text] => Cow::Borrowed(text),
            texts => Cow::Owned(texts.concat()),
        }
    }

    /// Holds the text from this offset on, up to the end of a piece.
    pub(super) fn keep_from(&mut self, piece: &Piece<'_>, offset: u64) {
        let gone = usize::try_from(offset.saturating_sub(self.start())).unwrap_or(usize::MAX);
        self.bytes.drain(..gone.min(self.bytes.len()));
        self.bytes.extend_from_slice(within(piece.text, piece.offset, &(offset..u64::MAX)));
        self.end = piece.end();
    }
}

/// What is in this range of a text that begins at an offset.
fn within<'t>(text: &'t [u8], offset: u64, range: &Range<u64>) -> &'t [u8] {
    let index = |at: u64| {
        usize::try_from(at.saturating_sub(offset)).map_or(text.len(), |at| at.min(text.len()))
    };
    &text[index(range.start)..index(range.end)]
}
