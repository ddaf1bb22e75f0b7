//! Word characters: what `-w` means.
//!
//! A word character is what `\w` matches in UTS #18, with the data of Unicode 16.0:
//! alphabetic, a mark, a decimal digit, connector punctuation or a join control.

#[rustfmt::skip]
#[allow(clippy::unreadable_literal, reason = "rows of bits are not for reading")]
mod table;

use crate::text::utf8;

/// Whether a character is a word character.
///
/// ```
/// use cogrep_match::word::is_word;
///
/// assert!(is_word('ж') && is_word('_') && is_word('\u{0301}') && is_word('‿'));
/// assert!(!is_word('-') && !is_word('’') && !is_word('½'));
/// ```
pub fn is_word(char: char) -> bool {
    let code = u32::from(char);
    let page = table::INDEX.get(code as usize / 64).copied().unwrap_or(0);
    table::BITS[usize::from(page)] >> (code % 64) & 1 == 1
}

/// Whether a word character ends exactly at the end of these bytes.
///
/// Bytes that are not valid UTF-8 are no character, and so no word character.
pub fn ends_in_word(bytes: &[u8]) -> bool {
    utf8::last_char(bytes).is_some_and(is_word)
}

/// Whether a word character begins exactly at the start of these bytes.
pub fn begins_with_word(bytes: &[u8]) -> bool {
    utf8::first_char(bytes).is_some_and(|(char, _)| is_word(char))
}
