//! A job in parts, which run as processes of their own, on one machine or on many.
//!
//! The sources are dealt out in their order, as cards are: of `n` parts the first gets
//! the sources 1, n + 1, 2n + 1 and so on. That is the same for every part only if all
//! of them meet the same sources in the same order, so each part takes down which
//! ones it met, its own and those of the others: see [`Census`].

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use cogrep_source::{Selected, SourceName};

/// One of the disjoint parts of a job.
///
/// ```
/// use cogrep_core::Part;
///
/// let part: Part = "2/4".parse()?;
/// assert_eq!((part.number(), part.of()), (2, 4));
/// assert!("5/4".parse::<Part>().is_err());
/// # Ok::<(), cogrep_core::NoSuchPart>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    number: NonZeroU32,
    of: NonZeroU32,
}

/// What was given is not one part of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchPart;

impl fmt::Display for NoSuchPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is I/N, the I-th of N parts, with I from 1 to N")
    }
}

impl std::error::Error for NoSuchPart {}

impl Part {
    /// The only part: the whole job.
    pub const WHOLE: Self = Self { number: NonZeroU32::MIN, of: NonZeroU32::MIN };

    /// The part of this number, from 1, of so many.
    ///
    /// # Errors
    ///
    /// When there is no such part.
    pub fn new(number: u32, of: u32) -> Result<Self, NoSuchPart> {
        match (NonZeroU32::new(number), NonZeroU32::new(of)) {
            (Some(number), Some(of)) if number <= of => Ok(Self { number, of }),
            _ => Err(NoSuchPart),
        }
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number.get()
    }

    /// How many parts there are.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of.get()
    }

    /// Whether the source at this place among all, from 0, is one of its own.
    fn has(self, place: u64) -> bool {
        place % u64::from(self.of()) == u64::from(self.number() - 1)
    }

    /// The place among the sources of all parts, from 0, of the source that is at this
    /// place among its own.
    #[must_use]
    pub fn place_among_all(self, own: u64) -> u64 {
        own * u64::from(self.of()) + u64::from(self.number() - 1)
    }
}

impl FromStr for Part {
    type Err = NoSuchPart;

    fn from_str(text: &str) -> Result<Self, NoSuchPart> {
        let (number, of) = text.split_once('/').ok_or(NoSuchPart)?;
        let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain(number) || !is_plain(of) {
            return Err(NoSuchPart);
        }
        let parse = |digits: &str| digits.parse().map_err(|_| NoSuchPart);
        Self::new(parse(number)?, parse(of)?)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// What a part took down of the sources of all parts.
///
/// Of the same inputs, met in the same order, every part has the same census.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// How many sources there are.
    pub sources: u64,
    /// 64-bit FNV-1a of their names, each with a NUL behind it.
    pub digest: u64,
}

impl Default for Census {
    fn default() -> Self {
        Self { sources: 0, digest: 0xcbf2_9ce4_8422_2325 }
    }
}

impl Census {
    fn add(&mut self, name: &SourceName) {
        self.sources += 1;
        // NUL is in no name.
        for byte in name.as_bytes().iter().chain(b"\0") {
            self.digest = (self.digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

/// Deals out sources: keeps those of one part, and takes a census of all.
#[derive(Debug)]
pub struct Dealer {
    part: Part,
    census: Mutex<Census>,
}

impl Dealer {
    /// Keeps what is of this part.
    #[must_use]
    pub fn new(part: Part) -> Self {
        Self { part, census: Mutex::default() }
    }

    /// Which part it keeps.
    #[must_use]
    pub fn part(&self) -> Part {
        self.part
    }

    /// What it has met; of all sources once the job is done.
    #[must_use]
    pub fn census(&self) -> Census {
        *self.census.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next source is to be kept.
    pub(crate) fn keeps(&self, selected: &Selected) -> bool {
        let (Ok(name) | Err((name, _))) = selected;
        let mut census = self.census.lock().unwrap_or_else(PoisonError::into_inner);
        let place = census.sources;
        census.add(name);
        self.part.has(place)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it is what a walk gives")]
    fn selected(name: &str) -> Selected {
        Ok(SourceName::from(Path::new(name)))
    }

    #[test]
    fn every_source_is_in_one_part() {
        for of in 1..6 {
            let dealers: Vec<_> =
                (1..=of).map(|number| Dealer::new(Part::new(number, of).unwrap())).collect();
            for place in 0..20_u64 {
                let source = selected(&place.to_string());
                let keepers: Vec<_> =
                    dealers.iter().filter(|dealer| dealer.keeps(&source)).collect();
                assert_eq!(keepers.len(), 1, "{place} of {of}");
                let part = keepers[0].part();
                assert_eq!(part.place_among_all(place / u64::from(of)), place);
            }
            assert!(dealers.iter().all(|dealer| dealer.census() == dealers[0].census()));
        }
    }

    #[test]
    fn a_census_knows_names_and_their_order() {
        let census = |names: &[&str]| {
            let dealer = Dealer::new(Part::WHOLE);
            for name in names {
                assert!(dealer.keeps(&selected(name)));
            }
            dealer.census()
        };
        assert_eq!(census(&["a", "b"]), census(&["a", "b"]));
        for other in [&["b", "a"][..], &["ab"], &["a"], &["a", "b", "b"], &["", "ab"]] {
            assert_ne!(census(&["a", "b"]), census(other), "{other:?}");
        }
        // As published for the method, so that others can compute it.
        let mut foobar = Census::default();
        foobar.add(&SourceName::from(Path::new("foobar")));
        let before_nul = 0x8594_4171_f739_67e8_u64;
        assert_eq!(foobar.digest, before_nul.wrapping_mul(0x100_0000_01b3));
    }

    #[test]
    fn parts_are_numbers_from_one() {
        for text in ["", "1", "/", "1/", "/2", "0/2", "3/2", "1/0", "+1/2", "1/2/3", "a/b", " 1/2"]
        {
            assert_eq!(text.parse::<Part>(), Err(NoSuchPart), "{text}");
        }
        assert_eq!("4/4".parse(), Part::new(4, 4));
        assert_eq!(Part::WHOLE.to_string(), "1/1");
    }
}
