//! Tables for people: aligned, with thousands separated and bars.
//!
//! Totals are a line a row with a bar; broken down, there is a line a source and a
//! column a row, with totals at both ends. What is wider than there is room for is
//! broken into blocks of columns below each other. The layout may change with any
//! version: programs read another format.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::collection::Collection;
use crate::escape::escape;
use crate::row::{Row, Rows};
use crate::view::{By, View};

/// The width of a bar at most, in columns.
const BAR_WIDTH: usize = 40;

/// The width of a label at most, in columns.
const LABEL_WIDTH: usize = 40;

/// The width of a table of totals where no other is asked for.
const WIDTH: usize = 80;

/// Writes what is shown of a result, fitted into so many columns.
pub(crate) fn write(
    out: &mut impl Write,
    (rows, view, totals): (&Rows, &View, &[u64]),
    collection: &Collection,
    width: Option<usize>,
) -> io::Result<()> {
    let shown = view.shown(rows, totals);
    let pick = |counts: &[u64]| shown.iter().map(|row| counts[*row]).collect::<Vec<_>>();
    let labels: Vec<String> = shown.iter().map(|row| fitted(&label(rows.get(*row)))).collect();
    if view.by == By::Total {
        return write_totals(out, &labels, &pick(totals), width.unwrap_or(WIDTH));
    }
    let mut lines = Vec::new();
    for source in &collection.sources {
        let name = source.name.as_bytes();
        let parts = source.parts.iter().filter(|_| view.by == By::Part);
        lines.extend((1..).zip(parts).map(|(part, counts): (usize, _)| Line {
            label: fitted(&[name, format!(" {part}/{}", source.parts.len()).as_bytes()].concat()),
            counts: pick(&counts.of_rows(rows)),
        }));
        let counts = source.counts.as_ref().filter(|_| view.by == By::File);
        lines.extend(
            counts.map(|counts| Line { label: fitted(name), counts: pick(&counts.of_rows(rows)) }),
        );
    }
    lines.retain(|line| {
        view.min_count == 0 || line.counts.iter().any(|count| *count >= view.min_count)
    });
    write_matrix(out, &labels, &lines, &pick(totals), width)
}

/// What is printed of a row that stands alone: shown apart, a pattern behind its name.
fn label(row: &Row) -> Vec<u8> {
    let name = row.name.as_ref().filter(|name| **name != row.label);
    name.map_or_else(|| row.label.clone(), |name| [name, &row.label[..]].join(&b' '))
}

/// A line of numbers.
struct Line {
    label: String,
    counts: Vec<u64>,
}

/// A column of a matrix, ready to be shown.
struct Column {
    cells: Vec<String>,
    width: usize,
}

impl Column {
    fn new(heading: String, counts: impl Iterator<Item = u64>) -> Self {
        let cells: Vec<String> = [heading].into_iter().chain(counts.map(separated)).collect();
        let width = widest(cells.iter().map(String::as_str));
        Self { cells, width }
    }
}

/// The number with its thousands separated by commas.
///
/// ```
/// assert_eq!(cogrep_report::separated(1_234_567), "1,234,567");
/// ```
#[must_use]
pub fn separated(number: u64) -> String {
    let digits = number.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// Writes a line a label, each with its count and a bar.
fn write_totals(
    out: &mut impl Write,
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

/// Writes a matrix: a line a source, a column a heading, and totals at both ends.
///
/// What does not fit into so many columns follows in blocks of its own; without a
/// width everything is on one line.
fn write_matrix(
    out: &mut impl Write,
    headings: &[String],
    lines: &[Line],
    totals: &[u64],
    width: Option<usize>,
) -> io::Result<()> {
    let sum = |counts: &[u64]| counts.iter().sum::<u64>();
    let mut columns: Vec<Column> = Vec::with_capacity(headings.len() + 1);
    for (nth, heading) in headings.iter().enumerate() {
        let counts = lines.iter().map(|line| line.counts[nth]).chain([totals[nth]]);
        columns.push(Column::new(heading.clone(), counts));
    }
    let sums = lines.iter().map(|line| sum(&line.counts)).chain([sum(totals)]);
    columns.push(Column::new("total".to_owned(), sums));
    let labels: Vec<String> = ["source".to_owned()]
        .into_iter()
        .chain(lines.iter().map(|line| line.label.clone()))
        .chain(["total".to_owned()])
        .collect();

    let label_width = widest(labels.iter().map(String::as_str));
    let room = width.unwrap_or(usize::MAX).saturating_sub(label_width);
    let mut rest = columns.as_slice();
    while !rest.is_empty() {
        let mut used = 0;
        let fits = rest.iter().take_while(|column| {
            used += 2 + column.width;
            used <= room
        });
        // A column that never fits is wider than the terminal, and shown all the same.
        let (block, others) = rest.split_at(fits.count().max(1));
        write_block(out, &labels, label_width, block)?;
        rest = others;
        if !rest.is_empty() {
            writeln!(out)?;
        }
    }
    Ok(())
}

fn write_block(
    out: &mut impl Write,
    labels: &[String],
    label_width: usize,
    block: &[Column],
) -> io::Result<()> {
    for (nth, label) in labels.iter().enumerate() {
        out.write_all(padded(label, label_width).as_bytes())?;
        for column in block {
            let cell = &column.cells[nth];
            write!(out, "  {}{cell}", " ".repeat(column.width - cell.width()))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A label as it is shown: inert, and cut if it is very long.
fn fitted(label: &[u8]) -> String {
    let shown = escape(label);
    if shown.width() <= LABEL_WIDTH {
        return shown;
    }
    let mut cut = String::new();
    for char in shown.chars() {
        let mut space = [0; 4];
        if cut.width() + char.encode_utf8(&mut space).width() >= LABEL_WIDTH {
            break;
        }
        cut.push(char);
    }
    cut + "\u{2026}"
}

fn padded(label: &str, width: usize) -> String {
    format!("{label}{}", " ".repeat(width.saturating_sub(label.width())))
}

fn widest<'a>(cells: impl Iterator<Item = &'a str>) -> usize {
    cells.map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// A bar as long as the count, in eighths of a column; what is not zero is seen.
fn bar(count: u64, most: u64, room: usize) -> String {
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
