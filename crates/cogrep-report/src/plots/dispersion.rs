//! Where patterns occur: the dispersion plot of corpus linguistics.
//!
//! Few texts follow each other from left to right, their ends marked; each row has a mark for
//! every cell of a text in which it occurs, the darker the more often. Where the names of the
//! texts have no room above them, each text has a [strip](super::strips) of its own.

use std::fmt::Write;

use cogrep_core::SourceReport;

use super::along::{Along, Ruler};
use super::density::{Cells, Place};
use super::{
    Canvas, LABEL_COLUMNS, MARGIN, ROW, begin, cut, cut_front, label, markup, pixels, strips,
};
use crate::collection::Collection;
use crate::escape::escape;
use crate::number::separated;
use crate::row::{Row, Rows};

/// The height of a mark, in pixels.
const MARK: usize = ROW - 8;

/// The title of the plot.
pub const DISPERSION: &str = "Where in the texts the patterns occur";

/// Draws where these rows occur, in this order.
///
/// Each row is a group with `data-pattern`; in it, each text in which it occurs has
/// paths with `data-source`, the index of the source from 0, and `data-bin-bytes`, one for
/// each shade. The marks of a path begin with `M` and the number of the cell: an occurrence at
/// `offset` is in cell `offset / bin_bytes`. Where the axis is in lines or words, there is
/// `data-bin-lines` or `data-bin-words`, and cells are counted in these.
///
/// If it is not said what the axis is in, it is in bytes where texts follow each other, and in
/// percent of each where they do not.
#[must_use]
pub fn dispersion(
    rows: &Rows,
    order: &[usize],
    totals: &[u64],
    collection: &Collection,
    along: Option<Along>,
    canvas: Canvas,
) -> String {
    let labels: Vec<String> = order.iter().map(|row| label(rows.get(*row))).collect();
    let numbers = order.iter().map(|row| pixels(&separated(totals[*row]))).max().unwrap_or(0);
    let after = 12 + numbers.max(24);
    let left = if canvas.labels_above {
        MARGIN
    } else {
        MARGIN + labels.iter().map(|label| pixels(&cut(label))).max().unwrap_or(0) + 12
    };
    let canvas = if canvas.labels_above { canvas.without(after) } else { canvas };
    let frame = Frame::new(left, order.len(), collection, along, canvas);
    if !frame.names_fit() {
        return strips::strips(rows, order, totals, collection, along, canvas);
    }
    let width = frame.left + canvas.plot + after + MARGIN;
    let mut svg =
        begin("dispersion", canvas, DISPERSION, width, frame.bottom() + ROW + MARGIN + 16);
    for (nth, (row, label)) in order.iter().zip(&labels).enumerate() {
        frame.write_row(&mut svg, nth, rows.get(*row), label, totals[*row]);
    }
    frame.write_ends(&mut svg);
    frame.write_axis(&mut svg);
    svg.push_str("</svg>\n");
    svg
}

/// Whether each text has a strip of its own, since their names have no room beside each other.
pub(crate) fn has_strips(collection: &Collection, along: Option<Along>, canvas: Canvas) -> bool {
    !Frame::new(MARGIN, 0, collection, along, canvas).names_fit()
}

/// Where everything is drawn.
struct Frame<'a> {
    canvas: Canvas,
    along: Along,
    left: usize,
    rows: usize,
    texts: Vec<Text<'a>>,
    /// How long all texts are, in what the axis is in.
    length: u64,
}

struct Text<'a> {
    /// Its number among all sources.
    number: usize,
    source: &'a SourceReport,
    ruler: Ruler,
    /// How long those before it are.
    before: u64,
}

impl<'a> Frame<'a> {
    fn new(
        left: usize,
        rows: usize,
        collection: &'a Collection,
        along: Option<Along>,
        canvas: Canvas,
    ) -> Self {
        let along = along.unwrap_or(Along::Bytes);
        let mut length = 0;
        let mut texts = Vec::new();
        for (number, source) in collection.sources.iter().enumerate() {
            let ruler = Ruler::new(source, along);
            let before = length;
            length += ruler.length;
            texts.push(Text { number, source, ruler, before });
        }
        Self { canvas, along, left, rows, texts, length }
    }

    /// Whether every text is as wide as its name.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn names_fit(&self) -> bool {
        self.texts.len() < 2
            || self.texts.iter().all(|text| {
                let name = self.shown_name(text.source);
                pixels(&name) as f64 + 9.0 <= text.ruler.length as f64 * self.scale()
            })
    }

    /// The name of a text, cut to what has room over one that is alone.
    fn shown_name(&self, source: &SourceReport) -> String {
        let name = escape(source.name.as_bytes());
        cut_front(&name, LABEL_COLUMNS.min(self.canvas.plot / 13))
    }

    /// Where the first row begins, below the names of the texts.
    fn top(&self) -> usize {
        self.canvas.top() + ROW
    }

    /// The height of a row, with its label if that is above.
    fn row(&self) -> usize {
        if self.canvas.labels_above { ROW + 20 } else { ROW }
    }

    fn bottom(&self) -> usize {
        self.top() + self.row() * self.rows
    }

    /// Pixels a byte, or a line or a word.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn scale(&self) -> f64 {
        self.canvas.plot as f64 / self.length.max(1) as f64
    }

    /// The pixel of a place, counted over all texts.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn x(&self, place: u64) -> f64 {
        self.left as f64 + place as f64 * self.scale()
    }

    fn write_row(&self, svg: &mut String, nth: usize, row: &Row, label: &str, total: u64) {
        let end = self.top() + self.row() * (nth + 1);
        let top = end - ROW;
        let full = markup(label);
        let number = separated(total);
        // Writing to a string does not fail, here and below.
        let _ = write!(svg, "<g data-pattern=\"{full}\"><title>{full}: {number}</title>");
        let plot = self.canvas.plot;
        if nth.is_multiple_of(2) || self.canvas.labels_above {
            let left = self.left;
            let _ = write!(
                svg,
                "<rect class=\"band\" x=\"{left}\" y=\"{top}\" width=\"{plot}\" height=\"{ROW}\"/>"
            );
        }
        if self.canvas.labels_above {
            let shown = markup(&self.canvas.cut(label));
            let _ = write!(svg, "<text x=\"{}\" y=\"{}\">{shown}</text>", self.left, top - 5);
        } else {
            let (x, y, shown) = (self.left - 12, top + 16, markup(&cut(label)));
            let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{shown}</text>");
        }
        let (x, y) = (self.left + plot + 10, top + 16);
        let _ = writeln!(svg, "<text class=\"soft\" x=\"{x}\" y=\"{y}\">{number}</text>");
        let cells: Vec<_> = self
            .texts
            .iter()
            .filter_map(|text| {
                let ruler = (&text.ruler, self.along);
                Some((text, Cells::new(text.source, &row.patterns, ruler, self.scale())?))
            })
            .collect();
        let most = cells.iter().map(|(_, cells)| cells.most()).max().unwrap_or(0);
        for (text, cells) in &cells {
            let place = Place {
                source: text.number,
                left: self.x(text.before),
                top: top + 4,
                height: MARK,
                scale: self.scale(),
            };
            cells.write(svg, place, most);
        }
        svg.push_str("</g>\n");
    }

    /// Marks where texts end, and names them.
    fn write_ends(&self, svg: &mut String) {
        let (top, bottom) = (self.top(), self.bottom());
        for Text { source, ruler, before, .. } in &self.texts {
            let (start, end) = (self.x(*before), self.x(before + ruler.length));
            let name = escape(source.name.as_bytes());
            let shown = markup(&self.shown_name(source));
            let full = markup(&name);
            let _ = writeln!(
                svg,
                "<path class=\"end\" data-end=\"{}\" d=\"M{end:.2} {}V{bottom}\">\
                 <title>the end of {full}</title></path>\
                 <text class=\"soft\" x=\"{start:.2}\" y=\"{}\"><title>{full}</title>{shown}</text>",
                before + ruler.length,
                top - ROW + 8,
                top - 8,
            );
        }
    }

    /// Writes the axis: the length of all texts, with some numbers.
    fn write_axis(&self, svg: &mut String) {
        let bottom = self.bottom();
        let plot = self.canvas.plot;
        let (ticks, unit) = self.along.axis(self.length, (plot as u64 / 70).max(2));
        let _ = write!(svg, "<path class=\"line\" d=\"M{} {bottom}h{plot}", self.left);
        for (at, _) in &ticks {
            let _ = write!(svg, "M{:.2} {bottom}v5", self.x(*at));
        }
        svg.push_str("\"/>\n");
        for (at, shown) in &ticks {
            let (x, y) = (self.x(*at), bottom + 20);
            let anchor = if *at == 0 { "start" } else { "middle" };
            let _ = writeln!(
                svg,
                "<text class=\"soft\" x=\"{x:.2}\" y=\"{y}\" text-anchor=\"{anchor}\">{shown}</text>",
            );
        }
        let of = if self.texts.len() == 1 { "the text" } else { "the texts" };
        let _ = writeln!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">position in {of}, in {}</text>",
            self.left + plot / 2,
            bottom + 38,
            unit,
        );
    }
}
