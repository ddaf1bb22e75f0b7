//! The prefilters among which is chosen, and what it costs to test a place by each.

use crate::engine::sieve::Sieve;
use crate::engine::sieve::prefilter::Prefilter;
use crate::simd::hashed::{GramSet, MOST_BYTES};
use crate::simd::level::Vectors;
use crate::simd::{Case, SimdLevel, bloom};

/// Up to this many needles, a Bloom filter in registers tells anchors from other text.
const MOST_IN_REGISTERS: usize = 3000;

/// Up to this many needles, buckets may tell them apart, and a shorter sample has to do.
pub(super) const FEW: usize = 128;

/// From this many needles on, choosing takes long enough to try less.
pub(super) const MANY: usize = 200_000;

const BLOOM_COST: usize = 8;
/// With registers of at most thirty-two bytes, and of sixty-four.
const RUNS_COST: [usize; 2] = [10, 6];
const BUCKETS_COST: [usize; 2] = [7, 3];
const TABLE_COST: usize = 120;
/// Added if places have to be written for the table between the filters.
const BETWEEN_COST: usize = 1;

/// A prefilter, still empty, and what it costs to test a place: in hundredths of
/// nanoseconds, measured on one machine.
pub(super) struct Candidate {
    pub(super) prefilter: Prefilter,
    pub(super) place_cost: usize,
    /// For a place that is looked up in the table.
    pub(super) table_cost: usize,
}

/// Prefilters that may suit these needles and the text of the sample.
pub(super) fn candidates(
    needles: &[Box<[u8]>],
    level: SimdLevel,
    case: Case,
    sample: &[u8],
) -> Vec<Candidate> {
    let shortest = needles.iter().map(|needle| needle.len()).min().unwrap_or(MOST_BYTES);
    match level.vectors() {
        Some(vectors) => with_vectors(needles, shortest, vectors, case, sample),
        None => [1, 2].map(|stride| alone(needles, shortest, stride, case)).into(),
    }
}

/// A table for anchors of this many bytes.
fn table_of(anchors: usize, bytes: usize, case: Case) -> GramSet {
    // Sixteen hashes an anchor. Beyond the second-level cache, one lookup costs less than
    // what would pass otherwise.
    let bits = (usize::BITS - anchors.leading_zeros() + 4).clamp(12, 25);
    GramSet::new(bytes.min(MOST_BYTES), bits, case)
}

/// A table alone.
fn alone(needles: &[Box<[u8]>], shortest: usize, stride: usize, case: Case) -> Candidate {
    let stride = stride.min(shortest - 2);
    let table = table_of(needles.len() * stride, shortest + 1 - stride, case);
    let prefilter = Prefilter::table(table, stride);
    Candidate { prefilter, place_cost: 0, table_cost: TABLE_COST }
}

fn with_vectors(
    needles: &[Box<[u8]>],
    shortest: usize,
    vectors: Vectors,
    case: Case,
    sample: &[u8],
) -> Vec<Candidate> {
    let count = needles.len();
    let is_wide = usize::from(matches!(vectors, Vectors::Avx512(_)));
    let (runs_cost, buckets_cost) = (RUNS_COST[is_wide], BUCKETS_COST[is_wide]);
    let table = || table_of(count, shortest, case);
    let between = |has_table: bool| if has_table { BETWEEN_COST } else { 0 };
    let table_cost = |has_table: bool| if has_table { TABLE_COST } else { 0 };
    let runs = |bytes: usize| Candidate {
        prefilter: Prefilter::runs(vectors, table_of(count, bytes, case), case),
        place_cost: runs_cost + BETWEEN_COST,
        table_cost: TABLE_COST,
    };
    let mut counts = [0; 256];
    for byte in sample {
        counts[usize::from(*byte)] += 1;
    }
    let buckets = |has_table: bool| Candidate {
        prefilter: Prefilter::buckets(vectors, has_table.then(table), case, &counts),
        place_cost: buckets_cost + between(has_table),
        table_cost: table_cost(has_table),
    };
    let has_grams = shortest >= bloom::GRAM_BYTES;
    match vectors {
        Vectors::Avx512(token) if has_grams && count <= MOST_IN_REGISTERS => {
            let blooms = |offsets: &[usize], with_runs: bool, has_table: bool| Candidate {
                prefilter: Prefilter::blooms(
                    token,
                    offsets,
                    with_runs,
                    has_table.then(table),
                    case,
                ),
                place_cost: BLOOM_COST * offsets.len()
                    + if with_runs { runs_cost } else { 0 }
                    + between(has_table),
                table_cost: table_cost(has_table),
            };
            if count <= FEW {
                // Choosing takes longer than counting in a short text: few are tried.
                let blooms = |has_table| blooms(&[0], false, has_table);
                vec![buckets(false), buckets(true), blooms(false), blooms(true)]
            } else {
                let last = shortest.min(MOST_BYTES) - bloom::GRAM_BYTES;
                vec![
                    runs(shortest),
                    blooms(&[0], true, true),
                    blooms(&[0, last], true, false),
                    blooms(&[0, last], false, true),
                ]
            }
        }
        Vectors::Avx512(_) if count < MANY => {
            vec![runs(shortest), alone(needles, shortest, 2, case)]
        }
        Vectors::Avx512(_) => vec![runs(shortest)],
        Vectors::Avx2(_) | Vectors::Neon(_) if has_grams && count <= FEW => {
            vec![buckets(false), buckets(true), runs(shortest)]
        }
        Vectors::Avx2(_) | Vectors::Neon(_) => {
            // Shorter anchors pass more often, but each needle has one more to choose from,
            // and runs begin with fewer different bytes.
            let shorter = shortest - 1;
            let is_tried = count < MANY && (Sieve::SHORTEST..MOST_BYTES).contains(&shorter);
            let mut all = vec![runs(shortest), alone(needles, shortest, 2, case)];
            all.extend(is_tried.then(|| runs(shorter)));
            all
        }
    }
}
