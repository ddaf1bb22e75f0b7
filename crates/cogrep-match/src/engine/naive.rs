//! The plainest way to count: one pattern, found again and again.
//!
//! Every other engine is held against this one. It joins each piece to what it kept
//! of the text before, and looks for one place after the other; it shares with the
//! others only the judgement of which places count.

use std::sync::Arc;

use memchr::memmem;

use crate::scan::group::Group;
use crate::scan::interface::{Engine, Hits, Output, Scan, Totals};
use crate::scan::judge::Judge;
use crate::scan::window::{Context, Window};

/// The slot of the only needle.
const SLOT: usize = 0;

/// Counts one literal; see the head of the module.
#[derive(Debug)]
pub(crate) struct Naive {
    group: Arc<Group>,
}

impl Naive {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "naive";

    /// Makes ready to count the only needle of the group.
    ///
    /// # Panics
    ///
    /// When the group has none or more than one.
    pub(crate) fn new(group: Group) -> Self {
        assert_eq!(group.len(), 1, "this engine counts one needle");
        Self { group: Arc::new(group) }
    }

    fn scan_for<O: Output>(&self) -> Box<dyn Scan<O>> {
        Box::new(Search {
            judge: Judge::<O>::new(Arc::clone(&self.group)),
            text: Vec::new(),
            decided: 0,
            offset: 0,
        })
    }
}

impl Engine for Naive {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn needles(&self) -> &[usize] {
        self.group.needles()
    }

    fn context(&self) -> Context {
        self.group.context()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan<Totals>> {
        self.scan_for()
    }

    fn hit_scan(self: Arc<Self>) -> Box<dyn Scan<Hits>> {
        self.scan_for()
    }
}

#[derive(Debug)]
struct Search<O> {
    judge: Judge<O>,
    /// The end of the text so far.
    text: Vec<u8>,
    /// The places that end up to here in it have been judged.
    decided: usize,
    /// How many bytes came before it.
    offset: u64,
}

impl<O: Output> Search<O> {
    /// Judges the places that end up to here.
    fn decide(&mut self, end: usize) {
        let group = Arc::clone(self.judge.group());
        let needle = &group.bytes()[SLOT];
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

impl<O: Output> Scan<O> for Search<O> {
    fn feed(&mut self, piece: &[u8]) {
        self.text.extend_from_slice(piece);
        let context = self.judge.group().context();
        self.decide(self.text.len().saturating_sub(context.after).max(self.decided));
        self.forget(self.decided.saturating_sub(context.before));
    }

    fn end_text(&mut self) {
        self.decide(self.text.len());
        self.forget(self.text.len());
        self.judge.end_text(self.offset);
    }

    fn begin_range(&mut self, before: &[u8]) {
        self.text.extend_from_slice(before);
        self.decided = before.len();
        self.judge.begin_range(self.offset + before.len() as u64);
    }

    fn end_range(&mut self, after: &[u8]) {
        let end = self.text.len();
        self.text.extend_from_slice(after);
        self.decide(end);
        let offset = self.offset + end as u64;
        self.decided = self.text.len();
        self.forget(self.text.len());
        self.judge.end_range(offset, self.offset);
    }

    fn mute(&mut self, needle: usize) {
        self.judge.mute(needle);
    }

    fn take(&mut self, found: &mut O::Found) {
        self.judge.take(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Matching, Unit};

    #[test]
    fn only_text_that_can_matter_is_kept() {
        for (whole_words, unit, kept) in [
            (false, Unit::Occurrences, 3),
            (true, Unit::Occurrences, 3 + 4 + 4),
            (false, Unit::WholeLines, 3 + 1 + 2),
        ] {
            let matching = Matching { whole_words, unit, ..Matching::default() };
            let group = Arc::new(Group::new([(0, b"abcd"[..].into())], matching));
            let mut search = Search {
                judge: Judge::<Totals>::new(group),
                text: Vec::new(),
                decided: 0,
                offset: 0,
            };
            for len in 0..50 {
                search.feed(&b"x".repeat(len));
                assert!(search.text.len() <= kept);
            }
            search.end_text();
            assert!(search.text.is_empty());
            assert_eq!(search.offset, (0..50).sum::<u64>());
        }
    }
}
