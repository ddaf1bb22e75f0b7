//! Which characters stand at the ends of what an expression matches: those of words, or others.

use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look, LookSet, Repetition};
use regex_syntax::is_word_character;

/// The characters of words.
pub(super) static WORD: LazyLock<ClassUnicode> = LazyLock::new(|| {
    let hir = regex_syntax::parse(r"\w").expect("a class that Unicode has");
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        _ => ClassUnicode::empty(),
    }
});

/// An end of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Start,
    End,
}

/// Which characters may stand somewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    /// Those of words.
    word: bool,
    /// Others, or parts of characters.
    other: bool,
}

impl Kinds {
    const WORD: Self = Self { word: true, other: false };
    const OTHER: Self = Self { word: false, other: true };
    const ANY: Self = Self { word: true, other: true };

    /// Whether it is the characters of words alone.
    pub(super) fn is_word(self) -> bool {
        self == Self::WORD
    }

    /// Whether it is others alone.
    fn is_other(self) -> bool {
        self == Self::OTHER
    }

    fn or(self, also: Self) -> Self {
        Self { word: self.word || also.word, other: self.other || also.other }
    }

    fn of(char: Option<char>) -> Self {
        match char {
            Some(char) if is_word_character(char) => Self::WORD,
            Some(_) => Self::OTHER,
            None => Self::ANY,
        }
    }
}

/// Whether it looks for words that are not of ASCII alone.
pub(super) fn is_of_words(look: Look) -> bool {
    LookSet::singleton(look).contains_word_unicode()
}

/// What may stand at this end of what some expressions match, one after the other, if that is
/// not empty; and whether it may be empty.
pub(super) fn at<'h>(hirs: &'h [Hir], side: Side) -> (Kinds, bool) {
    let mut kinds = Kinds::default();
    let mut add = |hir: &'h Hir| {
        kinds = kinds.or(of(hir, side));
        // Up to the first one that cannot be empty.
        hir.properties().minimum_len().is_some_and(|len| len > 0)
    };
    let is_something = match side {
        Side::Start => hirs.iter().any(&mut add),
        Side::End => hirs.iter().rev().any(&mut add),
    };
    (kinds, !is_something)
}

fn of(hir: &Hir, side: Side) -> Kinds {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Kinds::default(),
        HirKind::Literal(literal) => {
            Kinds::of(std::str::from_utf8(&literal.0).ok().and_then(|text| match side {
                Side::Start => text.chars().next(),
                Side::End => text.chars().next_back(),
            }))
        }
        HirKind::Class(Class::Bytes(_)) => Kinds::ANY,
        HirKind::Class(Class::Unicode(class)) => {
            let (mut words, mut others) = (class.clone(), class.clone());
            words.intersect(&WORD);
            others.difference(&WORD);
            Kinds { word: !words.ranges().is_empty(), other: !others.ranges().is_empty() }
        }
        HirKind::Repetition(repetition) => of(&repetition.sub, side),
        HirKind::Capture(capture) => of(&capture.sub, side),
        HirKind::Concat(hirs) => at(hirs, side).0,
        HirKind::Alternation(hirs) => {
            hirs.iter().fold(Kinds::default(), |kinds, hir| kinds.or(of(hir, side)))
        }
    }
}

/// The expression without looks for words of which it is known what they see, since it matches
/// characters on both sides of them.
pub(super) fn settled(hir: Hir) -> Hir {
    if hir.properties().look_set().contains_word_unicode() { settle(&hir) } else { hir }
}

fn settle(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let sub = Box::new(settle(&repetition.sub));
            Hir::repetition(Repetition { sub, ..*repetition })
        }
        HirKind::Capture(capture) => settle(&capture.sub),
        HirKind::Alternation(hirs) => Hir::alternation(hirs.iter().map(settle).collect()),
        HirKind::Concat(hirs) => {
            let one = |(nth, part): (usize, &Hir)| match part.kind() {
                HirKind::Look(look) if is_of_words(*look) => {
                    let before = at(&hirs[..nth], Side::End);
                    let after = at(&hirs[nth + 1..], Side::Start);
                    match seen(*look, before, after) {
                        Some(true) => Hir::empty(),
                        Some(false) => Hir::fail(),
                        None => part.clone(),
                    }
                }
                _ => settle(part),
            };
            Hir::concat(hirs.iter().enumerate().map(one).collect())
        }
        _ => hir.clone(),
    }
}

/// What a look sees between these, if that is known.
fn seen(look: Look, before: (Kinds, bool), after: (Kinds, bool)) -> Option<bool> {
    let is_word = |(kinds, may_be_empty): (Kinds, bool)| match may_be_empty {
        false if kinds.is_word() => Some(true),
        false if kinds.is_other() => Some(false),
        _ => None,
    };
    let (before, after) = (is_word(before), is_word(after));
    match look {
        Look::WordUnicode => Some(before? != after?),
        Look::WordUnicodeNegate => Some(before? == after?),
        Look::WordStartUnicode => Some(!before? && after?),
        Look::WordEndUnicode => Some(before? && !after?),
        Look::WordStartHalfUnicode => Some(!before?),
        Look::WordEndHalfUnicode => Some(!after?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_between_what_is_known_are_settled() {
        for (expression, expected) in [
            (r"\w+\b ", r"\w+ "),
            (r"\w+ед\b[ ,]+\b\w+", r"\w+ед[ ,]+\w+"),
            (r"\w\B\w", r"\w\w"),
            (r"a\b{end}-", "a-"),
            (r"(?:-|\.)\b{start}[a-z]?b", r"(?:-|\.)[a-z]?b"),
            (r"a\b{start-half}.", "a[a&&b]."),
            (r"a\b{end-half}\W", r"a\W"),
            (r"(?:a\b )+", "(?:a )+"),
            // What is beside these is not known.
            (r"\ba", r"\ba"),
            (r"a\b", r"a\b"),
            (r"a\b.", r"a\b."),
            (r"a\b ?b", r"a\b ?b"),
            (r"(?:a|-)\b ", r"(?:a|-)\b "),
        ] {
            let [hir, expected] = [expression, expected].map(|it| regex_syntax::parse(it).unwrap());
            assert_eq!(settled(hir), expected, "{expression}");
        }
    }
}
