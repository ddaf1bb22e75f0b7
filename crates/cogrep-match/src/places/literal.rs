//! The places of literals.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, Input};
use memchr::{memchr_iter, memrchr};

use super::{Excerpt, Found, Place};
use crate::engine::judge::{Group, Judge};
use crate::engine::window::Window;
use crate::pattern::{Matching, PatternError};
use crate::text::fold::fold_char;
use crate::text::utf8;

/// So much text is gathered before it is searched.
const BATCH_BYTES: usize = 1 << 16;

/// So many bytes behind a place are there before it is looked at: enough for an
/// excerpt and for the judge, also where folding made three bytes out of two.
const BEHIND: usize = 2 * Excerpt::NEEDED_AFTER;

/// Finds the places of literals; the judge of the engines says which count.
#[derive(Clone, Debug)]
pub(super) struct LiteralPlaces {
    group: Arc<Group>,
    finder: AhoCorasick,
    judge: Judge,
    found: Found,
    folds: bool,
    text: Text,
    folded: Folded,
    /// The places that end up to here in the folded text have been judged.
    decided: usize,
}

impl LiteralPlaces {
    pub(super) fn new(
        needles: Vec<(usize, Box<[u8]>)>,
        matching: Matching,
        mut found: Found,
    ) -> Result<Self, PatternError> {
        found.look_for(needles.len());
        let group = Arc::new(Group::new(needles, matching));
        let finder = AhoCorasick::new(group.bytes()).map_err(|error| PatternError::Engine {
            engine: "automaton",
            reason: format!("cannot be built: {error}"),
        })?;
        Ok(Self {
            judge: Judge::new(Arc::clone(&group)),
            group,
            finder,
            found,
            folds: matching.ignore_case,
            text: Text::default(),
            folded: Folded::default(),
            decided: 0,
        })
    }

    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    pub(super) fn found_mut(&mut self) -> &mut Found {
        &mut self.found
    }

    pub(super) fn feed(&mut self, piece: &[u8]) {
        for piece in piece.chunks(BATCH_BYTES) {
            if self.found.is_full() {
                return;
            }
            self.text.bytes.extend_from_slice(piece);
            if self.text.bytes.len() > BATCH_BYTES {
                self.folded.take_up(&self.text, self.folds, false);
                self.decide(self.folded.bytes.len().saturating_sub(BEHIND));
                self.forget();
            }
        }
    }

    pub(super) fn finish(mut self) -> Found {
        self.folded.take_up(&self.text, self.folds, true);
        self.decide(self.folded.bytes.len());
        self.found
    }

    /// Judges the places that end up to here in the folded text.
    fn decide(&mut self, end: usize) {
        let end = end.max(self.decided);
        let window = Window {
            text: &self.folded.bytes,
            ends: self.decided..end,
            offset: self.folded.offset,
        };
        self.judge.enter(&window);
        let start = self.decided.saturating_sub(self.group.context().before);
        let input = Input::new(&window.text[..end]).range(start..);
        for place in self.finder.find_overlapping_iter(input) {
            let slot = place.pattern().as_usize();
            let needle = self.group.needles()[slot];
            if place.end() > self.decided
                && self.found.lacks(needle)
                && self.judge.place(slot, &window, place.end())
            {
                let from = self.folded.from[place.start()];
                let to = self.folded.to[place.end() - 1];
                let text = &self.text;
                self.found.add(needle, from..to, || text.place(from, to));
            }
        }
        self.decided = end;
    }

    /// Forgets what no place to come can need.
    fn forget(&mut self) {
        let len = self.decided.saturating_sub(self.group.context().before);
        self.folded.forget(len);
        self.decided -= len;
        let needed = self.folded.from.first().copied().unwrap_or(self.folded.taken_up);
        self.text.forget(needed);
    }
}

/// The end of the text so far, as it came.
#[derive(Clone, Debug, Default)]
struct Text {
    bytes: Vec<u8>,
    /// How many bytes came before.
    offset: u64,
    /// How many line feeds came before.
    line_feeds: u64,
    /// Where the line begins that `bytes` begin in.
    line_start: u64,
}

impl Text {
    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset - self.offset).expect("an offset into what is in memory")
    }

    fn place(&self, from: u64, to: u64) -> Place {
        let (start, end) = (self.index(from), self.index(to));
        let before = &self.bytes[..start];
        let line_start = memrchr(b'\n', before);
        let column = match line_start {
            Some(line_feed) => (start - line_feed) as u64,
            None => from - self.line_start + 1,
        };
        let line = self.line_feeds + memchr_iter(b'\n', before).count() as u64 + 1;
        // A line that began before `bytes` is cut nearer: more is kept than is shown.
        let line_start = line_start.map_or(0, |line_feed| line_feed + 1);
        let excerpt = Excerpt::new(&self.bytes, line_start, start..end);
        Place { bytes: from..to, line, column, excerpt }
    }

    /// Forgets what comes before this offset and all excerpts from there on.
    fn forget(&mut self, offset: u64) {
        let len = self.index(offset).saturating_sub(Excerpt::BEFORE + 4);
        let gone = &self.bytes[..len];
        if let Some(line_feed) = memrchr(b'\n', gone) {
            self.line_feeds += memchr_iter(b'\n', gone).count() as u64;
            self.line_start = self.offset + line_feed as u64 + 1;
        }
        self.bytes.drain(..len);
        self.offset += len as u64;
    }
}

/// The folded text, and for each of its bytes where it came from.
#[derive(Clone, Debug, Default)]
struct Folded {
    bytes: Vec<u8>,
    /// Where the byte's character begins in the text, or the byte itself if its
    /// character did not change.
    from: Vec<u64>,
    /// Where it ends.
    to: Vec<u64>,
    /// How many folded bytes came before.
    offset: u64,
    /// The text up to this offset has been folded.
    taken_up: u64,
}

impl Folded {
    /// Folds on in the text; a character that may be cut at its end is left, unless
    /// that is the end.
    fn take_up(&mut self, text: &Text, folds: bool, is_end: bool) {
        let mut rest = &text.bytes[text.index(self.taken_up)..];
        while let [first, ..] = rest {
            if !is_end && rest.len() < utf8::announced_len(*first) {
                return;
            }
            let (char, len) = match utf8::first_char(rest) {
                Some((char, len)) if folds => (fold_char(char), len),
                Some((char, len)) => (char, len),
                None => (char::REPLACEMENT_CHARACTER, 1),
            };
            let (now, then) = rest.split_at(len);
            let mut space = [0; 4];
            let to = char.encode_utf8(&mut space).as_bytes();
            if utf8::first_char(now).is_some() && to != now {
                self.push_changed(to, len);
            } else {
                self.push_unchanged(now);
            }
            rest = then;
        }
    }

    fn push_unchanged(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.bytes.push(*byte);
            self.from.push(self.taken_up);
            self.taken_up += 1;
            self.to.push(self.taken_up);
        }
    }

    fn push_changed(&mut self, to: &[u8], len: usize) {
        let end = self.taken_up + len as u64;
        self.bytes.extend_from_slice(to);
        self.from.extend(to.iter().map(|_| self.taken_up));
        self.to.extend(to.iter().map(|_| end));
        self.taken_up = end;
    }

    fn forget(&mut self, len: usize) {
        self.bytes.drain(..len);
        self.from.drain(..len);
        self.to.drain(..len);
        self.offset += len as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_text_is_kept_than_a_batch_and_its_context() {
        let matching = Matching { ignore_case: true, ..Matching::default() };
        let found = Found::first(1, 1);
        let needles = vec![(0, b"nowhere"[..].into())];
        let mut places = LiteralPlaces::new(needles, matching, found).unwrap();
        let text = "Ⱥ and \u{212A}, ſ and no line feed; ".repeat(1000);
        for _ in 0..50 {
            places.feed(text.as_bytes());
            let kept = BATCH_BYTES + 2 * BEHIND;
            assert!(places.text.bytes.len() <= 2 * kept);
            assert!(places.folded.bytes.len() <= 2 * kept);
        }
        let read = 50 * text.len() as u64;
        assert_eq!(places.text.offset + places.text.bytes.len() as u64, read);
        assert!(places.finish().into_first()[0].is_empty());
    }
}
