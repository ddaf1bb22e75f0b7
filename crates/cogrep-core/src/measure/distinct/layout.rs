//! What texts in a table begin with, where they are counted by more than the text.

use std::io;
use std::num::NonZeroUsize;

use crate::measure::Rank;
use crate::table::{Entry, Field, First, Order, Sorted, Table, put_key, take_key};

/// By what else than by text it is counted, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "fields that are there or not")]
pub struct Layout {
    /// Whether by source.
    pub by_source: bool,
    /// Whether by the time of the line.
    pub by_time: bool,
    /// Whether by a key of the line.
    pub by_key: bool,
    /// Whether by row of patterns.
    pub by_row: bool,
}

/// The bytes of a rank, of a time, and of the number of a row.
const RANK: usize = 8;
const TIME: usize = 8;
const ROW: usize = 4;

/// Added to a time, so that later ones have larger numbers.
const TIME_BIAS: i64 = 1 << 62;

impl Layout {
    /// Appends what the texts of a source begin with.
    pub(super) fn put_source(self, rank: Rank, text: &mut Vec<u8>) {
        if self.by_source {
            let [ordinal, member] = super::first(rank, 0).source;
            text.extend(ordinal.to_be_bytes());
            text.extend(member.to_be_bytes());
        }
    }

    /// Appends a time, if there is one.
    pub(super) fn put_time(self, time: Option<i64>, text: &mut Vec<u8>) {
        if self.by_time {
            text.extend(time.map_or(0, |time| time + TIME_BIAS).to_be_bytes());
        }
    }

    /// Appends a key.
    pub(super) fn put_key(self, key: &[u8], text: &mut Vec<u8>) {
        if self.by_key {
            put_key(key, text);
        }
    }

    /// Appends what the texts of a row of patterns go on with.
    pub(super) fn put_row(self, row: usize, text: &mut Vec<u8>) {
        if self.by_row {
            text.extend(u32::try_from(row).unwrap_or(u32::MAX).to_be_bytes());
        }
    }

    /// What all texts of a source begin with, where there are no times, no keys and one row.
    pub(super) fn key_of(self, source: Rank) -> Vec<u8> {
        let mut key = Vec::new();
        self.put_source(source, &mut key);
        self.put_row(0, &mut key);
        key
    }

    /// Adds to the count of a text in a table.
    pub fn add_text(self, table: &Table, text: &DistinctText<'_>) {
        let mut key = Vec::new();
        self.put_source(text.source, &mut key);
        self.put_time(text.time, &mut key);
        self.put_key(&text.key, &mut key);
        self.put_row(text.row, &mut key);
        key.extend_from_slice(text.text);
        table.with(|local| local.add_at(&key, text.count, text.first));
    }

    fn fields(self) -> Vec<Field> {
        let source = self.by_source.then_some(Field::Bytes(RANK));
        let time = self.by_time.then_some(Field::Bytes(TIME));
        let key = self.by_key.then_some(Field::Key);
        let row = self.by_row.then_some(Field::Bytes(ROW));
        [source, time, key, row].into_iter().flatten().collect()
    }

    fn text(self, Entry { mut text, count, first }: Entry<'_>) -> DistinctText<'_> {
        let mut source = Rank::default();
        if self.by_source {
            source.ordinal = take(&mut text).map_or(0, u32::from_be_bytes).into();
            source.member = take(&mut text).map_or(0, u32::from_be_bytes).into();
        }
        let mut time = None;
        if self.by_time {
            let biased = take(&mut text).map_or(0, i64::from_be_bytes);
            time = Some(biased).filter(|biased| *biased != 0).map(|biased| biased - TIME_BIAS);
        }
        let mut key = Vec::new();
        if self.by_key {
            (key, text) = take_key(text);
        }
        let row = self.by_row.then(|| take(&mut text)).flatten();
        let row = row.map_or(0, u32::from_be_bytes) as usize;
        DistinctText { source, time, key, row, text, count, first }
    }
}

/// The next bytes of a text.
fn take<const N: usize>(text: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = text.split_first_chunk()?;
    *text = rest;
    Some(*bytes)
}

/// A text, and how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinctText<'t> {
    /// In which source, if texts are counted by source.
    pub source: Rank,
    /// The start of the step of time, if texts are counted by time and there is one.
    pub time: Option<i64>,
    /// The key, if texts are counted by one; empty if there is none.
    pub key: Vec<u8>,
    /// Of which row of patterns, if texts are counted by row.
    pub row: usize,
    /// The text; empty if none is counted.
    pub text: &'t [u8],
    /// How often it occurs.
    pub count: u64,
    /// Where it was seen first, if the table keeps that.
    pub first: First,
}

/// All distinct texts: by source, time, key and row of patterns, where they are counted so, and
/// in some order in each.
#[derive(Debug)]
pub struct DistinctTexts {
    layout: Layout,
    sorted: Sorted,
}

impl DistinctTexts {
    /// What a job has counted in a table, sorted on this many cores.
    ///
    /// # Errors
    ///
    /// What went wrong with a temporary file: then not all of it is known.
    pub fn new(
        table: &Table,
        layout: Layout,
        order: Order,
        cores: NonZeroUsize,
    ) -> io::Result<Self> {
        Ok(Self { layout, sorted: table.sorted_by(order, layout.fields(), cores)? })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Goes through the texts in their order.
    ///
    /// # Errors
    ///
    /// What went wrong with a temporary file, or the first error that `each` gives.
    pub fn for_each<E: From<io::Error>>(
        &self,
        mut each: impl FnMut(DistinctText<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.sorted.for_each(|entry| each(self.layout.text(entry)))
    }
}
