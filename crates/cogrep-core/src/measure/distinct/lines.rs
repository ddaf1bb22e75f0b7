//! Counts each distinct line: what the expressions `.+` and `.*` match, without them.

use std::sync::Arc;

use cogrep_match::{Hit, line_ends};
use cogrep_source::{Fault, Role};

use super::first;
use super::layout::Layout;
use crate::measure::{Measure, Piece, Rank, TextFacts};
use crate::table::Table;

/// Counts distinct lines without their endings. A job for it has no patterns.
#[derive(Clone, Debug)]
pub struct Lines {
    table: Arc<Table>,
    layout: Layout,
    kind: LineKind,
}

/// What is counted of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// What is valid UTF-8 in them: a line that is not is as many texts as it has parts that
    /// are, and nothing is counted of an empty line.
    Parts,
    /// Those that are valid UTF-8 and not empty.
    Filled,
    /// Those that are valid UTF-8.
    Whole,
}

impl Lines {
    /// Adds lines to a table, laid out in this way.
    #[must_use]
    pub fn new(table: &Arc<Table>, layout: Layout, kind: LineKind) -> Self {
        Self { table: Arc::clone(table), layout, kind }
    }
}

/// A text that is being counted in.
#[derive(Debug)]
pub struct LinesState {
    rank: Rank,
    key: Vec<u8>,
    key_start: usize,
    ends: Vec<u32>,
}

impl Measure for Lines {
    type State = LinesState;

    fn name(&self) -> &'static str {
        "distinct lines"
    }

    fn needs_lines(&self) -> bool {
        true
    }

    fn begin(&self, text: &TextFacts) -> Result<LinesState, Fault> {
        let key = self.layout.key_of(text.source);
        Ok(LinesState { rank: text.source, key_start: key.len(), key, ends: Vec::new() })
    }

    fn hit(&self, _: &mut LinesState, _: Hit) {}

    fn piece(&self, state: &mut LinesState, piece: &Piece<'_>) {
        if piece.role != Role::Text || piece.text.is_empty() {
            return;
        }
        let LinesState { rank, key, key_start, ends } = state;
        line_ends(piece.text, ends);
        let is_ascii = piece.text.is_ascii();
        self.table.with(|local| {
            let mut add = |text: &[u8], at: usize| {
                let first = first(*rank, piece.offset + at as u64);
                if *key_start == 0 {
                    local.add_at(text, 1, first);
                } else {
                    key.truncate(*key_start);
                    key.extend_from_slice(text);
                    local.add_at(key, 1, first);
                }
            };
            let mut start = 0;
            for end in ends.iter().map(|end| *end as usize) {
                let mut line = &piece.text[start..end];
                // Only before a line feed is it of the ending.
                if end < piece.text.len() {
                    line = line.strip_suffix(b"\r").unwrap_or(line);
                }
                if self.kind != LineKind::Parts {
                    let is_one = !line.is_empty() || self.kind == LineKind::Whole;
                    if is_one && (is_ascii || std::str::from_utf8(line).is_ok()) {
                        add(line, start);
                    }
                } else if is_ascii {
                    if !line.is_empty() {
                        add(line, start);
                    }
                } else {
                    let mut at = start;
                    for chunk in line.utf8_chunks() {
                        if !chunk.valid().is_empty() {
                            add(chunk.valid().as_bytes(), at);
                        }
                        at += chunk.valid().len() + chunk.invalid().len();
                    }
                }
                start = end + 1;
            }
        });
    }

    fn join(&self, _: &mut LinesState, _: LinesState) {}
}
