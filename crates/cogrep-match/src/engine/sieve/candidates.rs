//! The first sieves among which is chosen, and what it costs to look at a place in each.

#[cfg(target_arch = "x86_64")]
use crate::engine::sieve::Sieve;
use crate::engine::sieve::first::First;
use crate::simd::hashed::{GramSet, MOST_BYTES};
use crate::simd::{Case, Level};
#[cfg(target_arch = "x86_64")]
use crate::simd::{bloom, level::Vectors};

/// Up to so many needles the first sieve fits into registers.
#[cfg(target_arch = "x86_64")]
const MOST_IN_REGISTERS: usize = 3000;

/// Up to so many, buckets may tell them apart, and a shorter sample has to do.
pub(super) const FEW: usize = 128;

/// From so many needles on, choosing takes long enough to try less.
pub(super) const MANY: usize = 200_000;

#[cfg(target_arch = "x86_64")]
const BLOOM_COST: usize = 8;
/// With registers of thirty-two bytes, and of sixty-four.
#[cfg(target_arch = "x86_64")]
const RUNS_COST: [usize; 2] = [10, 6];
#[cfg(target_arch = "x86_64")]
const BUCKETS_COST: [usize; 2] = [7, 3];
const TABLE_COST: usize = 120;
/// What comes on top if places have to be written down for the table in between.
#[cfg(target_arch = "x86_64")]
const BETWEEN_COST: usize = 1;

/// A first sieve still empty, and what it costs to look at a place: in hundredths of
/// nanoseconds, measured on one machine.
pub(super) struct Candidate {
    pub(super) first: First,
    pub(super) place_cost: usize,
    /// For those places that get to the table.
    pub(super) table_cost: usize,
}

/// First sieves that may suit these needles and the text of the sample.
pub(super) fn candidates(
    needles: &[Box<[u8]>],
    level: Level,
    case: Case,
    sample: &[u8],
) -> Vec<Candidate> {
    let shortest = needles.iter().map(|needle| needle.len()).min().unwrap_or(MOST_BYTES);
    let table_of = |anchors: usize, bytes: usize| {
        // Sixteen hashes an anchor: beyond the second cache, one look costs less than what
        // would pass otherwise.
        let bits = (usize::BITS - anchors.leading_zeros() + 4).clamp(12, 25);
        GramSet::new(bytes.min(MOST_BYTES), bits, case)
    };
    let alone = |stride: usize| {
        let stride = stride.min(shortest - 2);
        let table = table_of(needles.len() * stride, shortest + 1 - stride);
        Candidate { first: First::table(table, stride), place_cost: 0, table_cost: TABLE_COST }
    };
    #[cfg(target_arch = "x86_64")]
    if let Some(vectors) = level.vectors() {
        let table = || table_of(needles.len(), shortest);
        let wide = usize::from(matches!(vectors, Vectors::Avx512(_)));
        let (runs_cost, buckets_cost) = (RUNS_COST[wide], BUCKETS_COST[wide]);
        let runs = |bytes: usize| Candidate {
            first: First::runs(vectors, table_of(needles.len(), bytes), case),
            place_cost: runs_cost + BETWEEN_COST,
            table_cost: TABLE_COST,
        };
        // Shorter anchors pass more often, but each needle has one more to choose from, and
        // fewer bytes for runs to begin with do.
        let shorter =
            |bytes: usize| (Sieve::SHORTEST..MOST_BYTES).contains(&bytes).then(|| runs(bytes));
        let mut counts = [0; 256];
        for byte in sample {
            counts[usize::from(*byte)] += 1;
        }
        let buckets = |table: Option<GramSet>| Candidate {
            place_cost: buckets_cost + if table.is_some() { BETWEEN_COST } else { 0 },
            table_cost: if table.is_some() { TABLE_COST } else { 0 },
            first: First::buckets(vectors, table, case, &counts),
        };
        let has_grams = shortest >= bloom::GRAM_BYTES;
        return match (vectors, needles.len()) {
            (Vectors::Avx2(_), ..=FEW) if has_grams => {
                vec![buckets(None), buckets(Some(table())), runs(shortest)]
            }
            (Vectors::Avx512(token), ..=MOST_IN_REGISTERS) if has_grams => {
                let last = shortest.min(MOST_BYTES) - bloom::GRAM_BYTES;
                let blooms = |offsets: &[usize], with_runs: bool, with_table: bool| Candidate {
                    first: First::blooms(token, offsets, with_runs, with_table.then(table), case),
                    place_cost: BLOOM_COST * offsets.len()
                        + if with_runs { runs_cost } else { 0 }
                        + if with_table { BETWEEN_COST } else { 0 },
                    table_cost: if with_table { TABLE_COST } else { 0 },
                };
                if needles.len() <= FEW {
                    // Choosing takes longer than counting in a short text: few are tried.
                    let with_table = buckets(Some(table()));
                    let blooms = |with_table| blooms(&[0], false, with_table);
                    vec![buckets(None), with_table, blooms(false), blooms(true)]
                } else {
                    vec![
                        runs(shortest),
                        blooms(&[0], true, true),
                        blooms(&[0, last], true, false),
                        blooms(&[0, last], false, true),
                    ]
                }
            }
            (Vectors::Avx2(_), count) => {
                let shorter = if count < MANY { shorter(shortest - 1) } else { None };
                [runs(shortest), alone(2)].into_iter().chain(shorter).collect()
            }
            (Vectors::Avx512(_), ..MANY) => vec![runs(shortest), alone(2)],
            (Vectors::Avx512(_), _) => vec![runs(shortest)],
        };
    }
    let _ = (level, sample);
    vec![alone(1), alone(2)]
}
