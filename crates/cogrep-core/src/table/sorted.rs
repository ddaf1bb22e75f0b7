//! All texts of a table in some order.

use std::cmp::Ordering;
use std::num::NonZeroUsize;
use std::thread;

use super::texts::{Entry, Texts};

/// In which order texts are wanted. Those that are equal in this are ordered by their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The most frequent first.
    #[default]
    Count,
    /// By their bytes.
    Text,
    /// As they were seen first, if the table keeps that.
    First,
}

/// A field at the beginning of a text. Texts with equal fields are a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// This number of bytes.
    Bytes(usize),
    /// What [`put_key`](super::put_key) has put.
    Key,
}

impl Field {
    /// The bytes of the field with which a text begins.
    pub(crate) fn length(self, text: &[u8]) -> usize {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Key => super::key::length(text),
        }
    }
}

/// The texts of a table, sorted.
#[derive(Debug)]
pub struct Sorted {
    parts: Vec<Texts>,
    /// Sorted each by itself.
    runs: Vec<Vec<Key>>,
    sorting: Sorting,
}

/// How texts are compared.
#[derive(Clone, Debug)]
struct Sorting {
    order: Order,
    group: Vec<Field>,
}

/// What decides about most texts, and where the text is.
#[derive(Clone, Copy, Debug)]
struct Key {
    lead: [u64; 2],
    place: Place,
}

/// In which part a text is, in which block of it, and where in that.
#[derive(Clone, Copy, Debug)]
struct Place {
    part: u8,
    block: u32,
    offset: u32,
}

/// Fewer texts than this are sorted sooner than a thread begins.
const FEW: usize = 1 << 14;

impl Sorted {
    pub(super) fn new(
        parts: Vec<Texts>,
        order: Order,
        group: Vec<Field>,
        cores: NonZeroUsize,
    ) -> Self {
        let sorting = Sorting { order, group };
        let length: usize = parts.iter().map(Texts::len).sum();
        let runs = if length < FEW { 1 } else { cores.get() };
        let new = |_| Vec::with_capacity(length.div_ceil(runs));
        let mut all: Vec<Vec<Key>> = (0..runs).map(new).collect();
        let mut nth = 0;
        for (part, texts) in (0..).zip(&parts) {
            for (block, offset, entry) in texts.places() {
                let place = Place { part, block, offset };
                all[nth].push(Key { lead: sorting.lead(&entry), place });
                nth = (nth + 1) % runs;
            }
        }
        thread::scope(|scope| {
            let (parts, sorting) = (&parts, &sorting);
            let sort = move |run: &mut Vec<Key>| {
                run.sort_unstable_by(|one, other| sorting.compare(parts, one, other));
            };
            let (here, others) = all.split_at_mut(1);
            for run in others {
                scope.spawn(move || sort(run));
            }
            here.iter_mut().for_each(sort);
        });
        Self { parts, runs: all, sorting }
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts in their order.
    pub fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut heads: Vec<&[Key]> = self.runs.iter().map(Vec::as_slice).collect();
        std::iter::from_fn(move || {
            let (nth, key) = self.first(&heads)?;
            heads[nth] = &heads[nth][1..];
            Some(entry(&self.parts, key.place))
        })
    }

    /// The run with the first text of all.
    fn first<'k>(&self, heads: &[&'k [Key]]) -> Option<(usize, &'k Key)> {
        let heads = heads.iter().enumerate();
        let heads = heads.filter_map(|(nth, keys)| keys.first().map(|key| (nth, key)));
        heads.min_by(|(_, one), (_, other)| self.sorting.compare(&self.parts, one, other))
    }
}

fn entry(parts: &[Texts], Place { part, block, offset }: Place) -> Entry<'_> {
    parts[usize::from(part)].entry(block, offset)
}

impl Sorting {
    /// Numbers whose order is that of the texts, as far as they differ.
    fn lead(&self, entry: &Entry<'_>) -> [u64; 2] {
        let Entry { text, count, first } = *entry;
        if !self.group.is_empty() {
            return [prefix(self.group_of(text)), 0];
        }
        match self.order {
            Order::Count => [!count, prefix(text)],
            Order::Text => [prefix(text), 0],
            Order::First => {
                let [source, member] = first.source.map(u64::from);
                [source << 32 | member, first.offset]
            }
        }
    }

    /// The fields with which a text begins.
    fn group_of<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let length = |before: usize, field: &Field| before + field.length(&text[before..]);
        &text[..self.group.iter().fold(0, length)]
    }

    fn compare(&self, parts: &[Texts], one: &Key, other: &Key) -> Ordering {
        one.lead.cmp(&other.lead).then_with(|| {
            let (one, other) = (entry(parts, one.place), entry(parts, other.place));
            self.compare_entries(&one, &other)
        })
    }

    fn compare_entries(&self, one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
        self.group_of(one.text)
            .cmp(self.group_of(other.text))
            .then_with(|| match self.order {
                Order::Count => other.count.cmp(&one.count),
                Order::Text => Ordering::Equal,
                Order::First => one.first.cmp(&other.first),
            })
            .then_with(|| one.text.cmp(other.text))
    }
}

/// The first eight bytes as a number whose order is theirs.
fn prefix(text: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let length = text.len().min(8);
    bytes[..length].copy_from_slice(&text[..length]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{First, Table, key, put_key};

    proptest! {
        #[test]
        fn texts_are_sorted_as_by_the_slow_way(
            texts in prop::collection::vec("[ab]{0,3}|[ab]{10}|.{0,12}", 0..200),
            order in prop::sample::select(&[Order::Count, Order::Text, Order::First][..]),
            is_grouped: bool,
            cores in 1..4_usize,
        ) {
            let group = if is_grouped { vec![Field::Bytes(1), Field::Key] } else { Vec::new() };
            let table = Table::with_first(true);
            let mut slow: Vec<(Vec<u8>, u64, u64)> = Vec::new();
            for (nth, text) in (0..).zip(&texts) {
                let first = First { source: [0, 1], offset: nth };
                let mut key = vec![text.len().to_le_bytes()[0] % 2];
                put_key(&text.as_bytes()[..text.len() / 4], &mut key);
                let text = [&key, text.as_bytes()].concat();
                table.with(|local| local.add_at(&text, 1, first));
                match slow.iter_mut().find(|(other, ..)| *other == text) {
                    Some((_, count, _)) => *count += 1,
                    None => slow.push((text, 1, nth)),
                }
            }
            slow.sort_by_key(|(text, count, first)| {
                let fields = if is_grouped { 1 + key::length(&text[1..]) } else { 0 };
                let group = text[..fields].to_vec();
                let rank = match order {
                    Order::Count => !count,
                    Order::Text => 0,
                    Order::First => *first,
                };
                (group, rank, text.clone())
            });
            let sorted = table.sorted_by(order, group, NonZeroUsize::new(cores).unwrap());
            let sorted: Vec<_> =
                sorted.iter().map(|e| (e.text.to_vec(), e.count, e.first.offset)).collect();
            prop_assert_eq!(sorted, slow);
        }
    }
}
