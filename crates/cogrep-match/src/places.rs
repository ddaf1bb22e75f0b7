//! Where patterns stand: the first few places of each, to be looked at.
//!
//! A surprising count must be checkable. The places are exactly those that are
//! counted, found in a simple way and not in the fastest.

mod excerpt;
mod literal;
mod locator;
mod regex;

use std::ops::Range;

use crate::pattern::{PatternError, Patterns, Syntax};
use crate::plan::{can_stand, distinct};
use crate::text::line::LineTooLong;

pub use excerpt::Excerpt;
use literal::LiteralPlaces;
pub use locator::Locator;
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
        let (needles, distinct) = needles(patterns);
        let found = Found::first(distinct.len(), limit);
        let way = Way::new(patterns, &needles, distinct, found, line_limit_bytes)?;
        Ok(Self { needles, way })
    }

    /// Looks on in the next piece of the text, cut anywhere.
    ///
    /// # Errors
    ///
    /// When a line is too long for a regular expression. Places before it stand.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        self.way.feed(piece)
    }

    /// How many places of each pattern it looks for.
    pub fn limit(&self) -> usize {
        self.way.found().limit()
    }

    /// Whether nothing more is to be found, since each pattern has all its places.
    pub fn is_full(&self) -> bool {
        self.way.found().is_full()
    }

    /// Ends the text, and gives the places of each pattern, in the order given.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<Place>> {
        let places = self.way.finish().into_first();
        self.needles.iter().map(|needle| places[*needle].clone()).collect()
    }
}

/// The needle of each pattern, and the bytes of each needle.
fn needles(patterns: &Patterns) -> (Vec<usize>, Vec<Box<[u8]>>) {
    let matching = patterns.matching();
    distinct(patterns, matching.ignore_case && matching.syntax == Syntax::Literal, false)
}

impl Way {
    fn new(
        patterns: &Patterns,
        needles: &[usize],
        distinct: Vec<Box<[u8]>>,
        found: Found,
        line_limit_bytes: usize,
    ) -> Result<Self, PatternError> {
        let matching = patterns.matching();
        Ok(match matching.syntax {
            Syntax::Literal => {
                let possible = distinct.into_iter().enumerate();
                let possible = possible.filter(|(_, bytes)| can_stand(bytes, matching)).collect();
                Self::Literal(Box::new(LiteralPlaces::new(possible, matching, found)?))
            }
            Syntax::Regex => Self::Regex(RegexPlaces::new(
                needles,
                &distinct,
                matching,
                found,
                line_limit_bytes,
            )?),
        })
    }

    fn feed(&mut self, piece: &[u8]) -> Result<(), LineTooLong> {
        match self {
            Self::Literal(literal) => {
                literal.feed(piece);
                Ok(())
            }
            Self::Regex(regex) => regex.feed(piece),
        }
    }

    fn found(&self) -> &Found {
        match self {
            Self::Literal(literal) => literal.found(),
            Self::Regex(regex) => regex.found(),
        }
    }

    fn found_mut(&mut self) -> &mut Found {
        match self {
            Self::Literal(literal) => literal.found_mut(),
            Self::Regex(regex) => regex.found_mut(),
        }
    }

    fn finish(self) -> Found {
        match self {
            Self::Literal(literal) => literal.finish(),
            Self::Regex(regex) => regex.finish(),
        }
    }
}

/// What has been found so far, by needle.
#[derive(Clone, Debug)]
enum Found {
    /// The first places of each.
    First(First),
    /// All places, as they come; taken out again with each piece of text.
    All(Vec<(usize, Range<u64>)>),
}

/// The first places of each needle.
#[derive(Clone, Debug)]
struct First {
    places: Vec<Vec<Place>>,
    /// So many are wanted of each.
    limit: usize,
    /// Needles that are looked for and lack places.
    missing: usize,
}

impl Found {
    /// Nothing yet, of needles of which so many places are wanted.
    fn first(needles: usize, limit: usize) -> Self {
        Self::First(First { places: vec![Vec::new(); needles], limit, missing: 0 })
    }

    /// Says how many needles are looked for.
    fn look_for(&mut self, needles: usize) {
        if let Self::First(first) = self {
            first.missing = if first.limit == 0 { 0 } else { needles };
        }
    }

    fn lacks(&self, needle: usize) -> bool {
        match self {
            Self::First(first) => first.lacks(needle),
            Self::All(_) => true,
        }
    }

    fn is_full(&self) -> bool {
        matches!(self, Self::First(First { missing: 0, .. }))
    }

    /// Takes a place at these bytes; it is described only where that is wanted.
    fn add(&mut self, needle: usize, bytes: Range<u64>, describe: impl FnOnce() -> Place) {
        match self {
            Self::First(first) => first.add(needle, describe()),
            Self::All(all) => all.push((needle, bytes)),
        }
    }

    /// The first places of each needle; none where all were wanted.
    fn into_first(self) -> Vec<Vec<Place>> {
        match self {
            Self::First(first) => first.places,
            Self::All(_) => Vec::new(),
        }
    }

    fn limit(&self) -> usize {
        match self {
            Self::First(first) => first.limit,
            Self::All(_) => usize::MAX,
        }
    }
}

impl First {
    fn lacks(&self, needle: usize) -> bool {
        self.places[needle].len() < self.limit
    }

    fn add(&mut self, needle: usize, place: Place) {
        self.places[needle].push(place);
        if !self.lacks(needle) {
            self.missing -= 1;
        }
    }
}
