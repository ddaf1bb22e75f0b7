//! Counts that become tables: distinct matches, every word, and what lines have where patterns
//! occur in them.

mod draw;
mod method;
mod print;

use std::collections::HashMap;
use std::io::{self, Write};

use cogrep_core::measure::Rank;
use cogrep_core::{Job, Shard, ShardFilter, SourceReport};

use self::method::Method;
use self::print::{Counted, print};
use super::alerts::Alerts;
use super::job::job;
use super::label::Label;
use super::outcome::{conclude, report_fault};
use super::remote::Opener;
use super::{files, plots};
use crate::args::{CountArgs, DistinctArgs};
use crate::context::Context;
use crate::error::Error;
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
    let opener = Opener::new(context, args)?;
    let shape = Job { measures, ..job(context, args, &method.plan, &opener) }.shape().to_string();
    Ok((shape, method.reason().to_owned()))
}

/// Counts, and shows the table.
pub(crate) fn distinct(
    context: &Context,
    args: &CountArgs,
    what: &DistinctArgs,
) -> Result<Status, Error> {
    files::check(&plots::planned(&args.output).collect::<Vec<_>>())?;
    if let Some(hint) = &args.hint {
        messages::hint(hint);
    }
    let mut stopwatch = Stopwatch::start(args.needs_facts());
    let rows = args.given.rows(args.output.expanded);
    let method = Method::new(args, what, &rows)?;
    stopwatch.engines_are_made();

    let shard = ShardFilter::new(args.shard.unwrap_or(Shard::WHOLE));
    let opener = Opener::new(context, args)?;
    let subject = Subject {
        backend: &**opener.backend(),
        inputs: &args.inputs,
        rows: &rows,
        plan: &method.plan,
        top: args.output.view.top,
    };
    let bar = ProgressBar::new(subject, args.live, false);
    let is_counted = method.measure.is_none();
    let job = Job {
        shard: args.shard.is_some().then_some(&shard),
        by_source: is_counted && method.layout.by_source,
        progress: bar.progress(),
        measures: method.measure.iter().cloned().collect(),
        ..job(context, args, &method.plan, &opener)
    };
    let mut names = HashMap::new();
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
    let has_rows = print(context, args, (what, &method), &counted, &mut alerts)?;
    if args.stats {
        let facts = stopwatch.facts(&report, method.reason(), args, &opener);
        for (name, value) in facts {
            // A failure to write would be reported on standard error.
            let _ = writeln!(io::stderr(), "{name:<9} {value}");
        }
    }
    Ok(alerts.conclude(conclude(&report, has_rows)))
}
