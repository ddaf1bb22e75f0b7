//! The run: a job, its messages and its results.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use cogrep_core::trace::Timeline;
use cogrep_core::{Job, Report, Shard, ShardFilter, SourceReport};
use cogrep_match::Plan;
use cogrep_report::{Collection, Printer, escape};
use cogrep_source::Fault;

use crate::arguments::Arguments;
use crate::error::{Error, Status, complain};
use crate::stats::Stopwatch;
use crate::watch::Watch;
use crate::{picture, save};

/// Does what is to be done, and says how it ended.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Error> {
    let mut stopwatch = Stopwatch::start(arguments.output.has_facts());
    let plan = Plan::new(&arguments.patterns, arguments.engine)
        .map_err(|error| arguments.given.locate(error))?;
    let plan = Arc::new(plan);
    stopwatch.engines_are_made();
    for warning in plan.warnings() {
        complain(&format!("warning: {warning}"));
    }
    if arguments.explain {
        return explain(arguments, &plan);
    }
    count(arguments, &plan, &stopwatch)
}

/// What is to be counted, but for what is reported of it.
fn job<'a>(arguments: &'a Arguments, plan: &'a Arc<Plan>) -> Job<'a> {
    Job {
        selection: arguments.selection.clone(),
        open: arguments.opening.options(),
        workers: arguments.workers,
        range_bytes: arguments.range_bytes,
        max_line_bytes: arguments.max_line_bytes,
        show: arguments.show,
        slices: arguments.output.parts,
        disperse: arguments.output.disperses(),
        ..Job::new(plan, &arguments.inputs)
    }
}

/// Prints the network that would count, and why it is this one.
fn explain(arguments: &Arguments, plan: &Arc<Plan>) -> Result<Status, Error> {
    let shape = escape(job(arguments, plan).shape().to_string().as_bytes());
    writeln!(io::stdout(), "{shape}\n{}", plan.reason())?;
    Ok(Status::Found)
}

/// Counts and prints.
fn count(arguments: &Arguments, plan: &Arc<Plan>, stopwatch: &Stopwatch) -> Result<Status, Error> {
    let output = &arguments.output;
    let rows = arguments.given.rows(output.expanded);
    let mut printer = Printer::new(BufWriter::new(io::stdout()), output.layout, &rows);
    let mut collection = Collection::new();
    let is_saved = arguments.save.is_some();
    let collects = printer.needs_collection() && !output.quiet || output.has_pictures() || is_saved;
    let by_source = output.layout.needs_sources() || output.report.is_some() || is_saved;
    let shard = ShardFilter::new(arguments.part.unwrap_or(Shard::WHOLE));
    let watch = Watch::new(output, &arguments.inputs, &rows, plan);
    let timeline = (!output.timelines.is_empty()).then(Timeline::new);
    let job = Job {
        serial: arguments.opening.is_serial(),
        shard: (is_saved || arguments.part.is_some()).then_some(&shard),
        by_source,
        timeline: timeline.as_ref(),
        progress: watch.progress(),
        // By source, all sources are told anyway.
        remember: collects && !by_source,
        ..job(arguments, plan)
    };
    let mut written = Ok(());
    let observe = |source: &SourceReport| {
        watch.aside(|| complain_about(source));
        if collects {
            collection.take(source);
        }
        if !output.quiet && written.is_ok() {
            written = printer.source(source);
            if written.is_err() {
                // Nobody will see the rest: there is no point in counting it.
                job.open.interrupt.request();
            }
        }
    };
    let report = watch.during(|| job.run(observe));
    let recording = timeline.map(Timeline::recording);
    written?;
    if let Some(path) = &arguments.save {
        let sources = (shard.shard(), shard.digest());
        save::save(path, arguments, sources, &report, &collection)?;
    }
    if !output.quiet {
        printer.finish(&report, &collection)?;
    }
    let facts = || stopwatch.facts(&report, plan.reason(), arguments);
    if output.has_pictures() {
        let facts = if output.report.is_some() { facts() } else { Vec::new() };
        picture::write(output, &rows, &report, &collection, &facts)?;
    }
    if let Some(recording) = recording {
        picture::write_timelines(output, &recording)?;
    }
    if output.stats {
        for (name, value) in facts() {
            // Standard error is where a failure to write would be reported.
            let _ = writeln!(io::stderr(), "{name:<9} {value}");
        }
    }
    let status = conclude(&report);
    if status == Status::NotFound && !output.quiet {
        hint(arguments, &report);
    }
    Ok(status)
}

/// Says what may be the reason why nothing was found.
fn hint(arguments: &Arguments, report: &Report) {
    let is_all = !arguments.inputs.is_empty() && arguments.part.is_none();
    if report.source_count == 0 && is_all {
        complain("hint: no file to read was found; --stats says what was left out, by rule");
    }
    if let Some(slip) = arguments.slip {
        complain(&format!("hint: {slip}"));
    }
}

/// Names a source that was not read to its end, and why.
pub(crate) fn complain_about(source: &SourceReport) {
    let Some(fault) = source.outcome.fault() else { return };
    if matches!(fault, Fault::Interrupted) {
        return;
    }
    let name = escape(source.name.as_bytes());
    let hint = if matches!(fault, Fault::LongLine { .. }) { "; raise --max-line" } else { "" };
    if source.text_bytes == 0 {
        complain(&format!("{name}: {fault}{hint}"));
    } else {
        complain(&format!("{name}: {fault}{hint}; {} bytes were read", source.text_bytes));
    }
}

/// The exit status; and the last line on standard error, if anything is missing.
pub(crate) fn conclude(report: &Report) -> Status {
    if report.interrupted {
        complain("incomplete: interrupted; these are the counts so far");
        return Status::Interrupted;
    }
    if !report.is_complete() {
        complain(&format!(
            "incomplete: {} of {} sources could not be read to the end",
            report.fault_count(),
            report.source_count
        ));
        return Status::Trouble;
    }
    if report.has_found() { Status::Found } else { Status::NotFound }
}
