//! What stands around a place, short enough to be shown.

use std::ops::Range;

use memchr::memchr;

use crate::text::line::without_ending;
use crate::text::utf8;

/// The line around a place, without its ending, cut to about 160 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The bytes of the line, cut between characters; of its ending, what stands
    /// before a match that begins there.
    pub text: Vec<u8>,
    /// The match in [`text`](Self::text), as far as it is in the line and the excerpt.
    pub matched: Range<usize>,
    /// The line has more before.
    pub cut_before: bool,
    /// The line has more behind.
    pub cut_after: bool,
}

impl Excerpt {
    /// Bytes shown before the start of a place, at most.
    pub(super) const BEFORE: usize = 60;

    /// Bytes shown from the start of a place on, at most.
    pub(super) const AFTER: usize = 100;

    /// What must be there of a text behind the start of a place to make an excerpt: a
    /// character may be cut at the end, and the line's ending may follow.
    pub(super) const NEEDED_AFTER: usize = Self::AFTER + 5;

    /// The excerpt for a place in a text of which the rest of the line may be missing,
    /// but not the [needed](Self::NEEDED_AFTER) bytes, nor those before.
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

/// The first place from here on where no character goes on, but not behind `last`.
fn char_start(text: &[u8], from: usize, last: usize) -> usize {
    // An excerpt that begins with the line is not cut; bytes that go on nothing stay.
    if from == 0 || !utf8::is_continuation(text[from]) {
        return from;
    }
    let lead = (from.saturating_sub(3)..from)
        .find(|at| utf8::first_char(&text[*at..]).is_some_and(|(_, len)| at + len > from));
    lead.and_then(|at| utf8::first_char(&text[at..]).map(|(_, len)| at + len))
        .map_or(from, |start| start.min(last))
}

/// The last place up to here where no character is cut.
fn char_end(text: &[u8], to: usize) -> usize {
    let cut = (to.saturating_sub(3)..to)
        .find(|at| utf8::first_char(&text[*at..]).is_some_and(|(_, len)| at + len > to));
    cut.unwrap_or(to)
}
