//! CSV and TSV: a header, and a line a count.
//!
//! Columns of schema 1: `source`, `pattern` and `count`; counting by part, `part`
//! (from 1) stands behind `source`; with patterns under one name shown apart, `name`
//! stands before `pattern`. The source is empty in the rows of totals over all
//! sources. `pattern` holds what is printed: the name, if there is one.
//!
//! CSV is that of RFC 4180, but with `\n` line ends: fields stand in their own bytes,
//! whatever they are, in quotes where they must. TSV has no quotes: `\t`, `\n`, `\r`
//! and `\\` stand for the tab, the line ends and the backslash, as in the COPY format
//! of `PostgreSQL`; all other bytes stand for themselves. On a terminal, control
//! characters are escaped in both, as in text.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::record::Record;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delimiter {
    Comma,
    Tab,
}

/// Which columns there are beside `source`, `pattern` and `count`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    pub(crate) part: bool,
    pub(crate) name: bool,
}

/// How lines are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) delimiter: Delimiter,
    pub(crate) columns: Columns,
    /// Whether they go to a terminal, which would obey control characters.
    pub(crate) escape: bool,
}

/// Writes the names of the columns.
pub(crate) fn header(out: &mut impl Write, style: Style) -> io::Result<()> {
    let mut lines = Lines::new(out, style);
    lines.write([b"source", b"part", b"name", b"pattern", b"count"])?;
    lines.writer.flush()
}

/// Writes a line a record.
pub(crate) fn records<'a>(
    out: &mut impl Write,
    style: Style,
    records: impl Iterator<Item = Record<'a>>,
) -> io::Result<()> {
    let mut lines = Lines::new(out, style);
    for record in records {
        let part = record.part.map_or_else(String::new, |part| part.to_string());
        let count = record.count.to_string();
        lines.write([
            record.source.unwrap_or_default(),
            part.as_bytes(),
            record.row.name.as_deref().unwrap_or_default(),
            &record.row.label,
            count.as_bytes(),
        ])?;
    }
    lines.writer.flush()
}

/// Writes lines of which some columns are left out.
struct Lines<W: Write> {
    writer: csv::Writer<W>,
    style: Style,
}

impl<W: Write> Lines<W> {
    fn new(out: W, style: Style) -> Self {
        let mut builder = csv::WriterBuilder::new();
        if style.delimiter == Delimiter::Tab {
            builder.delimiter(b'\t').quote_style(csv::QuoteStyle::Never);
        }
        Self { writer: builder.from_writer(out), style }
    }

    fn write(&mut self, fields: [&[u8]; 5]) -> io::Result<()> {
        let Style { delimiter, columns, escape } = self.style;
        let are_there = [true, columns.part, columns.name, true, true];
        for (field, _) in fields.into_iter().zip(are_there).filter(|(_, is_there)| *is_there) {
            match delimiter {
                _ if escape => self.writer.write_field(crate::escape(field)),
                Delimiter::Comma => self.writer.write_field(field),
                Delimiter::Tab => self.writer.write_field(escaped(field)),
            }
            .map_err(trouble)?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(trouble)
    }
}

/// What went wrong with the output itself: a closed pipe must be told from all else.
fn trouble(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A field without a byte that would end it.
fn escaped(field: &[u8]) -> Cow<'_, [u8]> {
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
