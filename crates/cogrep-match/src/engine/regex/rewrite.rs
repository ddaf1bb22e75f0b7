//! What an expression for one line becomes, so that many lines are searched at once.
//!
//! The text is lines without their carriage returns. In it an expression must find what it
//! finds in each line alone, so it must not match a line feed, and must see the ends of
//! lines where it saw the ends of its haystack. This is how ripgrep's searcher goes
//! through whole buffers.

use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
    Repetition,
};

/// The expression for lines, without capturing groups and without what matches a line feed.
///
/// The anchors of CRLF mode stay: to them a carriage return at the end of a line is one
/// thing before a line feed and another at the end of a haystack. An expression with such
/// anchors is for one line only.
pub(super) fn for_lines(hir: &Hir) -> Hir {
    with_parts(hir, &|part| match part.kind() {
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Class(class) => Hir::class(without_line_feed(class)),
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End) => Hir::look(Look::EndLF),
        _ => part.clone(),
    })
}

/// The expression for lines of ASCII: it matches the same in them.
pub(super) fn for_ascii(hir: &Hir) -> Hir {
    with_parts(hir, &|part| match part.kind() {
        HirKind::Literal(literal) if !literal.0.is_ascii() => Hir::fail(),
        HirKind::Class(class) => Hir::class(of_ascii(class)),
        HirKind::Look(look) => Hir::look(of_ascii_words(*look)),
        _ => part.clone(),
    })
}

/// The expression without capturing groups, and with other literals, classes and looks.
fn with_parts(hir: &Hir, change: &impl Fn(&Hir) -> Hir) -> Hir {
    let all = |hirs: &[Hir]| hirs.iter().map(|hir| with_parts(hir, change)).collect();
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => change(hir),
        HirKind::Repetition(repetition) => {
            let sub = Box::new(with_parts(&repetition.sub, change));
            Hir::repetition(Repetition { sub, ..*repetition })
        }
        HirKind::Capture(capture) => with_parts(&capture.sub, change),
        HirKind::Concat(hirs) => Hir::concat(all(hirs)),
        HirKind::Alternation(hirs) => Hir::alternation(all(hirs)),
    }
}

fn without_line_feed(class: &Class) -> Class {
    match class {
        Class::Unicode(class) => {
            let mut class = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            Class::Unicode(class)
        }
        Class::Bytes(class) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            Class::Bytes(class)
        }
    }
}

/// The characters of ASCII in a class.
fn of_ascii(class: &Class) -> Class {
    match class {
        Class::Unicode(class) => {
            let mut class = class.clone();
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7F')]));
            Class::Unicode(class)
        }
        Class::Bytes(class) => {
            let mut class = class.clone();
            class.intersect(&ClassBytes::new([ClassBytesRange::new(0, 0x7F)]));
            Class::Bytes(class)
        }
    }
}

/// The same, where all words are of ASCII.
fn of_ascii_words(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        look => look,
    }
}

/// What is left of an expression if the start of a match does not matter: matches end at
/// the same places, and are as many.
///
/// A lazy optional run of characters at the start goes: the leftmost match begins with the
/// leftmost one of the rest, which it can always reach by fewer characters, and prefers
/// the fewest. The secret scanners' `[\w.-]{0,50}?` takes most of their memory.
pub(super) fn without_lazy_start(hir: &Hir) -> Option<Hir> {
    let HirKind::Concat(hirs) = hir.kind() else { return None };
    let is_dropped = |hir: &Hir| match hir.kind() {
        HirKind::Repetition(repetition) => {
            let is_class = matches!(repetition.sub.kind(), HirKind::Class(Class::Unicode(_)));
            repetition.min == 0 && !repetition.greedy && is_class
        }
        _ => false,
    };
    let dropped = hirs.iter().take_while(|hir| is_dropped(hir)).count();
    let rest = Hir::concat(hirs[dropped..].to_vec());
    let properties = rest.properties();
    // An empty match, or one that begins within a character, would be found elsewhere.
    let is_safe = properties.is_utf8() && properties.minimum_len().is_some_and(|len| len > 0);
    (dropped > 0 && is_safe).then_some(rest)
}

/// What is left of an expression if all that matters is whether it matches: what is
/// optional at its ends goes.
pub(super) fn without_optional_ends(hir: &Hir) -> Option<Hir> {
    let HirKind::Concat(hirs) = hir.kind() else { return None };
    let is_dropped =
        |hir: &Hir| matches!(hir.kind(), HirKind::Repetition(repetition) if repetition.min == 0);
    let first = hirs.iter().take_while(|hir| is_dropped(hir)).count();
    let last = hirs[first..].iter().rev().take_while(|hir| is_dropped(hir)).count();
    let rest = &hirs[first..hirs.len() - last];
    (rest.len() < hirs.len()).then(|| Hir::concat(rest.to_vec()))
}
