//! A scan for regular expressions, which are matched line by line.
//!
//! Lines do not depend on each other, so a range that begins and ends between lines is
//! counted as a text is.

use std::fmt;
use std::sync::Arc;

use crate::scan::cost::{Meter, Watch};
use crate::scan::interface::{Engine, Hit, Hits, Output, Scan, Totals};
use crate::scan::window::Context;

/// A way to find matches in whole lines.
pub(crate) trait Lines: fmt::Debug + Send + Sync + 'static {
    /// The name of the engine.
    const NAME: &'static str;

    /// What it needs while it goes through a text.
    type State: Send;

    /// The needles it counts. The index of a needle in them is its slot.
    fn needles(&self) -> &[usize];

    /// How the needle in this slot is counted.
    fn explain(&self, slot: usize) -> String;

    /// The state at the start of a text.
    fn begin(&self) -> Self::State;

    /// Finds what matches in whole lines: a piece of text that ends where a line ends, or the
    /// text does.
    fn find<O: Output>(&self, state: &mut Self::State, lines: &[u8], record: &mut Record<O>);

    /// Records what was found and not yet recorded.
    fn flush<O: Output>(&self, _state: &mut Self::State, _record: &mut Record<O>) {}
}

/// What was found in lines.
#[derive(Debug)]
pub(crate) struct Record<O> {
    output: O,
    needles: Vec<usize>,
    /// By slot.
    counts: Vec<u64>,
    /// Where the piece begins, over all texts.
    offset: u64,
    /// What they cost, if that is asked for.
    meter: Option<Meter>,
}

impl<O: Output> Record<O> {
    /// Whether each match of the needle in this slot is reported, and not just counted.
    pub(crate) fn reports(&self, slot: usize) -> bool {
        self.output.reports(slot)
    }

    /// Adds matches of the needle in this slot.
    pub(crate) fn add(&mut self, slot: usize, count: u64) {
        self.counts[slot] += count;
    }

    /// What they cost is noted here, if that is asked for.
    pub(crate) fn meter(&mut self) -> Option<&mut Meter> {
        self.meter.as_mut()
    }

    /// Records a match, by the indices of its bytes in the piece.
    pub(crate) fn hit(&mut self, slot: usize, start: usize, end: usize) {
        self.output.hit(Hit {
            start: self.offset + start as u64,
            end: self.offset + end as u64,
            needle: self.needles[slot],
        });
    }
}

/// An engine that matches line by line.
#[derive(Debug)]
pub(crate) struct LineEngine<L>(pub(crate) L);

impl<L: Lines> Engine for LineEngine<L> {
    fn name(&self) -> &'static str {
        L::NAME
    }

    fn needles(&self) -> &[usize] {
        self.0.needles()
    }

    fn needs_whole_lines(&self) -> bool {
        true
    }

    fn explain(&self, slot: usize) -> Option<String> {
        Some(self.0.explain(slot))
    }

    fn context(&self) -> Context {
        Context::default()
    }

    fn scan(self: Arc<Self>) -> Box<dyn Scan<Totals>> {
        Box::new(LineScan::new(self))
    }

    fn hit_scan(self: Arc<Self>) -> Box<dyn Scan<Hits>> {
        Box::new(LineScan::new(self))
    }
}

struct LineScan<L: Lines, O> {
    state: L::State,
    record: Record<O>,
    engine: Arc<LineEngine<L>>,
    line_is_cut: bool,
}

impl<L: Lines, O: Output> LineScan<L, O> {
    fn new(engine: Arc<LineEngine<L>>) -> Self {
        let needles = engine.0.needles().to_vec();
        let counts = vec![0; needles.len()];
        let record = Record { output: O::default(), needles, counts, offset: 0, meter: None };
        Self { state: engine.0.begin(), record, engine, line_is_cut: false }
    }
}

impl<L: Lines, O: Output> Scan<O> for LineScan<L, O> {
    fn feed(&mut self, piece: &[u8]) {
        debug_assert!(piece.is_empty() || !self.line_is_cut, "a line came in two pieces");
        self.line_is_cut = piece.last().map_or(self.line_is_cut, |byte| *byte != b'\n');
        if !piece.is_empty() {
            if let Some(meter) = self.record.meter() {
                meter.begin();
            }
            self.engine.0.find(&mut self.state, piece, &mut self.record);
        }
        self.record.offset += piece.len() as u64;
    }

    fn end_text(&mut self) {
        self.line_is_cut = false;
    }

    fn begin_range(&mut self, before: &[u8]) {
        debug_assert!(matches!(before, [] | [.., b'\n']), "a range begins within a line");
        self.record.offset += before.len() as u64;
    }

    fn end_range(&mut self, after: &[u8]) {
        debug_assert!(!self.line_is_cut, "a range ends within a line");
        self.record.offset += after.len() as u64;
    }

    fn mute(&mut self, needle: usize) {
        let needles = self.record.needles.iter();
        for (slot, _) in needles.enumerate().filter(|(_, other)| **other == needle) {
            self.record.output.mute(slot);
        }
    }

    fn watch(&mut self, watch: &Arc<Watch>) {
        self.record.meter = Some(Meter::new(watch, self.record.needles.len()));
    }

    fn take(&mut self, found: &mut O::Found) {
        self.engine.0.flush(&mut self.state, &mut self.record);
        let Record { output, needles, counts, meter, .. } = &mut self.record;
        if let Some(meter) = meter {
            meter.hand_over(needles);
        }
        output.hand_over(needles, counts, None, found);
    }
}
