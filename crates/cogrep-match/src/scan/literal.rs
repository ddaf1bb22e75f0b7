//! A scan for literals out of its three parts: the windower that joins pieces, a way to
//! find places, and the judge that decides which of them count.

use std::fmt;
use std::sync::Arc;

use crate::scan::group::Group;
use crate::scan::interface::{Engine, Hits, Output, Scan, Totals};
use crate::scan::judge::Judge;
use crate::scan::window::{Context, Window, Windower};

/// An engine for literals that is nothing but a way to find their places.
pub(crate) trait Literals: fmt::Debug + Send + Sync + 'static {
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

    fn scan(self: Arc<Self>) -> Box<dyn Scan<Totals>> {
        scan(self)
    }

    fn hit_scan(self: Arc<Self>) -> Box<dyn Scan<Hits>> {
        scan(self)
    }
}

fn scan<L: Literals, O: Output>(engine: Arc<L>) -> Box<dyn Scan<O>> {
    let group = Arc::clone(engine.group());
    let context = if L::REMEMBERS { group.context_with_memory() } else { group.context() };
    Box::new(LiteralScan {
        windower: Windower::new(context),
        judge: Judge::<O>::new(group),
        find: engine.find(),
    })
}

/// A way to find the places where needles occur.
pub(crate) trait Find: Send {
    /// Finds the places that are to be decided in this window, those of each needle
    /// in order, and has them judged, or adds them up where that is allowed.
    fn find<O: Output>(&mut self, window: &Window<'_>, judge: &mut Judge<O>);

    /// The next window continues a text after these bytes.
    fn begin_range(&mut self, _before: &[u8]) {}

    /// Adds up what was found and not yet counted.
    fn flush<O: Output>(&mut self, _judge: &mut Judge<O>) {}

    /// The text has ended: what is remembered of it no longer holds.
    fn end_text(&mut self) {}
}

/// An engine for literals as it goes through texts.
#[derive(Debug)]
pub(crate) struct LiteralScan<F, O> {
    windower: Windower,
    judge: Judge<O>,
    find: F,
}

impl<F: Find, O: Output> Scan<O> for LiteralScan<F, O> {
    fn feed(&mut self, piece: &[u8]) {
        let Self { windower, judge, find } = self;
        windower.feed(piece, |window| {
            judge.enter(window);
            find.find(window, judge);
        });
    }

    fn catch_up(&mut self) {
        let Self { windower, judge, find } = self;
        windower.catch_up(|window| {
            judge.enter(window);
            find.find(window, judge);
        });
    }

    fn end_text(&mut self) {
        let Self { windower, judge, find } = self;
        windower.end_text(|window| {
            judge.enter(window);
            find.find(window, judge);
        });
        judge.end_text(windower.offset());
        find.end_text();
    }

    fn begin_range(&mut self, before: &[u8]) {
        self.judge.begin_range(self.windower.begin_range(before));
        self.find.begin_range(before);
    }

    fn end_range(&mut self, after: &[u8]) {
        let Self { windower, judge, find } = self;
        let end = windower.end_range(after, |window| {
            judge.enter(window);
            find.find(window, judge);
        });
        judge.end_range(end, windower.offset());
        find.end_text();
    }

    fn mute(&mut self, needle: usize) {
        self.judge.mute(needle);
    }

    fn take(&mut self, found: &mut O::Found) {
        self.find.flush(&mut self.judge);
        self.judge.take(found);
    }
}
