//! `--merge`: saved results, added up and shown as one run would have shown them.

use std::io::BufWriter;

use cogrep_core::SourceReport;
use cogrep_core::measure::{Dispersion, DistinctText, Divisions, Layout, Slices};
use cogrep_core::table::{Order, Table};
use cogrep_core::time::BadStep;
use cogrep_match::Unit;
use cogrep_report::plots::Along;
use cogrep_report::{
    By, Collection, Merged, MergedTable, Printer, Rows, SavedRow, Sort, escape, merge as add_up,
    separated,
};

use super::alerts::Alerts;
use super::count::has_found;
use super::distinct::{
    Besides, CountedTable, CountedUnit, Drawing, PlotSubject, Tabled, memory_limit, order,
    print_table,
};
use super::files;
use super::outcome::{Writing, conclude, report_fault};
use super::plots;
use super::state::read;
use crate::args::{MergeArgs, OutputArgs, PlotKind};
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;
use crate::ui::stdout::Stdout;

/// Merges and shows the result.
pub(crate) fn merge(context: &Context, args: &MergeArgs) -> Result<Status, Error> {
    files::check(&plots::planned(&args.output).collect::<Vec<_>>())?;
    let saved = args.files.iter().map(|file| read(file));
    let saved = saved.collect::<Result<Vec<_>, Error>>()?;
    let mut merged = add_up(saved).map_err(|error| Error::input(error.to_string()))?;
    if !merged.tables.is_empty() {
        return merge_tables(context, args, &merged);
    }
    require(args, &merged)?;
    for pattern in &mut merged.report.patterns {
        pattern.places.truncate(args.show);
    }
    let writing = print(context, args, &merged)?;
    Ok(writing.status(conclude(&merged.report, is_shown(args, &merged))))
}

/// Adds up tables of distinct texts, and shows the result.
fn merge_tables(context: &Context, args: &MergeArgs, merged: &Merged) -> Result<Status, Error> {
    let Merged { report, tables, ranks, sources, .. } = merged;
    let first = tables[0].table.facts();
    let mut output = args.output.clone();
    let view = &mut output.view;
    if !output.sort_is_given && view.top.is_none() {
        view.sort = if first.has_texts || first.step.is_none() { Sort::Count } else { Sort::Input };
    }
    let not_saved = |flag: &str| {
        let message = format!("{flag}: was not saved, of these tables");
        Err(Error::usage(message).hint(format!("run every part with {flag}")))
    };
    if view.names.is_some() {
        return Err(Error::usage("-l, -L: which file has what was not saved, of these tables"));
    }
    match view.by {
        By::File if !first.by_source => return not_saved("--by file"),
        By::Part => {
            return Err(Error::usage("--by part: tables of distinct texts have no parts"));
        }
        _ => {}
    }
    if view.sort == Sort::Input && first.has_texts && !first.has_first {
        return not_saved("--sort input");
    }
    if output.expanded && !first.expanded {
        return not_saved("--expand");
    }
    if output.report.is_some() || args.show > 0 {
        return Err(Error::usage(
            "tables of distinct texts have no page and no places, once saved",
        ));
    }
    if output.plot_kind == PlotKind::Dispersion {
        return Err(Error::usage("tables of distinct texts are drawn as bars or series"));
    }
    if output.plot_kind == PlotKind::Series && first.step.is_none() {
        return not_saved("--by time=1h");
    }
    output.expanded = first.expanded;
    let given = report.patterns.iter().map(|pattern| pattern.pattern.clone());
    let rows = Rows::new(given.zip(merged.names.iter().cloned()), output.expanded);
    let step = first.step.as_deref().map(str::parse).transpose();
    let step =
        step.map_err(|error: BadStep| Error::input(format!("{}: {error}", tables[0].file)))?;
    let layout = Layout {
        by_source: output.view.by == By::File,
        by_time: step.is_some(),
        by_key: first.by_key,
        by_row: rows.len() > 1 || !first.has_texts,
    };
    let order = order(output.view.sort);
    let limit = memory_limit(args.max_memory);
    let table = Table::with_limit(order == Order::First, Some(limit));
    for MergedTable { file, base, table: part } in tables {
        let mut has_row = true;
        let read = part.for_each(|row| {
            let SavedRow { mut source, time, key, row, text, count, mut first } = row;
            has_row &= row < rows.len();
            source.ordinal += base;
            let [ordinal, member] = first.source;
            let base = u32::try_from(*base).unwrap_or(u32::MAX);
            let base = if part.facts().has_places { base } else { 0 };
            first.source = [ordinal.saturating_add(base), member];
            let text = &text[..];
            layout.add_text(&table, &DistinctText { source, time, key, row, text, count, first });
        });
        read.map_err(|error| Error::input(format!("{}: {error}", escape(file.as_bytes()))))?;
        if !has_row {
            let message = format!("{}: has counts of no pattern", escape(file.as_bytes()));
            return Err(Error::input(message).hint("save it again"));
        }
    }
    for source in sources {
        report_fault(source);
    }
    let tabled = Tabled::new(&table, layout, order, (first.has_texts, step), None)?;
    let counted = CountedTable { rows: &rows, names: ranks, report };
    let mut alerts = Alerts::default();
    let plot = output.plot.as_ref().map(|_| {
        let names: Vec<String> = rows.iter().map(|row| escape(&row.label)).collect();
        let (counted, names) = (counted_unit(merged, first.has_texts), &names[..]);
        Drawing::new(output.plot_kind, PlotSubject { counted, names, layout, step })
    });
    let besides = Besides { plot, is_saved: false };
    let printed = print_table(context, &output, &tabled, &counted, &mut alerts, besides)?;
    let mut writing = Writing::default();
    if let (Some(path), Some(plot)) = (&output.plot, printed.plot) {
        writing.note(plot.write(path));
    }
    if let Some(failure) = printed.failure {
        return Err(failure.into());
    }
    Ok(writing.status(conclude(report, printed.has_rows)))
}

/// What was counted, as a plot of a table says it.
fn counted_unit(merged: &Merged, has_texts: bool) -> CountedUnit {
    if merged.options.get("table").is_some_and(|table| table.ends_with("words")) {
        return CountedUnit::WORDS;
    }
    CountedUnit { unit: unit_of(merged), text: has_texts.then_some("text") }
}

/// What was counted, in the plural.
fn unit_of(merged: &Merged) -> &'static str {
    let is_lines = merged.options.get("unit").is_some_and(|unit| unit.ends_with("lines"));
    plots::unit(if is_lines { Unit::Lines } else { Unit::Occurrences })
}

/// Refuses to show what was not saved.
fn require(args: &MergeArgs, merged: &Merged) -> Result<(), Error> {
    let OutputArgs { slices, report, plot_kind, along, .. } = &args.output;
    let lack = |flag: &str, which: &str| {
        Err(Error::usage(format!("{flag}: was not saved"))
            .hint(format!("run every part with {which}")))
    };
    if args.show > merged.show {
        return lack("--show", &format!("--show {}", args.show));
    }
    if *plot_kind == PlotKind::Series && *slices == 0 {
        let message = "--plot-kind series: a line over what?";
        return Err(Error::usage(message).hint("add --by part=20, as the parts were saved"));
    }
    let mut read = merged.sources.iter().filter(|source| source.outcome.is_complete());
    let saved = |source: &SourceReport| {
        source.findings.get::<Slices>().map_or(0, |slices| slices.counts().len())
    };
    if *slices > 0 && read.any(|source| saved(source) != *slices) {
        return lack("--by part", &format!("--by part={slices}"));
    }
    let needs_dispersion = report.is_some() || *plot_kind == PlotKind::Dispersion;
    let mut read = merged.sources.iter().filter(|source| source.outcome.is_complete());
    if needs_dispersion && read.any(|source| source.findings.get::<Dispersion>().is_none()) {
        let flag = if report.is_some() { "--report" } else { "--plot-kind dispersion" };
        return lack(flag, "--plot FILE.svg --plot-kind dispersion, or --report FILE.html");
    }
    if let Some(division) = along.and_then(Along::division) {
        let saved = |source: &SourceReport| source.findings.get().map(Divisions::division);
        let mut read = merged.sources.iter().filter(|source| source.outcome.is_complete());
        if read.any(|source| saved(source) != Some(division)) {
            let flag = format!("--plot-axis {}", division.name());
            return lack(&flag, &flag);
        }
    }
    Ok(())
}

/// Whether anything is shown, or would be.
fn is_shown(args: &MergeArgs, merged: &Merged) -> bool {
    let Merged { report, sources, .. } = merged;
    let (view, rows) = (args.output.view, rows(args, merged));
    match view.names {
        Some(_) => sources.iter().any(|source| view.names_source(&rows, source)),
        None => has_found(&rows, report, view.min_count),
    }
}

fn rows(args: &MergeArgs, merged: &Merged) -> Rows {
    let given = merged.report.patterns.iter().map(|pattern| pattern.pattern.clone());
    Rows::new(given.zip(merged.names.iter().cloned()), args.output.expanded)
}

fn print(context: &Context, args: &MergeArgs, merged: &Merged) -> Result<Writing, Error> {
    let output = &args.output;
    let Merged { report, sources, .. } = merged;
    let rows = rows(args, merged);
    let collection = Collection { sources: sources.clone() };
    let layout = output.layout(context.terminal)?;
    let mut printer = Printer::new(BufWriter::new(Stdout), layout, &rows);
    let mut writing = Writing::default();
    for source in sources {
        report_fault(source);
        if !output.quiet && !writing.is_closed() {
            writing.note_output(printer.source(source));
        }
    }
    if !output.quiet && !writing.is_closed() {
        writing.note_output(printer.finish(report, &collection));
    }
    if output.has_plots() {
        let facts = vec![
            ("text", format!("{} bytes", separated(report.text_bytes))),
            ("sources", separated(report.source_count)),
            ("patterns", separated(report.patterns.len() as u64)),
            ("merged", format!("{} saved results", args.files.len())),
        ];
        let unit = unit_of(merged);
        writing.note(plots::write_plot(output, unit, &rows, report, &collection));
        let options = merged.options.clone();
        let origin = plots::Origin { context, unit, options, facts };
        writing.note(plots::write_page(output, &rows, report, &collection, &origin));
    }
    Ok(writing)
}
