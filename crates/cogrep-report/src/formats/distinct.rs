//! Tables of distinct texts: a line a text, with columns that say of what it is.
//!
//! They are written a row at a time, in order. Columns of schema 1, of which those are there
//! that the table has: `source`, `time`, `key`, `pattern` and `text`, and `count` always.
//!
//! - Text: `TEXT COUNT`; before the text are the other columns, each with a colon, or a space
//!   after a time.
//! - CSV and TSV: a header, and a line a row, with fields as in those of patterns.
//! - JSON: `{"schema": 1, "rows": [{"text": "love", "count": 677}], "total": 677, "bytes":
//!   3291645, "sources": 1, "failures": 0, "complete": true}`. `total` is the sum of all
//!   counts, shown or not. A string that is not UTF-8 has the same name with `_base64` after it.
//! - JSON lines: `{"type":"distinct","text":"love","count":677}`, and a summary.
//! - Parquet: a column of strings each, with one of `_bytes` for what is not UTF-8, and 64-bit
//!   counts.
//! - Table and Markdown: with thousands separated, and bars in a table; both may change with
//!   any version.

mod json;
mod parquet;
mod table;

use std::io::{self, Write};

use crate::escape::escape;
use crate::formats::delimited::{Delimiter, escaped};
use crate::formats::text::TextStyle;
use crate::formats::{Out, TableForm, markdown};
use crate::number::separated;
use crate::printer::Layout;

/// A column of a table of distinct texts, but for the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DistinctColumn {
    /// The source in which it was counted.
    Source,
    /// The time at which it was counted.
    Time,
    /// The key by which it was counted.
    Key,
    /// The pattern that matched.
    Pattern,
    /// What was counted.
    Text,
}

impl DistinctColumn {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Time => "time",
            Self::Key => "key",
            Self::Pattern => "pattern",
            Self::Text => "text",
        }
    }
}

/// What is known when all rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DistinctSummary {
    /// The sum of all counts, shown or not.
    pub total: u64,
    /// The bytes of text.
    pub bytes: u64,
    /// How many sources there were.
    pub sources: u64,
    /// How many of them could not be read to their end.
    pub failures: u64,
    /// Whether everything was read.
    pub complete: bool,
}

/// Writes a table of distinct texts in one of the formats, row by row.
pub struct DistinctPrinter<W: Write + Send> {
    kind: Kind<W>,
    columns: Vec<DistinctColumn>,
}

/// What is written how.
enum Kind<W: Write + Send> {
    Text(W, TextStyle),
    Delimited(W, Delimiter, bool),
    Json(json::Printer<W>),
    Table(table::Printer<W>),
    Markdown(W),
    Parquet(Box<parquet::Printer<W>>),
}

impl<W: Write + Send> DistinctPrinter<W> {
    /// A printer of tables with these columns. What is before the rows is written.
    ///
    /// # Errors
    ///
    /// What went wrong with the output.
    pub fn new(mut out: W, layout: &Layout, columns: Vec<DistinctColumn>) -> io::Result<Self> {
        let style = layout.style;
        let form = layout.format.exporter().table_form();
        let kind = match form {
            TableForm::Text => Kind::Text(out, style),
            TableForm::CommaSeparated | TableForm::TabSeparated => {
                let is_csv = form == TableForm::CommaSeparated;
                let delimiter = if is_csv { Delimiter::Comma } else { Delimiter::Tab };
                let names = columns.iter().map(|column| column.name().as_bytes());
                delimited(&mut out, delimiter, style.escape, names.chain([&b"count"[..]]))?;
                Kind::Delimited(out, delimiter, style.escape)
            }
            TableForm::Json => Kind::Json(json::Printer::new(out, false)?),
            TableForm::JsonLines => Kind::Json(json::Printer::new(out, true)?),
            TableForm::Table => Kind::Table(table::Printer::new(out, style, layout.width)),
            TableForm::Markdown => {
                let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                markdown::head(&mut out, &names, &["count"])?;
                Kind::Markdown(out)
            }
            TableForm::Parquet => Kind::Parquet(Box::new(parquet::Printer::new(out, &columns)?)),
        };
        Ok(Self { kind, columns })
    }

    /// Writes a row: what is in its columns, and its count.
    ///
    /// # Errors
    ///
    /// What went wrong with the output.
    pub fn row(&mut self, cells: &[&[u8]], count: u64) -> io::Result<()> {
        match &mut self.kind {
            Kind::Text(out, style) => text(out, *style, &self.columns, cells, count),
            Kind::Delimited(out, delimiter, escapes) => {
                let count = count.to_string();
                let fields = cells.iter().copied().chain([count.as_bytes()]);
                delimited(out, *delimiter, *escapes, fields)
            }
            Kind::Json(json) => json.row(&self.columns, cells, count),
            Kind::Table(table) => {
                table.row(cells, count);
                Ok(())
            }
            Kind::Markdown(out) => {
                let cells = cells.iter().map(|cell| markdown::cell(cell));
                markdown::line(out, cells.chain([separated(count)]))
            }
            Kind::Parquet(parquet) => parquet.row(cells, count),
        }
    }

    /// Writes what is after the rows.
    ///
    /// # Errors
    ///
    /// What went wrong with the output.
    pub fn finish(self, summary: &DistinctSummary) -> io::Result<()> {
        match self.kind {
            Kind::Text(mut out, _) | Kind::Delimited(mut out, ..) | Kind::Markdown(mut out) => {
                out.flush()
            }
            Kind::Json(json) => json.finish(summary),
            Kind::Table(table) => table.finish(&self.columns),
            Kind::Parquet(parquet) => parquet.finish(summary),
        }
    }
}

fn text(
    out: &mut Out<'_>,
    style: TextStyle,
    columns: &[DistinctColumn],
    cells: &[&[u8]],
    count: u64,
) -> io::Result<()> {
    if !style.bare {
        for (nth, (column, cell)) in columns.iter().zip(cells).enumerate() {
            let is_last = nth + 1 == columns.len();
            if is_last {
                style.pattern(out, cell)?;
            } else {
                style.name(out, cell)?;
            }
            let is_spaced = is_last || *column == DistinctColumn::Time;
            out.write_all(if is_spaced { b" " } else { b":" })?;
        }
    }
    write!(out, "{count}")?;
    style.end(out)
}

/// Writes a line of fields, as that of [`crate::formats::delimited`].
fn delimited<'a>(
    out: &mut impl Write,
    delimiter: Delimiter,
    escapes: bool,
    fields: impl Iterator<Item = &'a [u8]>,
) -> io::Result<()> {
    for (nth, field) in fields.enumerate() {
        if nth > 0 {
            out.write_all(if delimiter == Delimiter::Comma { b"," } else { b"\t" })?;
        }
        let shown;
        let field = if escapes {
            shown = escape(field);
            shown.as_bytes()
        } else {
            field
        };
        match delimiter {
            Delimiter::Tab if escapes => out.write_all(field)?,
            Delimiter::Tab => out.write_all(&escaped(field))?,
            Delimiter::Comma => comma_separated(out, field)?,
        }
    }
    out.write_all(b"\n")
}

/// Writes a field of CSV, in quotes where it must.
fn comma_separated(out: &mut impl Write, field: &[u8]) -> io::Result<()> {
    let is_plain = |byte: &u8| !matches!(byte, b'"' | b',' | b'\n' | b'\r');
    if field.iter().all(is_plain) && !field.is_empty() {
        return out.write_all(field);
    }
    out.write_all(b"\"")?;
    for (nth, part) in field.split(|byte| *byte == b'"').enumerate() {
        out.write_all(if nth > 0 { b"\"\"" } else { b"" })?;
        out.write_all(part)?;
    }
    out.write_all(b"\"")
}
