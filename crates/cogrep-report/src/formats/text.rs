//! Text: `PATTERN COUNT`, a line a pattern, in the order given.
//!
//! By source, the lines of a source begin with its name and a colon, and the lines of the
//! totals follow at the end; by part, the number of the part and a colon follow the name. An
//! expanded row has its name before its pattern. Places are shown below their pattern:
//! `  SOURCE:LINE:COLUMN: EXCERPT`.

use std::borrow::Cow;
use std::io;

use cogrep_core::{Counts, Located};

use crate::escape::escape;
use crate::formats::record::{Record, records, totals};
use crate::formats::{At, Exporter, Out, Shown, TableForm, Totals};

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
    /// Whether only numbers are written.
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

    fn write(self, out: &mut Out<'_>, bytes: &[u8], colour: &str) -> io::Result<()> {
        let shown = self.shown(bytes);
        if !self.colour {
            return out.write_all(&shown);
        }
        out.write_all(colour.as_bytes())?;
        out.write_all(&shown)?;
        out.write_all(PLAIN.as_bytes())
    }

    pub(crate) fn end(self, out: &mut Out<'_>) -> io::Result<()> {
        out.write_all(match self.separator {
            Separator::Line => b"\n",
            Separator::Nul => b"\0",
        })
    }

    /// Writes what is a name.
    pub(crate) fn name(self, out: &mut Out<'_>, bytes: &[u8]) -> io::Result<()> {
        self.write(out, bytes, NAME)
    }

    /// Writes what is a pattern, or what it matches.
    pub(super) fn pattern(self, out: &mut Out<'_>, bytes: &[u8]) -> io::Result<()> {
        self.write(out, bytes, PATTERN)
    }

    /// Writes the line of headings of a table.
    pub(super) fn heading(self, out: &mut Out<'_>, line: &str) -> io::Result<()> {
        let line = line.trim_end();
        if self.colour { writeln!(out, "{PATTERN}{line}{PLAIN}") } else { writeln!(out, "{line}") }
    }

    fn row(self, out: &mut Out<'_>, pattern: &[u8], count: u64) -> io::Result<()> {
        if !self.bare {
            self.write(out, pattern, PATTERN)?;
            out.write_all(b" ")?;
        }
        write!(out, "{count}")?;
        self.end(out)
    }
}

/// The format.
#[derive(Debug)]
pub(super) struct Text;

impl Exporter for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn table_form(&self) -> TableForm {
        TableForm::Text
    }

    fn has_places(&self) -> bool {
        true
    }

    fn counts(
        &self,
        out: &mut Out<'_>,
        shown: &Shown<'_>,
        at: At<'_>,
        counts: &Counts,
    ) -> io::Result<()> {
        let style = shown.style;
        records(shown, at, counts).try_for_each(|record| write_record(out, style, &record))
    }

    /// Writes the totals, each with the places that are shown of it.
    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        let style = shown.style;
        for record in totals(shown, result) {
            write_record(out, style, &record)?;
            for id in &record.row.patterns {
                for located in &result.report.patterns[*id].places {
                    write_place(out, style, located)?;
                }
            }
        }
        Ok(())
    }
}

fn write_record(out: &mut Out<'_>, style: TextStyle, record: &Record<'_>) -> io::Result<()> {
    if let Some(source) = record.source {
        style.write(out, source, NAME)?;
        out.write_all(b":")?;
    }
    if let Some(slice) = record.slice {
        write!(out, "{slice}:")?;
    }
    // Expanded, a row has its name before its pattern.
    if let Some(name) = record.row.name.as_ref().filter(|name| **name != record.row.label)
        && !style.bare
    {
        style.write(out, name, PATTERN)?;
        out.write_all(b" ")?;
    }
    style.row(out, &record.row.label, record.count)
}

/// Writes a place: where it is, and the line around it.
fn write_place(out: &mut Out<'_>, style: TextStyle, located: &Located) -> io::Result<()> {
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
