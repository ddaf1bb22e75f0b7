//! Finds matches at the edges of words in other text than ASCII.
//!
//! The automata of `regex-automata` know words of ASCII only, and leave others to searches
//! that are far slower. So what the expression asks of the characters around a match becomes a
//! part of it: `\bX\b` is found as `(?:\A|\W)X\W` in lines of which each has ended. That is
//! one character before and one after, and the next search begins with the last one.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::Cache;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look};

use super::lazy::Lazy;
use crate::text::utf8;

/// An expression with the characters around its matches.
#[derive(Debug)]
pub(super) struct Edges {
    lazy: Lazy,
    /// Whether there is a character before a match.
    leads: bool,
    /// Whether there is a character after it.
    trails: bool,
}

/// It cannot be told what of the text is the character before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// What an expression looks at around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Start,
    End,
}

impl Edges {
    /// For an expression for lines, if it looks for words at its edges only, and in such a
    /// way that there must be none beside it.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        let HirKind::Concat(hirs) = hir.kind() else { return None };
        let is_word_look = |hir: Option<&Hir>| match hir.map(Hir::kind) {
            Some(HirKind::Look(look)) if is_of_words(*look) => Some(*look),
            _ => None,
        };
        let first = is_word_look(hirs.first());
        let last = if hirs.len() > 1 { is_word_look(hirs.last()) } else { None };
        let inner = &hirs[usize::from(first.is_some())..hirs.len() - usize::from(last.is_some())];
        let is_inner = |hir: &Hir| !hir.properties().look_set().contains_word_unicode();
        let is_something = hir.properties().minimum_len().is_some_and(|len| len > 0);
        if !is_something || !hir.properties().is_utf8() || !inner.iter().all(is_inner) {
            return None;
        }
        let word = word()?;
        let is_none_before = match first {
            None | Some(Look::WordStartHalfUnicode) => true,
            Some(Look::WordUnicode | Look::WordStartUnicode) => {
                is_word_at(inner.iter(), Side::Start, &word)
            }
            _ => false,
        };
        let is_none_after = match last {
            None | Some(Look::WordEndHalfUnicode) => true,
            Some(Look::WordUnicode | Look::WordEndUnicode) => {
                is_word_at(inner.iter().rev(), Side::End, &word)
            }
            _ => false,
        };
        let (leads, trails) = (first.is_some(), last.is_some());
        if !is_none_before || !is_none_after || !(leads || trails) {
            return None;
        }
        let mut none = word;
        none.negate();
        let none = Hir::class(Class::Unicode(none));
        let before = leads.then(|| Hir::alternation(vec![Hir::look(Look::Start), none.clone()]));
        let after = trails.then_some(none);
        let all = before.into_iter().chain(inner.iter().cloned()).chain(after);
        Some(Self { lazy: Lazy::new(Hir::concat(all.collect())), leads, trails })
    }

    /// Whether such an expression can be searched for in these lines.
    pub(super) fn suit(lines: &[u8]) -> bool {
        lines.last() == Some(&b'\n') && simdutf8::basic::from_utf8(lines).is_ok()
    }

    /// The end of the next match from this index on, the first that is found or the right one.
    pub(super) fn find_end(
        &self,
        cache: &mut Option<Cache>,
        lines: &[u8],
        start: usize,
        is_earliest: bool,
    ) -> Result<Option<usize>, Unclear> {
        let input = Input::new(lines).range(self.before(lines, start)?..).earliest(is_earliest);
        let (regex, cache) = self.lazy.get(cache);
        let found = regex.search_half_with(cache, &input);
        Ok(found.map(|found| self.end(lines, found.offset())))
    }

    /// The next match from this index on.
    pub(super) fn find(
        &self,
        cache: &mut Option<Cache>,
        lines: &[u8],
        start: usize,
    ) -> Result<Option<Range<usize>>, Unclear> {
        let input = Input::new(lines).range(self.before(lines, start)?..);
        let (regex, cache) = self.lazy.get(cache);
        let Some(found) = regex.search_with(cache, &input) else { return Ok(None) };
        let start = match (self.leads, found.start()) {
            (false, start) => start,
            // The match may begin here, or after the character here.
            (true, 0) => return Err(Unclear),
            (true, before) => before + first_len(&lines[before..]),
        };
        Ok(Some(start..self.end(lines, found.end())))
    }

    /// Where the character before this index begins, if that is looked at.
    fn before(&self, lines: &[u8], start: usize) -> Result<usize, Unclear> {
        if !self.leads || start == 0 {
            return Ok(start);
        }
        match start - last_len(&lines[..start]) {
            // As if there were nothing before it.
            0 => Err(Unclear),
            before => Ok(before),
        }
    }

    /// The end of a match, given that of the character after it.
    fn end(&self, lines: &[u8], after: usize) -> usize {
        if self.trails { after - last_len(&lines[..after]) } else { after }
    }
}

/// The length of the first character of a text in UTF-8.
fn first_len(text: &[u8]) -> usize {
    utf8::first_char(text).map_or(1, |(_, len)| len)
}

/// The length of the last character of a text in UTF-8.
fn last_len(text: &[u8]) -> usize {
    let is_first = |byte: &u8| byte & 0xC0 != 0x80;
    text.iter().rev().position(is_first).map_or(text.len(), |at| at + 1)
}

/// The characters of words.
fn word() -> Option<ClassUnicode> {
    match regex_syntax::parse(r"\w").ok()?.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// Whether it looks for words that are not of ASCII alone.
fn is_of_words(look: Look) -> bool {
    regex_syntax::hir::LookSet::singleton(look).contains_word_unicode()
}

/// Whether the text that these match, one after the other from one side, has a character of a
/// word at that side, if it is not empty.
fn is_word_at<'h>(
    mut hirs: impl Iterator<Item = &'h Hir>,
    side: Side,
    word: &ClassUnicode,
) -> bool {
    let may_be_empty = |hir: &Hir| hir.properties().minimum_len().is_none_or(|len| len == 0);
    // Up to the first one that cannot be empty.
    let mut is_open = true;
    hirs.all(|hir| {
        if !is_open {
            return true;
        }
        is_open = may_be_empty(hir);
        let one = |hir| is_word_at(std::iter::once(hir), side, word);
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => true,
            HirKind::Literal(literal) => std::str::from_utf8(&literal.0).is_ok_and(|text| {
                let char = match side {
                    Side::Start => text.chars().next(),
                    Side::End => text.chars().next_back(),
                };
                char.is_some_and(|char| has(word, char))
            }),
            HirKind::Class(Class::Unicode(class)) => {
                let mut others = class.clone();
                others.difference(word);
                others.ranges().is_empty()
            }
            HirKind::Class(Class::Bytes(_)) => false,
            HirKind::Repetition(repetition) => one(&*repetition.sub),
            HirKind::Capture(capture) => one(&*capture.sub),
            HirKind::Concat(hirs) => match side {
                Side::Start => is_word_at(hirs.iter(), side, word),
                Side::End => is_word_at(hirs.iter().rev(), side, word),
            },
            HirKind::Alternation(hirs) => hirs.iter().all(one),
        }
    })
}

fn has(class: &ClassUnicode, char: char) -> bool {
    class.iter().any(|range| (range.start()..=range.end()).contains(&char))
}
