//! Counts each distinct text that matches a pattern.

use std::sync::Arc;

use cogrep_match::{Hit, fold_all};
use cogrep_source::{Fault, Role};

use super::first;
use super::held::Held;
use super::layout::Layout;
use crate::measure::{Measure, Piece, Rank, TextFacts};
use crate::table::{Local, Table};

/// Counts distinct matches.
#[derive(Clone, Debug)]
pub struct Distinct {
    table: Arc<Table>,
    layout: Layout,
    folds: bool,
    /// For each needle, in which rows it is.
    rows: Vec<Vec<usize>>,
}

impl Distinct {
    /// Adds matches to a table, laid out in this way, and folded if that is wanted. Of each
    /// needle it must be said in which rows of patterns it is counted.
    #[must_use]
    pub fn new(table: &Arc<Table>, layout: Layout, folds: bool, rows: Vec<Vec<usize>>) -> Self {
        Self { table: Arc::clone(table), layout, folds, rows }
    }

    fn count(&self, state: &mut Matches, local: &mut Local, piece: &Piece<'_>, hit: Hit) {
        let text = state.held.text(piece, hit.start..hit.end);
        let first = first(state.rank, hit.start);
        let key = &mut state.key;
        for row in &self.rows[hit.needle] {
            key.truncate(state.key_start);
            self.layout.put_row(*row, key);
            if !self.folds && key.is_empty() {
                local.add_at(&text, 1, first);
                continue;
            }
            if !self.folds {
                key.extend_from_slice(&text);
            } else if text.is_ascii() {
                key.extend(text.iter().map(u8::to_ascii_lowercase));
            } else {
                key.extend(fold_all(&text));
            }
            local.add_at(key, 1, first);
        }
    }
}

/// A text that is being counted in.
#[derive(Debug)]
pub struct Matches {
    rank: Rank,
    /// What each text in the table begins with, and what it goes on with.
    key: Vec<u8>,
    key_start: usize,
    held: Held,
    /// So much of the text before what is settled can be in a hit.
    longest_bytes: u64,
}

impl Measure for Distinct {
    type State = Matches;

    fn name(&self) -> &'static str {
        "distinct"
    }

    fn begin(&self, text: &TextFacts) -> Result<Matches, Fault> {
        let mut key = Vec::new();
        self.layout.put_source(text.source, &mut key);
        Ok(Matches {
            rank: text.source,
            key_start: key.len(),
            key,
            held: Held::default(),
            longest_bytes: text.longest_bytes as u64,
        })
    }

    fn hit(&self, _: &mut Matches, _: Hit) {}

    fn piece(&self, state: &mut Matches, piece: &Piece<'_>) {
        if !piece.hits.is_empty() {
            self.table.with(|local| {
                piece.hits.iter().for_each(|hit| self.count(state, local, piece, *hit));
            });
        }
        if piece.role != Role::After {
            state.held.keep_from(piece, piece.settled.saturating_sub(state.longest_bytes));
        }
    }

    fn join(&self, _: &mut Matches, _: Matches) {}
}
