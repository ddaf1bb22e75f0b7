//! The literals of expressions, and the engines that find them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::engine::regex::Literal;
use crate::pattern::{Matching, PatternError, Unit};
use crate::scan::interface::{Engine, Found, Hits, Scan};

/// A line that is longer is gone through in pieces of this length: there may be a literal at
/// each of its bytes, and what is shown takes more than these.
const PIECE_BYTES: usize = 64 << 10;

/// Needles, each with its index, and how they are meant: the engines that suit them.
pub(crate) type Choose =
    fn(Vec<(usize, Box<[u8]>)>, Matching) -> Result<Vec<Arc<dyn Engine>>, PatternError>;

/// A literal of an expression.
#[derive(Clone, Debug)]
pub(super) struct Owned<'l> {
    pub(super) literal: &'l Literal,
    /// The number of the expression.
    pub(super) owner: usize,
    /// How many literals of the expression are preferred to it.
    pub(super) rank: u32,
}

/// A place at which an expression may match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) rank: u32,
    pub(super) end: usize,
}

/// What it says that a needle was found.
#[derive(Clone, Debug)]
struct Meaning {
    owner: usize,
    rank: u32,
    /// What must be there, if the needle is found in other cases too.
    literal: Option<Literal>,
}

/// Finds the literals of expressions, in one pass for those in any case and others.
#[derive(Debug)]
pub(super) struct Finder {
    engines: Vec<Arc<dyn Engine>>,
    /// By needle.
    meanings: Vec<Vec<Meaning>>,
}

/// A finder that goes through texts.
pub(super) struct Finding {
    scans: Vec<Box<dyn Scan<Hits>>>,
    found: Found,
    /// The bytes that went through it.
    offset: u64,
}

impl Finder {
    /// Makes ready to find these literals.
    pub(super) fn new(literals: &[Owned<'_>], choose: Choose) -> Result<Self, PatternError> {
        let lowered = literals.iter().any(|owned| owned.literal.has_any_case());
        let mut numbers = HashMap::<Box<[u8]>, usize>::new();
        let mut meanings = Vec::<Vec<Meaning>>::new();
        for Owned { literal, owner, rank } in literals {
            let number = *numbers.entry(literal.needle(lowered)).or_insert(meanings.len());
            if number == meanings.len() {
                meanings.push(Vec::new());
            }
            let is_checked = lowered && literal.has_case();
            let literal = is_checked.then(|| (*literal).clone());
            meanings[number].push(Meaning { owner: *owner, rank: *rank, literal });
        }
        let mut needles: Vec<_> =
            numbers.into_iter().map(|(bytes, number)| (number, bytes)).collect();
        needles.sort_unstable();
        let matching =
            Matching { ignore_case: lowered, unit: Unit::Overlapping, ..Matching::default() };
        let engines = if needles.is_empty() { Vec::new() } else { choose(needles, matching)? };
        Ok(Self { engines, meanings })
    }

    /// Begins to find them.
    pub(super) fn begin(&self) -> Finding {
        let scans = self.engines.iter().map(|engine| Arc::clone(engine).hit_scan()).collect();
        Finding { scans, found: Found::default(), offset: 0 }
    }

    /// Shows each literal that stands in these lines: the number of its expression, and
    /// where.
    pub(super) fn find(
        &self,
        finding: &mut Finding,
        lines: &[u8],
        mut show: impl FnMut(usize, Mark),
    ) {
        let Finding { scans, found, offset } = finding;
        let index = |at: u64| usize::try_from(at - *offset).unwrap_or(usize::MAX);
        let pieces = lines.len().div_ceil(PIECE_BYTES);
        for (nth, piece) in lines.chunks(PIECE_BYTES).enumerate() {
            for scan in &mut *scans {
                scan.feed(piece);
                if nth + 1 == pieces {
                    scan.end_text();
                }
                scan.take(found);
            }
            for hit in found.hits.drain(..) {
                let (start, end) = (index(hit.start), index(hit.end));
                for Meaning { owner, rank, literal } in &self.meanings[hit.needle] {
                    if literal.as_ref().is_none_or(|literal| literal.is(&lines[start..end])) {
                        show(*owner, Mark { start, rank: *rank, end });
                    }
                }
            }
        }
        *offset += lines.len() as u64;
    }

    /// From now on the literals of these expressions are not shown, where no other has them.
    /// Says whether these are all.
    pub(super) fn mute(&self, finding: &mut Finding, is_muted: impl Fn(usize) -> bool) -> bool {
        let mut are_all = true;
        for (needle, meanings) in self.meanings.iter().enumerate() {
            if meanings.iter().all(|meaning| is_muted(meaning.owner)) {
                finding.scans.iter_mut().for_each(|scan| scan.mute(needle));
            } else {
                are_all = false;
            }
        }
        are_all
    }
}
