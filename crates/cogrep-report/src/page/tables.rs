//! The tables of a page: one of the patterns, one of the sources. Both have everything, and no
//! table is wider than a page of paper.
//!
//! A long table is in a `noscript`: a browser that runs the script of the page reads it as text,
//! which is quick, and the script makes the rows that are seen; any other shows the table.
//! The script takes each row for a line, and cells for what is between their tags.

use std::collections::BTreeMap;
use std::io::{self, Write};

use cogrep_core::{Counts, SourceReport};

use crate::collection::Collection;
use crate::escape::escape;
use crate::number::separated;
use crate::plots::{label, markup};
use crate::row::Rows;

/// More columns of counts than these are no table that fits on paper.
const MOST_COLUMNS: usize = 12;

/// More sources than these are easier to find with a filter.
const FEW_SOURCES: usize = 12;

/// More rows than these keep a browser busy that makes all of them at once.
const MANY_ROWS: usize = 500;

/// What was counted.
#[derive(Clone, Copy)]
pub(super) struct Counted<'a> {
    pub(super) rows: &'a Rows,
    /// The rows that are shown, in their order.
    pub(super) shown: &'a [usize],
    /// By row.
    pub(super) totals: &'a [u64],
    pub(super) collection: &'a Collection,
}

/// Where the counts of each pattern in each source are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Matrix {
    /// There is one source, or no counts by source.
    Nowhere,
    /// In the table of patterns: a column a source.
    Patterns,
    /// In the table of sources: a column a pattern.
    Sources,
    /// There too, where there are too many patterns for columns: as a list of those that occur.
    List,
}

impl<'a> Counted<'a> {
    fn by_source(&self) -> impl Iterator<Item = (&'a SourceReport, &'a Counts)> {
        let sources = self.collection.sources.iter();
        sources.filter_map(|source| Some((source, source.counts.as_ref()?)))
    }

    fn matrix(&self) -> Matrix {
        match self.by_source().count() {
            0 | 1 => Matrix::Nowhere,
            2..=MOST_COLUMNS => Matrix::Patterns,
            _ if self.shown.len() <= MOST_COLUMNS => Matrix::Sources,
            _ => Matrix::List,
        }
    }

    /// Writes the table of patterns.
    pub(super) fn write_patterns(&self, out: &mut impl Write) -> io::Result<()> {
        let filter = Filter { input: "filter", output: "matching", what: "patterns" };
        let is_long = self.shown.len() > MANY_ROWS;
        begin(out, "counts", "Counts", "table", Some(filter), is_long)?;
        write_heading(out, "Pattern", "text")?;
        write_heading(out, "Count", "number")?;
        let mut by_source: Vec<Vec<u64>> = Vec::new();
        if self.matrix() == Matrix::Patterns {
            for (source, counts) in self.by_source() {
                write_heading(out, &escape(source.name.as_bytes()), "number")?;
                by_source.push(self.rows.counts_in(counts));
            }
        }
        out.write_all(b"</tr>\n</thead>\n<tbody>\n")?;
        for row in self.shown {
            let label = markup(&label(self.rows.get(*row)));
            let total = separated(self.totals[*row]);
            write!(out, "<tr><th scope=\"row\">{label}</th><td>{total}</td>")?;
            for counts in &by_source {
                write!(out, "<td>{}</td>", separated(counts[*row]))?;
            }
            out.write_all(b"</tr>\n")?;
        }
        end(out, is_long)
    }

    /// Writes the table of sources.
    pub(super) fn write_sources(&self, out: &mut impl Write) -> io::Result<()> {
        let sources = &self.collection.sources;
        let filter = Filter { input: "source-filter", output: "matching-sources", what: "sources" };
        let has_filter = sources.len() > FEW_SOURCES;
        let filter = has_filter.then_some(filter);
        let is_long = sources.len() > MANY_ROWS;
        begin(out, "sources", "Sources", "source-table", filter, is_long)?;
        let matrix = self.matrix();
        write_heading(out, "Source", "text")?;
        write_heading(out, "Bytes", "number")?;
        write_heading(out, "Read", "text")?;
        let names: Vec<String> = match matrix {
            Matrix::Sources | Matrix::List => {
                self.shown.iter().map(|row| label(self.rows.get(*row))).collect()
            }
            _ => Vec::new(),
        };
        match matrix {
            Matrix::Sources => {
                names.iter().try_for_each(|name| write_heading(out, name, "number"))?;
            }
            Matrix::List => out.write_all(b"<th scope=\"col\">What occurs, and how often</th>")?,
            _ => {}
        }
        out.write_all(b"</tr>\n</thead>\n<tbody>\n")?;
        let places = self.places();
        for source in sources {
            let fault = source.outcome.fault();
            let reason = fault.map(|fault| format!(": {}", escape(fault.to_string().as_bytes())));
            write!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"text\">{}{}</td>",
                markup(&escape(source.name.as_bytes())),
                separated(source.text_bytes),
                source.outcome.as_str(),
                markup(&reason.unwrap_or_default()),
            )?;
            if !names.is_empty() {
                write_counts(out, matrix, &names, &places, source.counts.as_ref())?;
            }
            out.write_all(b"</tr>\n")?;
        }
        end(out, is_long)
    }

    /// The place of each pattern among those that are shown.
    fn places(&self) -> Vec<Option<usize>> {
        let mut places = vec![None; self.rows.pattern_count()];
        for (place, row) in self.shown.iter().enumerate() {
            self.rows.get(*row).patterns.iter().for_each(|id| places[*id] = Some(place));
        }
        places
    }
}

/// Writes the counts of a source, given the names of what is shown and the place of each
/// pattern among them.
fn write_counts(
    out: &mut impl Write,
    matrix: Matrix,
    names: &[String],
    places: &[Option<usize>],
    counts: Option<&Counts>,
) -> io::Result<()> {
    // Of many patterns, few occur in a source.
    let mut found = BTreeMap::<usize, u64>::new();
    for (id, count) in counts.into_iter().flat_map(Counts::iter) {
        if let Some(place) = places[id] {
            *found.entry(place).or_insert(0) += count;
        }
    }
    if matrix == Matrix::Sources {
        // Without counts it was not read at all, which is said before.
        let zero = if counts.is_some() { "0" } else { "" };
        return (0..names.len()).try_for_each(|place| {
            let count = found.get(&place).map_or(zero.to_owned(), |count| separated(*count));
            write!(out, "<td>{count}</td>")
        });
    }
    out.write_all(b"<td class=\"list\">")?;
    for (place, count) in found.iter().filter(|(_, count)| **count > 0) {
        let name = markup(&names[*place]);
        write!(out, "<span>{name} <b>{}</b></span> ", separated(*count))?;
    }
    out.write_all(b"</td>")
}

/// What a table is filtered by.
#[derive(Clone, Copy)]
struct Filter {
    input: &'static str,
    output: &'static str,
    what: &'static str,
}

/// Writes what comes before the headings of a table.
fn begin(
    out: &mut impl Write,
    id: &str,
    title: &str,
    table: &str,
    filter: Option<Filter>,
    is_long: bool,
) -> io::Result<()> {
    writeln!(out, "<section>\n<h2 id=\"{id}\">{title}</h2>")?;
    let mut filtered = String::new();
    if let Some(Filter { input, output, what }) = filter {
        writeln!(
            out,
            "<p class=\"filter\"><label for=\"{input}\">Filter the {what}</label> \
             <input id=\"{input}\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\"> \
             <output id=\"{output}\" for=\"{input}\"></output></p>",
        )?;
        filtered = format!(" data-filter=\"{input}\" data-matching=\"{output}\"");
    }
    let hidden = if is_long { "<noscript>\n" } else { "" };
    write!(
        out,
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">\n{hidden}\
         <table id=\"{table}\"{filtered}>\n<thead>\n<tr>",
    )
}

fn end(out: &mut impl Write, is_long: bool) -> io::Result<()> {
    let hidden = if is_long { "</noscript>\n" } else { "" };
    write!(out, "</tbody>\n</table>\n{hidden}</div>\n</section>\n")
}

fn write_heading(out: &mut impl Write, name: &str, kind: &str) -> io::Result<()> {
    let name = markup(name);
    write!(
        out,
        "<th scope=\"col\" data-kind=\"{kind}\"><button type=\"button\">{name}\
         <span class=\"arrow\" aria-hidden=\"true\"></span></button></th>"
    )
}
