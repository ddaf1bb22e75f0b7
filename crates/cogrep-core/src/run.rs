//! The run of a job: here, one source after the other, or on workers.

mod archive;
pub(crate) mod ledger;
mod pace;
mod queue;
pub(crate) mod ranges;
mod worker;
mod workers;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use cogrep_match::Tally;
use cogrep_source::{Blocking, Rule, Selected};

use crate::job::Job;
use crate::measure::Places;
use crate::report::{Located, Report, SourceReport, Sums};
use crate::run::worker::Worker;
use crate::schedule::Schedule;
use crate::trace::Activity;
use crate::trace::recorder::{Recorder, Walking};

/// What a run counted, how many members of containers were left out, by rule, and what else
/// adds up.
type Counted = (Tally, BTreeMap<Rule, u64>, Sums);

impl Job<'_> {
    /// Reads every source once and counts.
    ///
    /// `observe` gets the reports of the sources in their order, whatever the order they
    /// ended in: of all, where each has counts of its own or is to be remembered; else of
    /// those that were not read to their end or have places to show. Nothing that goes
    /// wrong with a source stops the job: the report says so.
    pub fn run(&self, mut observe: impl FnMut(&SourceReport)) -> Report {
        let mut report = Report::blank(self.plan.patterns());
        let mut take = |source: SourceReport| {
            observe(&source);
            self.record(source, &mut report);
        };
        let schedule = Schedule::of(self);
        let on_workers = schedule.workers.and_then(|workers| {
            // Where the system has no threads to give, this one is enough.
            workers::run(self, &schedule, workers, &mut take).ok()
        });
        let ((tally, members_left_out, sums), cores) =
            on_workers.unwrap_or_else(|| (run_here(self, &schedule, &mut take), 1));
        report.cores = cores;
        report.members_left_out = members_left_out;
        for (pattern, count) in report.patterns.iter_mut().zip(self.plan.totals(&tally)) {
            pattern.count = count;
        }
        report.add(sums);
        report.interrupted = self.open.interrupt.is_requested();
        report.notices = self.open.notices.take();
        report.notices.extend(self.selection.notices.take());
        report
    }

    /// Records in the report what one source gave, but for what adds up.
    fn record(&self, mut source: SourceReport, report: &mut Report) {
        if let Some(places) = source.findings.get::<Places>() {
            for (index, pattern) in report.patterns.iter_mut().enumerate() {
                let wanted = places.limit() - pattern.places.len();
                let located = |place| Located { source: source.name.clone(), place };
                pattern.places.extend(places.places(index).take(wanted).map(located));
            }
            source.findings.remove::<Places>();
        }
        if self.remember {
            report.sources.push(source);
        }
    }

    /// The sources of the job, or of its shard.
    fn sources(&self) -> impl Iterator<Item = Selected> {
        let sources = self.selection.sources(self.inputs, &*self.open.backend);
        sources.filter(|selected| self.shard.is_none_or(|shard| shard.keeps(selected)))
    }

    /// Whether there is more to a source than what adds up.
    fn is_worth_reporting(&self, source: &SourceReport) -> bool {
        self.by_source
            || self.remember
            || source.state.is_some()
            || !source.outcome.is_complete()
            || !source.findings.are_empty()
    }
}

/// Reads one source after the other, on this thread, and waits where it must.
fn run_here(job: &Job<'_>, schedule: &Schedule, take: &mut impl FnMut(SourceReport)) -> Counted {
    let recorder = job.timeline.map(|timeline| {
        timeline.set_serial();
        Rc::new(Recorder::new(timeline, "core 1".to_owned(), false))
    });
    let worker = Worker::new(job, schedule, Blocking(recorder.clone()), recorder.clone());
    let sums = RefCell::new(Sums::default());
    let take = RefCell::new(take);
    let recorder = recorder.as_deref();
    let sources = Walking { sources: job.sources(), recorder, then: Activity::Loop };
    for (ordinal, selected) in (0..).zip(sources) {
        if job.open.interrupt.is_requested() {
            break;
        }
        worker.count_now(ordinal, selected, &|source| {
            sums.borrow_mut().count(&source);
            if job.is_worth_reporting(&source) {
                take.borrow_mut()(source);
            }
        });
    }
    let (tally, members_left_out) = worker.close();
    (tally, members_left_out, sums.into_inner())
}
