//! A job in shards, which run as processes of their own, on one machine or on many.
//!
//! The sources are dealt out in their order: of `n` shards the first gets the sources 1,
//! n + 1, 2n + 1 and so on. All shards must meet the same sources in the same order for
//! that, so each of them digests the names of all sources, its own and those of the others:
//! see [`SourceDigest`].

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use cogrep_source::{Selected, SourceName};

/// One of the disjoint parts of a job's sources.
///
/// ```
/// use cogrep_core::Shard;
///
/// let shard: Shard = "2/4".parse()?;
/// assert_eq!((shard.number(), shard.of()), (2, 4));
/// assert!("5/4".parse::<Shard>().is_err());
/// # Ok::<(), cogrep_core::NoSuchShard>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shard {
    number: NonZeroU32,
    of: NonZeroU32,
}

/// What was given is not one shard of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchShard;

impl fmt::Display for NoSuchShard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it is I/N, the I-th of N parts, with I from 1 to N")
    }
}

impl std::error::Error for NoSuchShard {}

impl Shard {
    /// The only shard: the whole job.
    pub const WHOLE: Self = Self { number: NonZeroU32::MIN, of: NonZeroU32::MIN };

    /// The shard of this number, from 1, of this many.
    ///
    /// # Errors
    ///
    /// When there is no such shard.
    pub fn new(number: u32, of: u32) -> Result<Self, NoSuchShard> {
        match (NonZeroU32::new(number), NonZeroU32::new(of)) {
            (Some(number), Some(of)) if number <= of => Ok(Self { number, of }),
            _ => Err(NoSuchShard),
        }
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(self) -> u32 {
        self.number.get()
    }

    /// How many shards there are.
    #[must_use]
    pub fn of(self) -> u32 {
        self.of.get()
    }

    /// Whether the source at this place among all, from 0, is one of its own.
    fn has(self, place: u64) -> bool {
        place % u64::from(self.of()) == u64::from(self.number() - 1)
    }

    /// The place among the sources of all shards, from 0, of the source that is at this
    /// place among its own.
    #[must_use]
    pub fn place_among_all(self, own: u64) -> u64 {
        own * u64::from(self.of()) + u64::from(self.number() - 1)
    }
}

impl FromStr for Shard {
    type Err = NoSuchShard;

    fn from_str(text: &str) -> Result<Self, NoSuchShard> {
        let (number, of) = text.split_once('/').ok_or(NoSuchShard)?;
        let is_plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_plain(number) || !is_plain(of) {
            return Err(NoSuchShard);
        }
        let parse = |digits: &str| digits.parse().map_err(|_| NoSuchShard);
        Self::new(parse(number)?, parse(of)?)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// A digest of the names of all sources.
///
/// Of the same inputs, met in the same order, every shard has the same digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceDigest {
    /// How many sources there are.
    pub sources: u64,
    /// 64-bit FNV-1a of their names, each with a NUL after it; of those that were listed in a
    /// store, also of their sizes and entity tags, so that one that changed is noticed.
    pub digest: u64,
}

impl Default for SourceDigest {
    fn default() -> Self {
        Self { sources: 0, digest: 0xcbf2_9ce4_8422_2325 }
    }
}

impl SourceDigest {
    fn add(&mut self, name: &SourceName) {
        self.sources += 1;
        // NUL is in no name.
        self.add_bytes(name.as_bytes());
        if let SourceName::Remote(name) = name
            && let Some(version) = name.version()
        {
            self.add_bytes(version.bytes.to_string().as_bytes());
            self.add_bytes(version.etag.as_deref().unwrap_or_default().as_bytes());
        }
    }

    fn add_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().chain(b"\0") {
            self.digest = (self.digest ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
}

/// Keeps the sources of one shard, and digests the names of all.
#[derive(Debug)]
pub struct ShardFilter {
    shard: Shard,
    digest: Mutex<SourceDigest>,
}

impl ShardFilter {
    /// Keeps the sources of this shard.
    #[must_use]
    pub fn new(shard: Shard) -> Self {
        Self { shard, digest: Mutex::default() }
    }

    /// Which shard it keeps.
    #[must_use]
    pub fn shard(&self) -> Shard {
        self.shard
    }

    /// The digest so far; of all sources once the job is done.
    #[must_use]
    pub fn digest(&self) -> SourceDigest {
        *self.digest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the next source is to be kept.
    pub(crate) fn keeps(&self, selected: &Selected) -> bool {
        let (Ok(name) | Err((name, _))) = selected;
        let mut digest = self.digest.lock().unwrap_or_else(PoisonError::into_inner);
        let place = digest.sources;
        digest.add(name);
        self.shard.has(place)
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
    fn every_source_is_in_one_shard() {
        for of in 1..6 {
            let filters: Vec<_> =
                (1..=of).map(|number| ShardFilter::new(Shard::new(number, of).unwrap())).collect();
            for place in 0..20_u64 {
                let source = selected(&place.to_string());
                let keepers: Vec<_> =
                    filters.iter().filter(|filter| filter.keeps(&source)).collect();
                assert_eq!(keepers.len(), 1, "{place} of {of}");
                let shard = keepers[0].shard();
                assert_eq!(shard.place_among_all(place / u64::from(of)), place);
            }
            assert!(filters.iter().all(|filter| filter.digest() == filters[0].digest()));
        }
    }

    #[test]
    fn a_digest_depends_on_names_and_their_order() {
        let digest = |names: &[&str]| {
            let filter = ShardFilter::new(Shard::WHOLE);
            for name in names {
                assert!(filter.keeps(&selected(name)));
            }
            filter.digest()
        };
        assert_eq!(digest(&["a", "b"]), digest(&["a", "b"]));
        for other in [&["b", "a"][..], &["ab"], &["a"], &["a", "b", "b"], &["", "ab"]] {
            assert_ne!(digest(&["a", "b"]), digest(other), "{other:?}");
        }
        // As published for the method, so that others can compute it.
        let mut foobar = SourceDigest::default();
        foobar.add(&SourceName::from(Path::new("foobar")));
        let before_nul = 0x8594_4171_f739_67e8_u64;
        assert_eq!(foobar.digest, before_nul.wrapping_mul(0x100_0000_01b3));
    }

    #[test]
    fn shards_are_numbers_from_one() {
        for text in ["", "1", "/", "1/", "/2", "0/2", "3/2", "1/0", "+1/2", "1/2/3", "a/b", " 1/2"]
        {
            assert_eq!(text.parse::<Shard>(), Err(NoSuchShard), "{text}");
        }
        assert_eq!("4/4".parse(), Shard::new(4, 4));
        assert_eq!(Shard::WHOLE.to_string(), "1/1");
    }
}
