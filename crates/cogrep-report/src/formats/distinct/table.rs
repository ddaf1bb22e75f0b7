//! Distinct texts as a table for people.

use std::io::{self, Write};

use super::DistinctColumn;
use crate::formats::table::{BAR_WIDTH, LABEL_WIDTH, WIDTH, bar, fitted, padded, widest};
use crate::number::separated;

/// Gathers rows, since their widths must be known before the first one is written.
pub(super) struct Printer<W> {
    out: W,
    width: usize,
    room: usize,
    rows: Vec<(Vec<String>, u64)>,
}

impl<W: Write> Printer<W> {
    pub(super) fn new(out: W, width: Option<usize>) -> Self {
        let (least, most) = LABEL_WIDTH;
        let room = width.map_or(most, |width| (width.saturating_sub(2) / 2).clamp(least, most));
        Self { out, width: width.unwrap_or(WIDTH), room, rows: Vec::new() }
    }

    pub(super) fn row(&mut self, cells: &[&[u8]], count: u64) {
        let cells = cells.iter().map(|cell| fitted(cell, self.room)).collect();
        self.rows.push((cells, count));
    }

    pub(super) fn finish(mut self, columns: &[DistinctColumn]) -> io::Result<()> {
        let names = columns.iter().map(|column| column.name());
        let widths = names.clone().enumerate().map(|(nth, name)| {
            widest(self.rows.iter().map(|(cells, _)| cells[nth].as_str()).chain([name]))
        });
        let widths: Vec<usize> = widths.collect();
        let numbers: Vec<String> = self.rows.iter().map(|(_, count)| separated(*count)).collect();
        let count_width = widest(numbers.iter().map(String::as_str).chain(["count"]));
        let taken: usize = widths.iter().map(|width| width + 2).sum();
        let room = self.width.saturating_sub(taken + count_width + 2).clamp(4, BAR_WIDTH);
        let most = self.rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let out = &mut self.out;
        for (name, width) in names.zip(&widths) {
            write!(out, "{}  ", padded(name, *width))?;
        }
        writeln!(out, "{:>count_width$}", "count")?;
        for ((cells, count), number) in self.rows.iter().zip(&numbers) {
            for (cell, width) in cells.iter().zip(&widths) {
                write!(out, "{}  ", padded(cell, *width))?;
            }
            let bar = bar(*count, most, room);
            writeln!(out, "{}", format!("{number:>count_width$}  {bar}").trim_end())?;
        }
        out.flush()
    }
}
