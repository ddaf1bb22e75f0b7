//! The main command: counts, and shows the result.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use cogrep_core::trace::Timeline;
use cogrep_core::{Job, Report, Shard, ShardFilter, SourceReport};
use cogrep_match::Plan;
use cogrep_report::{Collection, Printer};

use super::files::{self, Content};
use super::job::{job, plan};
use super::outcome::{conclude, report_fault};
use super::{plots, state};
use crate::args::{CountArgs, TimelineKind};
use crate::context::Context;
use crate::error::Error;
use crate::flags::id;
use crate::status::Status;
use crate::ui::progress_bar::{ProgressBar, Subject};
use crate::ui::stats::Stopwatch;
use crate::ui::{messages, notices};

/// Counts, and shows the result.
pub(crate) fn count(context: &Context, args: &CountArgs) -> Result<Status, Error> {
    refuse_loss(args)?;
    if let Some(hint) = &args.hint {
        messages::hint(hint);
    }
    let mut stopwatch = Stopwatch::start(args.needs_facts());
    let plan = plan(args)?;
    stopwatch.engines_are_made();
    let report = run(context, args, &plan, &stopwatch)?;
    let status = conclude(&report);
    if status == Status::NotFound && !args.output.quiet {
        hint(args, &report);
    }
    Ok(status)
}

/// Refuses to write over files that hold something else.
fn refuse_loss(args: &CountArgs) -> Result<(), Error> {
    plots::refuse_loss(&args.output)?;
    if let Some(path) = &args.save {
        files::refuse_loss(id::SAVE, path, Content::SavedResult)?;
    }
    args.timelines.iter().try_for_each(|(path, kind)| {
        let content = match kind {
            TimelineKind::Plot => Content::Plot,
            TimelineKind::Trace => Content::Trace,
        };
        files::refuse_loss(id::TIMELINE, path, content)
    })
}

/// Counts and prints, and writes the files that were asked for.
fn run(
    context: &Context,
    args: &CountArgs,
    plan: &Arc<Plan>,
    stopwatch: &Stopwatch,
) -> Result<Report, Error> {
    let output = &args.output;
    let layout = output.layout(context.terminal)?;
    let rows = args.given.rows(output.expanded);
    let mut printer = Printer::new(BufWriter::new(io::stdout()), layout, &rows);
    let mut collection = Collection::new();
    let is_saved = args.save.is_some();
    let collects = printer.needs_collection() && !output.quiet || output.has_plots() || is_saved;
    let by_source = layout.needs_sources() || output.report.is_some() || is_saved;
    let states = args.resume.as_ref().map(|path| state::resume(path, args)).transpose()?;
    let shard = ShardFilter::new(args.shard.unwrap_or(Shard::WHOLE));
    let subject = Subject { inputs: &args.inputs, rows: &rows, plan };
    // On a terminal, results that come while it counts show how far it is.
    let streams = context.terminal.is_terminal && !output.quiet && layout.streams();
    let bar = ProgressBar::new(subject, args.live, streams);
    let timeline = (!args.timelines.is_empty()).then(Timeline::new);
    let job = Job {
        shard: (is_saved || args.shard.is_some()).then_some(&shard),
        by_source,
        timeline: timeline.as_ref(),
        progress: bar.progress(),
        // By source, every source is reported anyway.
        remember: collects && !by_source,
        keeps_states: is_saved,
        states: states.as_ref(),
        ..job(context, args, plan)
    };
    let mut written = Ok(());
    let observe = |source: &SourceReport| {
        bar.suspend(|| report_fault(source));
        if collects {
            collection.push(source);
        }
        if !output.quiet && written.is_ok() {
            written = printer.source(source);
            if written.is_err() {
                // The rest would not be seen: there is no point in counting it.
                job.open.interrupt.request();
            }
        }
    };
    let report = bar.during(|| job.run(observe));
    notices::print(&report.notices);
    let recording = timeline.map(Timeline::recording);
    written?;
    if let Some(path) = &args.save {
        let sources = (shard.shard(), shard.digest());
        state::save(path, args, sources, &report, &collection)?;
    }
    if !output.quiet {
        printer.finish(&report, &collection)?;
    }
    let facts = || stopwatch.facts(&report, plan.reason(), &args.selection, &args.inputs);
    if output.has_plots() {
        let facts = if output.report.is_some() { facts() } else { Vec::new() };
        plots::write(output, &rows, &report, &collection, &facts)?;
    }
    if let Some(recording) = recording {
        plots::write_timelines(&args.timelines, &recording)?;
    }
    if args.stats {
        for (name, value) in facts() {
            // A failure to write would be reported on standard error.
            let _ = writeln!(io::stderr(), "{name:<9} {value}");
        }
    }
    Ok(report)
}

/// Says why nothing may have been found.
fn hint(args: &CountArgs, report: &Report) {
    let is_all = !args.inputs.is_empty() && args.shard.is_none();
    if report.source_count == 0 && is_all {
        messages::hint("no file to read was found; --stats says what was left out, by rule");
    }
    if let Some(hint) = &args.not_found_hint {
        messages::hint(hint);
    }
}
