//! JSON: one object with everything that is known.
//!
//! ```json
//! {
//!   "schema": 1,
//!   "patterns": [{"id": 0, "pattern": "love", "count": 677}],
//!   "sources": [{"source": "pg2600.txt", "outcome": "complete", "bytes": 3291645}],
//!   "failed": [{"source": "gone.txt", "outcome": "failed", "bytes": 0, "reason": "no such file"}],
//!   "bytes": 3291645,
//!   "complete": false
//! }
//! ```
//!
//! `id` is the index of a pattern in the list as given, from 0, also where the list is sorted
//! or only a part of it is shown. A pattern that was given a name has it as `name`; then there
//! is also a list `names`, of objects of `name`, `count` and `patterns`, the ids of the
//! patterns that add up to it.
//!
//! By source, each of `sources` also has `counts`, in the order of `patterns`; by part, it
//! has `parts`, a list of such lists, too. Where places are shown, each pattern has `places`:
//! objects of `source`, `offset` and `length` in bytes of its text, `line` and `column` from
//! 1, the column in bytes, and `excerpt`, the text around it in its line.
//!
//! A string that is not UTF-8 has its invalid parts replaced by U+FFFD, and a second field,
//! with `_base64` after the name, has the exact bytes.

use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cogrep_core::{Counts, Located, Report, SourceReport};
use serde::{Serialize, Serializer};

use crate::escape::InertJson;
use crate::formats::{Exporter, Out, Shown, TableForm, Totals, slices};
use crate::row::Rows;
use crate::view::By;

/// The version of the schema, which changes when a field is renamed, removed or
/// means something else.
pub(crate) const SCHEMA: u32 = 1;

/// Text for a field `NAME`, and for `NAME_base64` if it is not UTF-8.
pub(crate) fn strings(bytes: &[u8]) -> (String, Option<String>) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => {
            (String::from_utf8_lossy(bytes).into_owned(), Some(BASE64_STANDARD.encode(bytes)))
        }
    }
}

/// A pattern, and what was counted of it.
#[derive(Serialize)]
pub(crate) struct Pattern {
    id: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_base64: Option<String>,
    pattern: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern_base64: Option<String>,
    count: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<Place>,
}

impl Pattern {
    pub(crate) fn new(id: usize, name: Option<&[u8]>, pattern: &[u8], count: u64) -> Self {
        let (pattern, pattern_base64) = strings(pattern);
        let (name, name_base64) = name.map(strings).unzip();
        let name_base64 = name_base64.flatten();
        Self { id, name, name_base64, pattern, pattern_base64, count, places: Vec::new() }
    }
}

/// A name, and what its patterns add up to.
#[derive(Serialize)]
struct Name {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_base64: Option<String>,
    count: u64,
    patterns: Vec<usize>,
}

/// A place where a pattern occurs.
#[derive(Serialize)]
pub(crate) struct Place {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_base64: Option<String>,
    offset: u64,
    length: u64,
    line: u64,
    column: u64,
    excerpt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt_base64: Option<String>,
}

impl Place {
    pub(crate) fn new(located: &Located) -> Self {
        let place = &located.place;
        let (source, source_base64) = strings(located.source.as_bytes());
        let (excerpt, excerpt_base64) = strings(&place.excerpt.text);
        Self {
            source,
            source_base64,
            offset: place.bytes.start,
            length: place.bytes.end - place.bytes.start,
            line: place.line,
            column: place.column,
            excerpt,
            excerpt_base64,
        }
    }
}

/// A source, and how it ended.
#[derive(Serialize)]
struct Source {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_base64: Option<String>,
    outcome: &'static str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<u64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Vec<u64>>,
}

impl Source {
    fn new(source: &SourceReport, ids: &[usize], patterns: usize, by: By) -> Self {
        let (name, source_base64) = strings(source.name.as_bytes());
        let chosen = |counts: &Counts| {
            let all = counts.to_vec(patterns);
            ids.iter().map(|id| all[*id]).collect()
        };
        Self {
            source: name,
            source_base64,
            outcome: source.outcome.as_str(),
            bytes: source.text_bytes,
            reason: source.outcome.fault().map(ToString::to_string),
            counts: source.counts.as_ref().filter(|_| by != By::Total).map(chosen),
            parts: slices(source).iter().filter(|_| by == By::Part).map(chosen).collect(),
        }
    }
}

/// Sources that are prepared one at a time: of many sources and patterns only the counts that
/// are not zero are in memory at once.
struct Sources<'a> {
    sources: &'a [SourceReport],
    ids: &'a [usize],
    patterns: usize,
    by: By,
    only_failed: bool,
}

impl Serialize for Sources<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_chosen = |source: &&SourceReport| !self.only_failed || !source.outcome.is_complete();
        let chosen = self.sources.iter().filter(is_chosen);
        let written = |source| Source::new(source, self.ids, self.patterns, self.by);
        serializer.collect_seq(chosen.map(written))
    }
}

#[derive(Serialize)]
struct Everything<'a> {
    schema: u32,
    patterns: Vec<Pattern>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    names: Vec<Name>,
    sources: Sources<'a>,
    failed: Sources<'a>,
    bytes: u64,
    complete: bool,
}

/// The format.
#[derive(Debug)]
pub(super) struct Json;

impl Exporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn table_form(&self) -> TableForm {
        TableForm::Json
    }

    fn has_places(&self) -> bool {
        true
    }

    fn waits(&self) -> bool {
        true
    }

    fn names_sources(&self) -> bool {
        true
    }

    fn finish(&self, out: &mut Out<'_>, shown: &Shown<'_>, result: &Totals<'_>) -> io::Result<()> {
        let Shown { rows, view, .. } = *shown;
        let Totals { report, counts, collection } = *result;
        let shown = view.shown(rows, counts);
        let ids: Vec<usize> =
            shown.iter().flat_map(|row| rows.get(*row).patterns.iter().copied()).collect();
        let sources = |only_failed| Sources {
            sources: &collection.sources,
            ids: &ids,
            patterns: rows.pattern_count(),
            by: view.by,
            only_failed,
        };
        let everything = Everything {
            schema: SCHEMA,
            patterns: patterns(rows, &shown, report),
            names: names(rows, &shown, counts),
            sources: sources(false),
            failed: sources(true),
            bytes: report.text_bytes,
            complete: report.is_complete(),
        };
        serde_json::to_writer_pretty(InertJson(&mut *out), &everything)?;
        out.write_all(b"\n")
    }
}

fn patterns(rows: &Rows, shown: &[usize], report: &Report) -> Vec<Pattern> {
    let with_names = shown.iter().flat_map(|row| {
        let row = rows.get(*row);
        row.patterns.iter().map(|id| (*id, row.name.as_deref()))
    });
    with_names
        .map(|(id, name)| {
            let counted = &report.patterns[id];
            let places = counted.places.iter().map(Place::new).collect();
            Pattern { places, ..Pattern::new(id, name, &counted.pattern, counted.count) }
        })
        .collect()
}

fn names(rows: &Rows, shown: &[usize], totals: &[u64]) -> Vec<Name> {
    let named = shown.iter().filter_map(|row| {
        let (name, name_base64) = strings(rows.get(*row).name.as_deref()?);
        let patterns = rows.get(*row).patterns.clone();
        Some(Name { name, name_base64, count: totals[*row], patterns })
    });
    named.collect()
}
