//! The second sieve, and what is behind it: the tables in which needles are looked up.

use crate::engine::judge::Group;
use crate::engine::kernel::Level;
use crate::engine::kernel::hashed::{KEY_BYTES, KeySet, hash};

/// The lengths of keys: the longer, the fewer needles share one.
const LENGTHS: [usize; 4] = [4, 5, 6, KEY_BYTES];

/// All needles, by their keys.
#[derive(Debug)]
pub(super) struct Keys {
    tables: Vec<Table>,
}

impl Keys {
    /// The keys of the needles, which begin at the anchors: offsets into the needles,
    /// by slot. A needle has as many keys as the stride says, at the offsets from
    /// there on.
    pub(super) fn new(group: &Group, anchors: &[u32], stride: usize) -> Self {
        // All keys of a needle are in one table, so that its places come in order.
        let length = |slot: usize| {
            let left = group.bytes()[slot].len() - anchors[slot] as usize - (stride - 1);
            LENGTHS.into_iter().rfind(|length| *length <= left)
        };
        let tables = LENGTHS.into_iter().filter_map(|bytes| {
            let slots = (0..anchors.len()).filter(|slot| length(*slot) == Some(bytes));
            let slots: Vec<_> = slots.collect();
            (!slots.is_empty()).then(|| Table::new(bytes, group, &slots, anchors, stride))
        });
        Self { tables: tables.collect() }
    }

    /// The tables, one for each length of keys.
    pub(super) fn tables(&self) -> &[Table] {
        &self.tables
    }
}

/// The needles with keys of one length.
#[derive(Debug)]
pub(super) struct Table {
    set: KeySet,
    shift: u32,
    /// Where the entries of each hash begin.
    starts: Vec<u32>,
    entries: Vec<Entry>,
}

/// A key of a needle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    key: u64,
    /// Which needle.
    pub(super) slot: u32,
    /// Where the key begins in it.
    offset: u32,
    /// Bytes of the needle.
    len: u32,
    /// Whether the key is the whole needle.
    whole: bool,
    /// Whether each place of the needle counts.
    pub(super) each_counts: bool,
}

impl Table {
    fn new(bytes: usize, group: &Group, slots: &[usize], anchors: &[u32], stride: usize) -> Self {
        let count = slots.len() * stride;
        let bits = (usize::BITS - count.leading_zeros()).clamp(6, 24);
        // Sixteen bits a key: one place in sixteen passes for nothing.
        let mut set = KeySet::new(bytes, bits + 4);
        let shift = 64 - bits;
        let mut entries = Vec::with_capacity(count);
        for slot in slots {
            let needle = &group.bytes()[*slot];
            // The last key first: it is that of the place that begins first.
            for offset in (anchors[*slot]..).take(stride).collect::<Vec<_>>().into_iter().rev() {
                let key = set.key(needle, offset as usize);
                set.insert(key);
                entries.push(Entry {
                    key,
                    slot: narrow(*slot),
                    offset,
                    len: narrow(needle.len()),
                    whole: offset == 0 && needle.len() == bytes,
                    each_counts: group.each_counts(*slot),
                });
            }
        }
        let home = |entry: &Entry| usize::try_from(hash(entry.key) >> shift).unwrap_or_default();
        entries.sort_by_key(home);
        let mut starts = vec![0; (1 << bits) + 1];
        for entry in &entries {
            starts[home(entry) + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { set, shift, starts, entries }
    }

    /// Puts into `kept` those of the places at which a key may be.
    pub(super) fn keep(&self, level: Level, text: &[u8], places: &[u32], kept: &mut Vec<u32>) {
        self.set.keep(level, text, places, kept);
    }

    /// Calls `matched` with each needle whose key is at this place, and the end of
    /// where it stands. Returns how many entries were compared.
    #[inline]
    pub(super) fn each_match(
        &self,
        group: &Group,
        text: &[u8],
        place: usize,
        mut matched: impl FnMut(&Entry, usize),
    ) -> usize {
        let key = self.set.key(text, place);
        let home = usize::try_from(hash(key) >> self.shift).unwrap_or_default();
        let entries = self.starts[home] as usize..self.starts[home + 1] as usize;
        let compared = entries.len();
        for entry in &self.entries[entries] {
            if entry.key != key {
                continue;
            }
            let Some(start) = place.checked_sub(entry.offset as usize) else { continue };
            let end = start + entry.len as usize;
            if end <= text.len()
                && (entry.whole || text[start..end] == *group.bytes()[entry.slot as usize])
            {
                matched(entry, end);
            }
        }
        compared
    }
}

/// A length or a number that memory for needles keeps below what `u32` can say.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("needles of less than 4 GiB")
}
