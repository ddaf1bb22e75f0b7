//! `--merge`: saved results, added up and shown as one run would have shown them.

use std::io::BufWriter;

use cogrep_core::SourceReport;
use cogrep_core::measure::{Dispersion, Slices};
use cogrep_match::Unit;
use cogrep_report::{Collection, Merged, Printer, Rows, merge as add_up, separated};

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
    require(args, &merged)?;
    for pattern in &mut merged.report.patterns {
        pattern.places.truncate(args.show);
    }
    let writing = print(context, args, &merged)?;
    Ok(writing.status(conclude(&merged.report, merged.report.has_found())))
}

/// Refuses to show what was not saved.
fn require(args: &MergeArgs, merged: &Merged) -> Result<(), Error> {
    let OutputArgs { slices, report, plot_kind, .. } = &args.output;
    let lack = |flag: &str, which: &str| {
        Err(Error::usage(format!("{flag}: was not saved"))
            .hint(format!("run every part with {which}")))
    };
    if args.show > merged.show {
        return lack("--show", &format!("--show {}", args.show));
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
    Ok(())
}

fn print(context: &Context, args: &MergeArgs, merged: &Merged) -> Result<Writing, Error> {
    let output = &args.output;
    let Merged { report, names, sources, .. } = merged;
    let given = report.patterns.iter().map(|pattern| pattern.pattern.clone());
    let rows = Rows::new(given.zip(names.iter().cloned()), output.expanded);
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
        let is_lines = merged.options.get("unit").is_some_and(|unit| unit.ends_with("lines"));
        let unit = plots::unit(if is_lines { Unit::Lines } else { Unit::Occurrences });
        writing.note(plots::write_plot(output, unit, &rows, report, &collection));
        let options = merged.options.clone();
        let origin = plots::Origin { context, unit, options, facts };
        writing.note(plots::write_page(output, &rows, report, &collection, &origin));
    }
    Ok(writing)
}
