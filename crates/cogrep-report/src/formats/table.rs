//! Tables for people: aligned, with thousands separated and bars.
//!
//! Totals have a line for each row, with a bar; broken down, there is a line for each source
//! and a column for each row, with totals at the end of both. A table that is too wide is
//! broken into blocks of columns below each other. The layout may change with any version:
//! programs read another format.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use cogrep_core::Counts;
use unicode_width::UnicodeWidthStr;

use crate::escape::escape;
use crate::formats::{Exporter, Out, Shown, TableForm, Totals, slices};
use crate::number::separated;
use crate::row::{Row, Rows};
use crate::view::By;

/// The largest width of a bar, in columns.
pub(super) const BAR_WIDTH: usize = 40;

/// The smallest and the largest width of a label, in columns; in between, it is half of the
/// room that there is.
pub(super) const LABEL_WIDTH: (usize, usize) = (8, 40);

/// The width of a table of totals where no other is given.
pub(super) const WIDTH: usize = 80;

/// The format.
#[derive(Debug)]
pub(super) struct Table;

impl Exporter for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn table_form(&self) -> TableForm {
        TableForm::Table
    }

    fn waits(&self) -> bool {
        true
    }

    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        let Shown { rows, view, width, .. } = *shown;
        let shown = view.shown(rows, result.counts);
        let counts: Vec<u64> = shown.iter().map(|row| result.counts[*row]).collect();
        let (least, most) = LABEL_WIDTH;
        let room = width.map_or(most, |width| (width.saturating_sub(2) / 2).clamp(least, most));
        let fitted = |label: &[u8]| fitted(label, room);
        let labels: Vec<String> = shown.iter().map(|row| fitted(&label(rows.get(*row)))).collect();
        if view.by == By::Total {
            return write_totals(out, &labels, &counts, width.unwrap_or(WIDTH));
        }
        let columns = Columns::new(rows, &shown);
        let mut lines = Vec::new();
        for source in &result.collection.sources {
            let name = source.name.as_bytes();
            let slices = slices(source);
            let by_slice = (1..).zip(slices).filter(|_| view.by == By::Part);
            lines.extend(by_slice.map(|(slice, counts): (usize, _)| {
                let slice = format!(" {slice}/{}", slices.len());
                Line::new(fitted(&[name, slice.as_bytes()].concat()), columns.cells(counts))
            }));
            let counts = source.counts.as_ref().filter(|_| view.by == By::File);
            lines.extend(counts.map(|counts| Line::new(fitted(name), columns.cells(counts))));
        }
        lines.retain(|line| {
            view.min_count == 0 || line.cells.iter().any(|(_, count)| count >= view.min_count)
        });
        Matrix::new(&labels, &lines, &counts).write(out, width)
    }
}

/// What is printed of a row: expanded, the name and then the pattern.
fn label(row: &Row) -> Vec<u8> {
    let name = row.name.as_ref().filter(|name| **name != row.label);
    name.map_or_else(|| row.label.clone(), |name| [name, &row.label[..]].join(&b' '))
}

/// Which pattern is counted in which column.
enum Columns {
    /// Each in the one of its own index.
    Same,
    /// Each in one, if it is shown.
    Other(Vec<Option<u32>>),
}

impl Columns {
    fn new(rows: &Rows, shown: &[usize]) -> Self {
        let mut columns = vec![None; rows.pattern_count()];
        for (column, row) in (0..).zip(shown) {
            rows.get(*row).patterns.iter().for_each(|pattern| columns[*pattern] = Some(column));
        }
        if (0..).zip(&columns).all(|(pattern, column)| *column == Some(pattern)) {
            return Self::Same;
        }
        Self::Other(columns)
    }

    /// The counts of some text, by column.
    fn cells<'a>(&self, counts: &'a Counts) -> Cow<'a, Counts> {
        let Self::Other(columns) = self else { return Cow::Borrowed(counts) };
        let mut cells = BTreeMap::new();
        for (pattern, count) in counts.iter() {
            if let Some(column) = columns[pattern] {
                *cells.entry(column).or_insert(0) += count;
            }
        }
        let cells: Vec<(u32, u64)> = cells.into_iter().collect();
        Cow::Owned(Counts::from_found(&cells).unwrap_or_default())
    }
}

/// A line of numbers, of which most may be zero.
struct Line<'a> {
    label: String,
    cells: Cow<'a, Counts>,
    sum: u64,
}

impl<'a> Line<'a> {
    fn new(label: String, cells: Cow<'a, Counts>) -> Self {
        let sum = cells.iter().map(|(_, count)| count).sum();
        Self { label, cells, sum }
    }
}

/// Writes a line for each label, with its count and a bar.
fn write_totals(
    out: &mut Out<'_>,
    labels: &[String],
    counts: &[u64],
    width: usize,
) -> io::Result<()> {
    let numbers: Vec<String> = counts.iter().copied().map(separated).collect();
    let label_width = widest(labels.iter().map(String::as_str).chain(["pattern"]));
    let count_width = widest(numbers.iter().map(String::as_str).chain(["count"]));
    let room = width.saturating_sub(label_width + count_width + 4).clamp(4, BAR_WIDTH);
    let most = counts.iter().copied().max().unwrap_or(0);

    writeln!(out, "{}  {:>count_width$}", padded("pattern", label_width), "count")?;
    for ((label, number), count) in labels.iter().zip(&numbers).zip(counts) {
        let line = format!(
            "{}  {number:>count_width$}  {}",
            padded(label, label_width),
            bar(*count, most, room)
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// A line for each source, a column for each heading, and totals at the end of both.
///
/// It is written a line at a time: of many sources and patterns only the counts that are
/// not zero are in memory.
struct Matrix<'a> {
    headings: Vec<&'a str>,
    lines: &'a [Line<'a>],
    /// Of the headings, and of all.
    totals: Vec<u64>,
    label_width: usize,
    widths: Vec<usize>,
}

impl<'a> Matrix<'a> {
    fn new(headings: &'a [String], lines: &'a [Line<'a>], totals: &[u64]) -> Self {
        let headings: Vec<&str> = headings.iter().map(String::as_str).chain(["total"]).collect();
        let totals: Vec<u64> = totals.iter().copied().chain([totals.iter().sum()]).collect();
        // No number of a column is larger than its total.
        let widths = headings.iter().zip(&totals);
        let widths = widths.map(|(heading, total)| heading.width().max(separated(*total).len()));
        Self {
            widths: widths.collect(),
            label_width: widest(
                lines.iter().map(|line| line.label.as_str()).chain(["source", "total"]),
            ),
            headings,
            lines,
            totals,
        }
    }

    /// Writes it; what does not fit into the width of a terminal follows in further blocks.
    /// Without a width everything is on one line.
    fn write(&self, out: &mut Out<'_>, width: Option<usize>) -> io::Result<()> {
        let room = width.unwrap_or(usize::MAX).saturating_sub(self.label_width);
        let mut start = 0;
        while start < self.widths.len() {
            if start > 0 {
                writeln!(out)?;
            }
            let mut used = 0;
            let fits = self.widths[start..].iter().take_while(|width| {
                used += 2 + **width;
                used <= room
            });
            // A column that is wider than the terminal is shown all the same.
            let end = start + fits.count().max(1);
            self.write_block(out, start..end)?;
            start = end;
        }
        Ok(())
    }

    fn write_block(&self, out: &mut Out<'_>, block: Range<usize>) -> io::Result<()> {
        self.write_line(out, "source", &block, &self.headings[block.clone()])?;
        let sums = self.headings.len() - 1;
        let mut counts = Vec::new();
        for line in self.lines {
            counts.clear();
            counts.resize(block.len(), 0);
            for (column, count) in line.cells.within(block.start..block.end.min(sums)) {
                counts[column - block.start] = count;
            }
            if block.contains(&sums) {
                counts[sums - block.start] = line.sum;
            }
            self.write_numbers(out, &line.label, &block, &counts)?;
        }
        self.write_numbers(out, "total", &block, &self.totals[block.clone()])
    }

    fn write_numbers(
        &self,
        out: &mut Out<'_>,
        label: &str,
        block: &Range<usize>,
        numbers: &[u64],
    ) -> io::Result<()> {
        let cells: Vec<Cow<'_, str>> = numbers
            .iter()
            .map(|number| if *number == 0 { "0".into() } else { separated(*number).into() })
            .collect();
        self.write_line(out, label, block, &cells)
    }

    fn write_line(
        &self,
        out: &mut Out<'_>,
        label: &str,
        block: &Range<usize>,
        cells: &[impl AsRef<str>],
    ) -> io::Result<()> {
        out.write_all(padded(label, self.label_width).as_bytes())?;
        for (cell, width) in cells.iter().map(AsRef::as_ref).zip(&self.widths[block.clone()]) {
            let space = 2 + width.saturating_sub(cell.width());
            write!(out, "{:space$}{cell}", "")?;
        }
        writeln!(out)
    }
}

/// A label as it is shown: escaped, and cut if there is no room for it.
pub(super) fn fitted(label: &[u8], room: usize) -> String {
    let shown = escape(label);
    if shown.width() <= room {
        return shown;
    }
    let mut cut = String::new();
    for char in shown.chars() {
        let mut space = [0; 4];
        if cut.width() + char.encode_utf8(&mut space).width() >= room {
            break;
        }
        cut.push(char);
    }
    cut + "\u{2026}"
}

pub(super) fn padded(label: &str, width: usize) -> String {
    format!("{label}{}", " ".repeat(width.saturating_sub(label.width())))
}

pub(super) fn widest<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    cells.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// A bar as long as the count, in eighths of a column; a count that is not zero is visible.
pub(super) fn bar(count: u64, most: u64, room: usize) -> String {
    const EIGHTHS: [char; 7] =
        ['\u{258f}', '\u{258e}', '\u{258d}', '\u{258c}', '\u{258b}', '\u{258a}', '\u{2589}'];
    if count == 0 {
        return String::new();
    }
    let eighths = u128::from(count) * 8 * room as u128 / u128::from(most.max(1));
    let eighths = usize::try_from(eighths).unwrap_or(8 * room).max(1);
    let mut bar = "\u{2588}".repeat(eighths / 8);
    bar.extend((eighths % 8).checked_sub(1).map(|at| EIGHTHS[at]));
    bar
}
