//! In which order texts are, and how two of them are compared.

use std::cmp::Ordering;

use super::texts::Entry;

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

/// How texts are compared.
#[derive(Clone, Debug)]
pub(super) struct Sorting {
    pub(super) order: Order,
    pub(super) group: Vec<Field>,
}

impl Sorting {
    /// Numbers whose order is that of the texts, as far as they differ.
    pub(super) fn lead(&self, entry: &Entry<'_>) -> [u64; 2] {
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

    pub(super) fn compare_entries(&self, one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
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
