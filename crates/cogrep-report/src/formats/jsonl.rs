//! JSON lines: an object a line, as soon as it is known.
//!
//! ```json
//! {"type":"count","source":"pg2600.txt","id":0,"pattern":"love","count":677}
//! {"type":"summary","schema":1,"bytes":3291645,"sources":1,"failures":0,"complete":true}
//! ```
//!
//! There is a line for each source and pattern, zeros included, written when the source has
//! ended, and a summary as the last line. A source that was not read to its end has a line
//! of `"type":"failed"` after its counts, with the fields that it has in JSON. By part, the
//! lines of the parts of a source come before its own, each with `part`, from 1. Places come
//! before the summary: `"type":"place"` with the `id` of their pattern. Everything else is as
//! in JSON, including strings that are not UTF-8, and `name`.

use std::io;

use cogrep_core::{Counts, Fault, SourceReport};
use serde::Serialize;

use crate::escape::InertJson;
use crate::formats::json::{Pattern, Place, SCHEMA, strings};
use crate::formats::{At, Exporter, Out, Shown, TableForm, Totals};

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

/// The format.
#[derive(Debug)]
pub(super) struct Jsonl;

impl Exporter for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn table_form(&self) -> TableForm {
        TableForm::JsonLines
    }

    fn has_places(&self) -> bool {
        true
    }

    fn always_by_source(&self) -> bool {
        true
    }

    fn counts(
        &self,
        out: &mut Out<'_>,
        shown: &Shown<'_>,
        at: At<'_>,
        counts: &Counts,
    ) -> io::Result<()> {
        let Shown { rows, order, view, .. } = *shown;
        let counts = counts.to_vec(rows.pattern_count());
        let is_shown = |id: &usize| counts[*id] >= view.min_count;
        let (source, source_base64) = strings(at.source.as_bytes());
        for row in order.iter().map(|row| rows.get(*row)) {
            for id in row.patterns.iter().copied().filter(is_shown) {
                let pattern = Pattern::new(id, row.name.as_deref(), rows.pattern(id), counts[id]);
                let source_base64 = source_base64.as_deref();
                let count = Line::Count { source: &source, source_base64, part: at.slice, pattern };
                line(out, &count)?;
            }
        }
        out.flush()
    }

    fn fault(&self, out: &mut Out<'_>, source: &SourceReport, fault: &Fault) -> io::Result<()> {
        let (name, source_base64) = strings(source.name.as_bytes());
        let failed = Line::Failed {
            source: &name,
            source_base64: source_base64.as_deref(),
            outcome: source.outcome.as_str(),
            bytes: source.text_bytes,
            reason: &fault.to_string(),
        };
        line(out, &failed)
    }

    /// Writes the places and the summary.
    fn finish(&self, out: &mut Out<'_>, _: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        let report = result.report;
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
}

fn line(out: &mut Out<'_>, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(InertJson(&mut *out), line)?;
    out.write_all(b"\n")
}
