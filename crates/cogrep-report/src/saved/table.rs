//! The table of a saved result: a line a row.

use std::io::{self, Write};

use cogrep_core::measure::{DistinctText, Rank};
use cogrep_core::table::First;
use serde::{Deserialize, Serialize};

use super::NotSaved;
use super::fields::{exact, is_zero};
use crate::formats::strings;

/// A table of distinct texts: what it is, and its rows as they are in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedTable {
    facts: TableFacts,
    lines: Vec<u8>,
}

/// What a saved table is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "fields of a file")]
pub struct TableFacts {
    /// Whether texts are counted, and not only patterns.
    pub has_texts: bool,
    /// Whether they are counted by source.
    pub by_source: bool,
    /// The length of the steps of time, if they are counted by time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Whether they are counted by a key.
    pub by_key: bool,
    /// Whether it is known where each text was seen first, or in which order it was given.
    pub has_first: bool,
    /// Whether that is a place in a source.
    pub has_places: bool,
    /// Whether each pattern of a name has a row of its own.
    pub expanded: bool,
    /// How many rows it has.
    pub rows: u64,
    /// The sum of their counts.
    pub total: u64,
}

/// A row of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedRow {
    /// In which source, by its place among all; only if it is counted by source.
    pub source: Rank,
    /// The start of the step of time, if there is one.
    pub time: Option<i64>,
    /// The key; empty if there is none.
    pub key: Vec<u8>,
    /// Of which row of patterns.
    pub row: usize,
    /// The text; empty if none is counted.
    pub text: Vec<u8>,
    /// How often it occurs.
    pub count: u64,
    /// Where it was seen first; only if that is kept.
    pub first: First,
}

#[derive(Serialize, Deserialize)]
struct RowField {
    #[serde(default, skip_serializing_if = "is_zero")]
    source: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    member: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_base64: Option<String>,
    row: usize,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text_base64: Option<String>,
    count: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first: Option<(u32, u32, u64)>,
}

impl SavedTable {
    /// A table whose rows are still to be written; the ones that are read follow it.
    #[must_use]
    pub fn to_write(facts: TableFacts) -> Self {
        Self { facts, lines: Vec::new() }
    }

    pub(super) fn new(facts: TableFacts, lines: &[u8]) -> Self {
        Self { facts, lines: lines.to_vec() }
    }

    /// What it is.
    #[must_use]
    pub fn facts(&self) -> &TableFacts {
        &self.facts
    }

    /// The rows as they are in the file.
    pub(super) fn lines(&self) -> &[u8] {
        &self.lines
    }

    /// Goes through the rows.
    ///
    /// # Errors
    ///
    /// When they are not as they were written, or not all of them are there: `each` has seen
    /// rows then that do not count.
    pub fn for_each(&self, mut each: impl FnMut(SavedRow)) -> Result<(), NotSaved> {
        let damaged = |why: &str| NotSaved::Damaged(why.to_owned());
        let (mut rows, mut total) = (0, 0_u64);
        for line in self.lines.split_inclusive(|byte| *byte == b'\n') {
            let field: RowField = serde_json::from_slice(line)
                .map_err(|error| damaged(&format!("row {}: {error}", rows + 1)))?;
            let row = field.into_row().ok_or_else(|| damaged("a row of it makes no sense"))?;
            rows += 1;
            total = total.saturating_add(row.count);
            each(row);
        }
        match (rows == self.facts.rows, total == self.facts.total) {
            (false, _) => Err(damaged("it lacks rows")),
            (true, false) => Err(damaged("its counts do not add up")),
            (true, true) => Ok(()),
        }
    }
}

impl SavedRow {
    /// What is saved of a text, given where its sources are among all.
    #[must_use]
    pub fn new(
        text: &DistinctText<'_>,
        facts: &TableFacts,
        place_among_all: impl Fn(u64) -> u64,
    ) -> Self {
        let DistinctText { source, time, key, row, text, count, first } = text.clone();
        let [mut ordinal, member] = first.source;
        if facts.has_places {
            ordinal = u32::try_from(place_among_all(ordinal.into())).unwrap_or(u32::MAX);
        }
        Self {
            source: Rank { ordinal: place_among_all(source.ordinal), ..source },
            time,
            key,
            row,
            text: text.to_vec(),
            count,
            first: First { source: [ordinal, member], ..first },
        }
    }

    /// Writes the line of a row of a table with these facts.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, facts: &TableFacts, out: &mut impl Write) -> io::Result<()> {
        let (key, key_base64) = strings(&self.key);
        let (text, text_base64) = strings(&self.text);
        let [source, member] = self.first.source;
        let field = RowField {
            source: if facts.by_source { self.source.ordinal } else { 0 },
            member: if facts.by_source { self.source.member } else { 0 },
            time: self.time,
            key,
            key_base64,
            row: self.row,
            text,
            text_base64,
            count: self.count,
            first: facts.has_first.then_some((source, member, self.first.offset)),
        };
        serde_json::to_writer(&mut *out, &field)?;
        out.write_all(b"\n")
    }
}

impl RowField {
    fn into_row(self) -> Option<SavedRow> {
        let (source, member, offset) = self.first.unwrap_or_default();
        Some(SavedRow {
            source: Rank { ordinal: self.source, member: self.member },
            time: self.time,
            key: exact(self.key, self.key_base64)?,
            row: self.row,
            text: exact(self.text, self.text_base64)?,
            count: self.count,
            first: First { source: [source, member], offset },
        })
    }
}
