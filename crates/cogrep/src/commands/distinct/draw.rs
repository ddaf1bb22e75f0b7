//! A table as bars or as lines.

use std::collections::HashMap;
use std::ffi::OsStr;

use cogrep_core::measure::Layout;
use cogrep_core::time::Step;
use cogrep_report::escape;
use cogrep_report::plots::{Chart, ChartGroup, title};

use super::series::Series;
use crate::args::{CountArgs, DistinctArgs, PlotKind, What};
use crate::commands::plots::{unit, write_bars, write_series};
use crate::error::Error;

/// What a table counts, as a plot says it.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct Counted {
    /// In the plural.
    pub(in crate::commands) unit: &'static str,
    /// What each text of it is: a word, a text. None where only patterns are counted.
    pub(in crate::commands) text: Option<&'static str>,
}

impl Counted {
    pub(super) fn new(args: &CountArgs, what: &DistinctArgs) -> Self {
        match what.what {
            What::Words | What::UnicodeWords => Self::WORDS,
            What::Matches => Self { unit: unit(args.patterns.matching().unit), text: Some("text") },
            What::Patterns => Self { unit: unit(args.patterns.matching().unit), text: None },
        }
    }

    /// Every word.
    pub(in crate::commands) const WORDS: Self = Self { unit: "words", text: Some("word") };
}

/// What a plot of a table is of.
#[derive(Clone, Copy)]
pub(in crate::commands) struct Subject<'a> {
    pub(in crate::commands) counted: Counted,
    /// The rows of patterns.
    pub(in crate::commands) names: &'a [String],
    pub(in crate::commands) layout: Layout,
    pub(in crate::commands) step: Option<Step>,
}

impl Subject<'_> {
    fn title(&self) -> String {
        let layout = self.layout;
        let by = [(layout.by_source, "file"), (layout.by_time, "time"), (layout.by_key, "key")];
        let by: Vec<&str> = by.iter().filter(|(is_by, _)| *is_by).map(|(_, by)| *by).collect();
        let by = by.join(" and ");
        match (self.counted.text, by.as_str()) {
            (None, _) => title(self.counted.unit, self.names, &by),
            (Some(text), "") => format!("How often each {text} occurs"),
            (Some(text), _) => format!("How often each {text} occurs, by {by}"),
        }
    }
}

/// Gathers a table for a plot.
pub(in crate::commands) enum Drawing {
    Bars(Bars),
    Series(Series),
}

impl Drawing {
    /// Nothing yet, of this kind.
    pub(in crate::commands) fn new(kind: PlotKind, subject: Subject<'_>) -> Self {
        let Counted { unit, text } = subject.counted;
        let chart = Chart { title: subject.title(), unit, ..Chart::default() };
        if let Some(step) = subject.step.filter(|_| kind == PlotKind::Series) {
            return Self::Series(Series::new(chart, step));
        }
        let has_texts = text.is_some();
        let series = if has_texts { vec![unit.to_owned()] } else { subject.names.to_vec() };
        let chart = Chart { series, ..chart };
        Self::Bars(Bars { chart, groups: HashMap::new(), has_texts })
    }

    /// Writes it to a file.
    pub(in crate::commands) fn write(self, path: &OsStr) -> Result<(), Error> {
        match self {
            Self::Bars(bars) => write_bars(path, bars.chart),
            Self::Series(series) => {
                let (chart, left_out) = series.into_chart();
                write_series(path, chart, left_out)
            }
        }
    }
}

/// The rows of a table that are shown, as bars: those that have all but the pattern in common
/// are a group.
pub(in crate::commands) struct Bars {
    chart: Chart,
    /// The group of the rows with these cells.
    groups: HashMap<Vec<Vec<u8>>, usize>,
    /// Whether the pattern is in the label, since the text is.
    has_texts: bool,
}

impl Bars {
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
}
