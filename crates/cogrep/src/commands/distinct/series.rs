//! All counts of a table that have a time, as lines.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::iter::successors;

use cogrep_core::time::Step;
use cogrep_report::escape;
use cogrep_report::plots::{Chart, ChartGroup, MOST_SERIES};

use crate::ui::messages;

/// More steps than these without a count are not filled with zeros: a stamp is wrong.
pub(super) const MOST_STEPS: usize = 1_000_000;

/// Gathers the counts of a table by time, whether they are shown or not.
pub(in crate::commands) struct Series {
    chart: Chart,
    step: Step,
    /// The number of the line of these cells.
    lines: HashMap<Vec<u8>, usize>,
    /// The counts of each line, by the starts of their steps.
    counts: Vec<BTreeMap<i64, u64>>,
    /// How many occurrences have no time.
    without_time: u64,
}

impl Series {
    pub(super) fn new(chart: Chart, step: Step) -> Self {
        Self { chart, step, lines: HashMap::new(), counts: Vec::new(), without_time: 0 }
    }

    /// Adds a count of what has these cells besides its time.
    pub(super) fn add(&mut self, cells: &[&[u8]], time: Option<i64>, count: u64) {
        let Some(time) = time else {
            self.without_time += count;
            return;
        };
        let Self { chart, lines, counts, .. } = self;
        let line = *lines.entry(cells.join(&b'\n')).or_insert_with(|| {
            let label: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
            chart.series.push(label.join(" \u{b7} "));
            counts.push(BTreeMap::new());
            counts.len() - 1
        });
        *counts[line].entry(time).or_default() += count;
    }

    /// The lines with the largest counts, as many as a plot has room for, over all steps from
    /// the first to the last; and how many lines were left out.
    pub(super) fn into_chart(self) -> (Chart, usize) {
        let Self { mut chart, step, counts, without_time, .. } = self;
        if without_time > 0 {
            messages::warning(&format!(
                "--plot: {without_time} {} before the first time stamp of a text are not drawn",
                chart.unit
            ));
        }
        let mut largest: Vec<usize> = (0..counts.len()).collect();
        largest.sort_by_cached_key(|line| Reverse(counts[*line].values().sum::<u64>()));
        largest.truncate(MOST_SERIES);
        largest.sort_unstable();
        let left_out = counts.len() - largest.len();
        chart.series =
            largest.iter().map(|line| std::mem::take(&mut chart.series[*line])).collect();
        for start in self::steps(&counts, step) {
            let counts = largest.iter().map(|line| counts[*line].get(&start).copied());
            let counts = counts.map(Option::unwrap_or_default).collect();
            chart.groups.push(ChartGroup { label: step.name(start), counts });
        }
        (chart, left_out)
    }
}

/// The starts of all steps from the first with a count to the last; of those with a count alone
/// where there are far more.
fn steps(counts: &[BTreeMap<i64, u64>], step: Step) -> Vec<i64> {
    let first = counts.iter().filter_map(|counts| counts.keys().next()).min();
    let last = counts.iter().filter_map(|counts| counts.keys().next_back()).max();
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let all = successors(Some(*first), |start| Some(step.next(*start)));
    let all: Vec<i64> = all.take_while(|start| start <= last).take(MOST_STEPS).collect();
    if all.len() < MOST_STEPS {
        return all;
    }
    let mut steps: Vec<i64> = counts.iter().flat_map(BTreeMap::keys).copied().collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}
