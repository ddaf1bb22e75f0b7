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
    /// The needles, one behind the other.
    bytes: Vec<u8>,
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
    /// Where it begins among all bytes.
    start: u32,
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
        let mut all_bytes = Vec::new();
        for slot in slots {
            let needle = &group.bytes()[*slot];
            let start = narrow(all_bytes.len());
            all_bytes.extend_from_slice(needle);
            // The last key first: it is that of the place that begins first.
            for offset in (anchors[*slot]..).take(stride).collect::<Vec<_>>().into_iter().rev() {
                let key = set.key(needle, offset as usize);
                set.insert(key);
                entries.push(Entry {
                    key,
                    slot: narrow(*slot),
                    offset,
                    len: narrow(needle.len()),
                    start,
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
        Self { set, shift, starts, entries, bytes: all_bytes }
    }

    /// Puts into `kept` those of the places at which a key may be.
    pub(super) fn keep(&self, level: Level, text: &[u8], places: &[u32], kept: &mut Vec<u32>) {
        self.set.keep(level, text, places, kept);
    }

    /// Calls `matched` with each needle that stands in the text with its key at one of
    /// these places, and where it ends. Returns how many entries were compared.
    pub(super) fn each_match(
        &self,
        text: &[u8],
        places: &[u32],
        homes: &mut Vec<Home>,
        mut matched: impl FnMut(&Entry, usize),
    ) -> usize {
        // The tables are larger than the caches. These loops have no branch that hangs
        // on what they load, so that many loads are under way at once.
        homes.clear();
        homes.extend(places.iter().map(|place| {
            let key = self.set.key(text, *place as usize);
            let home = usize::try_from(hash(key) >> self.shift).unwrap_or_default();
            let (start, end) = (self.starts[home], self.starts[home + 1]);
            Home { key, place: *place, start, end }
        }));
        let mut compared = 0;
        for home in &mut *homes {
            compared += (home.end - home.start) as usize;
            let first = self.entries.get(home.start as usize);
            // One entry with another key, as most are: there is nothing to compare.
            let other =
                home.end - home.start == 1 && first.is_none_or(|first| first.key != home.key);
            home.end -= u32::from(other);
        }
        for home in homes {
            for entry in &self.entries[home.start as usize..home.end as usize] {
                if entry.key == home.key
                    && let Some(end) = self.end(entry, text, home.place as usize)
                {
                    matched(entry, end);
                }
            }
        }
        compared
    }

    /// Where the needle ends whose key is at this place, if all of it stands there.
    #[inline]
    fn end(&self, entry: &Entry, text: &[u8], place: usize) -> Option<usize> {
        let start = place.checked_sub(entry.offset as usize)?;
        let there = text.get(start..start + entry.len as usize)?;
        let needle = &self.bytes[entry.start as usize..(entry.start + entry.len) as usize];
        (entry.whole || equal(there, needle)).then_some(start + entry.len as usize)
    }
}

/// The entries for a place in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home {
    key: u64,
    place: u32,
    start: u32,
    end: u32,
}

/// Whether slices of one length are equal: most are short, and a call would cost more
/// than the comparison.
#[inline]
fn equal(one: &[u8], other: &[u8]) -> bool {
    let word = |bytes: &[u8]| bytes.first_chunk().copied().map(u64::from_ne_bytes);
    let (Some(first), Some(other_first)) = (word(one), word(other)) else {
        return one.iter().zip(other).all(|(byte, other)| byte == other);
    };
    let behind = one.len() - 8;
    first == other_first
        && word(&one[behind..]) == word(&other[behind..])
        && (one.len() <= 16 || one[8..behind] == other[8..behind])
}

/// A length or a number that memory for needles keeps below what `u32` can say.
fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("needles of less than 4 GiB")
}
