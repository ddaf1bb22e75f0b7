//! Plots of a result, as SVG: [`bars`] or [`series`] of a [`Chart`] of counts, and the
//! [`dispersion`] of the hits over the texts.
//!
//! They need no particular font, no script and no network, and follow the light or dark mode
//! of the reader. A [`Canvas`] says how much room there is.

mod along;
mod axis;
mod bars;
mod canvas;
mod chart;
mod density;
mod dispersion;
mod legend;
#[cfg(feature = "pictures")]
mod paper;
mod picture;
mod series;
mod strips;

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use crate::escape::escape;
use crate::row::{Row, Rows};
use crate::view::View;

pub use along::Along;
pub use bars::bars;
pub use canvas::Canvas;
pub use chart::{Chart, ChartGroup, title};
pub(crate) use dispersion::has_strips;
pub use dispersion::{DISPERSION, dispersion};
pub use picture::Picture;
pub use series::{MOST_SERIES, cut_series, series};

/// More rows than this make a plot that cannot be read.
pub const MOST_ROWS: usize = 1000;

/// More bars than this are no picture either.
pub(crate) const MOST_BARS: usize = 2000;

/// There are too many rows for a plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyRows {
    /// How many rows there are.
    pub rows: usize,
}

impl std::fmt::Display for TooManyRows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} patterns do not fit into a plot", self.rows)
    }
}

impl std::error::Error for TooManyRows {}

/// The rows that are shown, if a plot has room for them.
///
/// # Errors
///
/// When there are more.
pub fn drawn(rows: &Rows, view: &View, totals: &[u64]) -> Result<Vec<usize>, TooManyRows> {
    let shown = view.shown(rows, totals);
    if shown.len() > MOST_ROWS { Err(TooManyRows { rows: shown.len() }) } else { Ok(shown) }
}

/// The height of a row, in pixels.
const ROW: usize = 24;

/// The space around everything, in pixels.
pub(crate) const MARGIN: usize = 16;

/// The columns that a label may take.
pub(crate) const LABEL_COLUMNS: usize = 32;

/// The style of all plots. It has plain colours and no variables, since not every program
/// that draws SVG knows those.
const STYLE: &str = "\
.cogrep-plot{max-width:100%;height:auto}\
.cogrep-plot text{font-size:13px;font-family:system-ui,sans-serif;fill:#1b1f24}\
.cogrep-plot .title{font-size:16px;font-weight:bold}\
.cogrep-plot .head{font-weight:bold}\
.cogrep-plot .soft{fill:#57606a}\
.cogrep-plot .paper{fill:#fff}\
.cogrep-plot .band{fill:#f3f5f7}\
.cogrep-plot .mark{fill:#0065a3}\
.cogrep-plot .c1{fill:#c05a00}\
.cogrep-plot .c2{fill:#2e7d4f}\
.cogrep-plot .c3{fill:#8e3aa8}\
.cogrep-plot .c4{fill:#b0304a}\
.cogrep-plot .c5{fill:#6b6400}\
.cogrep-plot .d1{fill-opacity:.35}\
.cogrep-plot .d2{fill-opacity:.55}\
.cogrep-plot .d3{fill-opacity:.75}\
.cogrep-plot .line{stroke:#8c959f;stroke-width:1;fill:none}\
.cogrep-plot .grid{stroke:#d0d7de;stroke-width:1;fill:none}\
.cogrep-plot .end{stroke:#b35900;stroke-width:1;stroke-dasharray:4 3;fill:none}";

/// The same in the dark, for readers that have a dark mode.
const DARK: &str = "\
@media screen and (prefers-color-scheme:dark){\
.cogrep-plot text{fill:#e6edf3}\
.cogrep-plot .soft{fill:#9da7b1}\
.cogrep-plot .paper{fill:#14181d}\
.cogrep-plot .band{fill:#1c2229}\
.cogrep-plot .mark{fill:#6cb6ff}\
.cogrep-plot .c1{fill:#f0883e}\
.cogrep-plot .c2{fill:#6fd08c}\
.cogrep-plot .c3{fill:#d2a8ff}\
.cogrep-plot .c4{fill:#ff8fa3}\
.cogrep-plot .c5{fill:#d6c94e}\
.cogrep-plot .line{stroke:#6e7781}\
.cogrep-plot .grid{stroke:#3d444d}\
.cogrep-plot .end{stroke:#f0883e}}";

/// The text, escaped for markup and for attributes.
pub(crate) fn markup(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // Not allowed in XML, escaped or not.
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(char),
        }
    }
    safe
}

/// What is printed of a row: expanded, the name and then the pattern.
pub(crate) fn label(row: &Row) -> String {
    let name = row.name.as_ref().filter(|name| **name != row.label);
    let name = name.map(|name| escape(name) + " ").unwrap_or_default();
    name + &escape(&row.label)
}

/// A label, cut to the columns that there are.
fn cut(label: &str) -> String {
    cut_to(label, LABEL_COLUMNS)
}

/// The beginning of a label that is too long for so many columns.
fn cut_to(label: &str, most: usize) -> String {
    if label.width() <= most {
        return label.to_owned();
    }
    let mut columns = 0;
    let fits = label.chars().take_while(|char| {
        columns += char.encode_utf8(&mut [0; 4]).width();
        columns < most
    });
    fits.collect::<String>() + "\u{2026}"
}

/// The end of a name that is too long: those of many files begin alike.
pub(crate) fn cut_front(name: &str, most: usize) -> String {
    if name.width() <= most {
        return name.to_owned();
    }
    let mut columns = 0;
    let fits = name.chars().rev().take_while(|char| {
        columns += char.encode_utf8(&mut [0; 4]).width();
        columns < most
    });
    let mut end: Vec<char> = fits.collect();
    end.reverse();
    "\u{2026}".chars().chain(end).collect()
}

/// The most of a label, cut in this way, that takes no more than these pixels.
fn cut_to_room(label: &str, cut: fn(&str, usize) -> String, room: usize) -> String {
    // No letter is narrower than six.
    let most = label.width().min(room / 6);
    let shown = (1..=most).rev().map(|most| cut(label, most));
    { shown }.find(|shown| pixels(shown) <= room).unwrap_or_default()
}

/// About how many pixels a text takes, in the wider ones of the usual fonts: rather too many
/// than too few, since it is not known which font the reader has.
fn pixels(text: &str) -> usize {
    let of_char = |char: char| match char {
        'M' | 'W' | 'm' | 'w' | '@' | '%' | '\u{2026}' => 13,
        'A'..='Z' => 11,
        ' '..='~' => 8,
        _ if char.encode_utf8(&mut [0; 4]).width() == 0 => 0,
        _ => 16,
    };
    // Most lower-case letters are a little wider than 8.
    text.chars().map(of_char).sum::<usize>() + text.len() / 4
}

/// The beginning of a plot: size, title and style.
pub(crate) fn begin(id: &str, canvas: Canvas, title: &str, width: usize, height: usize) -> String {
    let mut svg = String::new();
    let id = canvas.id(id);
    let dark = if canvas.follows_mode { DARK } else { "" };
    let full = markup(title);
    // Writing to a string does not fail.
    let _ = writeln!(
        svg,
        "<svg class=\"cogrep-plot\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}\">\n<title id=\"{id}\">{full}</title>\n\
         <style>{STYLE}{dark}</style>\n<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>",
    );
    if canvas.has_title {
        // Bold letters of this size take about 10 pixels.
        let shown = markup(&cut_to(title, (width - 2 * MARGIN) / 10));
        let y = MARGIN + 14;
        let _ = writeln!(svg, "<text class=\"title\" x=\"{MARGIN}\" y=\"{y}\">{shown}</text>");
    }
    svg
}
