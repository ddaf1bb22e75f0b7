//! One way to write a result, whatever its format.

use std::io::{self, Write};
use std::str::FromStr;

use cogrep_core::{Counts, Report, SourceName, SourceReport};

use crate::collection::Collection;
use crate::delimited::{Columns, Delimiter};
use crate::record::Record;
use crate::row::Rows;
use crate::text::TextStyle;
use crate::view::{By, View};
use crate::{delimited, json, jsonl, parquet, table, text};

/// The formats in which results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people and simple scripts: `PATTERN COUNT`, a line a pattern.
    #[default]
    Text,
    /// For people: aligned, with thousands separated and bars.
    Table,
    /// Columns `source,pattern,count`.
    Csv,
    /// The same, separated by tabs.
    Tsv,
    /// One object with everything.
    Json,
    /// An object a line: each count as its source ends, then a summary.
    Jsonl,
    /// A table of typed columns, for programs that analyse data.
    Parquet,
}

impl Format {
    /// Every format, by the name that it goes by.
    pub const NAMES: [&'static str; 7] =
        ["text", "table", "csv", "tsv", "json", "jsonl", "parquet"];

    /// The name that it goes by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Parquet => "parquet",
        }
    }

    /// Whether it is of bytes that no terminal should get.
    #[must_use]
    pub fn is_binary(self) -> bool {
        self == Self::Parquet
    }

    /// Whether it has room for places to show.
    #[must_use]
    pub fn has_places(self) -> bool {
        matches!(self, Self::Text | Self::Json | Self::Jsonl)
    }

    fn delimiter(self) -> Option<Delimiter> {
        match self {
            Self::Csv => Some(Delimiter::Comma),
            Self::Tsv => Some(Delimiter::Tab),
            _ => None,
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "text" => Ok(Self::Text),
            "table" => Ok(Self::Table),
            "csv" => Ok(Self::Csv),
            "tsv" => Ok(Self::Tsv),
            "json" => Ok(Self::Json),
            "jsonl" => Ok(Self::Jsonl),
            "parquet" => Ok(Self::Parquet),
            _ => Err(format!("no such format; there are {}", Self::NAMES.join(", "))),
        }
    }
}

/// How a result is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// The format.
    pub format: Format,
    /// How text is written.
    pub style: TextStyle,
    /// What is shown.
    pub view: View,
    /// The columns that a table has room in, if that is limited.
    pub width: Option<usize>,
}

impl Layout {
    /// Whether each source must be counted apart.
    #[must_use]
    pub fn needs_sources(&self) -> bool {
        self.view.by != By::Total || self.format == Format::Jsonl
    }

    /// Whether something is written as soon as a source has ended.
    #[must_use]
    pub fn streams(&self) -> bool {
        self.needs_sources() && !self.waits()
    }

    /// Whether nothing can be written before all is counted.
    fn waits(&self) -> bool {
        match self.format {
            Format::Json | Format::Parquet | Format::Table => true,
            Format::Text | Format::Csv | Format::Tsv | Format::Jsonl => self.view.needs_totals(),
        }
    }
}

/// Writes a result in one format, source by source where the format allows it.
pub struct Printer<'r, W> {
    out: W,
    layout: Layout,
    rows: &'r Rows,
    /// The order of the rows, where it is known from the start.
    order: Vec<usize>,
    begun: bool,
}

impl<'r, W: Write + Send> Printer<'r, W> {
    /// A printer of results to `out`.
    pub fn new(out: W, layout: Layout, rows: &'r Rows) -> Self {
        let order = if layout.waits() { Vec::new() } else { layout.view.order(rows, &[]) };
        Self { out, layout, rows, order, begun: false }
    }

    /// Whether [`finish`](Self::finish) wants all sources, collected.
    #[must_use]
    pub fn needs_collection(&self) -> bool {
        let format = self.layout.format;
        // Totals alone are in the report.
        format == Format::Json || self.layout.waits() && self.layout.needs_sources()
    }

    /// Writes what is known once a source has ended.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to.
    pub fn source(&mut self, source: &SourceReport) -> io::Result<()> {
        if self.layout.waits() {
            return Ok(());
        }
        let order = std::mem::take(&mut self.order);
        let written =
            self.write_source(&source.name, &source.parts, source.counts.as_ref(), &order);
        self.order = order;
        written?;
        if let Some(fault) = source.outcome.fault() {
            let how = (source.outcome.as_str(), source.text_bytes, &*fault.to_string());
            self.write_failed(&source.name, how)?;
        }
        Ok(())
    }

    /// Writes the totals, or what the format has at its end, and flushes.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to.
    pub fn finish(mut self, report: &Report, collection: &Collection) -> io::Result<()> {
        let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        let totals = self.rows.counts(&counts);
        let Layout { format, style, view, width } = self.layout;
        if self.layout.waits() && !matches!(format, Format::Json | Format::Parquet | Format::Table)
        {
            self.order = view.order(self.rows, &totals);
            self.write_collected(collection)?;
        }
        let order = std::mem::take(&mut self.order);
        let rows = self.rows;
        let records = records(rows, &order, &totals, (None, None), view.min_count);
        match format {
            Format::Text => text::totals(&mut self.out, style, report, records)?,
            Format::Csv | Format::Tsv => {
                if let Some(delimiter) = format.delimiter() {
                    let delimited = self.begin(delimiter)?;
                    if view.by == By::Total {
                        delimited::records(&mut self.out, delimited, records)?;
                    }
                }
            }
            Format::Json => json::report(&mut self.out, rows, &view, report, collection)?,
            Format::Jsonl => jsonl::end(&mut self.out, report)?,
            Format::Table => {
                table::write(&mut self.out, (rows, &view, &totals), collection, width)?;
            }
            Format::Parquet => {
                parquet::write(&mut self.out, (rows, &view, &totals), report, collection)?;
            }
        }
        self.out.flush()
    }

    /// Writes the sources that had to wait.
    fn write_collected(&mut self, collection: &Collection) -> io::Result<()> {
        let order = std::mem::take(&mut self.order);
        for source in &collection.sources {
            self.write_source(&source.name, &source.parts, source.counts.as_ref(), &order)?;
            if let Some(reason) = &source.reason {
                self.write_failed(&source.name, (source.outcome, source.text_bytes, reason))?;
            }
        }
        self.order = order;
        Ok(())
    }

    /// Writes what there is about one source and its parts.
    fn write_source(
        &mut self,
        name: &SourceName,
        parts: &[Counts],
        counts: Option<&Counts>,
        order: &[usize],
    ) -> io::Result<()> {
        let view = self.layout.view;
        if view.by == By::Part {
            for (part, counts) in (1..).zip(parts) {
                self.write_counts(name, Some(part), counts, order)?;
            }
        }
        match counts {
            Some(counts) if view.by == By::File || self.layout.format == Format::Jsonl => {
                self.write_counts(name, None, counts, order)
            }
            _ => Ok(()),
        }
    }

    /// Writes that a source was not read to its end, where the format has a line for it.
    fn write_failed(&mut self, name: &SourceName, how: (&str, u64, &str)) -> io::Result<()> {
        if self.layout.format == Format::Jsonl {
            jsonl::failed(&mut self.out, name, how)?;
        }
        Ok(())
    }

    fn write_counts(
        &mut self,
        name: &SourceName,
        part: Option<usize>,
        counts: &Counts,
        order: &[usize],
    ) -> io::Result<()> {
        let counts = counts.to_vec(self.rows.pattern_count());
        let Layout { format, style, view, .. } = self.layout;
        if format == Format::Jsonl {
            let rows = (self.rows, order);
            return jsonl::source(&mut self.out, name, part, rows, &counts, view.min_count);
        }
        let counts = self.rows.counts(&counts);
        let at = (Some(name.as_bytes()), part);
        let records = records(self.rows, order, &counts, at, view.min_count);
        if let Some(delimiter) = format.delimiter() {
            let delimited = self.begin(delimiter)?;
            return delimited::records(&mut self.out, delimited, records);
        }
        text::records(&mut self.out, style, records)
    }

    /// Writes the header, if that has not been done; gives how lines are written.
    fn begin(&mut self, delimiter: Delimiter) -> io::Result<delimited::Style> {
        let columns =
            Columns { part: self.layout.view.by == By::Part, name: self.rows.is_expanded() };
        let style = delimited::Style { delimiter, columns, escape: self.layout.style.escape };
        if !std::mem::replace(&mut self.begun, true) {
            delimited::header(&mut self.out, style)?;
        }
        Ok(style)
    }
}

/// The records of some counts of rows, less those that are too small.
fn records<'a>(
    rows: &'a Rows,
    order: &'a [usize],
    counts: &'a [u64],
    (source, part): (Option<&'a [u8]>, Option<usize>),
    min_count: u64,
) -> impl Iterator<Item = Record<'a>> {
    let shown = order.iter().filter(move |row| counts[**row] >= min_count);
    shown.map(move |row| Record { source, part, row: rows.get(*row), count: counts[*row] })
}
