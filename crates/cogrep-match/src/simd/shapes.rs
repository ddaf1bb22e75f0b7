//! Where in a text something of a certain shape may begin: bytes of some sets that follow
//! each other, where some may be missing, and what stands around them.
//!
//! A mask holds a bit for each of sixty-four places. Where a byte of a set stands and then
//! something else, is the mask of the set and the other mask moved by a place; what may be
//! missing adds a mask to another. So the shape is read from its end to its beginning, for
//! all places at once: this is how Parabix matches expressions. A step is made for several
//! windows of the text in turn, so that it costs little to find out which step it is.

use std::ops::Range;

use super::dispatch::dispatch;
use super::level::Vectors;
use super::vector::{BLOCK_BYTES, ByteSet, Vector};

/// Different sets of bytes, at the most.
pub(crate) const MOST_SETS: usize = 8;

/// Masks that are kept at a time, at the most.
pub(crate) const MOST_SLOTS: usize = 8;

/// Bytes of a text that are looked at for one place, at the most.
pub(crate) const MOST_REACH: usize = 32;

/// Windows that a step is made for at once.
const LANES: usize = 8;

/// All bytes of these windows, where they overlap least.
const SPAN_BYTES: usize = LANES * BLOCK_BYTES;

/// A step from the end of a shape to its beginning. What was found so far is where the rest
/// of the shape may begin; behind the shape, that is anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A byte of this set stands before the rest.
    Then(usize),
    /// The next byte is one of this set, or is not.
    Next(usize, bool),
    /// The byte before is one of this set, or is not.
    Before(usize, bool),
    /// Of the next byte and the one before, one is in this set and one is not; or both are
    /// the same in this.
    Edge(usize, bool),
    /// What was found so far is kept in this slot.
    Keep(usize),
    /// The rest may also be what was kept in this slot.
    Or(usize),
    /// What was kept in this slot is what was found so far.
    Load(usize),
}

/// A shape.
#[derive(Clone, Debug)]
pub(crate) struct Shape {
    vectors: Vectors,
    sets: Vec<ByteSet>,
    steps: Vec<Step>,
    reach: usize,
}

type Masks = [u64; LANES];

impl Shape {
    /// A shape of these sets of ASCII bytes, by steps from its end. For a place, `reach`
    /// bytes are looked at.
    ///
    /// # Panics
    ///
    /// If there are more than [`MOST_SETS`], [`MOST_SLOTS`] or [`MOST_REACH`] allow, or a step
    /// asks for a set that is not there.
    pub(crate) fn new(
        vectors: Vectors,
        sets: &[[bool; 128]],
        steps: Vec<Step>,
        reach: usize,
    ) -> Self {
        assert!(sets.len() <= MOST_SETS, "{} sets", sets.len());
        assert!((1..=MOST_REACH).contains(&reach), "a reach of {reach}");
        let is_there = |step: &Step| match *step {
            Step::Then(set) | Step::Next(set, _) | Step::Before(set, _) | Step::Edge(set, _) => {
                set < sets.len()
            }
            Step::Keep(slot) | Step::Or(slot) | Step::Load(slot) => slot < MOST_SLOTS,
        };
        assert!(steps.iter().all(is_there), "a step of a set or a slot that is not there");
        let of = |has: &[bool; 128]| {
            let mut set = ByteSet::EMPTY;
            (0..128_u8).filter(|byte| has[usize::from(*byte)]).for_each(|byte| set.insert(byte));
            set
        };
        Self { vectors, sets: sets.iter().map(of).collect(), steps, reach }
    }

    /// Appends the places in this range of the text where the shape may begin, counted from
    /// where the range begins. Before the text and after it is a line feed.
    ///
    /// # Panics
    ///
    /// If the range is not in the text, or has 4 GiB.
    pub(crate) fn find(&self, text: &[u8], range: Range<usize>, found: &mut Vec<u32>) {
        assert!(range.end <= text.len() && u32::try_from(range.len()).is_ok());
        let stride = BLOCK_BYTES - self.reach;
        let mut near = [b'\n'; SPAN_BYTES];
        for place in range.clone().step_by(LANES * stride) {
            // The windows begin with the byte before the place.
            let inner = place.checked_sub(1).and_then(|from| text[from..].first_chunk());
            let bytes = inner.unwrap_or_else(|| {
                let from = place.saturating_sub(1);
                let rest = &text[from..text.len().min(from + SPAN_BYTES - 1)];
                near.fill(b'\n');
                let at = usize::from(place == 0);
                near[at..at + rest.len()].copy_from_slice(rest);
                &near
            });
            let masks = self.masks(bytes);
            for (nth, mask) in masks.into_iter().enumerate() {
                let from = place + nth * stride;
                if from >= range.end {
                    break;
                }
                let places = stride.min(range.end - from);
                // The first bit is that of the byte before.
                let mut mask = mask >> 1 & (!0 >> (BLOCK_BYTES - places));
                while mask != 0 {
                    let at = from - range.start + mask.trailing_zeros() as usize;
                    #[allow(clippy::cast_possible_truncation, reason = "checked for all")]
                    found.push(at as u32);
                    mask &= mask - 1;
                }
            }
        }
    }

    /// For each window, where in it the shape may begin.
    fn masks(&self, bytes: &[u8; SPAN_BYTES]) -> Masks {
        let shape = self;
        dispatch!(Vectors: self.vectors, fn<B>(shape: &Shape, bytes: &[u8; SPAN_BYTES]) -> Masks {
            // SAFETY: compiled for the instructions of `B`.
            unsafe { shape.masks_by::<B>(bytes) }
        })
    }

    /// # Safety
    ///
    /// The CPU must have the instructions of `B`.
    #[inline(always)]
    unsafe fn masks_by<B: Vector>(&self, bytes: &[u8; SPAN_BYTES]) -> Masks {
        let mut members = [Masks::default(); MOST_SETS];
        let stride = BLOCK_BYTES - self.reach;
        let windows: [&[u8; BLOCK_BYTES]; LANES] = std::array::from_fn(|nth| {
            bytes[nth * stride..].first_chunk().expect("windows that overlap fit in")
        });
        for (members, set) in members.iter_mut().zip(&self.sets) {
            // SAFETY: the caller answers for the instructions, and a window is a block.
            unsafe {
                let set = B::set(set);
                for (members, window) in members.iter_mut().zip(windows) {
                    *members = B::load(window.as_ptr()).members(set);
                }
            }
        }
        let mut kept = [Masks::default(); MOST_SLOTS];
        let mut now = [!0; LANES];
        let not = |is: bool| if is { 0 } else { !0 };
        for step in &self.steps {
            match *step {
                Step::Then(set) => each(&mut now, &members[set], |now, has| has & now >> 1),
                Step::Next(set, is) => {
                    each(&mut now, &members[set], |now, has| now & (has ^ not(is)));
                }
                Step::Before(set, is) => {
                    each(&mut now, &members[set], |now, has| now & (has << 1 ^ not(is)));
                }
                Step::Edge(set, is) => {
                    each(&mut now, &members[set], |now, has| now & (has ^ has << 1 ^ not(is)));
                }
                Step::Keep(slot) => kept[slot] = now,
                Step::Or(slot) => each(&mut now, &kept[slot], |now, kept| now | kept),
                Step::Load(slot) => now = kept[slot],
            }
        }
        now
    }
}

/// Changes each mask, given another.
#[inline(always)]
fn each(now: &mut Masks, others: &Masks, change: impl Fn(u64, u64) -> u64) {
    for (now, other) in now.iter_mut().zip(others) {
        *now = change(*now, *other);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::simd::SimdLevel;

    fn set(bytes: &[u8]) -> [bool; 128] {
        let mut set = [false; 128];
        for byte in bytes {
            set[usize::from(*byte)] = true;
        }
        set
    }

    /// The same, a place after the other.
    fn is_at(shape: &Shape, text: &[u8], place: usize) -> bool {
        let byte = |at: usize| at.checked_sub(1).and_then(|at| text.get(at)).copied();
        // With a line feed before and after the text, which begins at 1.
        let has = |set: usize, at: usize| shape.sets[set].has(byte(at).unwrap_or(b'\n'));
        let count = text.len() + MOST_REACH + 3;
        let mut now = vec![true; count];
        let mut kept = vec![vec![false; count]; MOST_SLOTS];
        for step in &shape.steps {
            let before = now.clone();
            let rest = |at: usize| before.get(at + 1).copied().unwrap_or(true);
            match *step {
                Step::Keep(slot) => kept[slot].clone_from(&before),
                Step::Load(slot) => now.clone_from(&kept[slot]),
                _ => (1..count).for_each(|at| {
                    now[at] = match *step {
                        Step::Then(set) => has(set, at) && rest(at),
                        Step::Next(set, is) => before[at] && has(set, at) == is,
                        Step::Before(set, is) => before[at] && has(set, at - 1) == is,
                        Step::Edge(set, is) => {
                            before[at] && (has(set, at) != has(set, at - 1)) == is
                        }
                        Step::Or(slot) => before[at] || kept[slot][at],
                        Step::Keep(_) | Step::Load(_) => before[at],
                    };
                }),
            }
        }
        now[place + 1]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (0..3_usize).prop_map(Step::Then),
            1 => (0..3_usize, any::<bool>()).prop_map(|(set, is)| Step::Next(set, is)),
            1 => (0..3_usize, any::<bool>()).prop_map(|(set, is)| Step::Before(set, is)),
            1 => (0..3_usize, any::<bool>()).prop_map(|(set, is)| Step::Edge(set, is)),
            2 => (0..3_usize).prop_map(Step::Keep),
            2 => (0..3_usize).prop_map(Step::Or),
            1 => (0..3_usize).prop_map(Step::Load),
        ]
    }

    proptest! {
        #[test]
        fn a_shape_is_found_where_it_may_begin(
            text in prop::collection::vec(prop::sample::select(&b"aaab12.\n\xc3"[..]), 0..1300),
            steps in prop::collection::vec(step(), 0..20),
            more in 0..10_usize,
            bounds: (usize, usize),
        ) {
            let sets = [set(b"a"), set(b"12"), set(b"\nb")];
            let reach = steps.iter().filter(|step| matches!(step, Step::Then(_))).count() + 1 + more;
            let [one, other] = [bounds.0, bounds.1].map(|bound| bound % (text.len() + 1));
            let range = one.min(other)..one.max(other);
            for vectors in SimdLevel::available().into_iter().filter_map(SimdLevel::vectors) {
                let shape = Shape::new(vectors, &sets, steps.clone(), reach);
                let mut found = Vec::new();
                shape.find(&text, range.clone(), &mut found);
                let found: Vec<_> = found.into_iter().map(|at| range.start + at as usize).collect();
                let expected: Vec<_> =
                    range.clone().filter(|place| is_at(&shape, &text, *place)).collect();
                prop_assert_eq!(found, expected);
            }
        }
    }
}
