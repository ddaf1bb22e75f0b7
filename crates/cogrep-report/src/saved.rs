//! A result in a file, to be added to others: the whole of a job, or one of its parts.
//!
//! ```json
//! {
//!   "cogrep_result": 2,
//!   "part": 2, "of": 4,
//!   "inputs": {"sources": 12, "digest": "4f7a0d7a3e1bb6c5"},
//!   "options": {"ignore-case": "true", "syntax": "literal", "unit": "occurrences"},
//!   "interrupted": false,
//!   "show": 0,
//!   "patterns": [{"pattern": "love", "name": "warm", "count": 3}],
//!   "sources": [{"ordinal": 1, "source": "b.txt", "outcome": "complete", "bytes": 310,
//!                "counts": [[0, 3]]}]
//! }
//! ```
//!
//! `inputs` identifies the sources, including those of the other parts: [`SourceDigest`] has
//! the method. `options` are what counts depend on, by name. `ordinal` is the index of a source
//! among all. Counts are pairs of the index of a pattern and its count, without those of zero.
//! A source can also have a `reason` why it is not complete, `parts` with counts each, and
//! `dispersion`; a pattern its `places`. `state` is what it takes to continue the count of a
//! source that grows: where to go on, a digest of the bytes before, and the tally there, by the
//! number of each needle; see [`TextState`](cogrep_core::TextState). Bytes that are not UTF-8
//! are written as in JSON results, with `_base64`.
//!
//! A table of distinct texts is version 3: the object has `table`, which says by what else than
//! by text it is counted, and how many rows there are; patterns and sources are then without
//! counts. The object is one line, and each row is one more, in the order of the table:
//!
//! ```json
//! {"source": 1, "time": 1795942800, "key": "ann", "row": 0, "text": "10.0.0.7", "count": 3}
//! ```
//!
//! `source` is an ordinal, with `member` beside it in an archive, `row` the index of a name or a
//! pattern, and `first` the source, the member and the offset where a text was seen first.
//!
//! Read next: [`merge`].

mod fields;
mod file;
mod merge;
mod table;

use std::collections::BTreeMap;
use std::io::{self, Write};

use cogrep_core::{Counts, Located, Report, Shard, SourceDigest, SourceReport};

use crate::collection::Collection;
use crate::formats::slices;

pub use merge::{MergeError, Merged, MergedTable, merge};
pub use table::{SavedRow, SavedTable, TableFacts};

/// The version of the schema, which changes when a field is renamed, removed or means
/// something else.
const SCHEMA: u32 = 2;

/// The same where there is a table.
const TABLE_SCHEMA: u32 = 3;

/// How every file begins, by which it is recognised.
const BEGINNING: &[u8] = b"{\"cogrep_result\":";

/// A result that is saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Which part of the job it is the result of.
    pub part: Shard,
    /// Which sources all parts have.
    pub inputs: SourceDigest,
    /// What the counts depend on besides the patterns and the sources.
    pub options: BTreeMap<String, String>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
    /// The most places of a pattern that it can have.
    pub show: usize,
    /// The patterns, in the order given.
    pub patterns: Vec<SavedPattern>,
    /// The sources of the part, in their order, with their ordinals among all.
    pub sources: Vec<SourceReport>,
    /// The table, if distinct texts were counted.
    pub table: Option<SavedTable>,
}

/// A pattern of a saved result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedPattern {
    /// The pattern's bytes.
    pub pattern: Vec<u8>,
    /// The name that it was given.
    pub name: Option<Vec<u8>>,
    /// Over all sources of the part.
    pub count: u64,
    /// Its first places.
    pub places: Vec<Located>,
}

/// Why something cannot be read as a saved result.
#[derive(Debug)]
pub enum NotSaved {
    /// It begins in another way.
    Foreign,
    /// It is of a version that is not known here.
    Version(u32),
    /// It is not as it was written, or was not written to its end.
    Damaged(String),
}

impl std::fmt::Display for NotSaved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Foreign => f.write_str("not a saved result"),
            Self::Version(version) => {
                write!(
                    f,
                    "a saved result of version {version}; this cogrep reads versions {SCHEMA} and \
                     {TABLE_SCHEMA}; count again, and save that"
                )
            }
            Self::Damaged(why) => {
                write!(f, "a saved result that is damaged ({why}); save it again")
            }
        }
    }
}

impl std::error::Error for NotSaved {}

impl Saved {
    /// Whether a file that begins with these bytes is meant to be a saved result;
    /// [`BEGINNING_BYTES`](Self::BEGINNING_BYTES) are enough.
    #[must_use]
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        bytes.starts_with(BEGINNING)
    }

    /// How many bytes of a file show whether it is a saved result.
    pub const BEGINNING_BYTES: usize = BEGINNING.len();

    /// The result of a part, whose patterns had these names.
    #[must_use]
    pub fn new(
        (part, inputs): (Shard, SourceDigest),
        options: BTreeMap<String, String>,
        show: usize,
        names: impl IntoIterator<Item = Option<Vec<u8>>>,
        report: &Report,
        collection: &Collection,
    ) -> Self {
        let patterns = report.patterns.iter().zip(names).map(|(pattern, name)| SavedPattern {
            pattern: pattern.pattern.clone(),
            name,
            count: pattern.count,
            places: pattern.places.clone(),
        });
        let sources = collection
            .sources
            .iter()
            .cloned()
            .map(|source| SourceReport { ordinal: part.place_among_all(source.ordinal), ..source });
        Self {
            part,
            inputs,
            options,
            interrupted: report.interrupted,
            show,
            patterns: patterns.collect(),
            sources: sources.collect(),
            table: None,
        }
    }

    /// Writes the file; of a table, the rows that it was read with. Those that are being saved
    /// follow, each [written](SavedRow::write) by itself.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, &file::File::new(self))?;
        out.write_all(b"\n")?;
        out.write_all(self.table.as_ref().map_or(&[], SavedTable::lines))
    }

    /// Reads a whole file.
    ///
    /// # Errors
    ///
    /// When it is no saved result, or was changed since it was written.
    pub fn read(bytes: &[u8]) -> Result<Self, NotSaved> {
        if !Self::is_begun_by(bytes) {
            return Err(NotSaved::Foreign);
        }
        let saved = file::read(bytes)?;
        saved.check().map_err(|why| NotSaved::Damaged(why.to_owned()))?;
        Ok(saved)
    }

    /// Checks that the parts of the file agree.
    fn check(&self) -> Result<(), &'static str> {
        let SourceDigest { sources, .. } = self.inputs;
        let (number, of) = (u64::from(self.part.number()), u64::from(self.part.of()));
        let expected = (sources + of - number) / of;
        if !self.interrupted && expected != self.sources.len() as u64 {
            return Err("it lacks sources");
        }
        let mut totals = vec![0_u64; self.patterns.len()];
        for source in &self.sources {
            let counts = source.counts.as_ref();
            for counts in counts.into_iter().chain(slices(source)) {
                if counts.iter().any(|(pattern, _)| pattern >= totals.len()) {
                    return Err("it has counts of no pattern");
                }
            }
            for (pattern, count) in counts.into_iter().flat_map(Counts::iter) {
                totals[pattern] = totals[pattern].saturating_add(count);
            }
        }
        if totals.iter().zip(&self.patterns).any(|(total, pattern)| *total != pattern.count) {
            return Err("its counts do not add up");
        }
        let places = self.patterns.iter().flat_map(|pattern| &pattern.places);
        for Located { place, .. } in places {
            if place.bytes.end < place.bytes.start
                || place.excerpt.text.get(place.excerpt.matched.clone()).is_none()
            {
                return Err("it has a place that is nowhere");
            }
        }
        Ok(())
    }
}
