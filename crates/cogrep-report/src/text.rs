//! Text: `PATTERN COUNT`, a line a pattern, in the order given.
//!
//! Counting by source, the lines of a source begin with its name and a colon, and
//! the lines of the totals follow at the end; counting by part, the number of the part
//! and a colon follow the name. Shown apart, a pattern stands behind its name. Places, if any are shown, stand below
//! their pattern: `  SOURCE:LINE:COLUMN: EXCERPT`.

use std::borrow::Cow;
use std::io::{self, Write};

use cogrep_core::{Located, Report};

use crate::escape::escape;
use crate::record::Record;

/// What ends a record of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Separator {
    /// A line feed.
    #[default]
    Line,
    /// A NUL byte, so that names and patterns may hold line feeds.
    Nul,
}

/// How text is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextStyle {
    /// Whether names and patterns are coloured.
    pub colour: bool,
    /// Whether control characters are escaped, as is right for a terminal.
    pub escape: bool,
    /// Whether the numbers stand alone.
    pub bare: bool,
    /// What ends a record.
    pub separator: Separator,
}

const NAME: &str = "\x1b[35m";
const PATTERN: &str = "\x1b[1m";
const MATCH: &str = "\x1b[1;31m";
const PLAIN: &str = "\x1b[0m";

impl TextStyle {
    fn shown(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        if self.escape { Cow::Owned(escape(bytes).into_bytes()) } else { Cow::Borrowed(bytes) }
    }

    fn write(self, out: &mut impl Write, bytes: &[u8], colour: &str) -> io::Result<()> {
        let shown = self.shown(bytes);
        if !self.colour {
            return out.write_all(&shown);
        }
        out.write_all(colour.as_bytes())?;
        out.write_all(&shown)?;
        out.write_all(PLAIN.as_bytes())
    }

    fn end(self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(match self.separator {
            Separator::Line => b"\n",
            Separator::Nul => b"\0",
        })
    }

    fn row(self, out: &mut impl Write, pattern: &[u8], count: u64) -> io::Result<()> {
        if !self.bare {
            self.write(out, pattern, PATTERN)?;
            out.write_all(b" ")?;
        }
        write!(out, "{count}")?;
        self.end(out)
    }
}

/// Writes a line a record: of a source, of a part of one, or of all.
pub(crate) fn records<'a>(
    out: &mut impl Write,
    style: TextStyle,
    records: impl Iterator<Item = Record<'a>>,
) -> io::Result<()> {
    records.into_iter().try_for_each(|record| write_record(out, style, &record))
}

fn write_record(out: &mut impl Write, style: TextStyle, record: &Record<'_>) -> io::Result<()> {
    if let Some(source) = record.source {
        style.write(out, source, NAME)?;
        out.write_all(b":")?;
    }
    if let Some(part) = record.part {
        write!(out, "{part}:")?;
    }
    // Shown apart, a pattern stands behind its name.
    if let Some(name) = record.row.name.as_ref().filter(|name| **name != record.row.label)
        && !style.bare
    {
        style.write(out, name, PATTERN)?;
        out.write_all(b" ")?;
    }
    style.row(out, &record.row.label, record.count)
}

/// Writes the totals, each with the places that are shown of it.
pub(crate) fn totals<'a>(
    out: &mut impl Write,
    style: TextStyle,
    report: &Report,
    records: impl Iterator<Item = Record<'a>>,
) -> io::Result<()> {
    for record in records {
        write_record(out, style, &record)?;
        for id in &record.row.patterns {
            for located in &report.patterns[*id].places {
                place(out, style, located)?;
            }
        }
    }
    Ok(())
}

/// Writes a place: where it is, and what stands there.
fn place(out: &mut impl Write, style: TextStyle, located: &Located) -> io::Result<()> {
    let Located { source, place } = located;
    let (text, matched) = (&place.excerpt.text, &place.excerpt.matched);
    out.write_all(b"  ")?;
    style.write(out, source.as_bytes(), NAME)?;
    write!(out, ":{}:{}: ", place.line, place.column)?;
    out.write_all(if place.excerpt.cut_before { b"..." } else { b"" })?;
    out.write_all(&style.shown(&text[..matched.start]))?;
    style.write(out, &text[matched.clone()], MATCH)?;
    out.write_all(&style.shown(&text[matched.end..]))?;
    out.write_all(if place.excerpt.cut_after { b"..." } else { b"" })?;
    style.end(out)
}
