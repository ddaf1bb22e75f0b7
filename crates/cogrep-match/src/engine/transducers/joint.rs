//! Several transducers that read the text together, as one machine.
//!
//! Its states are tuples of their states, and are made when the text first asks for them. A
//! step is one lookup for all of them. How many matches became certain is an entry of a
//! small table, with a byte for each of them, and these are added up as one number.
//!
//! A step waits for what the last one loads. Since each line is for itself, several parts of
//! the text are read side by side.

use std::collections::HashMap;

use memchr::memrchr;

use super::budget::Budget;
use super::single::Single;

/// So many transducers at the most: each has a byte of what is added up.
pub(super) const MOST_MEMBERS: usize = 16;

/// A byte for each transducer.
type Counts = [u64; MOST_MEMBERS / 8];

/// Different counts of one step, at the most.
const MOST_COUNTS: usize = 1024;

/// Parts of the text that are read side by side.
const LANES: usize = 8;

/// Matches that become certain by one byte, at the most.
const MOST_AT_ONCE: u8 = 2;

/// Steps after which counts of a byte are added to others: none can have overflowed.
const STEPS: usize = 255 / (LANES * MOST_AT_ONCE as usize);

/// The entries of a machine: their table fits into the second cache.
const ENTRIES: usize = 1 << 16;

/// The entries of a state that are next to each other, a line of the cache: those for the
/// bytes that were seen first. Those for others are further on.
const COLUMNS: usize = 16;

/// What a state takes besides its tuple, which is known twice: an entry of a map that is at
/// least half full.
const ROW_BYTES: usize = 2 * (size_of::<(Box<[u32]>, u16)>() + 1);

/// The row from which nothing leads away: where an entry is not known.
const NOWHERE: u16 = 0;

/// Why a machine does not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stuck {
    /// Because of this member alone.
    Member(usize),
    /// The members have too many states together.
    Together,
}

/// A transducer, and the slot of its expression.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) slot: usize,
    pub(super) single: Single,
}

/// Several transducers as one.
#[derive(Debug)]
pub(super) struct Joint {
    members: Vec<Member>,
    /// What was taken of the budget.
    taken_bytes: usize,
    /// The kind of each byte: bytes of one kind are the same to all members.
    kinds: [u16; 256],
    /// By kind, what is added to the row of a state; 0 if it has no column yet.
    kind_offsets: Vec<u16>,
    /// How many columns are in use. The first is that of no byte: nothing in it is known.
    columns: usize,
    /// How many times [`COLUMNS`] have room.
    segments: usize,
    table: Box<Table>,
    /// The states of the members, by state.
    tuples: Vec<u32>,
    rows: HashMap<Box<[u32]>, u16>,
    counts: HashMap<Counts, u16>,
    line_start: u16,
}

/// What is looked up for each byte.
#[derive(Debug)]
struct Table {
    /// What is added to the row of a state, by byte.
    offsets: [u16; 256],
    /// The next row in the high half; in the low half, which counts to add. 0 if that is
    /// not known yet.
    entries: Box<[u32; ENTRIES]>,
    counts: Box<[Counts; MOST_COUNTS]>,
}

impl Table {
    /// What a table takes.
    const BYTES: usize =
        size_of::<Self>() + size_of::<[u32; ENTRIES]>() + size_of::<[Counts; MOST_COUNTS]>();

    fn new() -> Self {
        let entries = vec![0; ENTRIES].into_boxed_slice();
        let counts = vec![Counts::default(); MOST_COUNTS].into_boxed_slice();
        Self {
            offsets: [0; 256],
            entries: entries.try_into().expect("as many as were made"),
            counts: counts.try_into().expect("as many as were made"),
        }
    }

    /// Reads a byte, and stays nowhere from the first entry on that is not known.
    #[inline]
    fn step(&self, row: &mut u16, byte: u8, sum: &mut Counts) {
        let at = row.wrapping_add(self.offsets[usize::from(byte)]);
        let entry = self.entries[usize::from(at)];
        *row = high(entry);
        let counts = &self.counts[entry as usize % MOST_COUNTS];
        for (sum, count) in sum.iter_mut().zip(counts) {
            *sum = sum.wrapping_add(*count);
        }
    }

    /// Reads as many bytes in each lane.
    fn read(&self, rows: &mut [u16; LANES], bytes: &[&[u8; STEPS]; LANES]) -> Counts {
        let (mut now, mut sum) = (*rows, Counts::default());
        for step in 0..STEPS {
            for (row, bytes) in now.iter_mut().zip(bytes) {
                self.step(row, bytes[step], &mut sum);
            }
        }
        *rows = now;
        sum
    }
}

impl Joint {
    /// Joins these transducers; gives them back if there is no memory for that.
    pub(super) fn new(members: Vec<Member>, budget: &mut Budget) -> Result<Self, Vec<Member>> {
        if !budget.take(Table::BYTES) {
            return Err(members);
        }
        let mut known = HashMap::new();
        let kinds = std::array::from_fn(|byte| {
            let byte = u8::try_from(byte).unwrap_or(u8::MAX);
            let kind: Vec<_> = members.iter().map(|member| member.single.kind(byte)).collect();
            let next = known.len();
            u16::try_from(*known.entry(kind).or_insert(next)).unwrap_or(u16::MAX)
        });
        let tuple = vec![Single::LINE_START; members.len()];
        let mut joint = Self {
            kinds,
            kind_offsets: vec![0; known.len()],
            columns: 1,
            segments: 1,
            table: Box::new(Table::new()),
            // Nobody is nowhere.
            tuples: vec![u32::MAX; members.len()],
            rows: HashMap::new(),
            counts: HashMap::from([(Counts::default(), 0)]),
            line_start: NOWHERE,
            members,
            taken_bytes: Table::BYTES,
        };
        // There is room for this one, so no memory is asked for.
        joint.line_start = joint.add_row(&tuple).unwrap_or(NOWHERE);
        Ok(joint)
    }

    /// The slots of its expressions.
    pub(super) fn slots(&self) -> impl ExactSizeIterator<Item = usize> {
        self.members.iter().map(|member| member.slot)
    }

    /// Its transducers, which may be joined with others.
    pub(super) fn into_members(self, budget: &mut Budget) -> Vec<Member> {
        budget.give_back(self.taken_bytes);
        self.members
    }

    /// Counts the matches of each member in whole lines.
    pub(super) fn read(
        &mut self,
        lines: &[u8],
        budget: &mut Budget,
    ) -> Result<[u64; MOST_MEMBERS], Stuck> {
        let mut totals = [0; MOST_MEMBERS];
        let mut lanes = lanes(lines);
        let mut rows = [self.line_start; LANES];
        let blocks = lanes.iter().map(|lane| lane.len() / STEPS).min().unwrap_or(0);
        for _ in 0..blocks {
            let bytes = lanes.each_mut().map(|lane| {
                let (first, rest) = lane.split_first_chunk().unwrap_or((&[0; STEPS], &[]));
                *lane = rest;
                first
            });
            let before = rows;
            let mut sum = self.table.read(&mut rows, &bytes);
            if rows.contains(&NOWHERE) {
                (rows, sum) = (before, Counts::default());
                for (row, bytes) in rows.iter_mut().zip(bytes) {
                    self.learn(row, bytes, &mut sum, budget)?;
                }
            }
            add(&mut totals, sum);
        }
        for (row, lane) in rows.iter_mut().zip(lanes) {
            for bytes in lane.chunks(STEPS) {
                let mut sum = Counts::default();
                self.learn(row, bytes, &mut sum, budget)?;
                add(&mut totals, sum);
            }
        }
        // The last line of a text need not have a line feed.
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            let mut sum = Counts::default();
            self.learn(&mut rows[LANES - 1], b"\n", &mut sum, budget)?;
            add(&mut totals, sum);
        }
        Ok(totals)
    }

    /// Reads bytes, and finds out what is not known yet.
    fn learn(
        &mut self,
        row: &mut u16,
        bytes: &[u8],
        sum: &mut Counts,
        budget: &mut Budget,
    ) -> Result<(), Stuck> {
        for byte in bytes {
            let before = *row;
            self.table.step(row, *byte, sum);
            if *row == NOWHERE {
                self.learn_entry(before, *byte, budget)?;
                *row = before;
                self.table.step(row, *byte, sum);
            }
        }
        Ok(())
    }

    #[cold]
    fn learn_entry(&mut self, row: u16, byte: u8, budget: &mut Budget) -> Result<(), Stuck> {
        self.give_column(byte)?;
        let first = usize::from(row) / COLUMNS * self.members.len();
        let (mut tuple, mut sum) = (Vec::with_capacity(self.members.len()), Counts::default());
        for (nth, member) in self.members.iter_mut().enumerate() {
            let step = member.single.step(self.tuples[first + nth], byte, budget);
            let step = step.ok().filter(|step| step.count <= MOST_AT_ONCE);
            let step = step.ok_or(Stuck::Member(nth))?;
            tuple.push(step.state);
            sum[nth / 8] |= u64::from(step.count) << (nth % 8 * 8);
        }
        let next = self.row(&tuple, budget)?;
        let number = self.counts.len();
        if !self.counts.contains_key(&sum) {
            *self.table.counts.get_mut(number).ok_or(Stuck::Together)? = sum;
            self.counts.insert(sum, u16_of(number)?);
        }
        let at = usize::from(row) + usize::from(self.table.offsets[usize::from(byte)]);
        self.table.entries[at] = u32::from(next) << 16 | u32::from(self.counts[&sum]);
        Ok(())
    }

    /// The row of a state.
    fn row(&mut self, tuple: &[u32], budget: &mut Budget) -> Result<u16, Stuck> {
        if let Some(row) = self.rows.get(tuple) {
            return Ok(*row);
        }
        let bytes = 2 * size_of_val(tuple) + ROW_BYTES;
        if !budget.take(bytes) {
            return Err(Stuck::Together);
        }
        self.taken_bytes += bytes;
        self.add_row(tuple)
    }

    fn add_row(&mut self, tuple: &[u32]) -> Result<u16, Stuck> {
        let row = self.rows_len();
        if row == ENTRIES / self.segments {
            return Err(Stuck::Together);
        }
        let row = u16_of(row)?;
        self.tuples.extend_from_slice(tuple);
        self.rows.insert(tuple.into(), row);
        Ok(row)
    }

    /// How many entries of a segment are in use.
    fn rows_len(&self) -> usize {
        self.tuples.len() / self.members.len() * COLUMNS
    }

    /// Gives a byte a column, if its kind has none.
    fn give_column(&mut self, byte: u8) -> Result<(), Stuck> {
        let kind = usize::from(self.kinds[usize::from(byte)]);
        if self.kind_offsets[kind] != 0 {
            return Ok(());
        }
        if self.columns == self.segments * COLUMNS {
            self.widen()?;
        }
        let segment = self.columns / COLUMNS * (ENTRIES / self.segments);
        self.kind_offsets[kind] = u16_of(segment + self.columns % COLUMNS)?;
        self.columns += 1;
        self.spread_offsets();
        Ok(())
    }

    /// Makes room for twice as many columns, and half as many states.
    fn widen(&mut self) -> Result<(), Stuck> {
        let (used, old) = (self.rows_len(), ENTRIES / self.segments);
        let new = old / 2;
        if used > new {
            return Err(Stuck::Together);
        }
        let entries = &mut self.table.entries;
        for segment in 1..self.segments {
            let from = segment * old;
            entries.copy_within(from..from + used, segment * new);
        }
        for segment in 0..2 * self.segments {
            let used = if segment < self.segments { used } else { 0 };
            entries[segment * new + used..(segment + 1) * new].fill(0);
        }
        for offset in &mut self.kind_offsets {
            let (segment, column) = (usize::from(*offset) / old, usize::from(*offset) % old);
            *offset = u16_of(segment * new + column)?;
        }
        self.segments *= 2;
        self.spread_offsets();
        Ok(())
    }

    fn spread_offsets(&mut self) {
        for (offset, kind) in self.table.offsets.iter_mut().zip(&self.kinds) {
            *offset = self.kind_offsets[usize::from(*kind)];
        }
    }
}

fn u16_of(number: usize) -> Result<u16, Stuck> {
    u16::try_from(number).map_err(|_| Stuck::Together)
}

/// The row in an entry.
#[inline]
fn high(entry: u32) -> u16 {
    let [.., low, high] = entry.to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// Cuts whole lines into parts of about the same length.
fn lanes(mut lines: &[u8]) -> [&[u8]; LANES] {
    std::array::from_fn(|nth| {
        let cut = match memrchr(b'\n', &lines[..lines.len() / (LANES - nth)]) {
            _ if nth == LANES - 1 => lines.len(),
            Some(line_feed) => line_feed + 1,
            None => 0,
        };
        let lane;
        (lane, lines) = lines.split_at(cut);
        lane
    })
}

/// Adds numbers of one byte each.
fn add(totals: &mut [u64; MOST_MEMBERS], sum: Counts) {
    let counts = sum.into_iter().flat_map(u64::to_le_bytes);
    for (total, count) in totals.iter_mut().zip(counts) {
        *total += u64::from(count);
    }
}
