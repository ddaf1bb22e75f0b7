//! The main command: counts, and shows the result.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use cogrep_core::trace::Timeline;
use cogrep_core::{Job, Report, Shard, ShardFilter, SourceReport};
use cogrep_match::Plan;
use cogrep_report::plots::Picture;
use cogrep_report::{By, Collection, Names, Printer, Rows};

use super::alerts::Alerts;
use super::files::{self, Content, Planned};
use super::job::{job, plan};
use super::label::Label;
use super::outcome::{Writing, conclude, conclude_early, report_fault};
use super::remote::Opener;
use super::{plots, state};
use crate::args::{CountArgs, TimelineKind};
use crate::context::Context;
use crate::error::Error;
use crate::flags::id;
use crate::status::Status;
use crate::ui::progress_bar::{ProgressBar, Subject};
use crate::ui::stats::Stopwatch;
use crate::ui::stdout::Stdout;
use crate::ui::{interrupt, messages, notices};

/// Counts, and shows the result.
pub(crate) fn count(context: &Context, args: &CountArgs) -> Result<Status, Error> {
    files::check(&planned(args))?;
    if let Some(hint) = &args.hint {
        messages::hint(hint);
    }
    let mut stopwatch = Stopwatch::start(args.needs_facts());
    let plan = plan(args)?;
    stopwatch.engines_are_made();
    let mut alerts = Alerts::new(args);
    let (report, status) = run(context, args, &plan, &stopwatch, &mut alerts)?;
    let status = alerts.conclude(status);
    if status == Status::NotFound && !args.output.quiet {
        hint(args, &report);
    }
    Ok(status)
}

/// The files that will be written.
fn planned(args: &CountArgs) -> Vec<Planned<'_>> {
    let saved = args.save.as_deref();
    let saved = saved.map(|path| Planned { flag: id::SAVE, path, content: Content::SavedResult });
    let timelines = args.timelines.iter().map(|(path, kind)| {
        let content = match kind {
            TimelineKind::Plot => Content::Plot(Picture::Svg),
            TimelineKind::Trace => Content::Trace,
        };
        Planned { flag: id::TIMELINE, path, content }
    });
    saved.into_iter().chain(plots::planned(&args.output)).chain(timelines).collect()
}

/// Counts and prints, and writes the files that were asked for.
fn run(
    context: &Context,
    args: &CountArgs,
    plan: &Arc<Plan>,
    stopwatch: &Stopwatch,
    alerts: &mut Alerts,
) -> Result<(Report, Status), Error> {
    let output = &args.output;
    let opener =
        Opener::new(context, &args.inputs, &args.remote)?.after(context, args.pre.as_ref());
    let layout = output.layout(context.terminal)?;
    let rows = args.given.rows(output.expanded);
    let mut printer = Printer::new(BufWriter::new(Stdout), layout, &rows);
    let mut collection = Collection::new();
    let is_saved = args.save.is_some();
    let writes_files = is_saved || output.has_plots() || !args.timelines.is_empty();
    let collects = printer.needs_collection() && !output.quiet || output.has_plots() || is_saved;
    let by_source = layout.needs_sources() || output.report.is_some() || is_saved;
    let states = args.resume.as_ref().map(|path| state::resume(path, args)).transpose()?;
    let shard = ShardFilter::new(args.shard.unwrap_or(Shard::WHOLE));
    let subject = Subject {
        inputs: &args.inputs,
        rows: &rows,
        plan,
        top: output.view.top,
        backend: &**opener.backend(),
    };
    // On a terminal, results that come while it counts show how far it is.
    let streams = context.terminal.is_terminal && !output.quiet && layout.streams();
    let bar = ProgressBar::new(subject, args.live, streams);
    let timeline = (!args.timelines.is_empty()).then(Timeline::new);
    // Where only the status is wanted, and no threshold has to be reached.
    let stop_when_found =
        output.quiet && !writes_files && !args.stats && output.view.min_count <= 1;
    let stop_when_found =
        stop_when_found && !alerts.are_wanted() && output.view.names != Some(Names::Without);
    let job = Job {
        shard: (is_saved || args.shard.is_some()).then_some(&shard),
        by_source,
        timeline: timeline.as_ref(),
        progress: bar.progress(),
        // By source, every source is reported anyway.
        remember: collects && !by_source,
        keeps_states: is_saved,
        states: states.as_ref(),
        stop_when_found,
        ..job(context, args, plan, &opener)
    };
    let mut writing = Writing::default();
    let (mut faults, mut is_named) = (0, false);
    let label = Label(args.label.as_deref());
    let observe = |source: &SourceReport| {
        let source = &*label.source(source);
        bar.suspend(|| faults += u64::from(report_fault(source)));
        alerts.check_source(&rows, layout.view.by, source);
        is_named |= layout.view.names_source(&rows, source);
        if collects {
            collection.push(source);
        }
        if !output.quiet && !writing.is_closed() {
            writing.note_output(printer.source(source));
            if writing.is_closed() && !writes_files {
                // The rest would not be seen: there is no point in counting it.
                job.open.interrupt.request();
            }
        }
    };
    let mut report = bar.during(|| job.run(observe));
    label.name_all(&mut report);
    notices::print(&report.notices);
    let recording = timeline.map(Timeline::recording);
    if layout.view.by == By::Total {
        alerts.check_totals(&rows, &report);
    }
    if !output.quiet && !writing.is_closed() {
        writing.note_output(printer.finish(&report, &collection));
    }
    if let Some(path) = &args.save {
        let sources = (shard.shard(), label.digest(shard.digest()));
        writing.note(state::save(path, args, sources, &report, &collection));
    }
    let facts = || stopwatch.facts(&report, plan.reason(), plan, args, &opener);
    let unit = plots::unit(args.patterns.matching().unit);
    writing.note(plots::write_plot(output, unit, &rows, &report, &collection));
    if output.report.is_some() {
        let options = state::options(args);
        let origin = plots::Origin { context, unit, options, facts: facts() };
        writing.note(plots::write_page(output, &rows, &report, &collection, &origin));
    }
    for (timeline, recording) in args.timelines.iter().zip(recording.iter().cycle()) {
        writing.note(plots::write_timeline(timeline, recording));
    }
    if args.stats {
        for (name, value) in facts() {
            // A failure to write would be reported on standard error.
            let _ = writeln!(io::stderr(), "{name:<9} {value}");
        }
    }
    let has_found = match output.view.names {
        Some(_) => is_named,
        None => has_found(&rows, &report, output.view.min_count),
    };
    let is_early = writing.is_closed() && !writes_files || stop_when_found && has_found;
    let status = if is_early && interrupt::signal().is_none() {
        conclude_early(&report, faults)
    } else {
        conclude(&report, has_found)
    };
    let status = writing.status(status);
    Ok((report, status))
}

/// Whether any count is one that is shown.
pub(super) fn has_found(rows: &Rows, report: &Report, min_count: u64) -> bool {
    let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
    rows.counts(&counts).into_iter().any(|count| count >= min_count.max(1))
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
