//! What a job found out.

use std::collections::BTreeMap;

use cogrep_match::{Counts, Patterns};
use cogrep_source::{Notice, Outcome, Rule, SourceName};

use crate::measure::{Findings, Place};
use crate::state::TextState;

/// The totals of a job, and how complete they are.
#[derive(Debug)]
pub struct Report {
    /// A count a pattern, in the order given.
    pub patterns: Vec<PatternCount>,
    /// How many sources there were, whether or not they could be read.
    pub source_count: u64,
    /// How many of them were read up to some point that is not their end.
    pub partial_count: u64,
    /// How many of them gave nothing at all.
    pub failed_count: u64,
    /// How many cores took part.
    pub cores: usize,
    /// The sources that the job was asked to remember, in their order.
    pub sources: Vec<SourceReport>,
    /// The bytes of text that were counted in.
    pub text_bytes: u64,
    /// Whether the job was asked to stop before its end.
    pub interrupted: bool,
    /// What should be known of sources, and of what selected them: it changes no count.
    pub notices: Vec<(SourceName, Notice)>,
    /// How many members of archives were left out, by rule.
    pub members_left_out: BTreeMap<Rule, u64>,
}

impl Report {
    /// A report of nothing yet.
    pub(crate) fn blank(patterns: &Patterns) -> Self {
        let blank = |pattern: &[u8]| PatternCount {
            pattern: pattern.to_vec(),
            count: 0,
            places: Vec::new(),
        };
        Self {
            patterns: patterns.iter().map(blank).collect(),
            source_count: 0,
            partial_count: 0,
            failed_count: 0,
            cores: 1,
            sources: Vec::new(),
            text_bytes: 0,
            interrupted: false,
            notices: Vec::new(),
            members_left_out: BTreeMap::new(),
        }
    }

    /// Adds the report of another job with the same patterns: counts are sums. Of the
    /// cores, the larger number stays.
    ///
    /// # Panics
    ///
    /// When the patterns are not the same.
    pub fn merge(&mut self, other: Self) {
        let is_same = self.patterns.iter().map(|row| &row.pattern);
        let is_same = is_same.eq(other.patterns.iter().map(|row| &row.pattern));
        assert!(is_same, "merged reports on different patterns");
        for (ours, theirs) in self.patterns.iter_mut().zip(other.patterns) {
            ours.count += theirs.count;
            ours.places.extend(theirs.places);
        }
        self.source_count += other.source_count;
        self.partial_count += other.partial_count;
        self.failed_count += other.failed_count;
        self.cores = self.cores.max(other.cores);
        self.sources.extend(other.sources);
        self.text_bytes += other.text_bytes;
        self.interrupted |= other.interrupted;
        self.notices.extend(other.notices);
        for (rule, count) in other.members_left_out {
            *self.members_left_out.entry(rule).or_insert(0) += count;
        }
    }

    /// Adds what adds up over sources, besides the counts.
    pub(crate) fn add(&mut self, sums: Sums) {
        self.source_count += sums.source_count;
        self.partial_count += sums.partial_count;
        self.failed_count += sums.failed_count;
        self.text_bytes += sums.text_bytes;
    }

    /// Whether every source was read to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.fault_count() == 0 && !self.interrupted
    }

    /// How many sources were not read to their end.
    #[must_use]
    pub fn fault_count(&self) -> u64 {
        self.partial_count + self.failed_count
    }

    /// Whether any pattern was found.
    #[must_use]
    pub fn has_found(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.count > 0)
    }
}

/// What adds up over sources, besides the counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) source_count: u64,
    pub(crate) partial_count: u64,
    pub(crate) failed_count: u64,
    pub(crate) text_bytes: u64,
}

impl Sums {
    /// Adds one source.
    pub(crate) fn count(&mut self, source: &SourceReport) {
        self.source_count += 1;
        match source.outcome {
            Outcome::Complete => {}
            Outcome::Partial(_) => self.partial_count += 1,
            Outcome::Failed(_) => self.failed_count += 1,
        }
        self.text_bytes += source.text_bytes;
    }
}

/// A pattern as it was given, and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternCount {
    /// The pattern's bytes.
    pub pattern: Vec<u8>,
    /// Over all sources.
    pub count: u64,
    /// The first places, as many as the job was asked to show.
    pub places: Vec<Located>,
}

/// A place, and the source that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The source.
    pub source: SourceName,
    /// The place in its text.
    pub place: Place,
}

impl PatternCount {
    /// The pattern and its count, side by side.
    #[must_use]
    pub fn as_row(&self) -> (&[u8], u64) {
        (&self.pattern, self.count)
    }
}

/// One source: how it ended, and what was counted in it.
#[derive(Clone, Debug)]
pub struct SourceReport {
    /// Its place among the sources that were read, from 0. The members of a container share
    /// that of the container.
    pub ordinal: u64,
    /// Its place among the members of its container, from 0; zero if it is in none.
    pub member: u64,
    /// Which source.
    pub name: SourceName,
    /// How far it was read.
    pub outcome: Outcome,
    /// The bytes of its text that were counted in.
    pub text_bytes: u64,
    /// A count a pattern; only when the job counts by source.
    pub counts: Option<Counts>,
    /// What the measures of the job found out about its text.
    pub findings: Findings,
    /// How to continue the count, if the job was asked to keep that and it is possible.
    pub state: Option<TextState>,
}

impl SourceReport {
    /// The report of a source that has ended in this way, with nothing counted yet.
    #[must_use]
    pub fn new(name: SourceName, outcome: Outcome, text_bytes: u64) -> Self {
        Self {
            ordinal: 0,
            member: 0,
            name,
            outcome,
            text_bytes,
            counts: None,
            findings: Findings::default(),
            state: None,
        }
    }
}
