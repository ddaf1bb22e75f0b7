//! A table as bars.

use std::collections::HashMap;

use cogrep_report::escape;
use cogrep_report::plots::{Chart, ChartGroup, title};

use super::method::Method;
use crate::args::{CountArgs, DistinctArgs, What};
use crate::commands::plots::unit;

/// What is counted, in the plural.
pub(super) fn unit_of(args: &CountArgs, what: &DistinctArgs) -> &'static str {
    match what.what {
        What::Words | What::UnicodeWords => "words",
        What::Matches | What::Patterns => unit(args.patterns.matching().unit),
    }
}

/// Gathers the rows of a table for a plot: those that have all but the pattern in common are a
/// group.
pub(in crate::commands) struct Bars {
    chart: Chart,
    /// The group of the rows with these cells.
    groups: HashMap<Vec<Vec<u8>>, usize>,
    /// Whether the pattern is in the label, since the text is.
    has_texts: bool,
}

impl Bars {
    /// No bars yet, of a table of this.
    pub(super) fn new(args: &CountArgs, what: &DistinctArgs, method: &Method) -> Self {
        let unit = unit_of(args, what);
        let rows = args.given.rows(args.output.expanded);
        let names: Vec<String> = rows.iter().map(|row| escape(&row.label)).collect();
        let series = if method.has_texts { vec![unit.to_owned()] } else { names };
        let layout = method.layout;
        let by = [(layout.by_source, "file"), (layout.by_time, "time"), (layout.by_key, "key")];
        let by: Vec<&str> = by.iter().filter(|(is_by, _)| *is_by).map(|(_, by)| *by).collect();
        let by = by.join(" and ");
        let title = match (what.what, by.as_str()) {
            (What::Patterns, _) => title(unit, &series, &by),
            (What::Words | What::UnicodeWords, "") => "How often each word occurs".to_owned(),
            (What::Words | What::UnicodeWords, _) => format!("How often each word occurs, by {by}"),
            (What::Matches, "") => "How often each text occurs".to_owned(),
            (What::Matches, _) => format!("How often each text occurs, by {by}"),
        };
        let chart = Chart { title, unit, series, ..Chart::default() };
        Self { chart, groups: HashMap::new(), has_texts: method.has_texts }
    }

    /// Adds a row, which has these cells besides its pattern.
    pub(super) fn add(&mut self, cells: &[&[u8]], row: usize, count: u64) {
        let Chart { groups, series, .. } = &mut self.chart;
        let key = cells.iter().map(|cell| cell.to_vec()).collect();
        let at = *self.groups.entry(key).or_insert_with_key(|cells| {
            let label: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
            let label = label.join(" \u{b7} ");
            groups.push(ChartGroup { label, counts: vec![0; series.len()] });
            groups.len() - 1
        });
        groups[at].counts[if self.has_texts { 0 } else { row }] += count;
    }

    pub(super) fn into_chart(self) -> Chart {
        self.chart
    }
}
