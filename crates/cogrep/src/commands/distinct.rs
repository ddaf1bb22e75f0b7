//! Counts that become tables: distinct matches, every word, and what lines have where patterns
//! occur in them.

mod draw;
mod method;
mod print;
mod series;
mod tabled;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use cogrep_core::measure::Rank;
use cogrep_core::{Job, PatternCount, Report, Shard, ShardFilter, SourceReport};
use cogrep_report::{Collection, Rows, View, escape};

pub(super) use self::draw::{Counted as CountedUnit, Drawing, Subject as PlotSubject};
use self::method::Method;
pub(super) use self::method::memory_limit;
pub(super) use self::print::{Besides, Counted as CountedTable, print as print_table};
use self::print::{Counted, print};
pub(super) use self::tabled::{Tabled, each, order};
use super::alerts::Alerts;
use super::files::{self, Content, Planned};
use super::job::job;
use super::label::Label;
use super::outcome::{Writing, conclude, report_fault};
use super::remote::Opener;
use super::{plots, state};
use crate::args::{CountArgs, DistinctArgs};
use crate::context::Context;
use crate::error::Error;
use crate::flags::id;
use crate::status::Status;
use crate::ui::progress_bar::{ProgressBar, Subject};
use crate::ui::stats::Stopwatch;
use crate::ui::{messages, notices};

/// The network that would count, and why it is this one.
pub(super) fn explain(
    context: &Context,
    args: &CountArgs,
    what: &DistinctArgs,
) -> Result<(String, String), Error> {
    let method = Method::new(args, what, &args.given.rows(args.output.expanded))?;
    let measures = method.measure.iter().cloned().collect();
    let opener =
        Opener::new(context, &args.inputs, &args.remote)?.after(context, args.pre.as_ref());
    let shape = Job { measures, ..job(context, args, &method.plan, &opener) }.shape().to_string();
    Ok((shape, method.reason().to_owned()))
}

/// Counts, and shows the table.
pub(crate) fn distinct(
    context: &Context,
    args: &CountArgs,
    what: &DistinctArgs,
) -> Result<Status, Error> {
    let saved = args.save.as_deref();
    let planned = saved.map(|path| Planned { flag: id::SAVE, path, content: Content::SavedResult });
    let planned = planned.into_iter().chain(plots::planned(&args.output));
    files::check(&planned.collect::<Vec<_>>())?;
    if let Some(hint) = &args.hint {
        messages::hint(hint);
    }
    let mut stopwatch = Stopwatch::start(args.needs_facts());
    let rows = args.given.rows(args.output.expanded);
    let method = Method::new(args, what, &rows)?;
    stopwatch.engines_are_made();

    let shard = ShardFilter::new(args.shard.unwrap_or(Shard::WHOLE));
    let opener =
        Opener::new(context, &args.inputs, &args.remote)?.after(context, args.pre.as_ref());
    let subject = Subject {
        backend: &**opener.backend(),
        inputs: &args.inputs,
        rows: &rows,
        plan: &method.plan,
        top: args.output.view.top,
    };
    let bar = ProgressBar::new(subject, args.live, false);
    let is_counted = method.measure.is_none();
    let collects = saved.is_some() || args.output.has_plots();
    let job = Job {
        shard: (saved.is_some() || args.shard.is_some()).then_some(&shard),
        remember: collects,
        by_source: is_counted && method.layout.by_source,
        progress: bar.progress(),
        measures: method.measure.iter().cloned().collect(),
        ..job(context, args, &method.plan, &opener)
    };
    method.table.stop_on_fault(&job.open.interrupt);
    let (mut names, mut collection) = (HashMap::new(), Collection::new());
    let label = Label(args.label.as_deref());
    let observe = |source: &SourceReport| {
        let source = &*label.source(source);
        bar.suspend(|| {
            report_fault(source);
        });
        let rank = Rank { ordinal: source.ordinal, member: source.member };
        if method.layout.by_source {
            names.insert(rank, source.name.as_bytes().to_vec());
        }
        if collects {
            collection.push(source);
        }
        if let Some(counts) = source.counts.as_ref().filter(|_| is_counted) {
            method.add_literals(&rows, rank, &counts.to_vec(rows.pattern_count()));
        }
    };
    let mut report = bar.during(|| job.run(observe));
    label.name_all(&mut report);
    notices::print(&report.notices);
    if is_counted && !method.layout.by_source {
        let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        method.add_literals(&rows, Rank::default(), &counts);
    }
    if method.has_mixed_times() {
        messages::warning(
            "some time stamps have an offset and were brought to UTC, others have none and were \
             taken as they are",
        );
    }
    let counted = Counted { rows: &rows, names: &names, report: &report };
    let mut alerts = Alerts::new(args);
    let tabled = method.tabled(args.workers)?;
    let plot = args.output.plot.as_ref().map(|_| {
        let names: Vec<String> = rows.iter().map(|row| escape(&row.label)).collect();
        let (counted, names) = (CountedUnit::new(args, what), &names[..]);
        let Tabled { layout, step, .. } = tabled;
        Drawing::new(args.output.plot_kind, PlotSubject { counted, names, layout, step })
    });
    let besides = Besides { plot, is_saved: saved.is_some() };
    let printed = print(context, &args.output, &tabled, &counted, &mut alerts, besides)?;
    let mut writing = Writing::default();
    if let Some(path) = saved {
        let sources = (shard.shard(), label.digest(shard.digest()));
        let job = state::TableJob { args, what, sources, report: &report };
        writing.note(state::save_table(path, &job, &collection, &tabled, printed.total));
    }
    if let (Some(path), Some(plot)) = (&args.output.plot, printed.plot) {
        writing.note(plot.write(path));
    }
    let facts = || stopwatch.facts(&report, method.reason(), &method.plan, args, &opener);
    if args.output.report.is_some() {
        let unit = CountedUnit::new(args, what).unit;
        let origin = plots::Origin { context, unit, options: state::options(args), facts: facts() };
        writing.note(write_page(args, printed.drawn, &report, collection, &origin));
    }
    if let Some(failure) = printed.failure {
        return Err(failure.into());
    }
    if args.stats {
        for (name, value) in facts() {
            // A failure to write would be reported on standard error.
            let _ = writeln!(io::stderr(), "{name:<9} {value}");
        }
    }
    Ok(writing.status(alerts.conclude(conclude(&report, printed.has_rows))))
}

/// Writes a page of the rows that were shown.
fn write_page(
    args: &CountArgs,
    drawn: Vec<(Vec<u8>, u64)>,
    report: &Report,
    mut collection: Collection,
    origin: &plots::Origin<'_>,
) -> Result<(), Error> {
    // They are chosen and in order already.
    let mut output = args.output.clone();
    output.view = View::default();
    let rows = Rows::new(drawn.iter().map(|(label, _)| (label.clone(), None)), false);
    let patterns = drawn.into_iter();
    let patterns =
        patterns.map(|(pattern, count)| PatternCount { pattern, count, places: Vec::new() });
    let report = Report {
        patterns: patterns.collect(),
        sources: Vec::new(),
        notices: Vec::new(),
        members_left_out: BTreeMap::new(),
        ..*report
    };
    for source in &mut collection.sources {
        source.counts = None;
    }
    plots::write_page(&output, &rows, &report, &collection, origin)
}
