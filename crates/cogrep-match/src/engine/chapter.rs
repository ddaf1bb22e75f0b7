//! The plainest way to count: one pattern, found again and again.
//!
//! Every other engine is held against this one. It joins each piece to what it kept
//! of the text before, and looks for one place after the other; it shares with the
//! others only the judgement of which places count.

use std::sync::Arc;

use memchr::memmem;

use crate::Tally;
use crate::engine::judge::{Group, Judge};
use crate::engine::window::{Context, Window};
use crate::engine::{Engine, Scan};

/// The slot of the only needle.
const SLOT: usize = 0;

/// Counts one literal; see the head of the module.
#[derive(Debug)]
pub struct Chapter {
    group: Arc<Group>,
}

impl Chapter {
    /// The name of the engine.
    pub const NAME: &'static str = "chapter";

    /// Makes ready to count the only needle of the group.
    ///
    /// # Panics
    ///
    /// When the group has none or more than one.
    #[must_use]
    pub fn new(group: Group) -> Self {
        assert_eq!(group.needles().len(), 1, "this engine counts one needle");
        Self { group: Arc::new(group) }
    }
}

impl Engine for Chapter {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn needles(&self) -> &[usize] {
        self.group.needles()
    }

    fn context(&self) -> Context {
        self.group.context()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan> {
        Box::new(Reader {
            judge: Judge::new(Arc::clone(&self.group)),
            engine: self,
            text: Vec::new(),
            decided: 0,
            offset: 0,
        })
    }
}

#[derive(Debug)]
struct Reader {
    engine: Arc<Chapter>,
    judge: Judge,
    /// The end of the text so far.
    text: Vec<u8>,
    /// The places that end up to here in it have been judged.
    decided: usize,
    /// How many bytes came before it.
    offset: u64,
}

impl Reader {
    /// Judges the places that end up to here.
    fn decide(&mut self, end: usize) {
        let needle = &self.engine.group.bytes()[SLOT];
        let window = Window { text: &self.text, ends: self.decided..end, offset: self.offset };
        self.judge.enter(&window);
        let mut start = (self.decided + 1).saturating_sub(needle.len());
        while let Some(found) = memmem::find(&self.text[start..end], needle) {
            start += found;
            self.judge.place(SLOT, &window, start + needle.len());
            start += 1;
        }
        self.decided = end;
    }

    fn forget(&mut self, len: usize) {
        self.text.drain(..len);
        self.decided -= len;
        self.offset += len as u64;
    }
}

impl Scan for Reader {
    fn feed(&mut self, piece: &[u8]) {
        self.text.extend_from_slice(piece);
        let context = self.engine.group.context();
        self.decide(self.text.len().saturating_sub(context.after).max(self.decided));
        self.forget(self.decided.saturating_sub(context.before));
    }

    fn end_text(&mut self) {
        self.decide(self.text.len());
        self.forget(self.text.len());
        self.judge.end_text(self.offset);
    }

    fn begin_part(&mut self, before: &[u8]) {
        self.text.extend_from_slice(before);
        self.decided = before.len();
        self.judge.begin_part(self.offset + before.len() as u64);
    }

    fn end_part(&mut self, behind: &[u8]) {
        let end = self.text.len();
        self.text.extend_from_slice(behind);
        self.decide(end);
        let offset = self.offset + end as u64;
        self.decided = self.text.len();
        self.forget(self.text.len());
        self.judge.end_part(offset, self.offset);
    }

    fn take(&mut self, tally: &mut Tally) {
        self.judge.take(tally);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Matching, Unit};

    #[test]
    fn no_more_text_is_kept_than_can_matter() {
        for (whole_words, unit, kept) in [
            (false, Unit::Occurrences, 3),
            (true, Unit::Occurrences, 3 + 4 + 4),
            (false, Unit::WholeLines, 3 + 1 + 2),
        ] {
            let matching = Matching { whole_words, unit, ..Matching::default() };
            let group = Arc::new(Group::new([(0, b"abcd"[..].into())], matching));
            let engine = Arc::new(Chapter { group: Arc::clone(&group) });
            let mut reader = Reader {
                judge: Judge::new(group),
                engine,
                text: Vec::new(),
                decided: 0,
                offset: 0,
            };
            for len in 0..50 {
                reader.feed(&b"x".repeat(len));
                assert!(reader.text.len() <= kept);
            }
            reader.end_text();
            assert!(reader.text.is_empty());
            assert_eq!(reader.offset, (0..50).sum::<u64>());
        }
    }
}
