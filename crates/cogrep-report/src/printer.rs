//! One way to write a result, whatever its format.

use std::io::{self, Write};
use std::str::FromStr;

use cogrep_core::{PatternCount, Report, SourceReport};

use crate::text::TextStyle;
use crate::{csv, json, jsonl, text};

/// The formats in which results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: `PATTERN COUNT`, a line a pattern.
    #[default]
    Text,
    /// Columns `source,pattern,count`.
    Csv,
    /// One object with everything.
    Json,
    /// An object a line: each count as its source ends, then a summary.
    Jsonl,
}

impl Format {
    /// Every format, by the name that it goes by.
    pub const NAMES: [&'static str; 4] = ["text", "csv", "json", "jsonl"];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "text" => Ok(Self::Text),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            "jsonl" => Ok(Self::Jsonl),
            _ => Err(format!("no such format; there are {}", Self::NAMES.join(", "))),
        }
    }
}

/// Writes a result in one format, source by source where the format allows it.
pub struct Printer<W> {
    out: W,
    format: Format,
    style: TextStyle,
    by_source: bool,
    begun: bool,
}

impl<W: Write> Printer<W> {
    /// A printer of results to `out`; with `by_source`, of each source apart.
    pub fn new(out: W, format: Format, style: TextStyle, by_source: bool) -> Self {
        Self { out, format, style, by_source, begun: false }
    }

    /// Writes what is known once a source has ended. Its counts must be those of
    /// these patterns.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to.
    pub fn source(&mut self, patterns: &[&[u8]], source: &SourceReport) -> io::Result<()> {
        let Some(counts) = &source.counts else { return Ok(()) };
        let rows = patterns.iter().copied().zip(counts.iter().copied());
        match self.format {
            Format::Text if self.by_source => {
                text::source(&mut self.out, self.style, source.name.as_bytes(), rows)
            }
            Format::Csv if self.by_source => {
                self.begin_csv()?;
                csv::rows(&mut self.out, source.name.as_bytes(), rows)
            }
            Format::Jsonl => jsonl::source(&mut self.out, &source.name, rows),
            Format::Text | Format::Csv | Format::Json => Ok(()),
        }
    }

    /// Writes the totals, or what the format has at its end, and flushes.
    ///
    /// # Errors
    ///
    /// When the output cannot be written to.
    pub fn finish(mut self, report: &Report) -> io::Result<()> {
        let rows = report.patterns.iter().map(PatternCount::as_row);
        match self.format {
            Format::Text => text::totals(&mut self.out, self.style, report)?,
            Format::Csv => {
                self.begin_csv()?;
                if !self.by_source {
                    csv::rows(&mut self.out, b"", rows)?;
                }
            }
            Format::Json => json::report(&mut self.out, report)?,
            Format::Jsonl => jsonl::end(&mut self.out, report)?,
        }
        self.out.flush()
    }

    fn begin_csv(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        csv::header(&mut self.out)
    }
}
