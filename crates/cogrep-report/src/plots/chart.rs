//! What is drawn as bars or as lines: counts, broken down or not.

use std::cmp::Reverse;

use super::MOST_BARS;
use super::axis::part_in_percent;
use super::label;
use crate::collection::Collection;
use crate::escape::escape;
use crate::formats::slices;
use crate::row::Rows;
use crate::view::By;

/// Counts to draw as bars or as lines.
///
/// ```
/// use cogrep_report::plots::{Canvas, Chart, ChartGroup, bars};
///
/// let group = |label: &str, counts| ChartGroup { label: label.into(), counts };
/// let chart = Chart {
///     title: "Occurrences by file".into(),
///     unit: "occurrences",
///     series: vec!["love".into(), "hate".into()],
///     groups: vec![group("a.txt", vec![3, 1]), group("b.txt", vec![0, 2])],
///     most: 0,
/// };
/// assert_eq!(bars(&chart, Canvas::FILE).matches("data-count").count(), 4);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// What is seen above all.
    pub title: String,
    /// What is counted, in the plural: occurrences, lines.
    pub unit: &'static str,
    /// What each bar of a group is called.
    pub series: Vec<String>,
    /// The groups, each with a count for each of the series.
    pub groups: Vec<ChartGroup>,
    /// The count that the longest bar can have; that of the largest where it is smaller.
    pub most: u64,
}

/// Bars that belong together: those of a file, an hour, a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChartGroup {
    /// What it is called; empty if it is all there is.
    pub label: String,
    /// By series.
    pub counts: Vec<u64>,
}

impl Chart {
    /// The totals of these rows, in this order.
    #[must_use]
    pub fn of_totals(rows: &Rows, order: &[usize], totals: &[u64], unit: &'static str) -> Self {
        let counts = order.iter().map(|row| totals[*row]).collect();
        Self {
            title: format!("{} of each pattern", capital(unit)),
            unit,
            series: order.iter().map(|row| label(rows.get(*row))).collect(),
            groups: vec![ChartGroup { label: String::new(), counts }],
            most: 0,
        }
    }

    /// The counts of these rows in each source, or in each part of each.
    #[must_use]
    pub fn of_sources(
        rows: &Rows,
        order: &[usize],
        collection: &Collection,
        by: By,
        unit: &'static str,
    ) -> Self {
        let mut groups = Vec::new();
        let is_one = collection.sources.len() == 1;
        for source in &collection.sources {
            let counts_of = |counts| {
                let counts = rows.counts_in(counts);
                order.iter().map(|row| counts[*row]).collect()
            };
            let name = escape(source.name.as_bytes());
            if by == By::Part {
                let parts = slices(source);
                groups.extend(parts.iter().enumerate().map(|(nth, counts)| {
                    let part = part_in_percent(nth, parts.len());
                    let label = if is_one { part } else { format!("{name} {part}") };
                    ChartGroup { label, counts: counts_of(counts) }
                }));
            } else if let Some(counts) = &source.counts {
                groups.push(ChartGroup { label: name, counts: counts_of(counts) });
            }
        }
        let what = if by == By::Part { "part of the text" } else { "file" };
        let series: Vec<String> = order.iter().map(|row| label(rows.get(*row))).collect();
        Self { title: title(unit, &series, what), unit, series, groups, most: 0 }
    }

    /// Keeps the groups with the largest counts, as many as a plot has room for. Gives how many
    /// were left out.
    pub fn cut_to_fit(&mut self) -> usize {
        let most = (MOST_BARS / self.series.len().max(1)).max(1);
        let left_out = self.groups.len().saturating_sub(most);
        if left_out > 0 {
            let sum =
                |group: &ChartGroup| group.counts.iter().copied().fold(0, u64::saturating_add);
            let mut largest: Vec<usize> = (0..self.groups.len()).collect();
            largest.sort_by_key(|group| Reverse(sum(&self.groups[*group])));
            largest.truncate(most);
            largest.sort_unstable();
            self.groups =
                largest.into_iter().map(|at| std::mem::take(&mut self.groups[at])).collect();
        }
        left_out
    }

    /// The count that the longest bar can have.
    pub(super) fn most(&self) -> u64 {
        let counts = self.groups.iter().flat_map(|group| &group.counts);
        counts.copied().max().unwrap_or(0).max(self.most)
    }

    /// The same in pieces of no more than so many bars, but for groups that have more: each fits
    /// on a page of paper.
    pub(crate) fn pieces(&self, bars: usize) -> Vec<Self> {
        let most = self.most();
        if self.is_of_totals() {
            let counts = self.groups[0].counts.chunks(bars);
            let pieces = self.series.chunks(bars).zip(counts).map(|(series, counts)| {
                let groups = vec![ChartGroup { label: String::new(), counts: counts.to_vec() }];
                Self { series: series.to_vec(), groups, most, ..self.clone() }
            });
            return pieces.collect();
        }
        let groups = self.groups.chunks((bars / self.series.len().max(1)).max(1));
        groups.map(|groups| Self { groups: groups.to_vec(), most, ..self.clone() }).collect()
    }

    /// Whether it is not broken down.
    pub(super) fn is_of_totals(&self) -> bool {
        self.groups.len() == 1 && self.groups[0].label.is_empty()
    }
}

/// The title of counts of these, broken down by something.
#[must_use]
pub fn title(unit: &str, series: &[String], by: &str) -> String {
    match series {
        [one] => format!("{} of {one} by {by}", capital(unit)),
        _ => format!("{} by {by}", capital(unit)),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_have_one_scale() {
        let groups = (0..5).map(|nth| ChartGroup { label: nth.to_string(), counts: vec![nth, 7] });
        let series = vec!["a".to_owned(), "b".to_owned()];
        let chart = Chart { series, groups: groups.collect(), ..Chart::default() };
        let pieces = chart.pieces(4);
        let sizes: Vec<usize> = pieces.iter().map(|piece| piece.groups.len()).collect();
        assert_eq!(sizes, [2, 2, 1]);
        assert!(pieces.iter().all(|piece| piece.most() == 7));
        let all = ChartGroup { label: String::new(), counts: vec![1, 2, 9] };
        let series = ["a", "b", "c"].map(str::to_owned).to_vec();
        let totals = Chart { series, groups: vec![all], ..Chart::default() };
        let pieces = totals.pieces(2);
        assert_eq!(pieces[1].series, ["c"]);
        assert!(pieces.iter().all(|piece| piece.most() == 9 && piece.is_of_totals()));
    }

    #[test]
    fn the_largest_groups_stay_in_their_order() {
        let group =
            |nth: usize| ChartGroup { label: nth.to_string(), counts: vec![nth as u64 % 7, 1] };
        let series = vec!["a".to_owned(), "b".to_owned()];
        let groups: Vec<ChartGroup> = (0..MOST_BARS).map(group).collect();
        let mut chart = Chart { series, groups: groups.clone(), ..Chart::default() };
        assert_eq!(chart.cut_to_fit(), MOST_BARS / 2);
        assert_eq!(chart.groups.len(), MOST_BARS / 2);
        let kept: Vec<usize> =
            chart.groups.iter().map(|group| group.label.parse().unwrap()).collect();
        assert!(kept.is_sorted());
        assert!(kept.iter().filter(|nth| **nth % 7 == 6).count() >= MOST_BARS / 7);
        assert!(kept.iter().all(|nth| nth % 7 >= 3));
        assert_eq!(chart.cut_to_fit(), 0);
    }
}
