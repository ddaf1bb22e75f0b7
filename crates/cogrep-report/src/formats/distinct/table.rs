//! Distinct texts as a table for people.

use std::io::{self, Write};

use super::DistinctColumn;
use crate::formats::table::{bar, bar_room, fitted, label_room, padded, widest};
use crate::formats::text::TextStyle;
use crate::number::separated;

/// Gathers rows, since their widths must be known before the first one is written.
pub(super) struct Printer<W> {
    out: W,
    style: TextStyle,
    width: Option<usize>,
    room: usize,
    rows: Vec<(Vec<String>, u64)>,
}

impl<W: Write + Send> Printer<W> {
    pub(super) fn new(out: W, style: TextStyle, width: Option<usize>) -> Self {
        Self { out, style, width, room: label_room(width), rows: Vec::new() }
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
        let room = bar_room(self.width, taken + count_width + 2);
        let most = self.rows.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let out = &mut self.out;
        let names = names.zip(&widths).map(|(name, width)| padded(name, *width) + "  ");
        let heading = names.collect::<String>() + &format!("{:>count_width$}", "count");
        self.style.heading(out, &heading)?;
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
