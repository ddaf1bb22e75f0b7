//! Which rows are shown, in what order, and how the counts are broken down.

use std::cmp::Reverse;
use std::str::FromStr;

use cogrep_core::SourceReport;

use crate::row::Rows;

/// How counts are broken down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Not at all: over all sources.
    #[default]
    Total,
    /// A count for each source.
    File,
    /// A count for each of some equal parts of each source.
    Part,
}

/// The order of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As they were given.
    #[default]
    Input,
    /// The largest count first; equal ones as they were given.
    Count,
    /// By the bytes of what is printed.
    Name,
}

impl Sort {
    /// The names of all orders.
    pub const NAMES: [&'static str; 3] = ["input", "count", "name"];
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "input" => Ok(Self::Input),
            "count" => Ok(Self::Count),
            "name" => Ok(Self::Name),
            _ => Err(format!("no such order; there are {}", Self::NAMES.join(", "))),
        }
    }
}

/// Which sources are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// Those with a count.
    With,
    /// Those that were read to their end and have none.
    Without,
}

/// What of a result is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// How counts are broken down.
    pub by: By,
    /// The order of the rows.
    pub sort: Sort,
    /// Only this many rows: those with the largest totals. By file, that many files.
    pub top: Option<usize>,
    /// Only counts that are at least this: totals, and those broken down.
    pub min_count: u64,
    /// Which sources are named, if nothing else is wanted of them.
    pub names: Option<Names>,
}

impl View {
    /// Whether nothing can be shown before everything is counted.
    #[must_use]
    pub fn needs_totals(&self) -> bool {
        self.sort == Sort::Count || self.top.is_some()
    }

    /// Whether sources have another order than that in which they were read, or not all of
    /// them are shown, which is known at the end only.
    #[must_use]
    pub fn ranks_sources(&self) -> bool {
        self.by == By::File && (self.sort != Sort::Input || self.top.is_some())
    }

    /// Whether a source is named.
    #[must_use]
    pub fn names_source(&self, rows: &Rows, source: &SourceReport) -> bool {
        let is_enough = |count: &u64| *count >= self.min_count.max(1);
        let counts = source.counts.as_ref();
        // A row has at least what its patterns have: mostly one of them is enough.
        let has_count = counts.is_some_and(|counts| {
            counts.iter().any(|(_, count)| is_enough(&count))
                || self.min_count > 1 && rows.counts_in(counts).iter().any(is_enough)
        });
        match self.names {
            None => false,
            Some(Names::With) => has_count,
            Some(Names::Without) => !has_count && source.outcome.is_complete(),
        }
    }

    /// The rows in their order, chosen by everything but the least count; `totals` are the
    /// counts of the rows, which are used only where they are [needed](Self::needs_totals).
    ///
    /// ```
    /// use cogrep_report::{Rows, Sort, View};
    ///
    /// let rows = Rows::new(["b", "a", "c"].map(|pattern| (pattern.into(), None)), false);
    /// let view = View { sort: Sort::Name, top: Some(2), ..View::default() };
    /// assert_eq!(view.order(&rows, &[7, 1, 7]), [0, 2]);
    /// ```
    #[must_use]
    pub fn order(&self, rows: &Rows, totals: &[u64]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        if self.needs_totals() {
            order.sort_by_key(|row| Reverse(totals[*row]));
            // By file, it is files that are chosen.
            let top = self.top.filter(|_| self.by != By::File);
            order.truncate(top.unwrap_or(usize::MAX));
        }
        match self.sort {
            Sort::Count => {}
            Sort::Input => order.sort_unstable(),
            Sort::Name => order.sort_by_key(|row| &rows.get(*row).label),
        }
        order
    }

    /// The same without the rows whose totals are too small.
    #[must_use]
    pub fn shown(&self, rows: &Rows, totals: &[u64]) -> Vec<usize> {
        let mut order = self.order(rows, totals);
        order.retain(|row| totals[*row] >= self.min_count);
        order
    }
}
