//! Distinct texts as JSON, and as JSON lines.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{DistinctColumn, DistinctSummary};
use crate::escape::InertJson;
use crate::formats::json::{SCHEMA, strings};

/// Writes an object with all rows, or an object a line.
pub(super) struct Printer<W> {
    out: W,
    is_lines: bool,
    has_rows: bool,
}

/// A row as an object.
struct Row<'a> {
    columns: &'a [DistinctColumn],
    cells: &'a [&'a [u8]],
    count: u64,
    has_type: bool,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if self.has_type {
            map.serialize_entry("type", "distinct")?;
        }
        for (column, cell) in self.columns.iter().zip(self.cells) {
            if let Ok(text) = std::str::from_utf8(cell) {
                map.serialize_entry(column.name(), text)?;
                continue;
            }
            let (text, exact) = strings(cell);
            map.serialize_entry(column.name(), &text)?;
            map.serialize_entry(&format!("{}_base64", column.name()), &exact)?;
        }
        map.serialize_entry("count", &self.count)?;
        map.end()
    }
}

#[derive(Serialize)]
struct Summary {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<u32>,
    total: u64,
    bytes: u64,
    sources: u64,
    failures: u64,
    complete: bool,
}

impl<W: Write> Printer<W> {
    pub(super) fn new(mut out: W, is_lines: bool) -> io::Result<Self> {
        if !is_lines {
            write!(out, "{{\n  \"schema\": {SCHEMA},\n  \"rows\": [")?;
        }
        Ok(Self { out, is_lines, has_rows: false })
    }

    pub(super) fn row(
        &mut self,
        columns: &[DistinctColumn],
        cells: &[&[u8]],
        count: u64,
    ) -> io::Result<()> {
        let has_rows = std::mem::replace(&mut self.has_rows, true);
        if !self.is_lines {
            self.out.write_all(if has_rows { b",\n    " } else { b"\n    " })?;
        }
        let row = Row { columns, cells, count, has_type: self.is_lines };
        serde_json::to_writer(InertJson(&mut self.out), &row)?;
        self.out.write_all(if self.is_lines { b"\n" } else { b"" })
    }

    pub(super) fn finish(mut self, summary: &DistinctSummary) -> io::Result<()> {
        let DistinctSummary { total, bytes, sources, failures, complete } = *summary;
        let line = Summary {
            r#type: self.is_lines.then_some("summary"),
            schema: self.is_lines.then_some(SCHEMA),
            total,
            bytes,
            sources,
            failures,
            complete,
        };
        if self.is_lines {
            serde_json::to_writer(&mut self.out, &line)?;
            self.out.write_all(b"\n")?;
        } else {
            self.out.write_all(if self.has_rows { b"\n  ],\n" } else { b"],\n" })?;
            let fields = serde_json::to_string_pretty(&line)?;
            // Of an object of its own, all but the first brace.
            self.out.write_all(fields.trim_start_matches("{\n").as_bytes())?;
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }
}
