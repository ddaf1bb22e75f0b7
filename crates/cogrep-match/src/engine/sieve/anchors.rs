//! Chooses the anchors of needles: windows that are rare in a sample of the text.

use crate::engine::kernel::Level;
#[cfg(target_arch = "x86_64")]
use crate::engine::kernel::bloom::Bloom;
use crate::engine::kernel::hashed::{GRAM_BYTES, GramSet, KEY_BYTES, hash};
use crate::engine::sieve::first::First;

/// Up to so many needles the first sieve fits into registers.
#[cfg(target_arch = "x86_64")]
const MOST_IN_REGISTERS: usize = 3000;

/// Windows of a needle that are tried at most.
const MOST_WINDOWS: usize = 64;

/// What it costs to look at a place in the first sieve, and with a place that passes
/// it: in hundredths of nanoseconds, measured on one machine.
const FILTER_COST: usize = 8;
const TABLE_COST: usize = 58;
const PASSED_COST: usize = 1200;

/// The first sieve that suits the needles and the sample best, and the anchor of each
/// needle: its first, where the stride asks for several.
pub(super) fn choose(needles: &[Box<[u8]>], level: Level, sample: &[u8]) -> (First, Vec<u32>) {
    let shared = Shared::new(needles);
    // Anchors are rarer in the text they were chosen on than in any other: what passes
    // is counted elsewhere.
    let (sample, test) = sample.split_at(sample.len() / 4 * 3);
    let candidates = candidates(needles, level).into_iter().map(|(mut first, cost)| {
        let anchors = anchors(needles, &mut first, &shared, sample);
        let grams = test.windows(GRAM_BYTES).step_by(first.stride());
        let passed = grams.filter(|gram| first.passes(gram_of(gram))).count();
        let cost = cost * test.len() / first.stride() + PASSED_COST * passed;
        (cost, first, anchors)
    });
    let best = candidates.min_by_key(|(cost, ..)| *cost);
    best.map(|(_, first, anchors)| (first, anchors)).expect("there is always a table")
}

/// First sieves still empty, and what a look at a place costs in each.
fn candidates(needles: &[Box<[u8]>], level: Level) -> Vec<(First, usize)> {
    #[cfg(target_arch = "x86_64")]
    if let Level::Avx512(token) = level
        && needles.len() <= MOST_IN_REGISTERS
    {
        let filters = |count: u64| (1..=count).map(|seed| Bloom::new(token, seed)).collect();
        return vec![
            (First::Registers(token, filters(1)), FILTER_COST),
            (First::Registers(token, filters(2)), 2 * FILTER_COST),
        ];
    }
    let _ = level;
    let shortest = needles.iter().map(|needle| needle.len()).min().unwrap_or(GRAM_BYTES);
    let table = |stride: usize| {
        let anchors = needles.len() * stride;
        // Eight hashes an anchor, as far as they stay in the second cache.
        let bits = (usize::BITS - anchors.leading_zeros() + 3).clamp(12, 18);
        (First::Table { set: GramSet::new(bits), stride }, TABLE_COST)
    };
    if shortest > GRAM_BYTES { vec![table(1), table(2)] } else { vec![table(1)] }
}

/// Chooses the anchors, and lets them pass.
fn anchors(needles: &[Box<[u8]>], first: &mut First, shared: &Shared, sample: &[u8]) -> Vec<u32> {
    let seen = Seen::new(first, sample);
    let stride = first.stride();
    let mut anchors = Vec::with_capacity(needles.len());
    let mut costs = Vec::new();
    for needle in needles {
        costs.clear();
        costs.extend(needle.windows(GRAM_BYTES).take(MOST_WINDOWS).enumerate().map(
            |(offset, gram)| {
                let gram = gram_of(gram);
                let often = seen.often(first, gram);
                // A gram that passes already costs nothing more in the first sieve.
                let pass = if first.passes(gram) { 0 } else { 16 * often + 8 };
                let (hit, share) = shared.cost(needle, offset);
                pass + hit * often + share
            },
        ));
        let windows = costs.windows(stride).map(|costs| costs.iter().sum::<usize>());
        let cheapest = windows.enumerate().min_by_key(|(_, cost)| *cost);
        let anchor = cheapest.map_or(0, |(offset, _)| offset);
        for offset in anchor..anchor + stride {
            first.insert(gram_of(&needle[offset..]));
        }
        anchors.push(u32::try_from(anchor).unwrap_or_default());
    }
    anchors
}

fn gram_of(bytes: &[u8]) -> [u8; GRAM_BYTES] {
    bytes.first_chunk().copied().unwrap_or_default()
}

/// How often the grams of each cell were seen in a sample.
struct Seen {
    ways: Vec<Vec<u32>>,
    sample: usize,
}

impl Seen {
    fn new(first: &First, sample: &[u8]) -> Self {
        let mut ways = vec![vec![0; first.cells()]; first.ways()];
        for gram in sample.windows(GRAM_BYTES) {
            for (way, cells) in ways.iter_mut().enumerate() {
                cells[first.cell(way, gram_of(gram))] += 1;
            }
        }
        Self { ways, sample: sample.len().max(1) }
    }

    /// About how often the sieve would let pass something for this gram, in the sample.
    fn often(&self, first: &First, gram: [u8; GRAM_BYTES]) -> usize {
        let cells = self.ways.iter().enumerate();
        let often = cells.map(|(way, cells)| cells[first.cell(way, gram)] as usize);
        // The ways are independent.
        often.reduce(|one, other| (one + 1) * (other + 1) * 64 / self.sample).unwrap_or(0)
    }
}

/// How many needles share their windows with others.
struct Shared {
    shift: u32,
    windows: Vec<u8>,
}

impl Shared {
    fn new(needles: &[Box<[u8]>]) -> Self {
        let bytes = needles.iter().map(|needle| needle.len().min(MOST_WINDOWS)).sum::<usize>();
        let bits = (usize::BITS - bytes.leading_zeros()).clamp(8, 24);
        let mut shared = Self { shift: 64 - bits, windows: vec![0; 1 << bits] };
        for needle in needles {
            for window in needle.windows(KEY_BYTES).take(MOST_WINDOWS) {
                let home = shared.home(window);
                shared.windows[home] = shared.windows[home].saturating_add(1);
            }
        }
        shared
    }

    fn home(&self, window: &[u8]) -> usize {
        let bytes = window.first_chunk().copied().unwrap_or_default();
        usize::try_from(hash(u64::from_le_bytes(bytes)) >> self.shift).unwrap_or_default()
    }

    /// What it costs to look up the key that begins at this offset, each time that its
    /// gram is seen, and what it costs that other needles have the same key. The
    /// shorter the key, the more of the places with its gram have it.
    fn cost(&self, needle: &[u8], offset: usize) -> (usize, usize) {
        match needle.len() - offset {
            ..=4 => (80, 40),
            5 => (40, 20),
            6..KEY_BYTES => (20, 10),
            _ => (5, usize::from(self.windows[self.home(&needle[offset..])])),
        }
    }
}

#[cfg(test)]
mod tests;
