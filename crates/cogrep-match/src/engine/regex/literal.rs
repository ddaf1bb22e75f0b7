//! Literals of expressions: bytes, of which letters of ASCII may be in any case.

/// A literal; the index of a byte in it is where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Literal {
    /// Lowered where any case will do.
    bytes: Vec<u8>,
    /// Whether the byte is a letter in any case.
    any_case: Vec<bool>,
}

impl Literal {
    /// These bytes as they are.
    pub(super) fn exact(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), any_case: vec![false; bytes.len()] }
    }

    /// A letter of ASCII in either case.
    pub(super) fn letter(letter: u8) -> Self {
        Self { bytes: vec![letter.to_ascii_lowercase()], any_case: vec![true] }
    }

    /// This one and then the other.
    pub(super) fn then(&self, next: &Self) -> Self {
        let mut both = self.clone();
        both.bytes.extend_from_slice(&next.bytes);
        both.any_case.extend_from_slice(&next.any_case);
        both
    }

    /// This many bytes at the end.
    pub(super) fn tail(&self, len: usize) -> Self {
        let from = self.len().saturating_sub(len);
        Self { bytes: self.bytes[from..].to_vec(), any_case: self.any_case[from..].to_vec() }
    }

    /// Whether this byte is in it.
    pub(super) fn has(&self, byte: u8) -> bool {
        self.bytes.contains(&byte)
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Its bytes as they are looked for: lowered, if letters of any case are found.
    pub(crate) fn needle(&self, lowered: bool) -> Box<[u8]> {
        let bytes = self.bytes.iter();
        bytes.map(|byte| if lowered { byte.to_ascii_lowercase() } else { *byte }).collect()
    }

    /// Whether a letter may be in any case.
    pub(crate) fn has_any_case(&self) -> bool {
        self.any_case.contains(&true)
    }

    /// Whether a letter must be in its case.
    pub(crate) fn has_case(&self) -> bool {
        self.units().any(|(byte, any_case)| !any_case && byte.is_ascii_alphabetic())
    }

    /// Whether these bytes, as many as it has, are it.
    pub(crate) fn is(&self, bytes: &[u8]) -> bool {
        self.units().zip(bytes).all(|((byte, any_case), other)| {
            byte == if any_case { other.to_ascii_lowercase() } else { *other }
        })
    }

    /// Whether whatever begins as the other, begins as this one.
    pub(super) fn covers_start_of(&self, other: &Self) -> bool {
        self.len() <= other.len()
            && self.units().zip(other.units()).all(|((byte, any_case), (other, other_any))| {
                if any_case {
                    byte == other.to_ascii_lowercase()
                } else {
                    byte == other && !other_any
                }
            })
    }

    /// Whether places of the two, which may be the same, can share a byte.
    pub(super) fn may_overlap(&self, other: &Self) -> bool {
        let at = |start: usize| {
            self.units()
                .skip(start)
                .zip(other.units())
                .all(|(unit, other)| may_be_equal(unit, other))
        };
        let first = usize::from(self == other);
        (first..self.len()).any(at)
    }

    /// Each byte, and whether it is a letter in any case.
    pub(super) fn units(&self) -> impl Iterator<Item = (u8, bool)> + '_ {
        self.bytes.iter().copied().zip(self.any_case.iter().copied())
    }
}

fn may_be_equal((byte, any_case): (u8, bool), (other, other_any): (u8, bool)) -> bool {
    if any_case || other_any { byte.eq_ignore_ascii_case(&other) } else { byte == other }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any_case(text: &str) -> Literal {
        let letters = text.bytes().map(Literal::letter);
        letters.fold(Literal::default(), |literal, letter| literal.then(&letter))
    }

    #[test]
    fn letters_are_compared_in_their_case_or_any() {
        let mixed = Literal::exact(b"Ab").then(&any_case("cD"));
        for (bytes, expected) in [("Abcd", true), ("AbCD", true), ("abcd", false), ("Abce", false)]
        {
            assert_eq!(mixed.is(bytes.as_bytes()), expected, "{bytes}");
        }
        assert_eq!(&*mixed.needle(true), b"abcd");
        assert_eq!(&*mixed.needle(false), b"Abcd");
        assert!(mixed.has_case() && mixed.has_any_case());
        assert!(!any_case("ab").has_case() && !Literal::exact(b"1-").has_case());
        assert_eq!(mixed.tail(2), any_case("cd"));
    }

    #[test]
    fn what_begins_alike_is_covered() {
        let [exact, upper] = [b"ab", b"AB"].map(|bytes| Literal::exact(bytes));
        assert!(any_case("ab").covers_start_of(&upper) && any_case("a").covers_start_of(&exact));
        assert!(!exact.covers_start_of(&any_case("ab")) && !exact.covers_start_of(&upper));
        assert!(!exact.covers_start_of(&Literal::exact(b"a")));
    }

    #[test]
    fn places_overlap_by_borders_and_within() {
        let may = |one: &str, other: &str| {
            Literal::exact(one.as_bytes()).may_overlap(&Literal::exact(other.as_bytes()))
        };
        assert!(may("aa", "aa") && may("aba", "aba") && !may("ab", "ab"));
        assert!(may("ab", "ba") && may("abc", "b") && !may("abc", "abd"));
        assert!(!may("ab", "cd") && may("ab", "bc") && !may("bc", "ab"));
        assert!(any_case("ab").may_overlap(&Literal::exact(b"BC")));
    }
}
