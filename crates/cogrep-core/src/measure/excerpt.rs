//! The line around a place, short enough to be shown.

use std::ops::Range;

use memchr::memchr;

/// The line around a place, without its ending, cut to about 160 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The bytes of the line, cut between characters; of its ending, what is before
    /// a match that begins there.
    pub text: Vec<u8>,
    /// The match in [`text`](Self::text), as far as it is in the line and the excerpt.
    pub matched: Range<usize>,
    /// The line has more before.
    pub cut_before: bool,
    /// The line has more after.
    pub cut_after: bool,
}

impl Excerpt {
    /// Bytes shown before the start of a place, at most.
    const BEFORE: usize = 60;

    /// Bytes shown from the start of a place on, at most.
    const AFTER: usize = 100;

    /// Bytes before the start of a place from which an excerpt is made: a character may be
    /// cut where it begins.
    pub(super) const NEEDED_BEFORE: usize = Self::BEFORE + 4;

    /// Bytes from the start of a place on from which an excerpt is made: a character may be
    /// cut at the end, and the line's ending may follow.
    pub(super) const NEEDED_AFTER: usize = Self::AFTER + 5;

    /// The excerpt for a place in a text of which the rest of the line may be missing, but not
    /// the needed bytes before and after. Where the line begins before the text, it is said to
    /// begin with it.
    pub(super) fn new(text: &[u8], line_start: usize, matched: Range<usize>) -> Self {
        let earliest = matched.start.saturating_sub(Self::BEFORE).max(line_start);
        let start = char_start(text, earliest, matched.start);
        let rest = &text[matched.start..];
        let line_len =
            memchr(b'\n', rest).map_or(rest.len(), |at| without_ending(&rest[..=at]).len());
        let len = if line_len > Self::AFTER { char_end(rest, Self::AFTER) } else { line_len };
        let end = matched.start + len;
        Self {
            text: text[start..end].to_vec(),
            matched: matched.start - start..matched.end.min(end) - start,
            cut_before: start > line_start,
            cut_after: len < line_len,
        }
    }
}

/// The first index from this one on at which no character is cut, but not after `last`.
fn char_start(text: &[u8], from: usize, last: usize) -> usize {
    // An excerpt that begins with the line is not cut; bytes that belong to no character
    // stay.
    if from == 0 || !is_continuation(text[from]) {
        return from;
    }
    let lead = (from.saturating_sub(3)..from)
        .find(|at| first_char_len(&text[*at..]).is_some_and(|len| at + len > from));
    lead.and_then(|at| first_char_len(&text[at..]).map(|len| at + len))
        .map_or(from, |start| start.min(last))
}

/// The last index up to this one at which no character is cut.
fn char_end(text: &[u8], to: usize) -> usize {
    let cut = (to.saturating_sub(3)..to)
        .find(|at| first_char_len(&text[*at..]).is_some_and(|len| at + len > to));
    cut.unwrap_or(to)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// The length of the character of UTF-8 that a text begins with, if it does.
fn first_char_len(text: &[u8]) -> Option<usize> {
    let start = &text[..text.len().min(4)];
    start.utf8_chunks().next()?.valid().chars().next().map(char::len_utf8)
}

/// The line without its ending, `\n` or `\r\n`. A final `\r` alone is text.
fn without_ending(line: &[u8]) -> &[u8] {
    let Some(line) = line.strip_suffix(b"\n") else { return line };
    line.strip_suffix(b"\r").unwrap_or(line)
}
