//! The text around hits, for measures that look at it.
//!
//! A hit may be reported when the piece that it is in is gone, and what follows it may not
//! be there yet. So the end of the text so far is kept, and no more of it than hits to come
//! can need; what is in the present piece is looked at where it lies.

use std::borrow::Cow;
use std::ops::Range;

use cogrep_source::Role;
use memchr::{memchr_iter, memrchr};

use crate::measure::Piece;

/// The end of a text so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// Text before the present piece, up to it.
    held: Vec<u8>,
    /// Where `held` begins.
    start: Line,
    /// Whether the text or the range has begun.
    has_begun: bool,
}

/// A place in a text, and the line that it is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// The place.
    pub(super) offset: u64,
    /// The line feeds before it, from the start of the text or the range; fewer than none
    /// where it is before the range.
    pub(super) line_feeds: i64,
    /// Where its line begins, if that is known: it may have begun before what was seen.
    pub(super) line_start: Option<u64>,
}

impl Line {
    /// The place after this text, which begins here.
    fn after(self, text: &[u8]) -> Self {
        let line_feeds = i64::try_from(memchr_iter(b'\n', text).count()).unwrap_or(i64::MAX);
        let line_start = memrchr(b'\n', text).map(|at| self.offset + at as u64 + 1);
        Self {
            offset: self.offset + text.len() as u64,
            line_feeds: self.line_feeds + line_feeds,
            line_start: line_start.or(self.line_start),
        }
    }
}

impl Around {
    /// Begins with a piece, if nothing has begun.
    pub(super) fn begin(&mut self, piece: &Piece<'_>) {
        if !std::mem::replace(&mut self.has_begun, true) {
            let line_start = (piece.offset == 0).then_some(0);
            self.start = Line { offset: piece.offset, line_feeds: 0, line_start };
            if piece.role == Role::Before {
                // The lines of the range are counted from its start.
                let end = self.start.after(piece.text);
                self.start.line_feeds = -end.line_feeds;
            }
        }
    }

    /// Where what can be seen begins.
    pub(super) fn start(&self) -> Line {
        self.start
    }

    /// The line of an offset that can be seen, from one before it.
    pub(super) fn line(&self, piece: &Piece<'_>, mut from: Line, offset: u64) -> Line {
        for text in self.texts(piece, from.offset..offset) {
            from = from.after(text);
        }
        from
    }

    /// The bytes of a range of offsets, as far as they can be seen.
    pub(super) fn text<'t>(&'t self, piece: &Piece<'t>, range: Range<u64>) -> Cow<'t, [u8]> {
        match self.texts(piece, range) {
            [text, []] | [[], text] => Cow::Borrowed(text),
            texts => Cow::Owned(texts.concat()),
        }
    }

    /// The same in what is held and in the piece.
    fn texts<'t>(&'t self, piece: &Piece<'t>, range: Range<u64>) -> [&'t [u8]; 2] {
        let within = |text: &'t [u8], offset: u64| {
            let index = |at: u64| usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
            &text[index(range.start).min(text.len())..index(range.end).min(text.len())]
        };
        [within(&self.held, self.start.offset), within(piece.text, piece.offset)]
    }

    /// Ends with a piece: forgets what is before this offset, and keeps the rest. The piece
    /// must not be looked at again.
    pub(super) fn forget_before(&mut self, piece: &Piece<'_>, offset: u64) {
        let offset = offset.clamp(self.start.offset, piece.end());
        let start = self.line(piece, self.start, offset);
        // What is kept is the end of what was held, and of the piece.
        let [held, new] = self.texts(piece, offset..piece.end()).map(<[u8]>::len);
        self.held.drain(..self.held.len() - held);
        self.held.extend_from_slice(&piece.text[piece.text.len() - new..]);
        self.start = start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &[u8], offset: u64) -> Piece<'_> {
        Piece { text, offset, role: Role::Text, is_last: false, hits: &[], settled: 0 }
    }

    #[test]
    fn lines_and_texts_are_seen_across_pieces() {
        let text = b"one\ntwo\n\nthree four";
        for length in 1..text.len() {
            for reach in [0, 1, 5, 30] {
                let mut around = Around::default();
                for (nth, bytes) in text.chunks(length).enumerate() {
                    let piece = piece(bytes, (nth * length) as u64);
                    around.begin(&piece);
                    let start = usize::try_from(around.start().offset).unwrap();
                    let end = usize::try_from(piece.end()).unwrap();
                    for at in start..end {
                        let line = around.line(&piece, around.start(), at as u64);
                        let before = &text[..at];
                        let line_start =
                            before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                        assert_eq!(line.line_start, Some(line_start as u64));
                        let line_feeds = before.split(|byte| *byte == b'\n').count() - 1;
                        assert_eq!(line.line_feeds, i64::try_from(line_feeds).unwrap());
                        let seen = around.text(&piece, at as u64..end as u64);
                        assert_eq!(*seen, text[at..end]);
                    }
                    around.forget_before(&piece, piece.end().saturating_sub(reach));
                    assert!(around.held.len() as u64 <= reach);
                }
            }
        }
    }

    #[test]
    fn lines_of_a_range_are_counted_from_its_start() {
        let mut around = Around::default();
        let before = Piece { role: Role::Before, ..piece(b"a\nb\nc", 95) };
        around.begin(&before);
        assert_eq!(around.start(), Line { offset: 95, line_feeds: -2, line_start: None });
        around.forget_before(&before, 95);
        let first = piece(b"d\ne", 100);
        let line = |offset| around.line(&first, around.start(), offset);
        assert_eq!(line(100), Line { offset: 100, line_feeds: 0, line_start: Some(99) });
        assert_eq!(line(102), Line { offset: 102, line_feeds: 1, line_start: Some(102) });
        assert_eq!(line(96).line_start, None);
    }
}
