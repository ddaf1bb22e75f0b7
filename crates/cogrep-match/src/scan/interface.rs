//! What an engine is, and what it gives: totals alone, or each hit.
//!
//! The type of a scan says which. A scan for [`Totals`] counts many places at once and
//! never looks at most of them; one for [`Hits`] reports each.

use std::fmt;
use std::sync::Arc;

use crate::scan::carry::Carry;
use crate::scan::cost::Watch;
use crate::scan::window::Context;
use crate::tally::Tally;

/// A group of needles, made ready to be counted in one pass over a text.
///
/// Every engine gives the same counts; they differ in speed. An engine never changes and
/// is shared by all cores.
pub trait Engine: fmt::Debug + Send + Sync {
    /// What the engine is called.
    fn name(&self) -> &'static str;

    /// The needles it counts, as indices into a [`Tally`](crate::Tally).
    fn needles(&self) -> &[usize];

    /// Whether each piece it is fed must end where a line ends, or the text does.
    fn needs_whole_lines(&self) -> bool {
        false
    }

    /// How the needle in this slot is counted, if there is more to say than the engine's name.
    fn explain(&self, _slot: usize) -> Option<String> {
        None
    }

    /// Whether it lowers the letters of ASCII in the text itself where case is ignored:
    /// then such text need not be folded before.
    fn lowers_ascii(&self) -> bool {
        false
    }

    /// How much text around a range a scan needs to count in it alone; see
    /// [`Scan::begin_range`].
    fn context(&self) -> Context;

    /// Begins to count: a state of its own, at the start of a text.
    fn scan(self: Arc<Self>) -> Box<dyn Scan<Totals>>;

    /// Begins to report hits, at the start of a text.
    fn hit_scan(self: Arc<Self>) -> Box<dyn Scan<Hits>>;
}

/// An engine as it goes through texts, one after the other.
///
/// The pieces of a text may be cut anywhere, also inside an occurrence or a
/// character, unless the engine [needs whole lines](Engine::needs_whole_lines); the
/// counts do not depend on it. A text may also be counted in ranges, by scans of their own
/// and in any order.
///
/// Offsets of hits count all that was fed, over all texts, with what was shown around
/// ranges.
pub trait Scan<O: Output>: Send {
    /// Counts on in the next piece of the text.
    fn feed(&mut self, piece: &[u8]);

    /// Decides what can be decided of the pieces so far, where small ones are gathered. Without
    /// it, that is decided with the pieces to come.
    fn catch_up(&mut self) {}

    /// Ends the text: what depended on its end is decided, and the next piece begins
    /// another text.
    fn end_text(&mut self);

    /// Begins within a text, after these bytes of it, which another scan counts; to be
    /// called instead of beginning at the start of a text.
    ///
    /// They must be as many as the [context](Engine::context) of the engine asks for, or
    /// all there are. A place belongs to the range in which it ends.
    fn begin_range(&mut self, before: &[u8]);

    /// Ends a range of a text, and not the text: these bytes follow, as many as the
    /// context asks for, or all there are. The next piece begins another text.
    ///
    /// A tally that is [taken](Self::take) then is to be [joined](crate::Tally::join) to
    /// those of the neighbours. The last range may end by [`end_text`](Self::end_text)
    /// instead.
    fn end_range(&mut self, after: &[u8]);

    /// From now on hits of this needle, if it is one of its own, are counted and not reported.
    fn mute(&mut self, needle: usize);

    /// From now on notes what each needle costs, where they are found one by one.
    fn watch(&mut self, _watch: &Arc<Watch>) {}

    /// Hands over what was found so far, and starts again from zero.
    ///
    /// Within a text, what depends on bytes to come is not found yet; after
    /// [`end_text`](Self::end_text) everything is.
    fn take(&mut self, found: &mut O::Found);
}

/// An occurrence that counts: what was found, and where.
///
/// Of a line that counts it is the first occurrence in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hit {
    /// The first byte of the text that matches, from the start of the text, before any
    /// folding.
    pub start: u64,
    /// The end of the bytes that match, exclusive.
    ///
    /// Where a pattern matches a part of a folded character, the whole character matches.
    pub end: u64,
    /// Which needle was found, as an index into a [`Tally`].
    pub needle: usize,
}

/// What a [`Scanner`](crate::Scanner) gives: [`Totals`] or [`Hits`].
pub trait Output: sealed::Sealed + fmt::Debug + Default + Send + 'static {
    /// Whether each hit is reported.
    const REPORTS_HITS: bool;

    /// What a scan hands over.
    type Found: Default + Send;

    /// Whether hits of the needle in this slot are reported, and not just counted.
    fn reports(&self, slot: usize) -> bool;

    /// From now on hits of the needle in this slot are counted, and not reported.
    fn mute(&mut self, slot: usize);

    /// Begins a scan of an engine for this output.
    fn scan(engine: Arc<dyn Engine>) -> Box<dyn Scan<Self>>;

    /// Records a hit; its offsets count what was fed, over all texts.
    fn hit(&mut self, hit: Hit);

    /// Records that it depends on the text before the range whether a place counts that
    /// ends at this offset.
    fn undecided(&mut self, end: u64);

    /// Hands over what was found: for totals the counts of these needles, which are set to
    /// zero, and what depends on the neighbours of a range.
    fn hand_over(
        &mut self,
        needles: &[usize],
        counts: &mut [u64],
        carry: Option<Carry>,
        found: &mut Self::Found,
    );

    /// Takes the hits of a scan, as `resolve` says that they are; nothing for totals.
    fn collect(
        scan: &mut dyn Scan<Self>,
        found: &mut Self::Found,
        resolve: impl FnMut(Hit) -> Option<Hit>,
    );
}

/// Only how often each needle was found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals;

/// Each hit.
#[derive(Debug, Default)]
pub struct Hits {
    found: Found,
    /// The slots of which hits are counted only.
    muted: Vec<bool>,
}

/// The hits of a scan, in order for each needle.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The hits; their offsets count what was fed, over all texts.
    pub(crate) hits: Vec<Hit>,
    /// The counts of needles whose hits are not reported any more.
    pub(crate) muted: Tally,
    /// The last end of a place that may or may not count, depending on the text before the
    /// range; 0 if there is none.
    pub(crate) undecided_end: u64,
}

impl Output for Totals {
    const REPORTS_HITS: bool = false;

    type Found = Tally;

    fn scan(engine: Arc<dyn Engine>) -> Box<dyn Scan<Self>> {
        engine.scan()
    }

    #[inline]
    fn reports(&self, _slot: usize) -> bool {
        false
    }

    fn mute(&mut self, _slot: usize) {}

    #[inline]
    fn hit(&mut self, _hit: Hit) {}

    #[inline]
    fn undecided(&mut self, _end: u64) {}

    fn hand_over(
        &mut self,
        needles: &[usize],
        counts: &mut [u64],
        carry: Option<Carry>,
        tally: &mut Tally,
    ) {
        for (needle, count) in needles.iter().zip(counts) {
            tally.add(*needle, std::mem::take(count));
        }
        if let Some(carry) = carry {
            tally.carry(&carry);
        }
    }

    fn collect(_: &mut dyn Scan<Self>, _: &mut Tally, _: impl FnMut(Hit) -> Option<Hit>) {}
}

impl Output for Hits {
    const REPORTS_HITS: bool = true;

    type Found = Found;

    fn scan(engine: Arc<dyn Engine>) -> Box<dyn Scan<Self>> {
        engine.hit_scan()
    }

    #[inline]
    fn reports(&self, slot: usize) -> bool {
        self.muted.get(slot) != Some(&true)
    }

    fn mute(&mut self, slot: usize) {
        if self.muted.len() <= slot {
            self.muted.resize(slot + 1, false);
        }
        self.muted[slot] = true;
    }

    #[inline]
    fn hit(&mut self, hit: Hit) {
        self.found.hits.push(hit);
    }

    fn undecided(&mut self, end: u64) {
        self.found.undecided_end = self.found.undecided_end.max(end);
    }

    fn hand_over(
        &mut self,
        needles: &[usize],
        counts: &mut [u64],
        _carry: Option<Carry>,
        found: &mut Found,
    ) {
        for (slot, is_muted) in self.muted.iter().enumerate() {
            if *is_muted {
                found.muted.add(needles[slot], std::mem::take(&mut counts[slot]));
            }
        }
        found.hits.append(&mut self.found.hits);
        let undecided_end = std::mem::take(&mut self.found.undecided_end);
        found.undecided_end = found.undecided_end.max(undecided_end);
    }

    fn collect(
        scan: &mut dyn Scan<Self>,
        found: &mut Found,
        mut resolve: impl FnMut(Hit) -> Option<Hit>,
    ) {
        let new = found.hits.len();
        scan.take(found);
        let mut kept = new;
        for nth in new..found.hits.len() {
            if let Some(hit) = resolve(found.hits[nth]) {
                found.hits[kept] = hit;
                kept += 1;
            }
        }
        found.hits.truncate(kept);
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Totals {}
    impl Sealed for super::Hits {}
}
