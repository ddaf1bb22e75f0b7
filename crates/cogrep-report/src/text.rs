//! Text: `PATTERN COUNT`, a line a pattern, in the order given.
//!
//! Counting by source, the lines of a source begin with its name and a colon, and
//! the lines of the totals follow at the end. Places, if any are shown, stand below
//! their pattern: `  SOURCE:LINE:COLUMN: EXCERPT`.

use std::borrow::Cow;
use std::io::{self, Write};

use cogrep_core::{Located, PatternCount, Report};

use crate::escape::escape;

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

/// Writes the counts of one source.
pub(crate) fn source<'a>(
    out: &mut impl Write,
    style: TextStyle,
    name: &[u8],
    rows: impl Iterator<Item = (&'a [u8], u64)>,
) -> io::Result<()> {
    for (pattern, count) in rows {
        style.write(out, name, NAME)?;
        out.write_all(b":")?;
        style.row(out, pattern, count)?;
    }
    Ok(())
}

/// Writes the totals, each with the places that are shown of it.
pub(crate) fn totals(out: &mut impl Write, style: TextStyle, report: &Report) -> io::Result<()> {
    for counted in &report.patterns {
        let (pattern, count) = PatternCount::as_row(counted);
        style.row(out, pattern, count)?;
        for located in &counted.places {
            place(out, style, located)?;
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
