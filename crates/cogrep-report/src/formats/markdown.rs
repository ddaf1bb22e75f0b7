//! Tables in Markdown, as most of its readers know them: for a README, a comment, a note.
//!
//! Totals have a line for each row; broken down, there is a line for each source and a column
//! for each row, with totals at the end of both, or the other way round where there are more
//! patterns than sources and more than fit on a line. What would be markup is escaped.

use std::io;

use unicode_width::UnicodeWidthStr;

use crate::escape::escape;
use crate::formats::matrix::{Line, Matrix, label};
use crate::formats::{Exporter, Out, Shown, TableForm, Totals};
use crate::number::separated;
use crate::view::By;

/// A wider table is turned round where that makes it narrower.
const WIDTH: usize = 80;

/// The format.
#[derive(Debug)]
pub(super) struct Markdown;

impl Exporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn table_form(&self) -> TableForm {
        TableForm::Markdown
    }

    fn waits(&self) -> bool {
        true
    }

    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        let Shown { rows, view, .. } = *shown;
        if view.by == By::Total {
            head(out, &["pattern"], &["count"])?;
            for row in view.shown(rows, result.counts) {
                let count = separated(result.counts[row]);
                line(out, [cell(&label(rows.get(row))), count].into_iter())?;
            }
            return Ok(());
        }
        let mut matrix = Matrix::new(rows, view, result, &|label| cell(label));
        let width: usize = matrix.headings.iter().map(|heading| heading.width() + 3).sum();
        if width > WIDTH && matrix.lines.len() < matrix.headings.len() {
            matrix = matrix.turned();
        }
        let columns = matrix.headings.iter().map(String::as_str);
        let columns: Vec<&str> = columns.chain(["total"]).collect();
        head(out, &[matrix.corner], &columns)?;
        for Line { label, cells, sum } in &matrix.lines {
            let cells = cells.to_vec(matrix.headings.len());
            let numbers = cells.into_iter().chain([*sum]).map(separated);
            line(out, [label.clone()].into_iter().chain(numbers))?;
        }
        let all = matrix.totals.iter().sum();
        let totals = matrix.totals.iter().copied().chain([all]).map(separated);
        line(out, ["total".to_owned()].into_iter().chain(totals))
    }
}

/// Writes the names of the columns: first those of texts, then those of numbers.
pub(super) fn head(out: &mut Out<'_>, texts: &[&str], numbers: &[&str]) -> io::Result<()> {
    line(out, texts.iter().chain(numbers).map(|name| (*name).to_owned()))?;
    let rule = |name: &&str| "-".repeat(name.width().max(3));
    let of_texts = texts.iter().map(rule);
    line(out, of_texts.chain(numbers.iter().map(|name| rule(name) + ":")))
}

/// Writes a line of cells.
pub(super) fn line(out: &mut Out<'_>, cells: impl Iterator<Item = String>) -> io::Result<()> {
    out.write_all(b"|")?;
    for cell in cells {
        write!(out, " {cell} |")?;
    }
    out.write_all(b"\n")
}

/// A name as the text of a cell, in which nothing is markup.
pub(super) fn cell(name: &[u8]) -> String {
    let mut cell = String::new();
    for char in escape(name).chars() {
        match char {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' => cell.extend(['\\', char]),
            '<' => cell.push_str("&lt;"),
            '>' => cell.push_str("&gt;"),
            '&' => cell.push_str("&amp;"),
            _ => cell.push(char),
        }
    }
    cell
}
