//! JSON lines: an object a line, as soon as it is known.
//!
//! ```json
//! {"type":"count","source":"pg2600.txt","id":0,"pattern":"love","count":677}
//! {"type":"summary","schema":1,"bytes":3291645,"sources":1,"failures":0,"complete":true}
//! ```
//!
//! A line a source and pattern, zeros included, written when the source has ended,
//! and a summary as the last line. A source that was not read to its end has a line of
//! `"type":"failed"` behind its counts, with the fields that JSON has of it. Counting by part, the lines of the parts of a
//! source stand before its own, each with `part`, from 1. Before the summary stand the
//! places, if any are shown: `"type":"place"` with the `id` of their pattern. All else
//! is as in JSON, also strings that are not UTF-8, and `name`.

use std::io::{self, Write};

use cogrep_core::{Report, SourceName};
use serde::Serialize;

use crate::escape::InertJson;
use crate::json::{Pattern, Place, SCHEMA, strings};
use crate::row::Rows;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Count {
        source: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        source_base64: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        part: Option<usize>,
        #[serde(flatten)]
        pattern: Pattern,
    },
    Failed {
        source: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        source_base64: Option<&'a str>,
        outcome: &'a str,
        bytes: u64,
        reason: &'a str,
    },
    Place {
        id: usize,
        #[serde(flatten)]
        place: Place,
    },
    Summary {
        schema: u32,
        bytes: u64,
        sources: u64,
        failures: u64,
        complete: bool,
    },
}

/// Writes the counts of one source or part, of these rows in this order.
pub(crate) fn source(
    out: &mut impl Write,
    name: &SourceName,
    part: Option<usize>,
    (rows, order): (&Rows, &[usize]),
    counts: &[u64],
    min_count: u64,
) -> io::Result<()> {
    let (source, source_base64) = strings(name.as_bytes());
    for row in order.iter().map(|row| rows.get(*row)) {
        for id in row.patterns.iter().copied().filter(|id| counts[*id] >= min_count) {
            let pattern = Pattern::new(id, row.name.as_deref(), rows.pattern(id), counts[id]);
            let source_base64 = source_base64.as_deref();
            line(out, &Line::Count { source: &source, source_base64, part, pattern })?;
        }
    }
    out.flush()
}

/// Writes that a source was not read to its end: how far, and why.
pub(crate) fn failed(
    out: &mut impl Write,
    name: &SourceName,
    (outcome, bytes, reason): (&str, u64, &str),
) -> io::Result<()> {
    let (source, source_base64) = strings(name.as_bytes());
    let source_base64 = source_base64.as_deref();
    line(out, &Line::Failed { source: &source, source_base64, outcome, bytes, reason })
}

/// Writes the places, and the last line.
pub(crate) fn end(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for (id, counted) in report.patterns.iter().enumerate() {
        for located in &counted.places {
            line(out, &Line::Place { id, place: Place::new(located) })?;
        }
    }
    let summary = Line::Summary {
        schema: SCHEMA,
        bytes: report.text_bytes,
        sources: report.source_count,
        failures: report.fault_count(),
        complete: report.is_complete(),
    };
    line(out, &summary)
}

fn line(out: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(InertJson(&mut *out), line)?;
    out.write_all(b"\n")
}
