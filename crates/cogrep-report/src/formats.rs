//! The formats in which results are written, each with its schema in a file of its own.
//!
//! A new format is a file with a type that implements [`Exporter`], and a line in
//! [`EXPORTERS`].

mod delimited;
pub(crate) mod distinct;
mod json;
mod jsonl;
mod markdown;
mod matrix;
mod parquet;
mod record;
mod table;
pub(crate) mod text;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use cogrep_core::measure::Slices;
use cogrep_core::{Counts, Fault, Report, SourceName, SourceReport};

use crate::collection::Collection;
use crate::row::Rows;
use crate::view::View;

pub(crate) use json::strings;
use text::TextStyle;

/// Every format; the first is the default.
static EXPORTERS: [&dyn Exporter; 8] = [
    &text::Text,
    &table::Table,
    &markdown::Markdown,
    &delimited::CSV,
    &delimited::TSV,
    &json::Json,
    &jsonl::Jsonl,
    &parquet::Parquet,
];

/// How results are written in one format.
///
/// Most formats write counts as soon as a source has ended. Those that [wait](Self::waits)
/// write everything at the end.
pub(crate) trait Exporter: fmt::Debug + Sync {
    /// The name of the format.
    fn name(&self) -> &'static str;

    /// Whether it has bytes that no terminal should get.
    fn is_binary(&self) -> bool {
        false
    }

    /// Whether it has room for places.
    fn has_places(&self) -> bool {
        false
    }

    /// Whether it writes nothing before everything is counted.
    fn waits(&self) -> bool {
        false
    }

    /// Whether it writes the counts of each source, whatever is shown.
    fn always_by_source(&self) -> bool {
        false
    }

    /// Whether it names every source, whatever is shown of it.
    fn names_sources(&self) -> bool {
        false
    }

    /// How tables of distinct texts are written in it.
    fn table_form(&self) -> TableForm;

    /// Writes what comes before all counts.
    fn begin(&self, _out: &mut Out<'_>, _shown: &Shown<'_>) -> io::Result<()> {
        Ok(())
    }

    /// Writes the counts of a source or a slice.
    fn counts(
        &self,
        _out: &mut Out<'_>,
        _shown: &Shown<'_>,
        _at: At<'_>,
        _counts: &Counts,
    ) -> io::Result<()> {
        Ok(())
    }

    /// Writes that a source was not read to its end.
    fn fault(&self, _out: &mut Out<'_>, _source: &SourceReport, _fault: &Fault) -> io::Result<()> {
        Ok(())
    }

    /// Writes what comes at the end: everything, if it waits.
    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()>;
}

/// How a table of distinct texts is written: see [`distinct`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableForm {
    Text,
    CommaSeparated,
    TabSeparated,
    Json,
    JsonLines,
    Table,
    Markdown,
    Parquet,
}

/// What a format is written to.
pub(crate) type Out<'a> = dyn Write + Send + 'a;

/// What is shown of a result, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    pub(crate) rows: &'a Rows,
    /// The rows that are shown, in their order. A format that waits chooses them itself.
    pub(crate) order: &'a [usize],
    pub(crate) view: View,
    pub(crate) style: TextStyle,
    /// The columns that a table has room in, if that is limited.
    pub(crate) width: Option<usize>,
}

/// Where something was counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub(crate) source: &'a SourceName,
    /// The slice of its text, from 1.
    pub(crate) slice: Option<usize>,
}

/// The result when everything is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Totals<'a> {
    pub(crate) report: &'a Report,
    /// By row.
    pub(crate) counts: &'a [u64],
    pub(crate) collection: &'a Collection,
}

/// A format in which results are written.
///
/// ```
/// use cogrep_report::Format;
///
/// let format: Format = "csv".parse()?;
/// assert_eq!(format.name(), "csv");
/// assert_eq!(Format::default().name(), "text");
/// assert!("xml".parse::<Format>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy)]
pub struct Format(&'static dyn Exporter);

impl Format {
    /// The names of all formats.
    pub fn names() -> impl Iterator<Item = &'static str> {
        EXPORTERS.iter().map(|exporter| exporter.name())
    }

    /// The name that it goes by.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Whether it has bytes that no terminal should get.
    #[must_use]
    pub fn is_binary(self) -> bool {
        self.0.is_binary()
    }

    /// Whether it has room for places to show.
    #[must_use]
    pub fn has_places(self) -> bool {
        self.0.has_places()
    }

    pub(crate) fn exporter(self) -> &'static dyn Exporter {
        self.0
    }
}

impl Default for Format {
    fn default() -> Self {
        Self(EXPORTERS[0])
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Format").field(&self.name()).finish()
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = EXPORTERS.iter().find(|exporter| exporter.name() == name);
        known.map(|exporter| Self(*exporter)).ok_or_else(|| {
            let names: Vec<&str> = Self::names().collect();
            format!("no such format; there are {}", names.join(", "))
        })
    }
}

/// The counts of the slices of a source, if the job counted by slice.
pub(crate) fn slices(source: &SourceReport) -> &[Counts] {
    source.findings.get::<Slices>().map_or(&[], Slices::counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_goes_by_its_own_name() {
        let mut names: Vec<&str> = Format::names().collect();
        for name in &names {
            assert_eq!(name.parse::<Format>().map(Format::name), Ok(*name));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), EXPORTERS.len());
    }
}
