//! Where patterns occur in many texts: a strip for each text, from its beginning to its end,
//! below the name of the pattern.

use std::cmp::Reverse;
use std::fmt::Write;

use cogrep_core::SourceReport;
use cogrep_core::measure::Dispersion;

use super::along::{Along, Ruler};
use super::density::{Cells, Place};
use super::{Canvas, MARGIN, MOST_ROWS, begin, cut_front, cut_to_room, label, markup, pixels};
use crate::collection::Collection;
use crate::escape::escape;
use crate::number::separated;
use crate::row::{Row, Rows};

/// The height of a strip with its space, and without.
const STRIP: usize = 16;
const MARK: usize = 12;

/// The height of the name of a pattern.
const HEAD: usize = 26;

/// The height of the axis below the strips of a pattern.
const AXIS: usize = 34;

/// The most columns of the name of a text.
const NAME: usize = 28;

/// However many patterns there are, each shows as many texts.
const LEAST_TEXTS: usize = 10;

/// Draws where these rows occur, in this order.
pub(super) fn strips(
    rows: &Rows,
    order: &[usize],
    totals: &[u64],
    collection: &Collection,
    along: Option<Along>,
    canvas: Canvas,
) -> String {
    let panels = Panels::new(order.len(), collection, along.unwrap_or(Along::Percent), canvas);
    let drawn: Vec<Panel<'_>> =
        order.iter().map(|row| panels.panel(rows.get(*row), totals[*row])).collect();
    let height: usize = drawn.iter().map(|panel| panels.height(panel)).sum();
    let shown = drawn.iter().map(|panel| panel.strips.len()).max().unwrap_or(0);
    let title = if shown == panels.most && panels.read > shown {
        let all = separated(panels.read as u64);
        format!("Where the patterns occur, in the {shown} of {all} texts that have most of each")
    } else {
        "Where in each text the patterns occur".to_owned()
    };
    let width = panels.left + panels.canvas.plot + panels.after + MARGIN;
    let bottom = canvas.top() + height + MARGIN;
    let mut svg = begin("dispersion", canvas, &title, width, bottom);
    let mut y = canvas.top();
    for panel in &drawn {
        panels.write(&mut svg, y, panel);
        y += panels.height(panel);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where everything is drawn.
struct Panels<'a> {
    collection: &'a Collection,
    along: Along,
    /// By text.
    rulers: Vec<Ruler>,
    /// How long the longest text is, in what the axis is in.
    longest: u64,
    canvas: Canvas,
    left: usize,
    /// The room for the numbers after the strips.
    after: usize,
    /// The names of all texts.
    names: Vec<String>,
    /// How many texts a pattern shows at most.
    most: usize,
    /// How many texts were read.
    read: usize,
}

/// The strips of a pattern.
struct Panel<'a> {
    row: &'a Row,
    total: u64,
    /// The texts, by their numbers among all.
    strips: Vec<(usize, Cells)>,
}

impl<'a> Panels<'a> {
    fn new(patterns: usize, collection: &'a Collection, along: Along, canvas: Canvas) -> Self {
        let rulers = collection.sources.iter().map(|source| Ruler::new(source, along));
        let rulers: Vec<Ruler> = rulers.collect();
        let longest = rulers.iter().map(|ruler| ruler.length).max().unwrap_or(0).max(1);
        let names = collection.sources.iter().map(|source| escape(source.name.as_bytes()));
        let names: Vec<String> = names.collect();
        let most = (MOST_ROWS / patterns.max(1)).max(LEAST_TEXTS);
        let room = names.iter().map(|name| pixels(&cut_front(name, NAME))).max().unwrap_or(0);
        let left = if canvas.labels_above { MARGIN } else { MARGIN + room + 12 };
        let after = if canvas.labels_above { 0 } else { 70 };
        let has_hits = |source: &&SourceReport| source.findings.get::<Dispersion>().is_some();
        let read = collection.sources.iter().filter(has_hits).count();
        Self { collection, along, rulers, longest, canvas, left, after, names, most, read }
    }

    /// The strips of a row: those of all texts, or of the ones that have most of it.
    fn panel(&self, row: &'a Row, total: u64) -> Panel<'a> {
        let sources = self.collection.sources.iter().enumerate();
        let mut strips: Vec<(usize, Cells)> = sources
            .filter_map(|(number, source)| {
                let ruler = (&self.rulers[number], self.along);
                Some((number, Cells::new(source, &row.patterns, ruler, self.scale(number))?))
            })
            .collect();
        if strips.len() > self.most {
            strips.sort_by_key(|(_, cells)| Reverse(cells.sum()));
            strips.truncate(self.most);
            strips.sort_by_key(|(number, _)| *number);
        }
        Panel { row, total, strips }
    }

    /// Pixels a byte, or a line or a word. In percent, each text is as long as all others.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn scale(&self, number: usize) -> f64 {
        let all = match self.along {
            Along::Percent => self.rulers[number].length.max(1),
            Along::Bytes | Along::Division(_) => self.longest,
        };
        self.canvas.plot as f64 / all as f64
    }

    /// The height of a strip, with its name if that is above.
    fn strip(&self) -> usize {
        if self.canvas.labels_above { STRIP + 18 } else { STRIP }
    }

    fn height(&self, panel: &Panel<'_>) -> usize {
        HEAD + self.strip() * panel.strips.len() + AXIS + MARGIN
    }

    fn write(&self, svg: &mut String, top: usize, panel: &Panel<'_>) {
        let label = label(panel.row);
        let (full, number) = (markup(&label), separated(panel.total));
        let shown = markup(&self.canvas.cut(&label));
        // Writing to a string does not fail, here and below.
        let _ = writeln!(
            svg,
            "<g data-pattern=\"{full}\"><title>{full}: {number}</title>\
             <text x=\"{}\" y=\"{}\"><tspan class=\"head\">{shown}</tspan> \
             <tspan class=\"soft\">{number}</tspan></text>",
            self.left,
            top + 16,
        );
        let most = panel.strips.iter().map(|(_, cells)| cells.most()).max().unwrap_or(0);
        let mut y = top + HEAD;
        for (number, cells) in &panel.strips {
            self.write_strip(svg, y, *number, cells, most);
            y += self.strip();
        }
        svg.push_str("</g>\n");
        self.write_axis(svg, y, most);
    }

    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn write_strip(&self, svg: &mut String, top: usize, number: usize, cells: &Cells, most: u64) {
        let (left, plot) = (self.left, self.canvas.plot);
        let name = &self.names[number];
        let shown = if self.canvas.labels_above {
            cut_to_room(name, cut_front, self.canvas.room_above())
        } else {
            cut_front(name, NAME)
        };
        let (full, shown) = (markup(name), markup(&shown));
        let count = separated(cells.sum());
        let mut y = top;
        if self.canvas.labels_above {
            y += 18;
            let (base, end) = (y - 5, left + plot);
            let _ = write!(
                svg,
                "<text x=\"{left}\" y=\"{base}\"><title>{full}</title>{shown}</text>\
                 <text class=\"soft\" x=\"{end}\" y=\"{base}\" text-anchor=\"end\">{count}</text>",
            );
        } else {
            let (x, base, after) = (left - 12, y + 12, left + plot + 10);
            let _ = write!(
                svg,
                "<text x=\"{x}\" y=\"{base}\" text-anchor=\"end\"><title>{full}</title>{shown}</text>\
                 <text class=\"soft\" x=\"{after}\" y=\"{base}\">{count}</text>",
            );
        }
        let scale = self.scale(number);
        let length = match self.along {
            Along::Percent => plot as f64,
            Along::Bytes | Along::Division(_) => self.rulers[number].length as f64 * scale,
        };
        let length = (length * 100.0).round() / 100.0;
        let _ = writeln!(
            svg,
            "<rect class=\"band\" x=\"{left}\" y=\"{y}\" width=\"{length}\" height=\"{MARK}\"/>"
        );
        let place = Place { source: number, left: left as f64, top: y, height: MARK, scale };
        cells.write(svg, place, most);
    }

    /// Writes the axis of a pattern: how far into a text, and what the darkest cells have.
    #[expect(clippy::cast_precision_loss, reason = "a place in a plot")]
    fn write_axis(&self, svg: &mut String, top: usize, most: u64) {
        let (left, plot) = (self.left, self.canvas.plot);
        let all = if self.along == Along::Percent { 100 } else { self.longest };
        let (ticks, unit) = self.along.axis(all, (plot as u64 / 100).max(2));
        let x = |at: u64| left as f64 + plot as f64 * at as f64 / all as f64;
        let _ = write!(svg, "<path class=\"line\" d=\"");
        for (at, _) in &ticks {
            let _ = write!(svg, "M{} {}v5", x(*at), top - 2);
        }
        svg.push_str("\"/>\n");
        for (at, shown) in &ticks {
            let y = top + 16;
            let reaches_out = x(*at) + pixels(shown) as f64 / 2.0 > (left + plot) as f64;
            let anchor = match *at {
                0 => "start",
                _ if reaches_out => "end",
                _ => "middle",
            };
            let _ = writeln!(
                svg,
                "<text class=\"soft\" x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{shown}</text>",
                x(*at),
            );
        }
        let position = match self.along {
            Along::Percent => "how far into the text".to_owned(),
            Along::Bytes | Along::Division(_) => format!("position in the text, in {unit}"),
        };
        let darkest = match most {
            0 | 1 => String::new(),
            _ if self.canvas.labels_above => format!("; darkest: {}", separated(most)),
            _ => format!("; the darkest marks are {} in one place", separated(most)),
        };
        let _ = writeln!(
            svg,
            "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{position}{darkest}</text>",
            left + plot / 2,
            top + 32,
        );
    }
}
