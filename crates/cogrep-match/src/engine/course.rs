//! A scan out of its three parts: the seam that joins pieces, a way to find places,
//! and the judge who decides which of them count.

use std::fmt;
use std::sync::Arc;

use crate::Tally;
use crate::engine::judge::{Group, Judge};
use crate::engine::window::{Context, Seam, Window};
use crate::engine::{Engine, Scan};

/// An engine for literals that is nothing but a way to find their places.
pub trait Literals: fmt::Debug + Send + Sync + 'static {
    /// The name of the engine.
    const NAME: &'static str;

    /// Whether it [lowers ASCII](Engine::lowers_ascii).
    const LOWERS_ASCII: bool;

    /// Whether it remembers the bytes before a window itself.
    const REMEMBERS: bool = false;

    /// The needles it counts.
    fn group(&self) -> &Arc<Group>;

    /// Begins to look for them, at the start of a text.
    fn find(self: Arc<Self>) -> impl Find + 'static;
}

impl<L: Literals> Engine for L {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn needles(&self) -> &[usize] {
        self.group().needles()
    }

    fn lowers_ascii(&self) -> bool {
        L::LOWERS_ASCII
    }

    fn context(&self) -> Context {
        self.group().context()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan> {
        let group = Arc::clone(self.group());
        let context = if L::REMEMBERS { group.context_with_memory() } else { group.context() };
        Box::new(Course::new(group, context, self.find()))
    }
}

/// A way to find the places where needles stand.
pub trait Find {
    /// Finds the places that are to be decided in this window, those of each needle
    /// in order, and has them judged or counts them.
    fn find(&mut self, window: &Window<'_>, judge: &mut Judge);

    /// The next window is in the midst of a text, behind these bytes.
    fn begin_part(&mut self, _before: &[u8]) {}

    /// Counts what was found and is still to be counted.
    fn flush(&mut self, _judge: &mut Judge) {}

    /// The text has ended: what is remembered of it no longer holds.
    fn end_text(&mut self) {}
}

/// An engine for literals on its way through texts.
#[derive(Debug)]
pub struct Course<F> {
    seam: Seam,
    judge: Judge,
    find: F,
}

impl<F: Find> Course<F> {
    /// A course at the start of a text, for a way to find places that must see so
    /// much around them.
    pub fn new(group: Arc<Group>, context: Context, find: F) -> Self {
        Self { seam: Seam::new(context), judge: Judge::new(group), find }
    }
}

impl<F: Find> Scan for Course<F> {
    fn feed(&mut self, piece: &[u8]) {
        let Self { seam, judge, find } = self;
        seam.feed(piece, |window| {
            judge.enter(window);
            find.find(window, judge);
        });
    }

    fn end_text(&mut self) {
        let Self { seam, judge, find } = self;
        seam.end_text(|window| {
            judge.enter(window);
            find.find(window, judge);
        });
        judge.end_text(seam.offset());
        find.end_text();
    }

    fn begin_part(&mut self, before: &[u8]) {
        self.judge.begin_part(self.seam.begin_part(before));
        self.find.begin_part(before);
    }

    fn end_part(&mut self, behind: &[u8]) {
        let Self { seam, judge, find } = self;
        let end = seam.end_part(behind, |window| {
            judge.enter(window);
            find.find(window, judge);
        });
        judge.end_part(end, seam.offset());
        find.end_text();
    }

    fn take(&mut self, tally: &mut Tally) {
        self.find.flush(&mut self.judge);
        self.judge.take(tally);
    }
}
