//! Shows a table.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter};
use std::num::NonZeroUsize;
use std::thread;

use cogrep_core::Report;
use cogrep_core::measure::{DistinctText, DistinctTexts, Rank};
use cogrep_core::time::Step;
use cogrep_report::{DistinctColumn, DistinctPrinter, DistinctSummary, Rows, Sort, View};

use super::draw::Bars;
use super::method::Method;
use crate::args::{CountArgs, DistinctArgs};
use crate::commands::alerts::Alerts;
use crate::commands::plots::write_chart;
use crate::context::Context;
use crate::error::Error;
use crate::ui::stdout::Stdout;

/// What was counted, besides the table.
pub(super) struct Counted<'a> {
    pub(super) rows: &'a Rows,
    pub(super) names: &'a HashMap<Rank, Vec<u8>>,
    pub(super) report: &'a Report,
}

/// What is shown where a line has no time or no key.
const NOTHING: &[u8] = b"-";

/// More steps than these without a count are not filled with zeros: a stamp is wrong.
const MOST_STEPS: usize = 1_000_000;

/// By what else than by pattern and text it is counted.
type Group = (Rank, Option<i64>, Vec<u8>);

/// Writes the table, and says whether it has any row.
pub(super) fn print(
    context: &Context,
    args: &CountArgs,
    (what, method): (&DistinctArgs, &Method),
    counted: &Counted<'_>,
    alerts: &mut Alerts,
) -> Result<bool, Error> {
    let layout = args.output.layout(context.terminal)?;
    let cores = args.workers.or_else(|| thread::available_parallelism().ok());
    let cores = cores.unwrap_or(NonZeroUsize::MIN);
    let texts = DistinctTexts::new(&method.table, method.layout, method.order, cores);
    let columns = [
        method.layout.by_source.then_some(DistinctColumn::Source),
        method.layout.by_time.then_some(DistinctColumn::Time),
        method.layout.by_key.then_some(DistinctColumn::Key),
        method.layout.by_row.then_some(DistinctColumn::Pattern),
        method.has_texts.then_some(DistinctColumn::Text),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    let mut sheet = Sheet {
        printer: None,
        bars: args.output.plot.as_ref().map(|_| Bars::new(args, what, method)),
        failure: None,
        counted,
        method,
        alerts,
        has_rows: false,
        total: texts.iter().map(|text| text.count).sum(),
    };
    if !args.output.quiet {
        let out = BufWriter::with_capacity(1 << 16, Stdout);
        sheet.printer = Some(DistinctPrinter::new(out, &layout, columns)?);
    }
    if method.has_texts {
        sheet.texts(&texts, layout.view)?;
    } else {
        sheet.counts(&texts, layout.view)?;
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
        sheet.failure = finished.err();
    }
    if let (Some(path), Some(bars)) = (&args.output.plot, sheet.bars) {
        write_chart(path, bars.into_chart())?;
    }
    sheet.failure.map_or(Ok(sheet.has_rows), |error| Err(error.into()))
}

/// A table that is being written.
struct Sheet<'a> {
    /// None, if nothing is to be written.
    printer: Option<DistinctPrinter<BufWriter<Stdout>>>,
    /// None, if nothing is to be drawn.
    bars: Option<Bars>,
    /// Why standard output took no more, where rows are drawn all the same.
    failure: Option<io::Error>,
    counted: &'a Counted<'a>,
    alerts: &'a mut Alerts,
    method: &'a Method,
    has_rows: bool,
    total: u64,
}

impl Sheet<'_> {
    /// Writes each text, or the first of each group.
    fn texts(&mut self, texts: &DistinctTexts, view: View) -> io::Result<()> {
        let mut last: Option<(Group, usize)> = None;
        let mut taken = 0;
        for DistinctText { source, time, key, row, text, count, .. } in texts.iter() {
            let group = ((source, time, key), row);
            if last.as_ref() != Some(&group) {
                taken = 0;
            }
            if count >= view.min_count && view.top.is_none_or(|top| taken < top) {
                taken += 1;
                self.row(&group.0, row, text, count)?;
            }
            last = Some(group);
        }
        Ok(())
    }

    /// Writes the counts of all patterns for each source, time and key.
    fn counts(&mut self, texts: &DistinctTexts, view: View) -> io::Result<()> {
        let patterns = self.counted.rows.len();
        let mut groups = BTreeMap::<Group, Vec<u64>>::new();
        for DistinctText { source, time, key, row, count, .. } in texts.iter() {
            groups.entry((source, time, key)).or_insert_with(|| vec![0; patterns])[row] += count;
        }
        if let Some(step) = self.method.step() {
            fill(&mut groups, step, patterns);
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

    fn row(&mut self, group: &Group, row: usize, text: &[u8], count: u64) -> io::Result<()> {
        self.has_rows |= count > 0;
        let (source, time, key) = group;
        let layout = self.method.layout;
        let shown;
        let mut cells: Vec<&[u8]> = Vec::with_capacity(4);
        if layout.by_source {
            cells.push(self.counted.names.get(source).map_or(&[], Vec::as_slice));
        }
        if let Some(step) = self.method.step() {
            shown = time.map(|time| step.name(time));
            cells.push(shown.as_ref().map_or(NOTHING, |name| name.as_bytes()));
        }
        if layout.by_key {
            cells.push(if key.is_empty() { NOTHING } else { key });
        }
        if layout.by_row {
            cells.push(&self.counted.rows.get(row).label);
        }
        if self.method.has_texts {
            cells.push(text);
        }
        if let Some(bars) = &mut self.bars {
            // The pattern is in the label only beside a text.
            let pattern = cells.len() - 1;
            let labels = if self.method.has_texts { &cells[..] } else { &cells[..pattern] };
            bars.add(labels, row, count);
        }
        self.alerts.check(&cells, count);
        let printed = self.printer.as_mut().map_or(Ok(()), |printer| printer.row(&cells, count));
        match printed {
            Err(error) if self.bars.is_some() => {
                self.printer = None;
                self.failure = Some(error);
                Ok(())
            }
            printed => printed,
        }
    }
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
