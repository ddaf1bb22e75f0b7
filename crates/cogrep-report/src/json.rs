//! JSON: one object with everything that is known.
//!
//! ```json
//! {
//!   "patterns": [{"id": 0, "pattern": "love", "count": 677}],
//!   "sources": [{"source": "pg2600.txt", "outcome": "complete", "bytes": 3291645}],
//!   "failed": [{"source": "gone.txt", "outcome": "failed", "bytes": 0, "reason": "no such file"}],
//!   "bytes": 3291645,
//!   "complete": false
//! }
//! ```
//!
//! Counting by source, each of `sources` also has `counts`, in the order of
//! `patterns`. Where places are shown, each pattern has `places`: objects of
//! `source`, `offset` and `length` in bytes of its text, `line` and `column` from 1,
//! the column in bytes, and `excerpt`, what stands around it in its line. A string that is not UTF-8 has its invalid parts replaced by U+FFFD,
//! and beside it stands the same name with `_base64`, which has the exact bytes.

use std::io::{self, Write};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cogrep_core::{Located, PatternCount, Report, SourceReport};
use serde::Serialize;

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
    pattern: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern_base64: Option<String>,
    count: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    places: Vec<Place>,
}

impl Pattern {
    pub(crate) fn new(id: usize, bytes: &[u8], count: u64) -> Self {
        let (pattern, pattern_base64) = strings(bytes);
        Self { id, pattern, pattern_base64, count, places: Vec::new() }
    }
}

/// A place where a pattern stands.
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
struct Source<'a> {
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_base64: Option<String>,
    outcome: &'static str,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<&'a [u64]>,
}

impl<'a> Source<'a> {
    fn new(source: &'a SourceReport) -> Self {
        let (name, source_base64) = strings(source.name.as_bytes());
        Self {
            source: name,
            source_base64,
            outcome: source.outcome.as_str(),
            bytes: source.text_bytes,
            reason: source.outcome.fault().map(ToString::to_string),
            counts: source.counts.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Everything<'a> {
    patterns: Vec<Pattern>,
    sources: Vec<Source<'a>>,
    failed: Vec<Source<'a>>,
    bytes: u64,
    complete: bool,
}

/// Writes the one object.
pub(crate) fn report(out: &mut impl Write, report: &Report) -> io::Result<()> {
    let patterns = report.patterns.iter().enumerate().map(|(id, counted)| {
        let (pattern, count) = PatternCount::as_row(counted);
        let places = counted.places.iter().map(Place::new).collect();
        Pattern { places, ..Pattern::new(id, pattern, count) }
    });
    let failed = report.sources.iter().filter(|source| !source.outcome.is_complete());
    let everything = Everything {
        patterns: patterns.collect(),
        sources: report.sources.iter().map(Source::new).collect(),
        failed: failed.map(Source::new).collect(),
        bytes: report.text_bytes,
        complete: report.is_complete(),
    };
    serde_json::to_writer_pretty(&mut *out, &everything)?;
    out.write_all(b"\n")
}
