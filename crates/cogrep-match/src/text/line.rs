//! Lines: what they are, and how pieces of text are regrouped into whole ones.
//!
//! A line is the bytes between two line feeds; nothing after the last line feed is no line.
//! Only regular expressions need whole lines. Literals are counted in lines of any length
//! without this module.

use memchr::{memchr, memchr_iter, memrchr};

use crate::simd::SimdLevel;
use crate::simd::find_byte::append_positions_of;

/// Replaces `ends` by the positions where the lines of a text end: those of its line
/// feeds, and the end of the text if its last line has none.
///
/// Where lines are short, this is faster than searching for one line feed after the
/// other: there is no call a line, and hardly a branch to mispredict.
///
/// ```
/// let mut ends = Vec::new();
/// cogrep_match::line_ends(b"one\ntwo\n\nth", &mut ends);
/// assert_eq!(ends, [3, 7, 8, 11]);
/// ```
///
/// # Panics
///
/// If the text has 4 GiB or more.
pub fn line_ends(text: &[u8], ends: &mut Vec<u32>) {
    ends.clear();
    append_positions_of(SimdLevel::process_default(), b'\n', text, ends);
    if text.last().is_some_and(|byte| *byte != b'\n') {
        ends.extend(u32::try_from(text.len()));
    }
}

/// Where the carriage returns of line endings are in a piece of text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Returns {
    /// The index of the line feed of each in the piece without them.
    line_feeds: Vec<usize>,
}

impl Returns {
    /// The piece without the carriage returns of its line endings, in `lines` if it has any.
    pub(crate) fn leave_out<'p>(&mut self, piece: &'p [u8], lines: &'p mut Vec<u8>) -> &'p [u8] {
        self.line_feeds.clear();
        lines.clear();
        let mut rest = 0;
        for at in memchr_iter(b'\r', piece) {
            if piece.get(at + 1) == Some(&b'\n') {
                lines.extend_from_slice(&piece[rest..at]);
                self.line_feeds.push(lines.len());
                rest = at + 1;
            }
        }
        if self.line_feeds.is_empty() {
            return piece;
        }
        lines.extend_from_slice(&piece[rest..]);
        lines
    }

    /// The index in the piece of what has this index without carriage returns. The end of a
    /// line is before its carriage return.
    pub(crate) fn origin(&self, index: usize) -> usize {
        index + self.line_feeds.partition_point(|line_feed| *line_feed < index)
    }
}

/// A line is longer than is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a line is longer than {limit_bytes} bytes, the most that is held for a regular expression"
)]
pub struct LineTooLong {
    /// How long a line may be, without its line feed.
    pub limit_bytes: usize,
}

/// Regroups the pieces of a text, cut anywhere, into pieces that end where a line
/// ends or the text does.
///
/// It copies only lines that were cut.
///
/// ```
/// use cogrep_match::LineGrouper;
///
/// let mut lines = LineGrouper::new(LineGrouper::DEFAULT_LIMIT_BYTES);
/// let mut pieces = Vec::new();
/// for piece in ["one\ntwo\nth", "ree\nfo", "ur"] {
///     lines.feed(piece.as_bytes(), |piece| pieces.push(piece.to_vec()))?;
/// }
/// lines.end_text(|piece| pieces.push(piece.to_vec()));
/// assert_eq!(pieces, [&b"one\ntwo\n"[..], b"three\n", b"four"]);
/// # Ok::<(), cogrep_match::LineTooLong>(())
/// ```
#[derive(Clone, Debug)]
pub struct LineGrouper {
    limit_bytes: usize,
    /// The beginning of the line that the last piece cut off.
    held: Vec<u8>,
    /// Whether a line was too long: the rest of this text is refused.
    failed: bool,
}

impl LineGrouper {
    /// The limit where none is given: 16 MiB.
    pub const DEFAULT_LIMIT_BYTES: usize = 16 << 20;

    /// A grouper at the start of a text, for lines of at most `limit_bytes` bytes without
    /// their line feed.
    #[must_use]
    pub fn new(limit_bytes: usize) -> Self {
        Self { limit_bytes, held: Vec::new(), failed: false }
    }

    /// Takes a piece, and passes on the lines that it completes.
    ///
    /// # Errors
    ///
    /// If a line is too long. The lines before it have been passed on; the rest of this
    /// text is refused.
    pub fn feed(
        &mut self,
        piece: &[u8],
        mut pass_on: impl FnMut(&[u8]),
    ) -> Result<(), LineTooLong> {
        if self.failed {
            return Err(self.error());
        }
        let (mut whole, rest) = piece.split_at(memrchr(b'\n', piece).map_or(0, |at| at + 1));
        if !self.held.is_empty()
            && let Some(first) = memchr(b'\n', whole)
        {
            if self.held.len() + first > self.limit_bytes {
                return self.fail();
            }
            self.held.extend_from_slice(&whole[..=first]);
            pass_on(&self.held);
            self.held.clear();
            whole = &whole[first + 1..];
        }
        let good = self.good_len(whole);
        if good > 0 {
            pass_on(&whole[..good]);
        }
        if good < whole.len() || self.held.len() + rest.len() > self.limit_bytes {
            return self.fail();
        }
        self.held.extend_from_slice(rest);
        Ok(())
    }

    /// How many bytes are held: those of the line that the last piece cut off.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.held.len()
    }

    /// Ends the text, and passes on its last line if that lacks a line feed. The next
    /// piece begins another text.
    pub fn end_text(&mut self, mut pass_on: impl FnMut(&[u8])) {
        if !self.held.is_empty() {
            pass_on(&self.held);
        }
        self.held.clear();
        self.failed = false;
    }

    /// The length of those of these whole lines that come before one that is too long.
    fn good_len(&self, whole: &[u8]) -> usize {
        if whole.len() <= self.limit_bytes {
            return whole.len();
        }
        let mut start = 0;
        for line_feed in memchr_iter(b'\n', whole) {
            if line_feed - start > self.limit_bytes {
                break;
            }
            start = line_feed + 1;
        }
        start
    }

    fn fail(&mut self) -> Result<(), LineTooLong> {
        self.failed = true;
        self.held = Vec::new();
        Err(self.error())
    }

    fn error(&self) -> LineTooLong {
        LineTooLong { limit_bytes: self.limit_bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is passed on of a text that is cut into pieces of `len` bytes, and whether all
    /// lines were short enough.
    fn regroup(lines: &mut LineGrouper, text: &[u8], len: usize) -> (Vec<Vec<u8>>, bool) {
        let mut pieces = Vec::new();
        let all = text
            .chunks(len)
            .map(|piece| lines.feed(piece, |piece| pieces.push(piece.to_vec())))
            .fold(Ok(()), Result::and);
        lines.end_text(|piece| pieces.push(piece.to_vec()));
        (pieces, all.is_ok())
    }

    #[test]
    fn lines_come_whole_however_they_were_cut() {
        let texts = ["", "\n", "a", "a\n", "\n\na", "ab\r\ncd\r\n", "abcdefgh\nij\nklmno\n\np"];
        let mut lines = LineGrouper::new(8);
        for text in texts {
            for len in 1..=text.len().max(1) {
                let (pieces, all) = regroup(&mut lines, text.as_bytes(), len);
                assert!(all);
                assert_eq!(pieces.concat(), text.as_bytes(), "{text:?} by {len}");
                let (last, others) =
                    pieces.split_last().map_or((None, &[][..]), |(l, o)| (Some(l), o));
                assert!(others.iter().all(|piece| piece.ends_with(b"\n")), "{text:?} by {len}");
                assert!(last.is_none_or(|piece| !piece.is_empty()), "{text:?} by {len}");
            }
        }
    }

    #[test]
    fn lines_before_one_too_long_are_passed_on_and_no_others() {
        let mut lines = LineGrouper::new(4);
        for text in ["ab\nabcd\nabcde\nab\n", "ab\nabcd\nabcde", "ab\nabcd\nabcdefghij\n\n"] {
            for len in 1..=text.len() {
                let (pieces, all) = regroup(&mut lines, text.as_bytes(), len);
                assert!(!all, "{text:?} by {len}");
                assert_eq!(pieces.concat(), b"ab\nabcd\n", "{text:?} by {len}");
            }
        }
        let (pieces, all) = regroup(&mut lines, b"abcd", 3);
        assert!(all, "another text begins anew");
        assert_eq!(pieces, [b"abcd"]);
    }

    #[test]
    fn a_line_too_long_is_an_error_until_the_text_ends() {
        let mut lines = LineGrouper::new(1);
        let too_long = Err(LineTooLong { limit_bytes: 1 });
        assert_eq!(lines.feed(b"ab", |_| ()), too_long);
        assert_eq!(lines.feed(b"\n", |_| panic!("nothing is passed on")), too_long);
    }

    #[test]
    fn lines_end_at_line_feeds_and_where_the_text_does() {
        let mut found = vec![7];
        for text in ["", "a", "\n", "a\n", "a\nb", "\n\n\nab\n", &"abc\n\n".repeat(300)] {
            let mut end = 0;
            let expected = text.split_inclusive('\n').map(|line| {
                end += line.len();
                u32::try_from(end - usize::from(line.ends_with('\n'))).unwrap()
            });
            let expected: Vec<_> = expected.collect();
            line_ends(text.as_bytes(), &mut found);
            assert_eq!(found, expected, "{text:?}");
        }
    }

    #[test]
    fn carriage_returns_of_line_endings_are_left_out() {
        for (piece, expected) in [
            ("a\n", "a\n"),
            ("a\r\n", "a\n"),
            ("a\r\r\nb", "a\r\nb"),
            ("a\r", "a\r"),
            ("\r\n\r\n\rb\r\n", "\n\n\rb\n"),
        ] {
            let (mut returns, mut lines) = (Returns::default(), Vec::new());
            let lines = returns.leave_out(piece.as_bytes(), &mut lines);
            assert_eq!(lines, expected.as_bytes());
            // Each byte is where it was, and the last index is the end.
            for (index, byte) in lines.iter().enumerate().filter(|(_, byte)| **byte != b'\n') {
                assert_eq!(piece.as_bytes()[returns.origin(index)], *byte, "{piece:?}");
            }
            assert_eq!(returns.origin(lines.len()), piece.len(), "{piece:?}");
        }
        let (mut returns, mut lines) = (Returns::default(), Vec::new());
        returns.leave_out(b"ab\r\ncd\r\n", &mut lines);
        assert_eq!([2, 3, 5].map(|index| returns.origin(index)), [2, 4, 6]);
    }
}
