//! Shows a table.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};

use cogrep_core::Report;
use cogrep_core::measure::{DistinctText, DistinctTexts, Rank};
use cogrep_core::time::Step;
use cogrep_report::{
    DistinctColumn, DistinctPrinter, DistinctSummary, Rows, Sort, View, escape, sparkline,
};

use super::draw::Drawing;
use super::series::MOST_STEPS;
use super::tabled::{Tabled, each};
use crate::args::OutputArgs;
use crate::commands::alerts::Alerts;
use crate::context::Context;
use crate::error::Error;
use crate::ui::stdout::Stdout;

/// What was counted, besides the table.
pub(in crate::commands) struct Counted<'a> {
    pub(in crate::commands) rows: &'a Rows,
    pub(in crate::commands) names: &'a HashMap<Rank, Vec<u8>>,
    pub(in crate::commands) report: &'a Report,
}

/// What is made of a table besides what is printed.
#[derive(Default)]
pub(in crate::commands) struct Besides {
    /// None, if it is not drawn.
    pub(in crate::commands) plot: Option<Drawing>,
    /// Whether it is saved.
    pub(in crate::commands) is_saved: bool,
}

/// What was shown of a table, and what it adds up to.
pub(in crate::commands) struct Printed {
    pub(in crate::commands) has_rows: bool,
    pub(in crate::commands) total: u64,
    /// The rows as they were shown, if they are to be on a page too.
    pub(in crate::commands) drawn: Vec<(Vec<u8>, u64)>,
    /// What is to be drawn.
    pub(in crate::commands) plot: Option<Drawing>,
    /// Why standard output took no more, where the rows are of use all the same.
    pub(in crate::commands) failure: Option<io::Error>,
}

/// What is shown where a line has no time or no key.
const NOTHING: &[u8] = b"-";

/// More lines of columns than these are not looked at.
const MOST_LINES: usize = 20;

/// By what else than by pattern and text it is counted.
type Group = (Rank, Option<i64>, Vec<u8>);

/// Writes the table.
pub(in crate::commands) fn print(
    context: &Context,
    output: &OutputArgs,
    tabled: &Tabled,
    counted: &Counted<'_>,
    alerts: &mut Alerts,
    Besides { plot, is_saved }: Besides,
) -> Result<Printed, Error> {
    let layout = output.layout(context.terminal)?;
    let columns = [
        tabled.layout.by_source.then_some(DistinctColumn::Source),
        tabled.layout.by_time.then_some(DistinctColumn::Time),
        tabled.layout.by_key.then_some(DistinctColumn::Key),
        tabled.layout.by_row.then_some(DistinctColumn::Pattern),
        tabled.has_texts.then_some(DistinctColumn::Text),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    let mut sheet = Sheet {
        printer: None,
        goes_on: is_saved || plot.is_some() || output.report.is_some(),
        plot,
        failure: None,
        counted,
        tabled,
        alerts,
        has_rows: false,
        total: 0,
        drawn: output.report.as_ref().map(|_| Vec::new()),
        lines: BTreeMap::new(),
    };
    if !output.quiet {
        let out = BufWriter::with_capacity(1 << 16, Stdout);
        sheet.printer = Some(DistinctPrinter::new(out, &layout, columns)?);
    }
    if tabled.has_texts {
        sheet.texts(&tabled.texts, layout.view)?;
    } else {
        sheet.counts(&tabled.texts, layout.view)?;
    }
    let report = counted.report;
    if let Some(printer) = sheet.printer {
        let finished = printer.finish(&DistinctSummary {
            total: sheet.total,
            bytes: report.text_bytes,
            sources: report.source_count,
            failures: report.fault_count(),
            complete: report.is_complete(),
        });
        sheet.failure = sheet.failure.or(finished.err());
        if sheet.failure.is_none() && output.has_sparklines(context.terminal) {
            write_sparklines(&sheet.lines, context.terminal.width().unwrap_or(80))?;
        }
    }
    let Sheet { has_rows, total, plot, goes_on, failure, drawn, .. } = sheet;
    let failure = match failure {
        Some(error) if !goes_on => return Err(error.into()),
        failure => failure,
    };
    let drawn = drawn.unwrap_or_default();
    Ok(Printed { has_rows, total, drawn, plot, failure })
}

/// Whether both are the same. Most keys are empty, and those are not compared: with AVX-512,
/// memcmp loads from where there is no memory then, which was a sixth of the time of a large
/// table.
fn is_same(one: &(Group, usize), other: &(Group, usize)) -> bool {
    let (((source, time, key), row), ((other_source, other_time, other_key), other_row)) =
        (one, other);
    (source, time, row) == (other_source, other_time, other_row)
        && key.len() == other_key.len()
        && (key.is_empty() || key == other_key)
}

/// A table that is being written.
struct Sheet<'a> {
    /// None, if nothing is to be written.
    printer: Option<DistinctPrinter<BufWriter<Stdout>>>,
    /// None, if nothing is to be drawn.
    plot: Option<Drawing>,
    /// Whether rows are of use where standard output takes no more.
    goes_on: bool,
    /// Why standard output took no more.
    failure: Option<io::Error>,
    counted: &'a Counted<'a>,
    alerts: &'a mut Alerts,
    tabled: &'a Tabled,
    has_rows: bool,
    total: u64,
    /// The rows that are written, if they are drawn too.
    drawn: Option<Vec<(Vec<u8>, u64)>>,
    /// The counts of all steps of time, by what they are of.
    lines: BTreeMap<Vec<u8>, Vec<u64>>,
}

impl Sheet<'_> {
    /// Writes each text, or the first of each group.
    fn texts(&mut self, texts: &DistinctTexts, view: View) -> Result<(), Error> {
        let mut last: Option<(Group, usize)> = None;
        let mut taken = 0;
        each(texts, |DistinctText { source, time, key, row, text, count, .. }| {
            self.total += count;
            let group = ((source, time, key), row);
            self.draw(&group.0, row, text, count);
            if last.as_ref().is_none_or(|last| !is_same(last, &group)) {
                taken = 0;
            }
            if count >= view.min_count && view.top.is_none_or(|top| taken < top) {
                taken += 1;
                self.row(&group.0, row, text, count)?;
            }
            last = Some(group);
            Ok(())
        })
    }

    /// Writes the counts of all patterns for each source, time and key.
    fn counts(&mut self, texts: &DistinctTexts, view: View) -> Result<(), Error> {
        let patterns = self.counted.rows.len();
        let mut groups = BTreeMap::<Group, Vec<u64>>::new();
        each(texts, |DistinctText { source, time, key, row, count, .. }| {
            self.total += count;
            groups.entry((source, time, key)).or_insert_with(|| vec![0; patterns])[row] += count;
            Ok(())
        })?;
        if let Some(step) = self.tabled.step {
            fill(&mut groups, step, patterns);
        }
        for (group, counts) in &groups {
            let has_line = group.1.is_some() && counts.len() <= MOST_LINES;
            for (row, count) in counts.iter().enumerate() {
                self.draw(group, row, b"", *count);
                if has_line {
                    let label = cells_without_time(self.tabled, self.counted, group, row, b"");
                    let label = label.join(&b' ');
                    self.lines.entry(label).or_default().push(*count);
                }
            }
        }
        let mut groups: Vec<(Group, Vec<u64>)> = groups.into_iter().collect();
        let total = |counts: &Vec<u64>| counts.iter().sum::<u64>();
        if let Some(top) = view.top.filter(|top| *top < groups.len()) {
            let mut totals: Vec<u64> = groups.iter().map(|(_, counts)| total(counts)).collect();
            totals.sort_unstable_by_key(|total| Reverse(*total));
            // Of those that are equal to the last, the first ones are taken.
            let least = top.checked_sub(1).map_or(u64::MAX, |last| totals[last]);
            let mut equal = totals[..top].iter().filter(|total| **total == least).count();
            groups.retain(|(_, counts)| {
                let total = total(counts);
                let is_taken = total > least && top > 0 || total == least && equal > 0;
                equal -= usize::from(is_taken && total == least);
                is_taken
            });
        }
        if view.sort == Sort::Count {
            groups.sort_by_key(|(_, counts)| Reverse(total(counts)));
        }
        for (group, counts) in &groups {
            for (row, count) in counts.iter().enumerate().filter(|(_, n)| **n >= view.min_count) {
                self.row(group, row, b"", *count)?;
            }
        }
        Ok(())
    }

    /// Adds a count to the lines of the plot, if it has any.
    fn draw(&mut self, group: &Group, row: usize, text: &[u8], count: u64) {
        if let Some(Drawing::Series(series)) = &mut self.plot {
            let cells = cells_without_time(self.tabled, self.counted, group, row, text);
            series.add(&cells, group.1, count);
        }
    }

    fn row(&mut self, group: &Group, row: usize, text: &[u8], count: u64) -> io::Result<()> {
        self.has_rows |= count > 0;
        let (source, time, key) = group;
        let layout = self.tabled.layout;
        let shown;
        let mut cells: Vec<&[u8]> = Vec::with_capacity(4);
        if layout.by_source {
            cells.push(self.counted.names.get(source).map_or(&[], Vec::as_slice));
        }
        if let Some(step) = self.tabled.step {
            shown = time.map(|time| step.name(time));
            cells.push(shown.as_ref().map_or(NOTHING, |name| name.as_bytes()));
        }
        if layout.by_key {
            cells.push(if key.is_empty() { NOTHING } else { key });
        }
        if layout.by_row {
            cells.push(&self.counted.rows.get(row).label);
        }
        if self.tabled.has_texts {
            cells.push(text);
        }
        if let Some(Drawing::Bars(bars)) = &mut self.plot {
            // The pattern is in the label only beside a text.
            let pattern = cells.len() - 1;
            let labels = if self.tabled.has_texts { &cells[..] } else { &cells[..pattern] };
            bars.add(labels, row, count);
        }
        if let Some(drawn) = &mut self.drawn {
            drawn.push((cells.join(&b' '), count));
        }
        self.alerts.check(&cells, count);
        let printed = self.printer.as_mut().map_or(Ok(()), |printer| printer.row(&cells, count));
        match printed {
            Err(error) if self.goes_on => {
                self.printer = None;
                self.failure = Some(error);
                Ok(())
            }
            printed => printed,
        }
    }
}

/// What the counts of all steps of time are of.
fn cells_without_time<'c>(
    tabled: &Tabled,
    counted: &'c Counted<'_>,
    (source, _, key): &'c Group,
    row: usize,
    text: &'c [u8],
) -> Vec<&'c [u8]> {
    let layout = tabled.layout;
    let source = layout.by_source.then(|| counted.names.get(source)).flatten();
    let cells = [
        source.map(Vec::as_slice),
        layout.by_key.then_some(if key.is_empty() { NOTHING } else { key }),
        layout.by_row.then(|| &counted.rows.get(row).label[..]),
        tabled.has_texts.then_some(text),
    ];
    cells.into_iter().flatten().collect()
}

/// Writes a line of columns for each of a few.
fn write_sparklines(lines: &BTreeMap<Vec<u8>, Vec<u64>>, width: usize) -> io::Result<()> {
    if lines.len() > MOST_LINES || lines.values().all(|counts| counts.len() < 2) {
        return Ok(());
    }
    let labels: Vec<String> = lines.keys().map(|label| escape(label)).collect();
    let widest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let room = width.saturating_sub(widest + 2).max(8);
    let mut out = BufWriter::new(Stdout);
    for (label, counts) in labels.iter().zip(lines.values()) {
        writeln!(out, "{label:widest$}  {}", sparkline(counts, room).trim_end())?;
    }
    out.flush()
}

/// Adds the steps without a count, between the first and the last of each source and key.
fn fill(groups: &mut BTreeMap<Group, Vec<u64>>, step: Step, patterns: usize) {
    let mut spans = BTreeMap::<(Rank, Vec<u8>), (i64, i64)>::new();
    for (source, time, key) in groups.keys() {
        let Some(time) = *time else { continue };
        let span = spans.entry((*source, key.clone())).or_insert((time, time));
        *span = (span.0.min(time), span.1.max(time));
    }
    for ((source, key), (first, last)) in spans {
        let steps = std::iter::successors(Some(first), |start| Some(step.next(*start)));
        let steps: Vec<i64> = steps.take_while(|start| *start <= last).take(MOST_STEPS).collect();
        if steps.len() == MOST_STEPS {
            continue;
        }
        for start in steps {
            let group = (source, Some(start), key.clone());
            groups.entry(group).or_insert_with(|| vec![0; patterns]);
        }
    }
}
