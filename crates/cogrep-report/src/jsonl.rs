//! JSON lines: an object a line, as soon as it is known.
//!
//! ```json
//! {"type":"count","source":"pg2600.txt","id":0,"pattern":"love","count":677}
//! {"type":"summary","bytes":3291645,"sources":1,"failures":0,"complete":true}
//! ```
//!
//! A line a source and pattern, zeros included, and a summary as the last line.
//! Before the summary stand the places, if any are shown: `"type":"place"` with the
//! `id` of their pattern, else as in JSON. So are strings that are not UTF-8.

use std::io::{self, Write};

use cogrep_core::{Report, SourceName};
use serde::Serialize;

use crate::json::{Pattern, Place, strings};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Count {
        source: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        source_base64: Option<&'a str>,
        #[serde(flatten)]
        pattern: Pattern,
    },
    Place {
        id: usize,
        #[serde(flatten)]
        place: Place,
    },
    Summary {
        bytes: u64,
        sources: u64,
        failures: u64,
        complete: bool,
    },
}

/// Writes the counts of one source.
pub(crate) fn source<'a>(
    out: &mut impl Write,
    name: &SourceName,
    rows: impl Iterator<Item = (&'a [u8], u64)>,
) -> io::Result<()> {
    let (source, source_base64) = strings(name.as_bytes());
    for (id, (pattern, count)) in rows.enumerate() {
        let pattern = Pattern::new(id, pattern, count);
        let source_base64 = source_base64.as_deref();
        line(out, &Line::Count { source: &source, source_base64, pattern })?;
    }
    out.flush()
}

/// Writes the places, and the last line.
pub(crate) fn end(out: &mut impl Write, report: &Report) -> io::Result<()> {
    for (id, counted) in report.patterns.iter().enumerate() {
        for located in &counted.places {
            line(out, &Line::Place { id, place: Place::new(located) })?;
        }
    }
    let summary = Line::Summary {
        bytes: report.text_bytes,
        sources: report.source_count,
        failures: report.fault_count,
        complete: report.is_complete(),
    };
    line(out, &summary)
}

fn line(out: &mut impl Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
