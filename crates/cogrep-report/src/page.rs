//! The report: one HTML page with a table, plots and facts.
//!
//! Everything is in the file, which forbids itself the network. The table is complete
//! without the script, which sorts and filters it.

use std::io::{self, Write};

use cogrep_core::Report;
use cogrep_core::measure::Dispersion;

use crate::collection::Collection;
use crate::escape::escape;
use crate::number::separated;
use crate::plots::{self, label, markup};
use crate::row::Rows;
use crate::view::View;

const STYLE: &str = include_str!("page/page.css");
const SCRIPT: &str = include_str!("page/page.js");

/// The most rows that are drawn; the table has them all.
const MOST_DRAWN: usize = 100;

/// The most sources that have a column each in the table of counts.
const MOST_COLUMNS: usize = 12;

/// Writes the page; `facts` are what is known about the run, each with its name.
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
    facts: &[(&str, String)],
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
         style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n{}</header>\n<main>\n",
        completeness(report),
    )?;
    write_counts(out, rows, &shown, &totals, collection)?;
    write_plots(out, rows, &shown, &totals, collection)?;
    write_sources(out, collection)?;
    write_facts(out, facts)?;
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

/// The table of counts, with a column for each source where there are few.
fn write_counts(
    out: &mut impl Write,
    rows: &Rows,
    shown: &[usize],
    totals: &[u64],
    collection: &Collection,
) -> io::Result<()> {
    out.write_all(
        b"<section>\n<h2 id=\"counts\">Counts</h2>\n\
          <p class=\"filter\"><label for=\"filter\">Filter the patterns</label> \
          <input id=\"filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"> \
          <output id=\"matching\" for=\"filter\"></output></p>\n\
          <div class=\"scroll\" role=\"region\" aria-labelledby=\"counts\" tabindex=\"0\">\n\
          <table id=\"table\">\n<thead>\n<tr>",
    )?;
    let counted: Vec<_> = collection
        .sources
        .iter()
        .filter_map(|source| Some((source, source.counts.as_ref()?)))
        .collect();
    let has_columns = (2..=MOST_COLUMNS).contains(&counted.len());
    write_heading(out, "Pattern", "text")?;
    write_heading(out, "Count", "number")?;
    let mut by_source: Vec<Vec<u64>> = Vec::new();
    if has_columns {
        for (source, counts) in &counted {
            write_heading(out, &escape(source.name.as_bytes()), "number")?;
            by_source.push(rows.counts_in(counts));
        }
    }
    out.write_all(b"</tr>\n</thead>\n<tbody>\n")?;
    for row in shown {
        let label = markup(&label(rows.get(*row)));
        write!(out, "<tr><th scope=\"row\">{label}</th><td>{}</td>", separated(totals[*row]))?;
        for counts in &by_source {
            write!(out, "<td>{}</td>", separated(counts[*row]))?;
        }
        out.write_all(b"</tr>\n")?;
    }
    out.write_all(b"</tbody>\n</table>\n</div>\n</section>\n")
}

fn write_heading(out: &mut impl Write, name: &str, kind: &str) -> io::Result<()> {
    let name = markup(name);
    write!(
        out,
        "<th scope=\"col\" data-kind=\"{kind}\"><button type=\"button\">{name}\
         <span class=\"arrow\" aria-hidden=\"true\"></span></button></th>"
    )
}

fn write_plots(
    out: &mut impl Write,
    rows: &Rows,
    shown: &[usize],
    totals: &[u64],
    collection: &Collection,
) -> io::Result<()> {
    let drawn = &shown[..shown.len().min(MOST_DRAWN)];
    let note = if drawn.len() < shown.len() {
        format!("<p>The first {} of {} patterns.</p>\n", drawn.len(), separated(shown.len() as u64))
    } else {
        String::new()
    };
    let mut write = |id: &str, title: &str, svg: &str| {
        write!(
            out,
            "<section>\n<h2 id=\"{id}\">{title}</h2>\n{note}\
             <div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">\n\
             {svg}</div>\n</section>\n"
        )
    };
    write("how-often", "How often", &plots::bars(rows, drawn, totals))?;
    if collection.sources.iter().any(|source| source.findings.get::<Dispersion>().is_some()) {
        let svg = plots::dispersion(rows, drawn, totals, collection);
        write("where", "Where in the texts", &svg)?;
    }
    Ok(())
}

fn write_sources(out: &mut impl Write, collection: &Collection) -> io::Result<()> {
    out.write_all(
        b"<section>\n<h2 id=\"sources\">Sources</h2>\n\
          <div class=\"scroll\" role=\"region\" aria-labelledby=\"sources\" tabindex=\"0\">\n\
          <table>\n<thead>\n<tr><th scope=\"col\">Source</th><th scope=\"col\">Bytes</th>\
          <th scope=\"col\">Read</th></tr>\n</thead>\n<tbody>\n",
    )?;
    for source in &collection.sources {
        let fault = source.outcome.fault();
        let reason = fault.map(|fault| format!(": {}", escape(fault.to_string().as_bytes())));
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"text\">{}{}</td></tr>",
            markup(&escape(source.name.as_bytes())),
            separated(source.text_bytes),
            source.outcome.as_str(),
            markup(&reason.unwrap_or_default()),
        )?;
    }
    out.write_all(b"</tbody>\n</table>\n</div>\n</section>\n")
}

fn write_facts(out: &mut impl Write, facts: &[(&str, String)]) -> io::Result<()> {
    out.write_all(b"<section>\n<h2 id=\"facts\">The run</h2>\n<dl>\n")?;
    for (name, value) in facts {
        writeln!(out, "<dt>{}</dt><dd>{}</dd>", markup(name), markup(&escape(value.as_bytes())))?;
    }
    out.write_all(b"</dl>\n</section>\n")
}
