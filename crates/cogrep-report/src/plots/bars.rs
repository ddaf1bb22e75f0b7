//! Counts as bars.

use std::fmt::Write;

use super::{MARGIN, PLOT, ROW, begin, cut, label, markup, pixels};
use crate::number::separated;
use crate::row::Rows;

/// Draws a bar for the total of each of these rows, in this order.
///
/// Each bar is in a group with `data-pattern` and `data-count`.
#[must_use]
pub fn bars(rows: &Rows, order: &[usize], totals: &[u64]) -> String {
    let labels: Vec<String> = order.iter().map(|row| label(rows.get(*row))).collect();
    let most = order.iter().map(|row| totals[*row]).max().unwrap_or(0).max(1);
    let room = labels.iter().map(|label| pixels(&cut(label))).max().unwrap_or(0);
    let left = MARGIN + room + 12;
    let width = left + PLOT + 12 + pixels(&separated(most)) + MARGIN;
    let height = 2 * MARGIN + ROW * order.len();
    let mut svg = begin("bars", "Counts of the patterns, as bars", width, height);
    for (nth, (row, label)) in order.iter().zip(&labels).enumerate() {
        let count = totals[*row];
        let length = u128::from(count) * PLOT as u128 * 100 / u128::from(most);
        let (whole, rest) = (length / 100, length % 100);
        let top = MARGIN + ROW * nth;
        let middle = top + 16;
        let label_end = left - 12;
        let number = separated(count);
        let number_start = left + usize::try_from(whole).unwrap_or(PLOT) + 9;
        let full = markup(label);
        // Writing to a string does not fail.
        let _ = writeln!(
            svg,
            "<g data-pattern=\"{full}\" data-count=\"{count}\"><title>{full}: {number}</title>\
             <text x=\"{label_end}\" y=\"{middle}\" text-anchor=\"end\">{}</text>\
             <rect class=\"mark\" x=\"{left}\" y=\"{}\" width=\"{whole}.{rest:02}\" height=\"{}\"/>\
             <text class=\"soft\" x=\"{number_start}\" y=\"{middle}\">{number}</text></g>",
            markup(&cut(label)),
            top + 4,
            ROW - 8,
        );
    }
    svg.push_str("</svg>\n");
    svg
}
