//! Case folding: what `-i` means.
//!
//! Text and patterns are folded alike and compared as bytes. The folding is
//! Unicode 16.0 *simple* case folding (statuses C and S of `CaseFolding.txt`) of the
//! characters that are valid UTF-8; every other byte stays as it is. A character can
//! change its length in bytes, never its being a word character.
//!
//! What this module refuses to do: full folding (`ß` is not `ss`), locales (`İ` is
//! not `i`), normalisation.

mod pairs;
#[rustfmt::skip]
mod table;

use crate::simd::grams::{self, CountOnly, FilterKind, Gram, Haystack, Wanted};
use crate::simd::lower::{is_ascii, lower_ascii};
use crate::simd::pairs::{self as kernel_pairs, Pairs};
use crate::simd::{Case, SimdLevel};
use crate::text::utf8;

/// The most bytes of text that become one byte: the Kelvin sign becomes a k.
pub(crate) const MOST_FOLDED: usize = 3;

/// The most bytes of a character that are left over where a text is cut.
pub(crate) const MOST_CUT: usize = 3;

/// Which text is counted rightly though it has not been folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Unfolded {
    /// None.
    #[default]
    Nothing,
    /// ASCII: who counts lowers the letters of it.
    Ascii,
    /// All but the characters that fold to ASCII: who counts looks for ASCII only.
    AllButForeign,
    /// All: who counts looks for ASCII only, and for no letter that others fold to.
    All,
}

impl Unfolded {
    /// What those can count in that lower the letters of ASCII, looking for these needles.
    pub(crate) fn by_lowering<'n>(needles: impl Iterator<Item = &'n [u8]>) -> Self {
        let mut unfolded = Self::All;
        for needle in needles {
            if !needle.is_ascii() {
                return Self::Ascii;
            }
            if needle.iter().any(|byte| FOREIGN.iter().any(|(_, letter)| byte == letter)) {
                unfolded = Self::AllButForeign;
            }
        }
        unfolded
    }
}

/// The characters beyond ASCII that fold to ASCII, and to what: the long s and the
/// Kelvin sign.
const FOREIGN: [(&[u8], u8); 2] = [("\u{17F}".as_bytes(), b's'), ("\u{212A}".as_bytes(), b'k')];

/// A character that another one took the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Where the new character begins in the folded text that it was appended to.
    pub(crate) at: usize,
    /// The bytes that the new character has.
    pub(crate) folded_len: usize,
    /// The bytes that the old character had.
    pub(crate) text_len: usize,
}

/// Which changes are reported while text is folded.
trait Changes {
    /// A character took the place of another one.
    fn changed(&mut self, change: Change);
}

/// None.
impl Changes for () {
    #[inline]
    fn changed(&mut self, _: Change) {}
}

/// Those of characters that became longer or shorter.
impl Changes for Vec<Change> {
    fn changed(&mut self, change: Change) {
        if change.folded_len != change.text_len {
            self.push(change);
        }
    }
}

/// Folds a text that comes in pieces, cut anywhere.
///
/// ```
/// use cogrep_match::Folder;
///
/// let mut folder = Folder::new();
/// let mut folded = Vec::new();
/// // The two bytes of Σ come one after the other.
/// folder.fold(b"ODY\xCE", &mut folded);
/// folder.fold(b"\xA3", &mut folded);
/// folder.finish(&mut folded);
/// assert_eq!(folded, "odyσ".as_bytes());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The beginning of a character that the last piece cut off.
    cut: [u8; 4],
    cut_len: usize,
    unfolded: Unfolded,
}

impl Folder {
    /// As much is best folded at once: what was folded stays in the first cache until
    /// it is counted in.
    pub const PIECE_BYTES: usize = 16 << 10;

    /// As much of a text's start is folded at once: engines look at the first piece to
    /// learn what is rare.
    pub const FIRST_BYTES: usize = 64 << 10;

    /// A folder at the start of a text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A folder for those who count such text as well.
    pub(crate) fn lax(unfolded: Unfolded) -> Self {
        Self { unfolded, ..Self::default() }
    }

    /// Whether the next piece need not be folded: it can be counted in as it is.
    ///
    /// Only the folder of a [`Plan`](crate::Plan) leaves anything.
    #[must_use]
    pub fn leaves(&self, piece: &[u8]) -> bool {
        self.cut_len == 0
            && match self.unfolded {
                Unfolded::Nothing => false,
                Unfolded::Ascii => is_ascii(SimdLevel::process_default(), piece),
                Unfolded::AllButForeign => !has_foreign(piece),
                Unfolded::All => true,
            }
    }

    /// Appends the folded piece.
    ///
    /// The beginning of a character at the end of the piece is kept back until its
    /// rest has come, or the text is [finished](Self::finish).
    pub fn fold(&mut self, piece: &[u8], folded: &mut Vec<u8>) {
        self.fold_with(piece, folded, &mut (), fold_into);
    }

    /// The same, with the characters that became longer or shorter; or with `all`, which is
    /// slower, every character of several bytes that changed.
    pub(crate) fn fold_and_track(
        &mut self,
        piece: &[u8],
        folded: &mut Vec<u8>,
        all: bool,
        changes: &mut Vec<Change>,
    ) {
        if all {
            self.fold_with(piece, folded, changes, fold_each);
        } else {
            self.fold_with(piece, folded, changes, fold_into);
        }
    }

    fn fold_with<C>(
        &mut self,
        piece: &[u8],
        folded: &mut Vec<u8>,
        changes: &mut C,
        fold: fn(&[u8], &mut Vec<u8>, &mut C),
    ) {
        let piece = self.complete(piece, folded, changes, fold);
        let end = piece.len() - cut_off(piece);
        fold(&piece[..end], folded, changes);
        if end < piece.len() {
            self.cut_len = piece.len() - end;
            self.cut[..self.cut_len].copy_from_slice(&piece[end..]);
        }
    }

    /// Ends the text, and appends what was kept back. The next piece begins another.
    pub fn finish(&mut self, folded: &mut Vec<u8>) {
        folded.extend_from_slice(&self.cut[..self.cut_len]);
        self.cut_len = 0;
    }

    /// Takes what the character cut off lacks from the front of the piece, and
    /// gives the rest of the piece.
    fn complete<'t, C>(
        &mut self,
        mut piece: &'t [u8],
        folded: &mut Vec<u8>,
        changes: &mut C,
        fold: fn(&[u8], &mut Vec<u8>, &mut C),
    ) -> &'t [u8] {
        while self.cut_len > 0
            && let [byte, rest @ ..] = piece
        {
            if !utf8::is_continuation(*byte) {
                self.finish(folded);
                break;
            }
            self.cut[self.cut_len] = *byte;
            self.cut_len += 1;
            piece = rest;
            if self.cut_len == utf8::announced_len(self.cut[0]) {
                fold(&self.cut[..self.cut_len], folded, changes);
                self.cut_len = 0;
            }
        }
        piece
    }
}

/// Folds a whole text, or a pattern.
///
/// ```
/// use cogrep_match::fold_all;
///
/// assert_eq!(fold_all("ΣΊΣΥΦΟΣ ſ \u{212A}".as_bytes()), "σίσυφοσ s k".as_bytes());
/// assert_eq!(fold_all(b"\xC3A"), b"\xC3a");
/// ```
#[must_use]
pub fn fold_all(text: &[u8]) -> Vec<u8> {
    let mut folded = Vec::new();
    fold_into(text, &mut folded, &mut ());
    folded
}

/// So much text is looked through at once.
const LOOK_BYTES: usize = 4 << 10;

/// Whether there could be a character that folds to ASCII, or the beginning of one at
/// the end.
fn has_foreign(piece: &[u8]) -> bool {
    let cut = &piece[piece.len() - cut_off(piece)..];
    if !cut.is_empty() && FOREIGN.iter().any(|(bytes, _)| bytes.starts_with(cut)) {
        return true;
    }
    let level = SimdLevel::process_default();
    // The last two bytes: the first of the Kelvin sign are those of much punctuation.
    let grams = FOREIGN.map(|(needle, _)| {
        let offset = needle.len() - 2;
        Gram { needle, offset, wanted: Wanted::Count }
    });
    (0..piece.len()).step_by(LOOK_BYTES).any(|start| {
        let end = piece.len().min(start + LOOK_BYTES);
        // One that begins before is seen, too.
        let text = &piece[start.saturating_sub(2)..end];
        let all = 0..text.len();
        let haystack = Haystack { text, case: Case::Matters, ends: all.clone(), grams: all };
        let seen = || grams::find(level, FilterKind::Compare(2), &grams, &haystack, &mut CountOnly);
        !is_ascii(level, text) && seen().counts != [0; grams::MOST]
    })
}

/// How many bytes at the end could be the beginning of a character.
fn cut_off(piece: &[u8]) -> usize {
    let near = &piece[piece.len().saturating_sub(3)..];
    let lead = near.iter().rposition(|byte| !utf8::is_continuation(*byte));
    lead.map_or(0, |at| {
        let len = near.len() - at;
        if len < utf8::announced_len(near[at]) { len } else { 0 }
    })
}

/// Bytes after which it is asked again whether the text goes on in ASCII.
const BLOCK: usize = 64;

fn fold_into<C: Changes>(mut text: &[u8], folded: &mut Vec<u8>, changes: &mut C) {
    let level = SimdLevel::process_default();
    loop {
        text = &text[lower_ascii(level, text, folded)..];
        if text.is_empty() {
            return;
        }
        let pairs = pairs::pairs();
        if let Some(tables) = level.wide_tables() {
            text = &text[kernel_pairs::fold(tables, pairs, text, folded)..];
        }
        let mut at = 0;
        while at < text.len().min(BLOCK) {
            at += fold_first(pairs, &text[at..], folded, changes);
        }
        text = &text[at..];
    }
}

/// Appends the first character folded, or the first byte; gives its length in the
/// text, which must not be empty.
#[inline]
fn fold_first<C: Changes>(
    pairs: &Pairs,
    text: &[u8],
    folded: &mut Vec<u8>,
    changes: &mut C,
) -> usize {
    if text[0] < 0x80 {
        folded.push(text[0].to_ascii_lowercase());
        return 1;
    }
    match (pairs.of(text[0]), text) {
        // A continuation byte, or one that goes on unchanged whatever follows.
        (None, [byte, ..]) => folded.push(*byte),
        (Some(pair), [0xC2..=0xDF, second, ..])
            if utf8::is_continuation(*second) && pair.first(*second) != 0 =>
        {
            folded.extend_from_slice(&[pair.first(*second), pair.second(*second)]);
            return 2;
        }
        _ => return fold_long(text, folded, changes),
    }
    1
}

/// The same for a character that may become shorter or longer, or has more than two bytes.
#[cold]
fn fold_long<C: Changes>(text: &[u8], folded: &mut Vec<u8>, changes: &mut C) -> usize {
    let Some((char, len)) = utf8::first_char(text) else {
        folded.push(text[0]);
        return 1;
    };
    let to = fold_char(char);
    if to == char {
        folded.extend_from_slice(&text[..len]);
    } else {
        let at = folded.len();
        folded.extend_from_slice(to.encode_utf8(&mut [0; 4]).as_bytes());
        changes.changed(Change { at, folded_len: folded.len() - at, text_len: len });
    }
    len
}

/// Folds a character after the other, and reports each of several bytes that changed.
fn fold_each(mut text: &[u8], folded: &mut Vec<u8>, changes: &mut Vec<Change>) {
    /// All of them.
    struct All<'c>(&'c mut Vec<Change>);

    impl Changes for All<'_> {
        fn changed(&mut self, change: Change) {
            if change.text_len > 1 {
                self.0.push(change);
            }
        }
    }

    while !text.is_empty() {
        text = &text[fold_long(text, folded, &mut All(changes))..];
    }
}

/// The character that this one folds to.
pub(crate) fn fold_char(char: char) -> char {
    let code = u32::from(char);
    let page = table::INDEX.get(code as usize / 64).copied().unwrap_or(0);
    let delta = table::DELTAS[usize::from(page)][code as usize % 64];
    let folded = code.checked_add_signed(delta).and_then(char::from_u32);
    folded.unwrap_or(char)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Folds a character after the other.
    fn slow_fold(mut text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        while !text.is_empty() {
            text = &text[fold_long(text, &mut out, &mut ())..];
        }
        out
    }

    /// Bytes out of characters and pieces of characters, many of one script in a row.
    fn any_text() -> impl Strategy<Value = Vec<u8>> {
        let one_of = |chars: &str| {
            let chars: Vec<_> = chars.chars().map(|char| char.to_string().into_bytes()).collect();
            prop::sample::select(chars)
        };
        let piece = prop_oneof![
            3 => prop::collection::vec(one_of("aZ .@[`{"), 1..70),
            3 => prop::collection::vec(one_of("жЖПпЯяЁё«»—"), 1..70),
            3 => prop::collection::vec(one_of("ΣσςΆά\u{3A9}\u{2126}ΰ\u{345}"), 1..70),
            3 => prop::collection::vec(one_of("相救，。！Ａｚ“”"), 1..70),
            2 => prop::collection::vec(one_of("ſ\u{212A}ȺȾßẞİıĞğµ\u{C5}\u{212B}Éé"), 1..20),
            2 => prop::collection::vec(any::<char>().prop_map(|char| char.to_string().into_bytes()), 1..20),
            1 => prop::collection::vec(prop::collection::vec(any::<u8>(), 1..4), 1..5),
            1 => prop::collection::vec(prop::sample::select(vec![b"\xC3".to_vec(), b"\x84".to_vec(), b"\xEF\xBC".to_vec(), b"\xE2".to_vec()]), 1..5),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat().concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn many_at_once_are_folded_as_one_after_the_other(text in any_text(), len in 1_usize..200) {
            let expected = slow_fold(&text);
            prop_assert_eq!(&fold_all(&text), &expected);
            prop_assert_eq!(in_pieces(&text, len), expected);
        }
    }

    /// Folds in pieces of this many bytes.
    fn in_pieces(text: &[u8], len: usize) -> Vec<u8> {
        let (mut folder, mut out) = (Folder::new(), Vec::new());
        text.chunks(len).for_each(|piece| folder.fold(piece, &mut out));
        folder.finish(&mut out);
        out
    }

    #[test]
    fn pieces_do_not_matter() {
        let texts: [&[u8]; 6] = [
            "Ⱥ ẞ İ ﬅ ﬆ 𐐀 Ꭰ ꭰ ΣσςΚ\u{212A}k ſSs".as_bytes(),
            b"\xE2\xE2\x84\xAA\xC3\xC3\x84\xF0\x90\x90A\xF0\x90\x90",
            b"\xF0\x90\x90\x80\x80\x80A\xE0\x80\x80B\xED\xA0\x80C\xF4\x90\x80\x80D",
            b"\xE2\x84",
            b"",
            &[b'A'; 200],
        ];
        for text in texts {
            for len in 1..10 {
                assert_eq!(in_pieces(text, len), fold_all(text), "{text:x?} by {len}");
            }
        }
    }

    #[test]
    fn invalid_bytes_stay_and_their_neighbours_fold() {
        assert_eq!(fold_all(b"\xE2\x84A\xFF\xC3\x84\x80"), b"\xE2\x84a\xFF\xC3\xA4\x80");
        assert_eq!(
            fold_all(b"\xC0\x81\xED\xA0\x80\xF5\x80\x80\x80"),
            b"\xC0\x81\xED\xA0\x80\xF5\x80\x80\x80"
        );
    }

    #[test]
    fn blocks_of_ascii_fold_as_single_bytes_do() {
        let text: Vec<u8> = (0..=127).cycle().take(1000).collect();
        assert!(fold_all(&text) == text.to_ascii_lowercase());
        let mixed = [&text[..], "Ä".as_bytes(), &text[..]].concat();
        let expected =
            [&text.to_ascii_lowercase()[..], "ä".as_bytes(), &text.to_ascii_lowercase()].concat();
        assert!(fold_all(&mixed) == expected);
    }

    #[test]
    fn two_characters_fold_to_ascii_and_none_from_it() {
        let foreign = ('\u{80}'..=char::MAX).filter(|char| fold_char(*char).is_ascii());
        let foreign: Vec<_> = foreign.map(|char| (char, fold_char(char))).collect();
        assert_eq!(foreign, [('\u{17F}', 's'), ('\u{212A}', 'k')]);
        assert!(('\0'..'\u{80}').all(|char| fold_char(char) == char.to_ascii_lowercase()));
    }

    #[test]
    fn a_piece_is_left_where_folding_does_not_matter() {
        let left = |needle: &[u8], piece: &[u8]| {
            Folder::lax(Unfolded::by_lowering([needle].into_iter())).leaves(piece)
        };
        assert!(left(b"love", "LOVE \u{17F}\u{212A}Ä\u{C4}".as_bytes()) && left(b"love", b"\xC5"));
        for needle in [b"kind", b"miss"] {
            assert!(left(needle, "LOVE Ä\u{17E}\u{2129}".as_bytes()));
            assert!(left(needle, b"\xBF\x84\xAA\xC5\xBE\xE2\x85\xAA"));
            for foreign in [&b"\xC5\xBF"[..], b"\xE2\x84\xAA"] {
                for before in (0..100).chain(4090..4100) {
                    let piece = [&vec![b'x'; before], foreign].concat();
                    assert!((1..=foreign.len()).all(|len| !left(needle, &piece[..before + len])));
                    assert!(!left(needle, &[&piece, &b"x"[..]].concat()));
                }
            }
        }
        assert!(left("ä".as_bytes(), b"LOVE") && !left("ä".as_bytes(), "Ä".as_bytes()));
        assert!(!Folder::new().leaves(b"love"));
        let mut folder = Folder::lax(Unfolded::AllButForeign);
        folder.fold(b"\xE2", &mut Vec::new());
        assert!(!folder.leaves(b"\x84\xAA"));
    }

    #[test]
    fn no_character_shrinks_to_less_than_a_third() {
        let shrinks = |char: char| char.len_utf8().div_ceil(fold_char(char).len_utf8());
        assert_eq!(('\0'..=char::MAX).map(shrinks).max(), Some(MOST_FOLDED));
    }

    #[test]
    fn a_folder_begins_anew_after_a_text() {
        let (mut folder, mut out) = (Folder::new(), Vec::new());
        folder.fold(b"\xCE", &mut out);
        folder.finish(&mut out);
        folder.fold(b"\xA3A", &mut out);
        folder.finish(&mut out);
        assert_eq!(out, b"\xCE\xA3a");
    }
}
