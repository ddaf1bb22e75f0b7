//! Finds matches at the edges of words in other text than ASCII.
//!
//! The automata of `regex-automata` know words of ASCII only, and leave others to searches
//! that are far slower. So what the expression asks of the characters around a match becomes a
//! part of it: `\bX\b` is found as `(?:\A|\W)X\W` in lines of which each has ended. That is
//! one character before and one after, and the next search begins with the one before the end
//! of the last match.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::meta::Cache;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::lazy::Lazy;
use super::required::prefix_frequency;
use super::words::{self, Side, WORD, is_of_words};
use crate::text::utf8;

/// Literals at less than one place of this many are rare.
const RARE: f64 = 1.0 / 1000.0;

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

impl Edges {
    /// For an expression for lines, if it looks for words at its edges only, and in such a
    /// way that there must be none beside it. Not if matches begin with literals that are rare:
    /// these lead the matcher to the few places where it has to be slow.
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
        let is_utf8 = hir.properties().is_utf8();
        if !is_something || !is_utf8 || !inner.iter().all(is_inner) || has_rare_prefix(hir) {
            return None;
        }
        let is_word = |side| words::at(inner, side).0.is_word();
        let is_none_before = match first {
            None | Some(Look::WordStartHalfUnicode) => true,
            Some(Look::WordUnicode | Look::WordStartUnicode) => is_word(Side::Start),
            _ => false,
        };
        let is_none_after = match last {
            None | Some(Look::WordEndHalfUnicode) => true,
            Some(Look::WordUnicode | Look::WordEndUnicode) => is_word(Side::End),
            _ => false,
        };
        let (leads, trails) = (first.is_some(), last.is_some());
        if !is_none_before || !is_none_after || !(leads || trails) {
            return None;
        }
        let mut none = WORD.clone();
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
            (true, before) => before + utf8::announced_len(lines[before]),
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

fn has_rare_prefix(hir: &Hir) -> bool {
    prefix_frequency(hir).is_some_and(|frequency| frequency < RARE)
}

/// The length of the last character of a text in UTF-8.
fn last_len(text: &[u8]) -> usize {
    let first = text.iter().rposition(|byte| !utf8::is_continuation(*byte));
    text.len() - first.unwrap_or(0)
}
