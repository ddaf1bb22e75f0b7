//! CSV and TSV: a header, and a line a count.
//!
//! Columns of schema 1: `source`, `pattern` and `count`; by part, `part` (from 1) follows
//! `source`; with expanded rows, `name` comes before `pattern`. The source is empty in the
//! rows of totals over all sources. `pattern` holds what is printed: the name, if there is
//! one.
//!
//! CSV is that of RFC 4180, but with `\n` as line ending: fields are written as they are,
//! whatever bytes they hold, in quotes where needed. TSV has no quotes: `\t`, `\n`, `\r`
//! and `\\` are the tab, the line endings and the backslash, as in the COPY format of
//! `PostgreSQL`; all other bytes are written as they are. On a terminal, control characters
//! are escaped in both, as in text.

use std::borrow::Cow;
use std::io::{self, Write};

use cogrep_core::Counts;

use crate::formats::record::{Record, records, totals};
use crate::formats::{At, Exporter, Out, Shown, TableForm, Totals};
use crate::view::By;

/// One of the two formats.
#[derive(Debug)]
pub(super) struct Delimited {
    name: &'static str,
    delimiter: Delimiter,
}

pub(super) static CSV: Delimited = Delimited { name: "csv", delimiter: Delimiter::Comma };
pub(super) static TSV: Delimited = Delimited { name: "tsv", delimiter: Delimiter::Tab };

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delimiter {
    Comma,
    Tab,
}

impl Exporter for Delimited {
    fn name(&self) -> &'static str {
        self.name
    }

    fn table_form(&self) -> TableForm {
        match self.delimiter {
            Delimiter::Comma => TableForm::CommaSeparated,
            Delimiter::Tab => TableForm::TabSeparated,
        }
    }

    /// Writes the names of the columns.
    fn begin(&self, out: &mut Out<'_>, shown: &Shown<'_>) -> io::Result<()> {
        let mut lines = Lines::new(out, self.delimiter, shown);
        lines.write([b"source", b"part", b"name", b"pattern", b"count"])?;
        lines.writer.flush()
    }

    fn counts(
        &self,
        out: &mut Out<'_>,
        shown: &Shown<'_>,
        at: At<'_>,
        counts: &Counts,
    ) -> io::Result<()> {
        Lines::new(out, self.delimiter, shown).write_all(records(shown, at, counts))
    }

    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        if shown.view.by != By::Total {
            return Ok(());
        }
        Lines::new(out, self.delimiter, shown).write_all(totals(shown, result))
    }
}

/// Which columns there are besides `source`, `pattern` and `count`.
#[derive(Clone, Copy, Debug)]
struct Columns {
    part: bool,
    name: bool,
}

/// Writes lines of which some columns are left out.
struct Lines<W: Write> {
    writer: csv::Writer<W>,
    delimiter: Delimiter,
    columns: Columns,
    /// Whether they go to a terminal, which would obey control characters.
    escape: bool,
}

impl<W: Write> Lines<W> {
    fn new(out: W, delimiter: Delimiter, shown: &Shown<'_>) -> Self {
        let mut builder = csv::WriterBuilder::new();
        if delimiter == Delimiter::Tab {
            builder.delimiter(b'\t').quote_style(csv::QuoteStyle::Never);
        }
        let part = shown.view.by == By::Part;
        Self {
            writer: builder.from_writer(out),
            delimiter,
            columns: Columns { part, name: shown.rows.is_expanded() },
            escape: shown.style.escape,
        }
    }

    /// Writes a line for each record.
    fn write_all<'a>(mut self, records: impl Iterator<Item = Record<'a>>) -> io::Result<()> {
        for record in records {
            let slice = record.slice.map_or_else(String::new, |slice| slice.to_string());
            let count = record.count.to_string();
            self.write([
                record.source.unwrap_or_default(),
                slice.as_bytes(),
                record.row.name.as_deref().unwrap_or_default(),
                &record.row.label,
                count.as_bytes(),
            ])?;
        }
        self.writer.flush()
    }

    fn write(&mut self, fields: [&[u8]; 5]) -> io::Result<()> {
        let are_there = [true, self.columns.part, self.columns.name, true, true];
        for (field, _) in fields.into_iter().zip(are_there).filter(|(_, is_there)| *is_there) {
            match self.delimiter {
                _ if self.escape => self.writer.write_field(crate::escape(field)),
                Delimiter::Comma => self.writer.write_field(field),
                Delimiter::Tab => self.writer.write_field(escaped(field)),
            }
            .map_err(output_error)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(output_error)
    }
}

/// The error of the output itself, as which a closed pipe is recognised.
fn output_error(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A field without a byte that would end it.
pub(super) fn escaped(field: &[u8]) -> Cow<'_, [u8]> {
    let escape = |byte: &u8| match byte {
        b'\t' => Some(b"\\t"),
        b'\n' => Some(b"\\n"),
        b'\r' => Some(b"\\r"),
        b'\\' => Some(b"\\\\"),
        _ => None,
    };
    if field.iter().all(|byte| escape(byte).is_none()) {
        return Cow::Borrowed(field);
    }
    let bytes = field.iter().flat_map(|byte| match escape(byte) {
        Some(escaped) => escaped.as_slice(),
        None => std::slice::from_ref(byte),
    });
    Cow::Owned(bytes.copied().collect())
}
