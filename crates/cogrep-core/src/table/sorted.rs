//! All texts of a table in some order, wherever they are.

use std::io;
use std::num::NonZeroUsize;

use super::memory::Memory;
use super::order::Sorting;
use super::spill::Runs;
use super::texts::{Entry, Texts};

/// The texts of a table, sorted.
#[derive(Debug)]
pub struct Sorted {
    sorting: Sorting,
    place: Where,
}

/// Where sorted texts are.
#[derive(Debug)]
enum Where {
    Memory(Memory),
    File(Runs),
}

impl Sorted {
    pub(super) fn in_memory(parts: Vec<Texts>, sorting: Sorting, cores: NonZeroUsize) -> Self {
        let place = Where::Memory(Memory::new(parts, &sorting, cores));
        Self { sorting, place }
    }

    pub(super) fn in_file(runs: Runs, sorting: Sorting) -> Self {
        Self { sorting, place: Where::File(runs) }
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.place {
            Where::Memory(memory) => memory.len(),
            Where::File(runs) => runs.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Goes through the texts in their order.
    ///
    /// # Errors
    ///
    /// What went wrong with a temporary file, or the first error that `each` gives.
    pub fn for_each<E: From<io::Error>>(
        &self,
        each: impl FnMut(Entry<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        match &self.place {
            Where::Memory(memory) => memory.iter(&self.sorting).try_for_each(each),
            Where::File(runs) => runs.for_each(&self.sorting, each),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::table::{Field, First, MemoryLimit, Order, Table, key, put_key};

    proptest! {
        #[test]
        fn texts_are_sorted_as_by_the_slow_way(
            texts in prop::collection::vec("[ab]{0,3}|[ab]{10}|.{0,12}", 0..200),
            order in prop::sample::select(&[Order::Count, Order::Text, Order::First][..]),
            is_grouped: bool,
            cores in 1..4_usize,
            limit in prop::option::of(0..20_000_usize),
        ) {
            let group = if is_grouped { vec![Field::Bytes(1), Field::Key] } else { Vec::new() };
            let limit = limit.map(|bytes| MemoryLimit { bytes, folder: std::env::temp_dir() });
            let table = Table::with_limit(true, limit);
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
            let sorted = table.sorted_by(order, group, NonZeroUsize::new(cores).unwrap()).unwrap();
            prop_assert_eq!(sorted.len(), slow.len());
            let mut found = Vec::new();
            sorted
                .for_each(|entry| {
                    found.push((entry.text.to_vec(), entry.count, entry.first.offset));
                    io::Result::Ok(())
                })
                .unwrap();
            prop_assert_eq!(found, slow);
        }
    }
}
