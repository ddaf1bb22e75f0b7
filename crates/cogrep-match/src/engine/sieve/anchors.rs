//! Chooses the anchors of needles: windows that are rare in a sample of the text.

use std::borrow::Cow;

use crate::engine::sieve::candidates::{Candidate, MANY, candidates};
use crate::engine::sieve::first::First;
use crate::scan::group::Group;
use crate::simd::hashed::{GramHash, MOST_BYTES, eight};
use crate::simd::{Case, Level};

/// Windows of a needle that are tried at most; if there are many needles.
const MOST_WINDOWS: usize = 64;
const FEW_WINDOWS: usize = 8;

/// What it costs that a place passes the first sieve, and each needle that is compared then,
/// as [what looking costs](Candidate).
const PASSED_COST: usize = 800;
const ENTRY_COST: usize = 100;

/// What it costs that a place passes, where comparing with one needle costs 1; and that it
/// is looked up in the table.
const PASS: usize = 4;
const LOOK: usize = 3;

/// What it costs that runs begin with another byte, for each time that it was seen: a place
/// in so many is looked up, at a part of what it costs to pass.
const NEW_START: usize = 2;

/// So many needles may have the same anchor before others look for another.
const CROWD: u8 = 4;

/// The first sieve that suits the needles and a sample best.
pub(super) struct Choice {
    pub(super) first: First,
    /// The anchor of each needle: its first, where the stride asks for several.
    pub(super) anchors: Vec<u32>,
    /// How many passed of so many places.
    pub(super) expected: (usize, usize),
}

/// Chooses the first sieve and the anchors.
pub(super) fn choose(group: &Group, level: Level, sample: &[u8]) -> Choice {
    let best = choices(group, level, sample).into_iter().min_by_key(|(cost, _)| *cost);
    best.map(|(_, choice)| choice).expect("there is always a table")
}

/// All among which is chosen, and what each costs.
pub(super) fn choices(group: &Group, level: Level, sample: &[u8]) -> Vec<(usize, Choice)> {
    let (needles, case) = (group.bytes(), group.case());
    // Needles are lower case already, where it is ignored.
    let lowered = match case {
        Case::Matters => Cow::Borrowed(sample),
        Case::Ignored => Cow::Owned(sample.to_ascii_lowercase()),
    };
    let sample = &*lowered;
    // Anchors are rarer in the text they were chosen on than in any other: what passes
    // is counted elsewhere.
    let (sample, test) = sample.split_at(sample.len() / 4 * 3);
    let choices = candidates(needles, level, case, sample).into_iter().map(|mut candidate| {
        let first = &mut candidate.first;
        let (anchors, taken) = anchors(needles, first, sample);
        let places = || (0..test.len().saturating_sub(MOST_BYTES)).step_by(first.stride());
        let looked_up = places().filter(|place| first.passes_filters(eight(test, *place)));
        let (mut to_table, mut passed, mut entries) = (0, 0, 0);
        for place in looked_up {
            let eight = eight(test, place);
            to_table += 1;
            if first.passes(eight) {
                passed += 1;
                entries += usize::from(taken.by(eight));
            }
        }
        let Candidate { place_cost, table_cost, .. } = candidate;
        let cost = place_cost * places().len()
            + table_cost * to_table
            + PASSED_COST * passed
            + ENTRY_COST * entries;
        let expected = (passed, test.len().max(1));
        (cost, Choice { first: candidate.first, anchors, expected })
    });
    choices.collect()
}

/// Chooses the anchors, and lets them pass.
fn anchors(needles: &[Box<[u8]>], first: &mut First, sample: &[u8]) -> (Vec<u32>, Taken) {
    let seen = Seen::new(first, sample);
    let mut taken = Taken::new(needles.len(), first.anchor_bytes());
    let (stride, bytes) = (first.stride(), first.anchor_bytes());
    let mut anchors = vec![0; needles.len()];
    let most = if needles.len() < MANY { MOST_WINDOWS } else { FEW_WINDOWS };
    let mut costs = Vec::new();
    // Those that have least to choose from come first: others may share what they need.
    let mut order: Vec<usize> = (0..needles.len()).collect();
    order.sort_by_key(|slot| needles[*slot].len());
    for slot in order {
        let needle = &needles[slot];
        let offsets = 0..(needle.len() + 1 - bytes).min(most);
        costs.clear();
        costs.extend(offsets.map(|offset| {
            let eight = eight(needle, offset);
            let often = seen.often(first, eight);
            // What passes already costs nothing more in the first sieve.
            let pass = if first.passes(eight) { 0 } else { PASS * (4 * often + 2) };
            let (members, start) = first.new_bytes(eight);
            let often_seen = |byte: u8| seen.bytes[usize::from(byte)];
            let members = members.map(|byte| often_seen(byte) / 16).sum::<usize>();
            let pass = pass + members + NEW_START * start.map_or(0, often_seen);
            let added = first.added(eight, seen.sample);
            let pass = pass + added * if first.has_table() { LOOK } else { 4 * PASS };
            let beyond = if needle.len() > MOST_BYTES { 2 } else { 1 };
            pass + 4 * beyond * often + usize::from(taken.by(eight).saturating_sub(CROWD))
        }));
        let windows = costs.windows(stride).map(|costs| costs.iter().sum::<usize>());
        let cheapest = windows.enumerate().min_by_key(|(_, cost)| *cost);
        let anchor = cheapest.map_or(0, |(offset, _)| offset);
        for offset in anchor..anchor + stride {
            let eight = eight(needle, offset);
            first.insert(eight);
            taken.take(eight);
        }
        anchors[slot] = u32::try_from(anchor).unwrap_or_default();
    }
    (anchors, taken)
}

/// How often the anchors of each cell were seen in a sample.
struct Seen {
    ways: Vec<Vec<u16>>,
    bytes: [usize; 256],
    sample: usize,
}

impl Seen {
    fn new(first: &First, sample: &[u8]) -> Self {
        let mut ways: Vec<_> = first.cells().into_iter().map(|cells| vec![0_u16; cells]).collect();
        let mut bytes = [0; 256];
        for place in 0..sample.len().saturating_sub(MOST_BYTES) {
            let eight = eight(sample, place);
            bytes[usize::from(sample[place])] += 1;
            for (way, cells) in ways.iter_mut().enumerate() {
                let cell = &mut cells[first.cell(way, eight)];
                *cell = cell.saturating_add(1);
            }
        }
        Self { ways, bytes, sample: sample.len().max(1) }
    }

    /// About how often the sieve would let pass something for this anchor, in the sample.
    fn often(&self, first: &First, eight: u64) -> usize {
        let cells = self.ways.iter().enumerate();
        let often = cells.map(|(way, cells)| usize::from(cells[first.cell(way, eight)]));
        // The ways are independent.
        often.reduce(|one, other| (one + 1) * (other + 1) * 64 / self.sample).unwrap_or(0)
    }
}

/// How many needles have an anchor already, by a hash.
struct Taken {
    hash: GramHash,
    shift: u32,
    needles: Vec<u8>,
}

impl Taken {
    fn new(needles: usize, bytes: usize) -> Self {
        let bits = (usize::BITS - needles.leading_zeros() + 2).clamp(8, 24);
        let hash = GramHash::new(bytes, Case::Matters);
        Self { hash, shift: 64 - bits, needles: vec![0; 1 << bits] }
    }

    fn home(&self, eight: u64) -> usize {
        usize::try_from(self.hash.of(eight) >> self.shift).unwrap_or_default()
    }

    fn by(&self, eight: u64) -> u8 {
        self.needles[self.home(eight)]
    }

    fn take(&mut self, eight: u64) {
        let home = self.home(eight);
        self.needles[home] = self.needles[home].saturating_add(1);
    }
}
