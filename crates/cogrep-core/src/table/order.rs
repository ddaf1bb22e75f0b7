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
    /// Numbers whose order is that of the texts, as far as they differ. All texts begin with the
    /// same bytes: this many.
    pub(super) fn lead(&self, entry: &Entry<'_>, common: usize) -> [u64; 2] {
        let Entry { text, count, first } = *entry;
        if !self.group.is_empty() {
            return [prefix(self.group_of(text)), 0];
        }
        match self.order {
            Order::Count => [!count, prefix(&text[common..])],
            Order::Text => [prefix(&text[common..]), 0],
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

/// The bytes with which all of some texts begin.
#[derive(Debug, Default)]
pub(super) struct Common(Option<Vec<u8>>);

impl Common {
    /// Those of these texts.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t [u8]>) -> Self {
        let mut common = Self::default();
        for text in texts {
            common.add(text);
            if common.len() == 0 {
                break;
            }
        }
        common
    }

    /// One more text.
    pub(super) fn add(&mut self, text: &[u8]) {
        match &mut self.0 {
            None => self.0 = Some(text.to_vec()),
            Some(common) if text.starts_with(common) => {}
            Some(common) => {
                let equal = common.iter().zip(text).take_while(|(one, other)| one == other);
                common.truncate(equal.count());
            }
        }
    }

    /// Those of these and of those.
    pub(super) fn merge(&mut self, other: Self) {
        if let Some(common) = other.0 {
            self.add(&common);
        }
    }

    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, Vec::len)
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
    use super::*;

    #[test]
    fn what_texts_begin_with_is_known_of_all() {
        let common = |texts: &[&str]| Common::of(texts.iter().map(|text| text.as_bytes()));
        assert_eq!(common(&[]).len(), 0);
        assert_eq!(common(&["love"]).len(), 4);
        assert_eq!(common(&["love", "lover", "lo"]).len(), 2);
        assert_eq!(common(&["love", "", "lo"]).len(), 0);
        let mut all = common(&[]);
        all.merge(common(&["love", "lover"]));
        all.merge(common(&[]));
        assert_eq!(all.len(), 4);
        all.merge(common(&["loaf", "load"]));
        assert_eq!(all.len(), 2);
    }
}
