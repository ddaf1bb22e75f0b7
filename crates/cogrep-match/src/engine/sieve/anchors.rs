//! Chooses the anchors of needles: windows that are rare in a sample of the text.

use std::borrow::Cow;

use crate::engine::sieve::candidates::{Candidate, MANY, candidates};
use crate::engine::sieve::prefilter::Prefilter;
use crate::scan::group::Group;
use crate::simd::hashed::{GramHash, MOST_BYTES, load_u64};
use crate::simd::{Case, SimdLevel};

/// Windows of a needle that are tried at most; if there are many needles.
const MOST_WINDOWS: usize = 64;
const FEW_WINDOWS: usize = 8;

/// What it costs that a place passes the prefilter, and each needle that is compared then,
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

/// How many needles may have the same anchor before others look for another.
const CROWD: u8 = 4;

/// The prefilter that suits the needles and a sample best.
pub(super) struct Choice {
    pub(super) prefilter: Prefilter,
    /// The anchor of each needle: its first, where the stride asks for several.
    pub(super) anchors: Vec<u32>,
    /// How many places passed, and of how many.
    pub(super) expected: (usize, usize),
}

/// Chooses the prefilter and the anchors.
pub(super) fn choose(group: &Group, level: SimdLevel, sample: &[u8]) -> Choice {
    let best = choices(group, level, sample).into_iter().min_by_key(|(cost, _)| *cost);
    best.map(|(_, choice)| choice).expect("there is always a table")
}

/// All among which is chosen, and what each costs.
pub(super) fn choices(group: &Group, level: SimdLevel, sample: &[u8]) -> Vec<(usize, Choice)> {
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
        let prefilter = &mut candidate.prefilter;
        let (anchors, taken) = anchors(needles, prefilter, sample);
        let places = || (0..test.len().saturating_sub(MOST_BYTES)).step_by(prefilter.stride());
        let looked_up = places().filter(|place| prefilter.passes_filters(load_u64(test, *place)));
        let (mut to_table, mut passed, mut entries) = (0, 0, 0);
        for place in looked_up {
            let word = load_u64(test, place);
            to_table += 1;
            if prefilter.passes(word) {
                passed += 1;
                entries += usize::from(taken.by(word));
            }
        }
        let Candidate { place_cost, table_cost, .. } = candidate;
        let cost = place_cost * places().len()
            + table_cost * to_table
            + PASSED_COST * passed
            + ENTRY_COST * entries;
        let expected = (passed, test.len().max(1));
        (cost, Choice { prefilter: candidate.prefilter, anchors, expected })
    });
    choices.collect()
}

/// Chooses the anchors, and lets them pass.
fn anchors(needles: &[Box<[u8]>], prefilter: &mut Prefilter, sample: &[u8]) -> (Vec<u32>, Taken) {
    let seen = Seen::new(prefilter, sample);
    let mut taken = Taken::new(needles.len(), prefilter.anchor_bytes());
    let (stride, bytes) = (prefilter.stride(), prefilter.anchor_bytes());
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
            let word = load_u64(needle, offset);
            let often = seen.often(prefilter, word);
            // What passes already costs nothing more in the prefilter.
            let pass = if prefilter.passes(word) { 0 } else { PASS * (4 * often + 2) };
            let (members, start) = prefilter.new_bytes(word);
            let often_seen = |byte: u8| seen.bytes[usize::from(byte)];
            let members = members.map(|byte| often_seen(byte) / 16).sum::<usize>();
            let pass = pass + members + NEW_START * start.map_or(0, often_seen);
            let added = prefilter.added(word, seen.sample);
            let pass = pass + added * if prefilter.has_table() { LOOK } else { 4 * PASS };
            let beyond = if needle.len() > MOST_BYTES { 2 } else { 1 };
            pass + 4 * beyond * often + usize::from(taken.by(word).saturating_sub(CROWD))
        }));
        let windows = costs.windows(stride).map(|costs| costs.iter().sum::<usize>());
        let cheapest = windows.enumerate().min_by_key(|(_, cost)| *cost);
        let anchor = cheapest.map_or(0, |(offset, _)| offset);
        for offset in anchor..anchor + stride {
            let word = load_u64(needle, offset);
            prefilter.insert(word);
            taken.take(word);
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
    fn new(prefilter: &Prefilter, sample: &[u8]) -> Self {
        let mut ways: Vec<_> =
            prefilter.cells().into_iter().map(|cells| vec![0_u16; cells]).collect();
        let mut bytes = [0; 256];
        for place in 0..sample.len().saturating_sub(MOST_BYTES) {
            let word = load_u64(sample, place);
            bytes[usize::from(sample[place])] += 1;
            for (way, cells) in ways.iter_mut().enumerate() {
                let cell = &mut cells[prefilter.cell(way, word)];
                *cell = cell.saturating_add(1);
            }
        }
        Self { ways, bytes, sample: sample.len().max(1) }
    }

    /// About how often the sieve would let pass something for this anchor, in the sample.
    fn often(&self, prefilter: &Prefilter, word: u64) -> usize {
        let cells = self.ways.iter().enumerate();
        let often = cells.map(|(way, cells)| usize::from(cells[prefilter.cell(way, word)]));
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

    fn home(&self, word: u64) -> usize {
        usize::try_from(self.hash.of(word) >> self.shift).unwrap_or_default()
    }

    fn by(&self, word: u64) -> u8 {
        self.needles[self.home(word)]
    }

    fn take(&mut self, word: u64) {
        let home = self.home(word);
        self.needles[home] = self.needles[home].saturating_add(1);
    }
}
