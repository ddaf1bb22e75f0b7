//! The report: one HTML page with tables, plots and facts.
//!
//! Everything is in the file, which forbids itself the network, and every script but its own.
//! The tables are complete without the script, which sorts and filters them. Nothing in the
//! page is of the machine or the time but what the caller gives.

mod tables;

use std::io::{self, Write};

use cogrep_core::Report;
use cogrep_core::measure::Dispersion;

use crate::collection::Collection;
use crate::escape::escape;
use crate::number::separated;
use crate::plots::{self, Canvas, Chart, markup};
use crate::row::Rows;
use crate::view::{By, View};

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The digest of the script as it is in the page, by which the policy of the page allows it.
const SCRIPT_DIGEST: &str = "sha256-JUeWvAg4TIXtK14ojwIGdcY6dhQisonUhh3J1DsyjO4=";

/// The most rows that are drawn; the table has them all.
const MOST_DRAWN: usize = 100;

/// The most strips that are drawn, unless as many patterns have more.
const MOST_STRIPS: usize = 400;
const LEAST_DRAWN: usize = 6;

/// As many bars fit on a page of paper, which cuts no plot in two.
const BARS: usize = 40;

/// What a page says of the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// The name and the version of the program.
    pub program: &'a str,
    /// What was typed.
    pub command: &'a str,
    /// When that was; a page without is the same each time.
    pub date: &'a str,
    /// What is counted, in the plural: occurrences, lines.
    pub unit: &'static str,
    /// What the axis of the plot of places is in, if it was said.
    pub along: Option<plots::Along>,
    /// What the counts depend on besides the patterns and the sources, by name.
    pub options: &'a [(String, String)],
    /// What else is known, each with its name.
    pub facts: &'a [(&'a str, String)],
}

/// Writes the page.
///
/// # Errors
///
/// When the output cannot be written to.
pub fn page(
    out: &mut impl Write,
    rows: &Rows,
    view: &View,
    report: &Report,
    collection: &Collection,
    about: &About<'_>,
) -> io::Result<()> {
    let counts: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
    let totals = rows.counts(&counts);
    let shown = view.shown(rows, &totals);
    let patterns = plural(shown.len(), "pattern");
    let sources = plural(collection.sources.len(), "source");
    let title = format!("Counts of {patterns} in {sources}");
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'; script-src '{SCRIPT_DIGEST}'; img-src data:\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n{}{}</header>\n<main>\n",
        completeness(report),
        origin(about),
    )?;
    let counted = tables::Counted { rows, shown: &shown, totals: &totals, collection };
    counted.write_patterns(out)?;
    write_plots(out, view, &counted, about)?;
    counted.write_sources(out)?;
    write_facts(out, about)?;
    write!(out, "</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n")
}

fn plural(number: usize, what: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {what}{ending}", separated(number as u64))
}

fn completeness(report: &Report) -> String {
    let bytes = separated(report.text_bytes);
    if report.is_complete() {
        format!("<p>All of the text was read, {bytes} bytes.</p>\n")
    } else {
        format!("<p class=\"warning\">Incomplete: only {bytes} bytes of text were read.</p>\n")
    }
}

/// What was typed, with which program, and when.
fn origin(about: &About<'_>) -> String {
    let made: Vec<String> =
        [about.program, about.date].into_iter().filter(|it| !it.is_empty()).map(markup).collect();
    let command = markup(&escape(about.command.as_bytes()));
    let parts = [
        (!command.is_empty()).then(|| format!("<p><code class=\"command\">{command}</code></p>\n")),
        (!made.is_empty()).then(|| format!("<p class=\"made\">{}</p>\n", made.join(", "))),
    ];
    parts.into_iter().flatten().collect()
}

fn write_plots(
    out: &mut impl Write,
    view: &View,
    counted: &tables::Counted<'_>,
    about: &About<'_>,
) -> io::Result<()> {
    let tables::Counted { rows, shown, totals, collection } = *counted;
    let drawn = &shown[..shown.len().min(MOST_DRAWN)];
    let note_of = |drawn: usize| {
        let all = separated(shown.len() as u64);
        let first = || format!("<p>The first {drawn} of {all} patterns.</p>\n");
        if drawn < shown.len() { first() } else { String::new() }
    };
    let note = note_of(drawn.len());
    let mut number = 0;
    let mut write = |id: &str, title: &str, note: &str, pieces: usize, draw: &Draw<'_>| {
        writeln!(out, "<section>\n<h2 id=\"{id}\">{title}</h2>\n{note}")?;
        for piece in 0..pieces {
            number += 1;
            let [wide, narrow] =
                [Canvas::PAGE, Canvas::PHONE].map(|canvas| draw(canvas.numbered(number), piece));
            write!(
                out,
                "<div class=\"wide\">\n{wide}</div>\n<div class=\"narrow\">\n{narrow}</div>\n"
            )?;
        }
        out.write_all(b"</section>\n")
    };
    let pieces = Chart::of_totals(rows, drawn, totals, about.unit).pieces(BARS);
    let draw = |canvas, piece: usize| plots::bars(&pieces[piece], canvas);
    write("how-often", "How often", &note, pieces.len(), &draw)?;
    if view.by != By::Total {
        let mut chart = Chart::of_sources(rows, drawn, collection, view.by, about.unit);
        let left_out = chart.cut_to_fit();
        let title = markup(&chart.title);
        let note = if left_out > 0 {
            let largest = plural(chart.groups.len(), "group");
            format!("{note}<p>The {largest} of bars with the largest counts.</p>\n")
        } else {
            note.clone()
        };
        let pieces = chart.pieces(BARS);
        let draw = |canvas, piece: usize| plots::bars(&pieces[piece], canvas);
        write("by", &title, &note, pieces.len(), &draw)?;
    }
    if collection.sources.iter().any(|source| source.findings.get::<Dispersion>().is_some()) {
        // Each pattern may have a strip for each text.
        let (rows_a_piece, most) = if plots::has_strips(collection, about.along, Canvas::PAGE) {
            (1, (MOST_STRIPS / collection.sources.len()).max(LEAST_DRAWN))
        } else {
            (BARS, MOST_DRAWN)
        };
        let drawn = &drawn[..drawn.len().min(most)];
        let note = note_of(drawn.len());
        let pieces: Vec<&[usize]> = drawn.chunks(rows_a_piece).collect();
        let draw = |canvas, piece: usize| {
            plots::dispersion(rows, pieces[piece], totals, collection, about.along, canvas)
        };
        write("where", "Where in the texts", &note, pieces.len(), &draw)?;
    }
    Ok(())
}

/// Draws a piece of a plot.
type Draw<'a> = dyn Fn(Canvas, usize) -> String + 'a;

fn write_facts(out: &mut impl Write, about: &About<'_>) -> io::Result<()> {
    let mut write = |id: &str, title: &str, facts: &mut dyn Iterator<Item = (&str, &str)>| {
        writeln!(out, "<section>\n<h2 id=\"{id}\">{title}</h2>\n<dl>")?;
        for (name, value) in facts {
            let value = markup(&escape(value.as_bytes()));
            writeln!(out, "<dt>{}</dt><dd>{value}</dd>", markup(name))?;
        }
        out.write_all(b"</dl>\n</section>\n")
    };
    if !about.options.is_empty() {
        let options = about.options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        write("options", "How it was counted", &mut { options })?;
    }
    let facts = about.facts.iter().map(|(name, value)| (*name, value.as_str()));
    write("facts", "The run", &mut { facts })
}
