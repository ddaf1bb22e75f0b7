//! Counts as bars.

use std::fmt::Write;

use super::axis::{Axis, Unit};
use super::legend::{LABEL, Legend};
use super::{Canvas, Chart, MARGIN, ROW, begin, cut, markup, pixels};
use crate::number::separated;

/// The most series that have a colour each; more of them have their names at the bars.
const COLOURS: usize = 6;

/// The height of a bar among others that belong together, with its space.
const NARROW: usize = 16;

/// The space between groups.
const GAP: usize = 10;

/// Draws a bar for each count.
///
/// Each bar is in a group with `data-pattern` and `data-count`, and with `data-group` where
/// the counts are broken down.
#[must_use]
pub fn bars(chart: &Chart, canvas: Canvas) -> String {
    let drawing = Drawing::new(chart, canvas);
    let mut body = String::new();
    let bottom = drawing.write_groups(&mut body);
    let mut svg = begin("bars", canvas, &chart.title, drawing.width, bottom + 38 + MARGIN);
    if let Some(legend) = &drawing.legend {
        legend.write(&mut svg, &chart.series, |nth, x, y| {
            let y = y + 3;
            format!("<rect class=\"mark c{nth}\" x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\"/>")
        });
    }
    drawing.write_axis(&mut svg, bottom);
    svg.push_str(&body);
    svg.push_str("</svg>\n");
    svg
}

struct Drawing<'a> {
    chart: &'a Chart,
    canvas: Canvas,
    /// Where the bars begin.
    left: usize,
    width: usize,
    /// Where the first group begins, below title and legend.
    top: usize,
    /// What is at the bars: the names of the series, or those of the groups.
    labels: Labels,
    most: u64,
    /// The names of the series, where they are not at the bars.
    legend: Option<Legend>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Labels {
    /// The bar of each series, in groups that have a heading, or in one that has none.
    Series,
    /// The first bar of each group; the series have colours.
    Groups,
}

impl<'a> Drawing<'a> {
    fn new(chart: &'a Chart, canvas: Canvas) -> Self {
        let is_coloured = !chart.is_of_totals() && chart.series.len() <= COLOURS;
        let labels = if is_coloured { Labels::Groups } else { Labels::Series };
        let names: Vec<&String> = match labels {
            Labels::Series => chart.series.iter().collect(),
            Labels::Groups => chart.groups.iter().map(|group| &group.label).collect(),
        };
        let room = names.iter().map(|name| pixels(&cut(name))).max().unwrap_or(0);
        let left = if canvas.labels_above { MARGIN } else { MARGIN + room + 12 };
        let most = chart.most().max(1);
        let number = 12 + pixels(&separated(most));
        // On a narrow canvas the numbers take from the bars.
        let canvas = if canvas.labels_above { canvas.without(number) } else { canvas };
        let width = left + canvas.plot + number + MARGIN;
        let has_legend = is_coloured && chart.series.len() > 1;
        let legend = has_legend.then(|| Legend::new(&chart.series, (left, width), canvas.top()));
        let top = legend.as_ref().map_or(canvas.top(), |legend| legend.bottom() + GAP);
        Self { chart, canvas, left, width, top, labels, most, legend }
    }

    /// Writes all bars, and gives where they end.
    fn write_groups(&self, svg: &mut String) -> usize {
        let mut y = self.top;
        let is_alone = self.chart.is_of_totals();
        for (nth, group) in self.chart.groups.iter().enumerate() {
            if nth > 0 {
                y += GAP;
            }
            if !is_alone && (self.labels == Labels::Series || self.canvas.labels_above) {
                self.write_heading(svg, y, &group.label);
                y += LABEL;
            } else if self.labels == Labels::Groups {
                let middle = y + self.height() * group.counts.len() / 2 + 4;
                self.write_label(svg, middle, &group.label);
            }
            for (series, count) in group.counts.iter().enumerate() {
                y = self.write_bar(svg, y, &group.label, series, *count);
            }
        }
        y + GAP / 2
    }

    fn height(&self) -> usize {
        if self.labels == Labels::Groups && self.chart.series.len() > 1 { NARROW } else { ROW }
    }

    fn write_heading(&self, svg: &mut String, y: usize, label: &str) {
        let x = if self.canvas.labels_above { self.left } else { MARGIN };
        let class = if self.labels == Labels::Series { " class=\"head\"" } else { "" };
        let full = markup(label);
        let _ = writeln!(
            svg,
            "<text{class} x=\"{x}\" y=\"{}\"><title>{full}</title>{}</text>",
            y + 14,
            markup(&self.canvas.cut(label)),
        );
    }

    fn write_label(&self, svg: &mut String, middle: usize, label: &str) {
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\"><title>{}</title>{}</text>",
            self.left - 12,
            markup(label),
            markup(&cut(label)),
        );
    }

    fn write_bar(
        &self,
        svg: &mut String,
        y: usize,
        group: &str,
        series: usize,
        count: u64,
    ) -> usize {
        let name = &self.chart.series[series];
        let full = markup(name);
        let number = separated(count);
        let _ = write!(svg, "<g data-pattern=\"{full}\" data-count=\"{count}\"");
        if self.chart.is_of_totals() {
            let _ = write!(svg, "><title>{full}: {number}</title>");
        } else {
            let group = markup(group);
            let _ = write!(svg, " data-group=\"{group}\"><title>{group}, {full}: {number}</title>");
        }
        let mut y = y;
        let height = self.height();
        if self.labels == Labels::Series {
            if self.canvas.labels_above {
                let label = markup(&self.canvas.cut(name));
                let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{label}</text>", self.left, y + 14);
                y += LABEL - 4;
            } else {
                let (x, label) = (self.left - 12, markup(&cut(name)));
                let y = y + height / 2 + 4;
                let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{label}</text>");
            }
        }
        let length = u128::from(count) * self.canvas.plot as u128 * 100 / u128::from(self.most);
        let (whole, rest) = (length / 100, length % 100);
        let number_start = self.left + usize::try_from(whole).unwrap_or(self.canvas.plot) + 7;
        let colour = if self.labels == Labels::Groups { series } else { 0 };
        let space = if height == NARROW { 2 } else { 8 };
        let _ = writeln!(
            svg,
            "<rect class=\"mark c{colour}\" x=\"{}\" y=\"{}\" width=\"{whole}.{rest:02}\" \
             height=\"{}\"/><text class=\"soft\" x=\"{number_start}\" y=\"{}\">{number}</text></g>",
            self.left,
            y + space / 2,
            height - space,
            y + height / 2 + 4,
        );
        y + height
    }

    /// Writes the lines of the round numbers, over all groups, and the numbers below them.
    fn write_axis(&self, svg: &mut String, bottom: usize) {
        let longest = pixels(&separated(self.most)) + 24;
        let most = (self.canvas.plot / longest).clamp(1, 8) as u64;
        let axis = Axis::new(self.most, most, Unit::Number);
        let (left, plot, top) = (self.left, self.canvas.plot, self.top - 4);
        let x = |at: u64| {
            let hundredths = u128::from(at) * plot as u128 * 100 / u128::from(self.most);
            format!("{}.{:02}", left as u128 + hundredths / 100, hundredths % 100)
        };
        let _ = write!(svg, "<path class=\"grid\" d=\"");
        for (at, _) in &axis.ticks {
            let _ = write!(svg, "M{} {top}V{}", x(*at), bottom + 5);
        }
        svg.push_str("\"/>\n");
        for (at, shown) in &axis.ticks {
            let anchor = if *at == 0 && self.canvas.labels_above { "start" } else { "middle" };
            let _ = writeln!(
                svg,
                "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{shown}</text>",
                x(*at),
                bottom + 20,
            );
        }
        let _ = writeln!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            left + plot / 2,
            bottom + 38,
            self.chart.unit,
        );
    }
}
