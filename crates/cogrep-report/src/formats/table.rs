//! Tables for people: aligned, with thousands separated and bars.
//!
//! Totals have a line for each row, with a bar; broken down, there is a line for each source
//! and a column for each row, with totals at the end of both. A table that is wider than the
//! terminal is turned round where that helps, as where there are many patterns or long ones,
//! and broken into blocks of columns below each other where it does not. The layout may change
//! with any version: programs read another format.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use crate::escape::escape;
use crate::formats::matrix::{Matrix, label};
use crate::formats::text::TextStyle;
use crate::formats::{Exporter, Out, Shown, TableForm, Totals};
use crate::number::separated;
use crate::view::By;

/// The largest width of a bar, in columns, where it is not known how many there are.
const BAR_WIDTH: usize = 40;

/// The smallest width of a label, in columns, and its largest where it is not known how many
/// there are.
const LABEL_WIDTH: (usize, usize) = (8, 40);

/// The width of a table of totals where no other is given.
const WIDTH: usize = 80;

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
        let Shown { rows, view, width, style, .. } = *shown;
        let room = label_room(width);
        if view.by == By::Total {
            let shown = view.shown(rows, result.counts);
            let counts: Vec<u64> = shown.iter().map(|row| result.counts[*row]).collect();
            let label = |row: &usize| fitted(&label(rows.get(*row)), room);
            let labels: Vec<String> = shown.iter().map(label).collect();
            return write_totals(out, style, &labels, &counts, width);
        }
        let matrix = Matrix::new(rows, view, result, &|label| fitted(label, room));
        let turned = matrix.turned();
        let sheets = [Sheet::new(&matrix), Sheet::new(&turned)];
        // Without a width everything is on one line, which is read with a program.
        let upright = &sheets[usize::from(
            width.is_some_and(|width| sheets[1].blocks(width) < sheets[0].blocks(width)),
        )];
        upright.write(out, style, width)
    }
}

/// The room that a label has: half of what there is.
pub(super) fn label_room(width: Option<usize>) -> usize {
    let (least, most) = LABEL_WIDTH;
    width.map_or(most, |width| (width.saturating_sub(2) / 2).max(least))
}

/// The room that a bar has: what is left, if it is known how much that is.
pub(super) fn bar_room(width: Option<usize>, taken: usize) -> usize {
    match width {
        Some(width) => width.saturating_sub(taken).max(4),
        None => WIDTH.saturating_sub(taken).clamp(4, BAR_WIDTH),
    }
}

/// Writes a line for each label, with its count and a bar.
fn write_totals(
    out: &mut Out<'_>,
    style: TextStyle,
    labels: &[String],
    counts: &[u64],
    width: Option<usize>,
) -> io::Result<()> {
    let numbers: Vec<String> = counts.iter().copied().map(separated).collect();
    let label_width = widest(labels.iter().map(String::as_str).chain(["pattern"]));
    let count_width = widest(numbers.iter().map(String::as_str).chain(["count"]));
    let room = bar_room(width, label_width + count_width + 4);
    let most = counts.iter().copied().max().unwrap_or(0);

    style
        .heading(out, &format!("{}  {:>count_width$}", padded("pattern", label_width), "count"))?;
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

/// A matrix as it is written: with a width for each column, and totals at the end of both.
///
/// It is written a line at a time: of many sources and patterns only the counts that are
/// not zero are in memory.
struct Sheet<'m> {
    matrix: &'m Matrix<'m>,
    headings: Vec<&'m str>,
    /// Of the headings, and of all.
    totals: Vec<u64>,
    label_width: usize,
    widths: Vec<usize>,
}

impl<'m> Sheet<'m> {
    fn new(matrix: &'m Matrix<'m>) -> Self {
        let headings = matrix.headings.iter().map(String::as_str).chain(["total"]);
        let headings: Vec<&str> = headings.collect();
        let totals = matrix.totals.iter().copied();
        let totals: Vec<u64> = totals.chain([matrix.totals.iter().sum()]).collect();
        // No number of a column is larger than its total.
        let widths = headings.iter().zip(&totals);
        let widths = widths.map(|(heading, total)| heading.width().max(separated(*total).len()));
        let labels = matrix.lines.iter().map(|line| line.label.as_str());
        Self {
            widths: widths.collect(),
            label_width: widest(labels.chain([matrix.corner, "total"])),
            headings,
            totals,
            matrix,
        }
    }

    /// The end of the block that starts with this column: what does not fit follows in further
    /// ones.
    fn end_of_block(&self, start: usize, width: usize) -> usize {
        let room = width.saturating_sub(self.label_width);
        let mut used = 0;
        let fits = self.widths[start..].iter().take_while(|width| {
            used += 2 + **width;
            used <= room
        });
        // A column that is wider than the terminal is shown all the same.
        start + fits.count().max(1)
    }

    /// How many blocks below each other it takes.
    fn blocks(&self, width: usize) -> usize {
        let (mut start, mut blocks) = (0, 0);
        while start < self.widths.len() {
            start = self.end_of_block(start, width);
            blocks += 1;
        }
        blocks
    }

    /// Writes it; without a width everything is on one line.
    fn write(&self, out: &mut Out<'_>, style: TextStyle, width: Option<usize>) -> io::Result<()> {
        let mut start = 0;
        while start < self.widths.len() {
            if start > 0 {
                writeln!(out)?;
            }
            let end = self.end_of_block(start, width.unwrap_or(usize::MAX));
            self.write_block(out, style, start..end)?;
            start = end;
        }
        Ok(())
    }

    fn write_block(
        &self,
        out: &mut Out<'_>,
        style: TextStyle,
        block: Range<usize>,
    ) -> io::Result<()> {
        let heading = self.line(self.matrix.corner, &block, &self.headings[block.clone()]);
        style.heading(out, &heading)?;
        let sums = self.headings.len() - 1;
        let mut counts = Vec::new();
        for line in &self.matrix.lines {
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
        writeln!(out, "{}", self.line(label, block, &cells))
    }

    fn line(&self, label: &str, block: &Range<usize>, cells: &[impl AsRef<str>]) -> String {
        let mut line = padded(label, self.label_width);
        for (cell, width) in cells.iter().map(AsRef::as_ref).zip(&self.widths[block.clone()]) {
            line.push_str(&" ".repeat(2 + width.saturating_sub(cell.width())));
            line.push_str(cell);
        }
        line
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
