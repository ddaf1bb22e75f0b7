//! Single characters in bytes that may or may not be UTF-8.
//!
//! Text need not be UTF-8 as a whole: bytes that are not stay as they are, and the
//! characters around them count. Whether a character is a letter, or what it folds to, is
//! decided in [`word`](super::word) and [`fold`](super::fold).

/// Whether this byte continues a character that began before it.
pub(crate) fn is_continuation(byte: u8) -> bool {
    byte & 0xC0 == 0x80
}

/// How many bytes a character has that begins with this one: 1 for ASCII, and for bytes
/// that begin no character.
pub(crate) fn announced_len(lead: u8) -> usize {
    match lead {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    }
}

/// The valid character with which the bytes begin, and its length in bytes.
#[inline]
pub(crate) fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    let tail = |byte: u8| u32::from(byte & 0x3F);
    match *bytes {
        [a @ ..0x80, ..] => Some((char::from(a), 1)),
        [a @ 0xC2..=0xDF, b, ..] if is_continuation(b) => {
            let code = (u32::from(a) & 0x1F) << 6 | tail(b);
            char::from_u32(code).map(|char| (char, 2))
        }
        [a @ 0xE0..=0xEF, b, c, ..] if is_continuation(b) && is_continuation(c) => {
            let code = (u32::from(a) & 0x0F) << 12 | tail(b) << 6 | tail(c);
            // A smaller code is an overlong encoding; `from_u32` refuses surrogates.
            char::from_u32(code).filter(|_| code >= 0x800).map(|char| (char, 3))
        }
        [a @ 0xF0..=0xF4, b, c, d, ..]
            if is_continuation(b) && is_continuation(c) && is_continuation(d) =>
        {
            let code = (u32::from(a) & 0x07) << 18 | tail(b) << 12 | tail(c) << 6 | tail(d);
            char::from_u32(code).filter(|_| code >= 0x1_0000).map(|char| (char, 4))
        }
        _ => None,
    }
}

/// The valid character with which the bytes end.
pub(crate) fn last_char(bytes: &[u8]) -> Option<char> {
    let near = &bytes[bytes.len().saturating_sub(4)..];
    let start = near.iter().rposition(|byte| !is_continuation(*byte))?;
    let (char, len) = first_char(&near[start..])?;
    (start + len == near.len()).then_some(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first character according to the standard library.
    fn slow_first(bytes: &[u8]) -> Option<(char, usize)> {
        (1..=bytes.len().min(4)).find_map(|len| {
            let text = std::str::from_utf8(&bytes[..len]).ok()?;
            Some((text.chars().next()?, len))
        })
    }

    fn slow_last(bytes: &[u8]) -> Option<char> {
        (1..=bytes.len().min(4))
            .find_map(|len| std::str::from_utf8(&bytes[bytes.len() - len..]).ok()?.chars().next())
    }

    /// Bytes at which the rules change.
    const EDGES: [u8; 24] = [
        0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
        0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ];

    #[test]
    fn every_short_string_of_edge_bytes_decodes_as_in_std() {
        let mut strings = vec![vec![]];
        for len in 1..=4 {
            let longer = strings.iter().filter(|string| string.len() == len - 1);
            let longer: Vec<Vec<u8>> = longer
                .flat_map(|string| EDGES.map(|edge| [string.as_slice(), &[edge]].concat()))
                .collect();
            strings.extend(longer);
        }
        for string in &strings {
            assert_eq!(first_char(string), slow_first(string), "{string:x?}");
            assert_eq!(last_char(string), slow_last(string), "{string:x?}");
        }
    }

    #[test]
    fn the_last_character_is_found_after_others() {
        assert_eq!(last_char("aé".as_bytes()), Some('é'));
        assert_eq!(last_char("\u{80}\u{80}𝄞".as_bytes()), Some('𝄞'));
        assert_eq!(last_char(b"\xC3\xA9\xA9"), None);
        assert_eq!(last_char(b"a\x80\x80\x80\x80"), None);
    }

    #[test]
    fn announced_lengths_are_those_of_std() {
        for lead in 0..=u8::MAX {
            let len = scalar_lengths().find(|(first, _)| *first == lead).map_or(1, |(_, len)| len);
            assert_eq!(announced_len(lead), len, "{lead:x}");
        }
    }

    fn scalar_lengths() -> impl Iterator<Item = (u8, usize)> {
        ('\0'..=char::MAX).step_by(16).map(|char| {
            let mut space = [0; 4];
            let text = char.encode_utf8(&mut space);
            (text.as_bytes()[0], text.len())
        })
    }
}
