//! Where patterns occur: the dispersion plot of corpus linguistics.
//!
//! The texts follow each other from left to right, their ends marked; each row has a mark for
//! every bin of a text in which it occurs. The rows are in their order from top to bottom,
//! each with its label before its marks.

use std::fmt::Write;

use cogrep_core::SourceReport;
use cogrep_core::measure::Dispersion;

use super::{MARGIN, PLOT, ROW, begin, cut, label, markup, pixels};
use crate::collection::Collection;
use crate::escape::escape;
use crate::number::separated;
use crate::row::{Row, Rows};

/// The height of a mark, in pixels.
const MARK: usize = ROW - 8;

/// Where the first row begins, below the names of the texts.
const TOP: usize = MARGIN + ROW;

/// Draws where these rows occur, in this order.
///
/// Each row is a group with `data-pattern`; in it, each text in which it occurs has a
/// path with `data-source`, the index of the source from 0, and `data-bin-bytes`. The
/// marks of a path begin with `M` and the number of the bin: an occurrence at `offset`
/// is in bin `offset / bin_bytes`.
#[must_use]
pub fn dispersion(rows: &Rows, order: &[usize], totals: &[u64], collection: &Collection) -> String {
    let labels: Vec<String> = order.iter().map(|row| label(rows.get(*row))).collect();
    let room = labels.iter().map(|label| pixels(&cut(label))).max().unwrap_or(0);
    let frame = Frame::new(MARGIN + room + 12, order.len(), collection);
    let numbers = order.iter().map(|row| pixels(&separated(totals[*row]))).max().unwrap_or(0);
    let width = frame.left + PLOT + 12 + numbers.max(24) + MARGIN;
    let title = "Where in the texts the patterns occur";
    let mut svg = begin("dispersion", title, width, frame.bottom() + ROW + MARGIN + 16);
    for (nth, (row, label)) in order.iter().zip(&labels).enumerate() {
        frame.write_row(&mut svg, nth, rows.get(*row), label, totals[*row]);
    }
    frame.write_ends(&mut svg);
    frame.write_axis(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// Where everything is drawn.
struct Frame<'a> {
    left: usize,
    rows: usize,
    /// Each text with its number among all sources and the bytes of those before it.
    texts: Vec<(usize, &'a SourceReport, u64)>,
    all_bytes: u64,
}

impl<'a> Frame<'a> {
    fn new(left: usize, rows: usize, collection: &'a Collection) -> Self {
        let mut all_bytes = 0;
        let mut texts = Vec::new();
        for (number, source) in collection.sources.iter().enumerate() {
            texts.push((number, source, all_bytes));
            all_bytes += source.text_bytes;
        }
        Self { left, rows, texts, all_bytes }
    }

    fn bottom(&self) -> usize {
        TOP + ROW * self.rows
    }

    /// Pixels a byte.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn scale(&self) -> f64 {
        PLOT as f64 / self.all_bytes.max(1) as f64
    }

    /// The pixel of a byte, counted over all texts.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn x(&self, byte: u64) -> f64 {
        self.left as f64 + byte as f64 * self.scale()
    }

    fn write_row(&self, svg: &mut String, nth: usize, row: &Row, label: &str, total: u64) {
        let top = TOP + ROW * nth;
        let full = markup(label);
        let number = separated(total);
        // Writing to a string does not fail, here and below.
        let _ = write!(svg, "<g data-pattern=\"{full}\"><title>{full}: {number}</title>");
        if nth.is_multiple_of(2) {
            let left = self.left;
            let _ = write!(
                svg,
                "<rect class=\"band\" x=\"{left}\" y=\"{top}\" width=\"{PLOT}\" height=\"{ROW}\"/>"
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <text class=\"soft\" x=\"{}\" y=\"{}\">{number}</text>",
            self.left - 12,
            top + 16,
            markup(&cut(label)),
            self.left + PLOT + 10,
            top + 16,
        );
        for (number, source, before) in &self.texts {
            if let Some(dispersion) = source.findings.get::<Dispersion>() {
                self.write_marks(svg, top + 4, *number, *before, dispersion, &row.patterns);
            }
        }
        svg.push_str("</g>\n");
    }

    /// Writes the marks of one row in one text, in the units of its bins.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn write_marks(
        &self,
        svg: &mut String,
        top: usize,
        number: usize,
        before: u64,
        dispersion: &Dispersion,
        patterns: &[usize],
    ) {
        let mut bins: Vec<u32> =
            patterns.iter().flat_map(|id| dispersion.bins(*id)).map(|(bin, _)| bin).collect();
        bins.sort_unstable();
        bins.dedup();
        if bins.is_empty() {
            return;
        }
        let bin_bytes = dispersion.bin_bytes();
        let scale = bin_bytes as f64 * self.scale();
        // A mark is visible, however small its bin is.
        let width = (1.25 / scale).max(1.0);
        let _ = write!(
            svg,
            "<path class=\"mark\" data-source=\"{number}\" data-bin-bytes=\"{bin_bytes}\" \
             transform=\"translate({:.3} {top}) scale({scale:.9} 1)\" d=\"",
            self.x(before),
        );
        for bin in bins {
            let _ = write!(svg, "M{bin} 0h{width:.3}v{MARK}h-{width:.3}z");
        }
        svg.push_str("\"/>\n");
    }

    /// Marks where texts end, and names those that are as wide as their name.
    fn write_ends(&self, svg: &mut String) {
        let (top, bottom) = (TOP, self.bottom());
        for (_, source, before) in &self.texts {
            let (start, end) = (self.x(*before), self.x(before + source.text_bytes));
            let name = escape(source.name.as_bytes());
            let shown = cut(&name);
            let full = markup(&name);
            let _ = write!(
                svg,
                "<path class=\"end\" data-end=\"{}\" d=\"M{end:.2} {}V{bottom}\">\
                 <title>the end of {full}</title></path>",
                before + source.text_bytes,
                top - 8,
            );
            #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
            let is_wide = pixels(&shown) as f64 + 9.0 <= end - start;
            if is_wide {
                let _ = write!(
                    svg,
                    "<text class=\"soft\" x=\"{start:.2}\" y=\"{}\">{}<title>{full}</title></text>",
                    top - 8,
                    markup(&shown),
                );
            }
            svg.push('\n');
        }
    }

    /// Writes the axis: the bytes of all texts, with some numbers.
    fn write_axis(&self, svg: &mut String) {
        let bottom = self.bottom();
        let _ = write!(svg, "<path class=\"line\" d=\"M{} {bottom}h{PLOT}", self.left);
        let step = step(self.all_bytes);
        let ticks: Vec<u64> = (0..=self.all_bytes / step).map(|nth| nth * step).collect();
        for at in &ticks {
            let _ = write!(svg, "M{:.2} {bottom}v5", self.x(*at));
        }
        svg.push_str("\"/>\n");
        for at in ticks {
            let _ = writeln!(
                svg,
                "<text class=\"soft\" x=\"{:.2}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                self.x(at),
                bottom + 20,
                separated(at),
            );
        }
        let _ = writeln!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">bytes of text</text>",
            self.left + PLOT / 2,
            bottom + 38,
        );
    }
}

/// A round distance between numbers on an axis, of which there are four to ten, or
/// fewer where they are long.
fn step(all: u64) -> u64 {
    let longest = pixels(&separated(all)) + 24;
    let most = (PLOT / longest).clamp(1, 8) as u64;
    let mut unit: u64 = 1;
    loop {
        for times in [1, 2, 5] {
            let step = unit.saturating_mul(times);
            if all / step <= most {
                return step;
            }
        }
        unit = unit.saturating_mul(10);
    }
}
