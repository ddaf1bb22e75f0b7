//! Texts and how often each was counted, in memory.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;

/// Where a text was seen first: its source in the order of all, and the place in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct First {
    /// The place of the source among all, and that of the member in its container.
    pub source: [u32; 2],
    /// The place in its text.
    pub offset: u64,
}

/// A text, how often it was counted, and where it was seen first, if that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'t> {
    /// The text.
    pub text: &'t [u8],
    /// How often it was counted.
    pub count: u64,
    /// Where it was seen first; nowhere in particular if that is not kept.
    pub first: First,
}

/// The hash of a text: it says where the text is in a table, and in which table.
pub(super) fn hash(text: &[u8]) -> u64 {
    // No answer depends on it, since all of them are sorted.
    let mut hasher = FixedState::with_seed(0x2545_F491_4F6C_DD1D).build_hasher();
    hasher.write(text);
    hasher.finish()
}

/// A hash table of texts: slots that say where records are, and records with a header and a
/// text one after the other in blocks.
///
/// A text takes its bytes and about 12 more for its record, and 9 to 18 for its slots.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Zero where there is nothing; else a [`Slot`]. As many as a power of two, or none.
    slots: Vec<Slot>,
    blocks: Vec<Vec<u8>>,
    length: usize,
    /// The bytes of all blocks.
    block_bytes: usize,
    /// Whether records say where their text was seen first.
    keeps_first: bool,
}

/// Where a record is, and some bits of the hash of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Slot(u64);

/// The bits of a slot that say where in its block the record is.
const OFFSET_BITS: u32 = 24;

/// The bits that say which block, from 1.
pub(super) const BLOCK_BITS: u32 = 24;

/// The first block is this large, and each that follows twice as large as the last, up to a
/// limit.
const FIRST_BLOCK_BYTES: usize = 4 << 10;
const MOST_BLOCK_BYTES: usize = 1 << 20;

/// What each text takes for as long as it is sorted.
const SORTING_BYTES: usize = 24;

/// More slots than these are not kept when a table is cleared.
const KEPT_SLOTS: usize = 1 << 17;

/// The header of a record: its count, the length of its text, and where it was seen first.
const COUNT: usize = 8;
const HEADER: usize = COUNT + 4;
const FIRST: usize = 16;

impl Slot {
    fn new(hash: u64, block: usize, offset: usize) -> Self {
        let place = (block as u64 + 1) << OFFSET_BITS | offset as u64;
        Self(Self::tag(hash) | place)
    }

    /// The bits of a hash that slots keep. They do not decide where the slot is.
    fn tag(hash: u64) -> u64 {
        hash >> (OFFSET_BITS + BLOCK_BITS) << (OFFSET_BITS + BLOCK_BITS)
    }

    fn has_tag(self, tag: u64) -> bool {
        Self::tag(self.0) == tag
    }

    fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The block, and the offset in it.
    #[allow(clippy::cast_possible_truncation, reason = "of as many bits as are kept")]
    fn place(self) -> (usize, usize) {
        let block = self.0 >> OFFSET_BITS & ((1 << BLOCK_BITS) - 1);
        (block as usize - 1, (self.0 & ((1 << OFFSET_BITS) - 1)) as usize)
    }
}

impl Texts {
    /// No text yet.
    pub(super) fn new(keeps_first: bool) -> Self {
        Self { keeps_first, ..Self::default() }
    }

    /// How many texts there are.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// How much memory it takes, or will take when it is sorted.
    pub(super) fn cost_bytes(&self) -> usize {
        self.memory_bytes().max(self.block_bytes + SORTING_BYTES * self.length)
    }

    /// The records, block by block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &[u8]> {
        self.blocks.iter().map(Vec::as_slice)
    }

    /// How much memory it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        self.block_bytes + size_of_val(&self.slots[..])
    }

    /// Adds to the count of a text with this hash.
    ///
    /// # Panics
    ///
    /// If the text has 4 GiB or more.
    #[inline]
    pub(super) fn add(&mut self, hash: u64, text: &[u8], count: u64, first: First) {
        if self.length * 8 >= self.slots.len() * 7 {
            self.grow();
        }
        let last = self.slots.len() - 1;
        #[allow(clippy::cast_possible_truncation, reason = "all but the last bits are dropped")]
        let mut at = hash as usize & last;
        let tag = Slot::tag(hash);
        loop {
            let slot = self.slots[at];
            if slot.is_empty() {
                self.slots[at] = self.push(hash, text, count, first);
                return;
            }
            if slot.has_tag(tag) && self.add_if_equal(slot, text, count, first) {
                return;
            }
            at = (at + 1) & last;
        }
    }

    /// Adds to the count of a record if it has this text.
    #[inline]
    fn add_if_equal(&mut self, slot: Slot, text: &[u8], count: u64, first: First) -> bool {
        let header = self.header();
        let (block, offset) = slot.place();
        let record = &mut self.blocks[block][offset..];
        let Some((head, rest)) = record.split_at_mut_checked(header) else { return false };
        if length_of(head) != text.len() || rest.get(..text.len()) != Some(text) {
            return false;
        }
        let before = count_of(head);
        head[..COUNT].copy_from_slice(&(before + count).to_le_bytes());
        if header > HEADER && first < first_of(head) {
            put_first(head, first);
        }
        true
    }

    /// Makes a record.
    fn push(&mut self, hash: u64, text: &[u8], count: u64, first: First) -> Slot {
        let bytes = self.header() + text.len();
        let has_room = |block: &Vec<u8>| block.capacity() - block.len() >= bytes;
        if !self.blocks.last().is_some_and(has_room) {
            let usual = FIRST_BLOCK_BYTES << self.blocks.len().min(16);
            let block = Vec::with_capacity(bytes.max(usual.min(MOST_BLOCK_BYTES)));
            self.block_bytes += block.capacity();
            self.blocks.push(block);
        }
        let number = self.blocks.len() - 1;
        let block = &mut self.blocks[number];
        let slot = Slot::new(hash, number, block.len());
        put_record(&Entry { text, count, first }, self.keeps_first, block);
        self.length += 1;
        slot
    }

    fn header(&self) -> usize {
        Self::header_bytes(self.keeps_first)
    }

    /// What a record has before its text.
    pub(super) fn header_bytes(keeps_first: bool) -> usize {
        if keeps_first { HEADER + FIRST } else { HEADER }
    }

    /// Makes room for twice as many.
    #[cold]
    fn grow(&mut self) {
        let mut slots = vec![Slot::default(); (2 * self.slots.len()).max(64)];
        let last = slots.len() - 1;
        for (number, block) in self.blocks.iter().enumerate() {
            let mut offset = 0;
            while let Ok((entry, bytes)) = record(&block[offset..], self.header()) {
                let hash = hash(entry.text);
                #[allow(clippy::cast_possible_truncation, reason = "the last bits are meant")]
                let mut at = hash as usize & last;
                while !slots[at].is_empty() {
                    at = (at + 1) & last;
                }
                slots[at] = Slot::new(hash, number, offset);
                offset += bytes;
            }
        }
        self.slots = slots;
    }

    /// The texts, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        self.places().map(|(_, _, entry)| entry)
    }

    /// The texts with the block of each, and where in that it is.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, u32, Entry<'_>)> {
        let header = self.header();
        (0..).zip(&self.blocks).flat_map(move |(number, block)| {
            let mut offset = 0;
            std::iter::from_fn(move || {
                let (entry, bytes) = record(&block[offset..], header).ok()?;
                let place = u32::try_from(offset).ok()?;
                offset += bytes;
                Some((number, place, entry))
            })
        })
    }

    /// The text at such a place.
    pub(super) fn entry(&self, block: u32, offset: u32) -> Entry<'_> {
        let records = &self.blocks[block as usize][offset as usize..];
        record(records, self.header()).expect("a record is where it was found").0
    }

    /// Forgets the texts, and keeps some of the memory.
    pub(super) fn clear(&mut self) {
        self.length = 0;
        if self.slots.len() > KEPT_SLOTS {
            self.slots = Vec::new();
        }
        self.slots.fill(Slot::default());
        let is_usual = |block: &Vec<u8>| block.capacity() <= MOST_BLOCK_BYTES;
        let mut largest = self.blocks.pop().filter(is_usual);
        largest.iter_mut().for_each(Vec::clear);
        self.blocks.clear();
        self.block_bytes = largest.as_ref().map_or(0, Vec::capacity);
        self.blocks.extend(largest);
    }

    /// Gives up what is needed only to add more.
    pub(super) fn freeze(&mut self) {
        self.slots = Vec::new();
    }
}

fn count_of(head: &[u8]) -> u64 {
    head.first_chunk().copied().map_or(0, u64::from_le_bytes)
}

fn length_of(head: &[u8]) -> usize {
    let length = head.get(COUNT..).and_then(|rest| rest.first_chunk());
    length.copied().map_or(0, u32::from_le_bytes) as usize
}

fn first_of(head: &[u8]) -> First {
    let number = |from: usize| {
        let bytes = head.get(HEADER + from..).and_then(|rest| rest.first_chunk());
        bytes.copied().map_or(0, u32::from_le_bytes)
    };
    let [source, member, low, high] = [0, 4, 8, 12].map(number);
    First { source: [source, member], offset: u64::from(high) << 32 | u64::from(low) }
}

fn put_first(head: &mut [u8], First { source: [source, member], offset }: First) {
    head[HEADER..HEADER + 4].copy_from_slice(&source.to_le_bytes());
    head[HEADER + 4..HEADER + 8].copy_from_slice(&member.to_le_bytes());
    head[HEADER + 8..HEADER + FIRST].copy_from_slice(&offset.to_le_bytes());
}

/// The first record of these, and how many bytes it takes. An error is how many there must be.
pub(super) fn record(records: &[u8], header: usize) -> Result<(Entry<'_>, usize), usize> {
    let (head, rest) = records.split_at_checked(header).ok_or(header)?;
    let bytes = header + length_of(head);
    let text = rest.get(..bytes - header).ok_or(bytes)?;
    let first = if header > HEADER { first_of(head) } else { First::default() };
    Ok((Entry { text, count: count_of(head), first }, bytes))
}

/// Appends a record.
///
/// # Panics
///
/// If its text has 4 GiB or more.
pub(super) fn put_record(entry: &Entry<'_>, keeps_first: bool, records: &mut Vec<u8>) {
    let length = u32::try_from(entry.text.len()).expect("a text of less than 4 GiB");
    let start = records.len();
    records.extend_from_slice(&entry.count.to_le_bytes());
    records.extend_from_slice(&length.to_le_bytes());
    if keeps_first {
        records.resize(start + HEADER + FIRST, 0);
        put_first(&mut records[start..], entry.first);
    }
    records.extend_from_slice(entry.text);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_are_counted_as_in_a_map(
            texts in prop::collection::vec(
                prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..3),
                    (0..4000_usize).prop_map(|length| vec![b'a'; length]),
                ],
                0..400,
            ),
            keeps_first: bool,
            clears: bool,
        ) {
            let mut table = Texts::new(keeps_first);
            if clears {
                for length in 0..1000_u64 {
                    table.add(hash(&[0; 99]), &length.to_le_bytes(), 1, First::default());
                }
                table.clear();
                prop_assert_eq!((table.len(), table.iter().count()), (0, 0));
            }
            let mut expected = BTreeMap::<&[u8], (u64, First)>::new();
            for (nth, text) in (0..).zip(&texts) {
                let first = First { source: [9 - nth / 50, 1], offset: u64::from(nth) << 20 };
                table.add(hash(text), text, u64::from(nth), first);
                let entry = expected.entry(text).or_insert((0, first));
                *entry = (entry.0 + u64::from(nth), entry.1.min(first));
            }
            prop_assert_eq!(table.len(), expected.len());
            let counted = table.iter().map(|Entry { text, count, first }| (text, (count, first)));
            let counted: BTreeMap<_, _> = counted.collect();
            if !keeps_first {
                for (_, first) in expected.values_mut() {
                    *first = First::default();
                }
            }
            prop_assert_eq!(counted, expected);
        }
    }

    #[test]
    fn a_text_larger_than_a_block_has_one_of_its_own() {
        let mut table = Texts::new(false);
        let long = vec![b'a'; 3 << 20];
        for text in [&b"b"[..], &long, b"c", &long] {
            table.add(hash(text), text, 1, First::default());
        }
        let counts: Vec<_> = table.iter().map(|entry| (entry.text.len(), entry.count)).collect();
        assert_eq!(counts, [(1, 1), (long.len(), 2), (1, 1)]);
    }
}
