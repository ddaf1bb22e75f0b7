//! The members of archives: each is counted in as a source is, and has a report of its own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use cogrep_source::container::{Directory, Listed, Next};
use cogrep_source::{Chunk, Container, Fault, Member, Outcome, Rule, SourceName, Wait};

use super::hooks::Plain;
use super::{Turns, Unfinished, Whole, Worker};
use crate::measure::Rank;
use crate::report::SourceReport;
use crate::run::archive::Archive;
use crate::run::ledger::Ledger;
use crate::trace::Activity;

/// The report of a container itself comes after those of its members.
const LAST: u64 = u64::MAX;

impl<W: Turns> Worker<'_, W> {
    /// Counts in the members of a container, in their order. Gives a report of the container
    /// itself only if it could not be read to its end.
    ///
    /// `first` is the place of its first member among all.
    pub(super) async fn count_container(
        &self,
        first: Rank,
        name: SourceName,
        mut container: Container<W>,
        take: &impl Fn(SourceReport),
    ) -> Option<SourceReport> {
        for number in first.member.. {
            let rank = Rank { member: number, ..first };
            self.enter(Activity::Read);
            let mut chunk = self.chunk.take();
            let (report, rest) = match container.next(&mut chunk, &self.job.selection).await {
                Next::Member(mut member) => {
                    self.count_member(rank, &mut member, chunk).await.finish(member)
                }
                Next::Nested { name, outcome, rest } => {
                    self.put_back(chunk);
                    (SourceReport::new(name, outcome, 0), rest)
                }
                Next::End { outcome, left_out } => {
                    self.put_back(chunk);
                    self.leave_out(&left_out);
                    let report = SourceReport::new(name, outcome, 0);
                    let report = SourceReport { member: LAST, ..report };
                    return Some(report).filter(|report| !report.outcome.is_complete());
                }
            };
            container = rest;
            take(SourceReport { member: number, ..report });
            self.give_way().await;
        }
        None
    }

    /// Counts in a member whose first chunk was fetched.
    async fn count_member(
        &self,
        rank: Rank,
        member: &mut Member<W>,
        chunk: Chunk,
    ) -> CountedMember {
        let (name, text_bytes) = (member.name().clone(), member.text_bytes());
        let whole = Whole { rank, name, text_bytes };
        CountedMember(self.count(whole, member, chunk, Plain(self)).await)
    }

    /// Counts in all members of a directory. Gives a report of the archive itself only if it
    /// could not be read to its end.
    pub(super) async fn count_directory(
        &self,
        ordinal: u64,
        directory: &Arc<Directory>,
        take: &impl Fn(SourceReport),
    ) -> Option<SourceReport> {
        let mut fault = None;
        for number in 0..directory.part_count() {
            if let Err(other) = self.count_part(ordinal, directory, number, take).await {
                fault = Some(other);
            }
        }
        of_archive(directory, fault)
    }

    /// Counts in a part of an archive that all workers count in, and tells the ledger; with
    /// the last part, that the archive has ended.
    pub(super) async fn count_shared(
        &self,
        archive: &Archive,
        number: usize,
        ledger: &Ledger,
        is_reported: impl Fn(&SourceReport) -> bool,
    ) {
        let reports = RefCell::new(Vec::new());
        let take = |report: SourceReport| {
            ledger.count(&report);
            if is_reported(&report) {
                reports.borrow_mut().push(report);
            }
        };
        let counted = if self.job.open.interrupt.is_requested() {
            Err(Fault::Interrupted)
        } else {
            self.count_part(archive.ordinal, &archive.directory, number, &take).await
        };
        if let Err(fault) = counted {
            archive.fail(fault);
        }
        if archive.end(number, reports.into_inner(), ledger) {
            let report = of_archive(&archive.directory, archive.fault());
            ledger.end(archive.ordinal, report.map(|report| (report, true)));
        }
    }

    /// Counts in a part of an archive.
    async fn count_part(
        &self,
        ordinal: u64,
        directory: &Arc<Directory>,
        number: usize,
        take: &impl Fn(SourceReport),
    ) -> Result<(), Fault> {
        self.enter(Activity::Read);
        let members = directory.part(number, &self.job.selection, &self.wait).await?;
        let mut nth = (number as u64) << 32;
        for member in members {
            match member {
                Listed::LeftOut(rule) => self.leave_out(&BTreeMap::from([(rule, 1)])),
                Listed::Container(container) => {
                    let count = Cell::new(nth);
                    let take = |report| {
                        take(SourceReport { member: count.get(), ..report });
                        count.set(count.get() + 1);
                    };
                    // What is wrong is said of the member, and not of the archive again.
                    let name = directory.name().clone();
                    let first = Rank { ordinal, member: nth };
                    let _ = self.count_container(first, name, container, &take).await;
                    nth = count.get();
                }
            }
        }
        Ok(())
    }

    /// Notes how many members of a container were left out, by rule.
    fn leave_out(&self, members: &BTreeMap<Rule, u64>) {
        let mut left_out = self.left_out.borrow_mut();
        for (rule, count) in members {
            *left_out.entry(*rule).or_insert(0) += count;
        }
    }
}

/// The report of an archive itself, if it could not be read to its end.
fn of_archive(directory: &Directory, fault: Option<Fault>) -> Option<SourceReport> {
    let outcome = fault.map_or_else(|| directory.outcome(), Outcome::Partial);
    let report = SourceReport::new(directory.name().clone(), outcome, 0);
    Some(SourceReport { member: LAST, ..report }).filter(|report| !report.outcome.is_complete())
}

/// What was counted in a member, or why nothing was.
struct CountedMember(Result<Unfinished, Box<SourceReport>>);

impl CountedMember {
    /// The report of the member, and its container.
    fn finish<W: Wait>(self, member: Member<W>) -> (SourceReport, Container<W>) {
        let (outcome, container) = member.end();
        let report = match self.0 {
            Ok(unfinished) => unfinished.finish(|| outcome),
            Err(report) => *report,
        };
        (report, container)
    }
}
