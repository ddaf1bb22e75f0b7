//! Where patterns stand: the first few places of each, to be looked at.
//!
//! A surprising count must be checkable. The places are exactly those that are
//! counted, found in a simple way and not in the fastest.

mod excerpt;
mod literal;
mod regex;

use std::ops::Range;

use crate::line::LineTooLong;
use crate::pattern::{PatternError, Patterns, Syntax};
use crate::plan::{can_stand, distinct};

pub use excerpt::Excerpt;
use literal::LiteralPlaces;
use regex::RegexPlaces;

/// A place where a pattern counts.
///
/// Of a line that counts it is the first place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The bytes of the text that match, as offsets into it, before any folding.
    ///
    /// Where a pattern matches a part of a folded character, the whole character.
    pub bytes: Range<u64>,
    /// The line in which it starts, from 1.
    pub line: u64,
    /// The byte of that line at which it starts, from 1.
    pub column: u64,
    /// What stands there.
    pub excerpt: Excerpt,
}

/// Finds the first places of each pattern in a text that comes in pieces.
///
/// ```
/// use cogrep_match::{Matching, Patterns, PlaceFinder};
///
/// let matching = Matching { ignore_case: true, ..Matching::default() };
/// let patterns = Patterns::new(["peace", "war"], matching)?;
/// let mut finder = PlaceFinder::new(&patterns, 1)?;
/// finder.feed(b"WAR\nand Pea")?;
/// finder.feed(b"ce, war and peace")?;
/// let places = finder.finish();
///
/// let peace = &places[0][0];
/// assert_eq!((peace.line, peace.column, peace.bytes.clone()), (2, 5, 8..13));
/// assert_eq!(peace.excerpt.text, b"and Peace, war and peace");
/// assert_eq!(&peace.excerpt.text[peace.excerpt.matched.clone()], b"Peace");
/// assert_eq!(places[1][0].line, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct PlaceFinder {
    /// The needle of each pattern.
    needles: Vec<usize>,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Literal(Box<LiteralPlaces>),
    Regex(RegexPlaces),
}

impl PlaceFinder {
    /// A finder at the start of a text, for up to so many places of each pattern.
    ///
    /// # Errors
    ///
    /// As for a [`Plan`](crate::Plan) of the same patterns.
    pub fn new(patterns: &Patterns, limit: usize) -> Result<Self, PatternError> {
        Self::with_line_limit(patterns, limit, crate::LineGrouper::DEFAULT_LIMIT_BYTES)
    }

    /// A finder that holds lines up to this length for regular expressions.
    ///
    /// # Errors
    ///
    /// As in [`new`](Self::new).
    pub fn with_line_limit(
        patterns: &Patterns,
        limit: usize,
        line_limit_bytes: usize,
    ) -> Result<Self, PatternError> {
        let matching = patterns.matching();
        let folds = matching.ignore_case && matching.syntax == Syntax::Literal;
        let (needles, distinct) = distinct(patterns, folds, false);
        let found = Found { places: vec![Vec::new(); distinct.len()], limit, missing: 0 };
        let way = match matching.syntax {
            Syntax::Literal => {
                let possible = distinct.into_iter().enumerate();
                let possible = possible.filter(|(_, bytes)| can_stand(bytes, matching)).collect();
                Way::Literal(Box::new(LiteralPlaces::new(possible, matching, found)?))
            }
            Syntax::Regex => Way::Regex(RegexPlaces::new(
                &needles,
                &distinct,
                matching,
                found,
                line_limit_bytes,
            )?),
        };
        Ok(Self { needles, way })
    }

    /// Looks on in the next piece of the text, cut anywhere.
    ///
    /// # Errors
    ///
    /// When a line is too long for a regular expression. Places before it stand.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        match &mut self.way {
            Way::Literal(literal) => {
                literal.feed(piece);
                Ok(())
            }
            Way::Regex(regex) => regex.feed(piece),
        }
    }

    /// How many places of each pattern it looks for.
    pub fn limit(&self) -> usize {
        match &self.way {
            Way::Literal(literal) => literal.found().limit,
            Way::Regex(regex) => regex.found().limit,
        }
    }

    /// Whether nothing more is to be found, since each pattern has all its places.
    pub fn is_full(&self) -> bool {
        match &self.way {
            Way::Literal(literal) => literal.found().is_full(),
            Way::Regex(regex) => regex.found().is_full(),
        }
    }

    /// Ends the text, and gives the places of each pattern, in the order given.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<Place>> {
        let found = match self.way {
            Way::Literal(literal) => literal.finish(),
            Way::Regex(regex) => regex.finish(),
        };
        self.needles.iter().map(|needle| found.places[*needle].clone()).collect()
    }
}

/// The places found so far.
#[derive(Clone, Debug)]
struct Found {
    /// By needle.
    places: Vec<Vec<Place>>,
    /// So many are wanted of each.
    limit: usize,
    /// Needles that are looked for and lack places.
    missing: usize,
}

impl Found {
    /// Says how many needles are looked for.
    fn look_for(&mut self, needles: usize) {
        self.missing = if self.limit == 0 { 0 } else { needles };
    }

    fn lacks(&self, needle: usize) -> bool {
        self.places[needle].len() < self.limit
    }

    fn is_full(&self) -> bool {
        self.missing == 0
    }

    fn add(&mut self, needle: usize, place: Place) {
        self.places[needle].push(place);
        if !self.lacks(needle) {
            self.missing -= 1;
        }
    }
}
