//! Counts as lines: over time, or over the parts of a text.

use std::fmt::Write;

use super::axis::{Axis, Unit};
use super::legend::Legend;
use super::{Canvas, Chart, ChartGroup, MARGIN, begin, markup, pixels};
use crate::number::separated;

/// The height in which lines are drawn, in pixels.
const HEIGHT: usize = 280;

/// The pixels between two points that have a dot each; nearer ones are a line alone.
const DOT: usize = 8;

/// More lines than these cannot be told apart.
pub const MOST_SERIES: usize = 12;

/// The colours that there are; the lines after them are dashed.
const COLOURS: usize = 6;

/// The colours of lines, which are those of the bars.
const STYLE: &str = "\
.cogrep-plot .ink{fill:none;stroke:#0065a3;stroke-width:1.75;stroke-linejoin:round}\
.cogrep-plot .k1{stroke:#c05a00}.cogrep-plot .k2{stroke:#2e7d4f}\
.cogrep-plot .k3{stroke:#8e3aa8}.cogrep-plot .k4{stroke:#b0304a}\
.cogrep-plot .k5{stroke:#6b6400}.cogrep-plot .dashed{stroke-dasharray:6 3}";

/// The same in the dark.
const DARK: &str = "\
@media screen and (prefers-color-scheme:dark){.cogrep-plot .ink{stroke:#6cb6ff}\
.cogrep-plot .k1{stroke:#f0883e}.cogrep-plot .k2{stroke:#6fd08c}\
.cogrep-plot .k3{stroke:#d2a8ff}.cogrep-plot .k4{stroke:#ff8fa3}\
.cogrep-plot .k5{stroke:#d6c94e}}";

/// Draws a line for each series, over the groups from left to right.
///
/// Each line is in a group with `data-pattern`, and each of its points has `data-group` and
/// `data-count`. Where there are more groups than pixels, neighbours are added up, and the name
/// of the axis says how many.
///
/// ```
/// use cogrep_report::plots::{Canvas, Chart, ChartGroup, series};
///
/// let group = |label: &str, counts| ChartGroup { label: label.into(), counts };
/// let chart = Chart {
///     title: "Lines by time".into(),
///     unit: "lines",
///     series: vec!["ERROR".into(), "WARN".into()],
///     groups: vec![group("10:00", vec![3, 1]), group("11:00", vec![0, 2])],
///     most: 0,
/// };
/// assert_eq!(series(&chart, Canvas::FILE).matches("data-count").count(), 4);
/// ```
#[must_use]
pub fn series(chart: &Chart, canvas: Canvas) -> String {
    let (groups, added) = coarse(chart, canvas.plot);
    let drawing = Drawing::new(chart, &groups, canvas);
    let (width, height) = (drawing.right + MARGIN, drawing.bottom + 42 + MARGIN);
    let mut svg = begin("series", canvas, &chart.title, width, height);
    let dark = if canvas.follows_mode { DARK } else { "" };
    // Writing to a string does not fail, here and below.
    let _ = writeln!(svg, "<style>{STYLE}{dark}</style>");
    if let Some(legend) = &drawing.legend {
        legend.write(&mut svg, &chart.series, |nth, x, y| {
            format!("<path class=\"{}\" d=\"M{x} {}h13\"/>", ink(nth), y + 9)
        });
    }
    drawing.write_counts(&mut svg);
    drawing.write_groups(&mut svg);
    let unit = match added {
        1 => chart.unit.to_owned(),
        _ => format!("{}, {added} steps to a point", chart.unit),
    };
    let (x, y) = (usize::midpoint(drawing.left, drawing.right), drawing.bottom + 42);
    let _ = writeln!(
        svg,
        "<text class=\"soft\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{unit}</text>"
    );
    for nth in 0..chart.series.len() {
        drawing.write_line(&mut svg, nth);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Keeps the series with the largest counts, as many as can be told apart. Gives how many were
/// left out.
pub fn cut_series(chart: &mut Chart) -> usize {
    let left_out = chart.series.len().saturating_sub(MOST_SERIES);
    if left_out > 0 {
        let sum = |nth: usize| {
            let counts = chart.groups.iter().map(|group| group.counts[nth]);
            counts.fold(0, u64::saturating_add)
        };
        let mut largest: Vec<usize> = (0..chart.series.len()).collect();
        largest.sort_by_cached_key(|nth| std::cmp::Reverse(sum(*nth)));
        largest.truncate(MOST_SERIES);
        largest.sort_unstable();
        chart.series = largest.iter().map(|nth| std::mem::take(&mut chart.series[*nth])).collect();
        for group in &mut chart.groups {
            group.counts = largest.iter().map(|nth| group.counts[*nth]).collect();
        }
    }
    left_out
}

/// The groups, as many as there is room for: each is the sum of so many neighbours.
fn coarse(chart: &Chart, most: usize) -> (Vec<ChartGroup>, usize) {
    let added = chart.groups.len().div_ceil(most).max(1);
    let sum = |groups: &[ChartGroup]| {
        let mut counts = vec![0_u64; chart.series.len()];
        for group in groups {
            for (sum, count) in counts.iter_mut().zip(&group.counts) {
                *sum = sum.saturating_add(*count);
            }
        }
        ChartGroup { label: groups[0].label.clone(), counts }
    };
    (chart.groups.chunks(added).map(sum).collect(), added)
}

/// The class of the line of a series.
fn ink(nth: usize) -> String {
    let dashed = if nth >= COLOURS { " dashed" } else { "" };
    format!("ink k{}{dashed}", nth % COLOURS)
}

struct Drawing<'a> {
    chart: &'a Chart,
    groups: &'a [ChartGroup],
    left: usize,
    right: usize,
    bottom: usize,
    /// The count at the top.
    most: u64,
    legend: Option<Legend>,
}

impl<'a> Drawing<'a> {
    fn new(chart: &'a Chart, groups: &'a [ChartGroup], canvas: Canvas) -> Self {
        let counts = groups.iter().flat_map(|group| &group.counts);
        let most = counts.copied().max().unwrap_or(0).max(chart.most).max(1);
        let left = MARGIN + pixels(&separated(most)) + 8;
        let right = left + canvas.plot;
        let has_legend = chart.series.len() > 1;
        let legend = has_legend.then(|| Legend::new(&chart.series, (MARGIN, right), canvas.top()));
        let top = legend.as_ref().map_or(canvas.top(), Legend::bottom) + 10;
        Self { chart, groups, left, right, bottom: top + HEIGHT, most, legend }
    }

    /// Where a group is, in hundredths of a pixel.
    fn x(&self, group: usize) -> usize {
        let width = (self.right - self.left) * 100;
        let steps = self.groups.len().saturating_sub(1);
        self.left * 100 + (width * group).checked_div(steps).unwrap_or(width / 2)
    }

    /// Where a count is, in hundredths of a pixel.
    fn y(&self, count: u64) -> usize {
        let height = HEIGHT as u128 * 100 * u128::from(count) / u128::from(self.most);
        self.bottom * 100 - usize::try_from(height).unwrap_or(HEIGHT * 100)
    }

    /// Writes the lines of the round numbers, and the numbers before them.
    fn write_counts(&self, svg: &mut String) {
        let axis = Axis::new(self.most, 6, Unit::Number);
        for (at, shown) in &axis.ticks {
            let y = self.y(*at) / 100;
            let _ = writeln!(
                svg,
                "<path class=\"grid\" d=\"M{} {y}H{}\"/><text class=\"soft\" x=\"{}\" y=\"{}\" \
                 text-anchor=\"end\">{shown}</text>",
                self.left,
                self.right,
                self.left - 8,
                y + 4,
            );
        }
    }

    /// Writes the names of as many groups as there is room for.
    fn write_groups(&self, svg: &mut String) {
        let widest = self.groups.iter().map(|group| pixels(&group.label)).max().unwrap_or(0);
        // The first begins where the others have their middle.
        let room = ((self.right - self.left) / (widest + widest / 2 + 8)).max(1);
        let every = self.groups.len().div_ceil(room).max(1);
        for (nth, group) in self.groups.iter().enumerate().step_by(every) {
            let x = self.x(nth) / 100;
            let half = widest / 2;
            let anchor = match x {
                _ if self.groups.len() == 1 => "middle",
                x if x < self.left + half => "start",
                x if x + half > self.right => "end",
                _ => "middle",
            };
            let _ = writeln!(
                svg,
                "<path class=\"line\" d=\"M{x} {}v5\"/><text class=\"soft\" x=\"{x}\" y=\"{}\" \
                 text-anchor=\"{anchor}\">{}</text>",
                self.bottom,
                self.bottom + 20,
                markup(&group.label),
            );
        }
    }

    fn write_line(&self, svg: &mut String, series: usize) {
        let name = markup(&self.chart.series[series]);
        let _ = write!(svg, "<g data-pattern=\"{name}\"><title>{name}</title>");
        let place = |nth: usize, group: &ChartGroup| {
            let [x, y] = [self.x(nth), self.y(group.counts[series])].map(hundredths);
            (x, y)
        };
        let places = self.groups.iter().enumerate().map(|(nth, group)| place(nth, group));
        let points: Vec<String> = places.clone().map(|(x, y)| format!("{x},{y}")).collect();
        let _ =
            writeln!(svg, "<polyline class=\"{}\" points=\"{}\"/>", ink(series), points.join(" "));
        let has_dots = self.groups.len() * DOT <= self.right - self.left;
        // A point is there to be pointed at where it is not seen, too.
        let hidden = if has_dots { "" } else { " fill-opacity=\"0\"" };
        for (group, (x, y)) in self.groups.iter().zip(places) {
            let (label, count) = (markup(&group.label), group.counts[series]);
            let _ = writeln!(
                svg,
                "<circle class=\"mark c{}\" cx=\"{x}\" cy=\"{y}\" r=\"2.5\"{hidden} \
                 data-group=\"{label}\" data-count=\"{count}\"><title>{label}, {name}: {}</title>\
                 </circle>",
                series % COLOURS,
                separated(count),
            );
        }
        svg.push_str("</g>\n");
    }
}

/// Hundredths as a number with two digits after the point.
fn hundredths(number: usize) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(groups: usize, series: usize) -> Chart {
        let group = |nth: usize| ChartGroup {
            label: format!("t{nth}"),
            counts: (0..series).map(|of| (nth % 5 * of) as u64).collect(),
        };
        Chart {
            unit: "lines",
            series: (0..series).map(|nth| format!("s{nth}")).collect(),
            groups: (0..groups).map(group).collect(),
            ..Chart::default()
        }
    }

    #[test]
    fn nothing_is_lost_where_neighbours_are_added_up() {
        let chart = chart(2000, 3);
        let (groups, added) = coarse(&chart, 640);
        assert_eq!((groups.len(), added), (500, 4));
        for series in 0..3 {
            let sum = |groups: &[ChartGroup]| groups.iter().map(|group| group.counts[series]).sum();
            let (few, all): (u64, u64) = (sum(&groups), sum(&chart.groups));
            assert_eq!(few, all);
        }
        assert!(super::series(&chart, Canvas::FILE).contains("lines, 4 steps to a point"));
    }

    #[test]
    fn one_group_or_none_is_a_plot_too() {
        for groups in [0, 1] {
            let svg = series(&chart(groups, 2), Canvas::PHONE);
            assert_eq!(svg.matches("<circle").count(), 2 * groups);
            assert!(svg.ends_with("</svg>\n"));
        }
    }

    #[test]
    fn the_largest_series_stay_in_their_order() {
        let mut chart = chart(5, 20);
        assert_eq!(cut_series(&mut chart), 8);
        assert_eq!(chart.series.len(), MOST_SERIES);
        assert_eq!((&*chart.series[0], &*chart.series[11]), ("s8", "s19"));
        assert!(chart.groups.iter().all(|group| group.counts.len() == MOST_SERIES));
        assert_eq!(cut_series(&mut chart), 0);
    }

    #[test]
    fn points_are_where_their_counts_are() {
        let chart = chart(2, 2);
        let svg = series(&chart, Canvas::FILE);
        // The count at the top, on the right.
        assert!(svg.contains("data-group=\"t1\" data-count=\"1\""));
        let point = svg.lines().find(|line| line.contains("t1, s1: 1")).unwrap();
        let drawing = Drawing::new(&chart, &chart.groups, Canvas::FILE);
        let top = drawing.bottom - HEIGHT;
        assert!(point.contains(&format!("cx=\"{}.00\" cy=\"{top}.00\"", drawing.right)));
    }
}
