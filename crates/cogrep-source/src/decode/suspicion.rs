//! What the first bytes of a text say that it is, where it is taken for something else.
//!
//! Nothing is decided by this: it is a guess, and what was asked for is done.

use memchr::memchr;

use crate::notice::Notice;

use super::format::Format;

/// This many first bytes are looked at.
const SAMPLE_BYTES: usize = 4096;

/// Where this many first bytes are those of a plain text, no more are looked at: most of many
/// small files begin so, and nothing that is looked for does.
const PLAIN_BYTES: usize = 64;

/// Formats of packed data that are not unpacked here, by what they begin with.
const PACKED: [(&[u8], &str); 20] = [
    (b"LZIP", "lzip"),
    (b"\x89LZO\0\r\n\x1a\n", "lzop"),
    (b"\x1f\x9d", "compress (.Z)"),
    (b"\x1f\xa0", "compress (.Z)"),
    (b"\x1f\x1e", "pack (.z)"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"PK\x03\x04", "zip"),
    (b"LRZI", "lrzip"),
    (b"\xff\x06\0\0sNaPpY", "snappy"),
    (b"\x22\xb5\x2f\xfd", "zstd (before 0.8)"),
    (b"\x23\xb5\x2f\xfd", "zstd (before 0.8)"),
    (b"\x24\xb5\x2f\xfd", "zstd (before 0.8)"),
    (b"\x25\xb5\x2f\xfd", "zstd (before 0.8)"),
    (b"\x26\xb5\x2f\xfd", "zstd (before 0.8)"),
    (b"\x27\xb5\x2f\xfd", "zstd (before 0.8)"),
    (b"MSCF\0\0\0\0", "cabinet"),
    (b"xar!", "xar"),
    (b"ZZ\0\0", "zpaq"),
    (b"bvx2", "lzfse"),
];

/// Whether bytes are printable ASCII, or white space.
fn is_plain(start: &[u8]) -> bool {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t'..=b'\r');
    // All are looked at, so that it is done with vectors.
    start.iter().fold(true, |all, byte| all & is_plain(byte))
}

/// What a text that begins like this, and is read as UTF-8, looks like instead.
fn encoding_of(start: &[u8]) -> Option<&'static str> {
    if start.starts_with(b"\xff\xfe\0\0") {
        return Some("UTF-32LE");
    }
    if start.starts_with(b"\0\0\xfe\xff") {
        return Some("UTF-32BE");
    }
    if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
        // It says so itself.
        return None;
    }
    let sample = &start[..start.len().min(SAMPLE_BYTES)];
    // Those texts have zeros, and others have none.
    memchr(0, sample)?;
    let (units, _) = sample.as_chunks::<4>();
    if is_utf_32(units.iter().map(|unit| u32::from_le_bytes(*unit))) {
        return Some("UTF-32LE");
    }
    if is_utf_32(units.iter().map(|unit| u32::from_be_bytes(*unit))) {
        return Some("UTF-32BE");
    }
    let (units, _) = sample.as_chunks::<2>();
    if is_utf_16(sample, units.iter().map(|unit| u16::from_le_bytes(*unit))) {
        return Some("UTF-16LE");
    }
    is_utf_16(sample, units.iter().map(|unit| u16::from_be_bytes(*unit))).then_some("UTF-16BE")
}

/// The format of packed data that begins like this, and is not unpacked.
fn packed_as(start: &[u8]) -> Option<&'static str> {
    if let Some(format) = Format::of(start) {
        return Some(format.name());
    }
    if is_lzma(start) {
        return Some("lzma");
    }
    PACKED.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, name)| *name)
}

/// What bytes look like that are read as UTF-8 text, if they look like something else: by
/// what they begin with.
///
/// ```
/// use cogrep_source::suspect;
///
/// assert_eq!(suspect(b"l\0o\0v\0e\0").unwrap().to_string(), "this looks like UTF-16LE, and was read as UTF-8");
/// assert_eq!(suspect(b"love"), None);
/// ```
#[must_use]
pub fn suspect(start: &[u8]) -> Option<Notice> {
    if start.first_chunk::<PLAIN_BYTES>().is_some_and(|start| is_plain(start)) {
        return None;
    }
    if let Some(format) = packed_as(start) {
        return Some(Notice::Packed { format });
    }
    encoding_of(start).map(|encoding| Notice::Encoding { encoding, read_as: "UTF-8" })
}

/// The same for a source that was opened with a name of an encoding, or as it is packed.
pub(crate) fn suspect_source(
    start: &[u8],
    is_encoding_named: bool,
    no_decompress: bool,
) -> Option<Notice> {
    match suspect(start)? {
        Notice::Packed { .. } if no_decompress => None,
        Notice::Encoding { .. } if is_encoding_named => None,
        Notice::Encoding { encoding: encoding @ "UTF-32LE", .. }
            if start.starts_with(b"\xff\xfe") =>
        {
            Some(Notice::Encoding { encoding, read_as: "UTF-16LE" })
        }
        notice => Some(notice),
    }
}

/// The header of the format before xz: properties, the size of the window, and that of the
/// text, which is most often not known.
fn is_lzma(start: &[u8]) -> bool {
    let Some(&[0x5d, a, b, c, d, ref size @ ..]) = start.first_chunk::<13>() else { return false };
    let window = u32::from_le_bytes([a, b, c, d]);
    let is_usual = window >= 4096 && (window.is_power_of_two() || (window / 3).is_power_of_two());
    is_usual && (*size == [0xff; 8] || u64::from_le_bytes(*size) < 1 << 40)
}

/// Whether all of these are characters of some text.
fn is_utf_32(units: impl ExactSizeIterator<Item = u32>) -> bool {
    let is_text = |unit| char::from_u32(unit).is_some_and(is_common);
    units.len() >= 2 && units.into_iter().all(is_text)
}

/// Whether these are units of some text: none that no text has, few that are rare, and some
/// of the first 256, such as spaces and line feeds.
fn is_utf_16(sample: &[u8], units: impl ExactSizeIterator<Item = u16> + Clone) -> bool {
    let count = units.len();
    let latin = units.clone().filter(|unit| *unit < 256).count();
    if count < 2 || latin == 0 || units.clone().any(|unit| unit == 0) {
        return false;
    }
    if sample.iter().all(|byte| matches!(byte, 0 | b'\t' | b'\n' | b'\r' | b' '..=b'~')) {
        // Names that end with a zero each look alike, two letters being a character.
        return latin * 10 >= count * 7;
    }
    // Two letters of ASCII are a character, too: text of ASCII with a zero in it is none.
    let ascii = sample.iter().filter(|byte| matches!(byte, b' '..=b'~')).count();
    if ascii * 4 > sample.len() * 3 {
        return false;
    }
    let text = char::decode_utf16(units);
    // The last may be cut in the middle.
    let whole = text.clone().count() - 1;
    let common = text.take(whole).flatten().filter(|character| is_common(*character)).count();
    latin * 100 >= count && common * 100 >= whole * 98
}

/// Whether a character is one that texts are made of.
fn is_common(character: char) -> bool {
    matches!(character,
        '\t' | '\n' | '\r' | ' '..='~' | '\u{a0}'..='\u{24f}' | '\u{300}'..='\u{36f}'
        | '\u{370}'..='\u{6ff}' | '\u{900}'..='\u{fff}' | '\u{10a0}'..='\u{11ff}'
        | '\u{1e00}'..='\u{206f}' | '\u{20a0}'..='\u{27bf}' | '\u{2e80}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{feff}' | '\u{ff00}'..='\u{ffef}' | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16(text: &str) -> [Vec<u8>; 2] {
        let units: Vec<u16> = text.encode_utf16().collect();
        [
            units.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            units.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ]
    }

    const TEXTS: [&str; 6] = [
        "love and hate\r\nand hope\r\n",
        "любовь и ненависть\n",
        "爱与恨，还有希望。\n",
        "사랑과 미움\n",
        "αγάπη και μίσος",
        "d'amour, de haine et d'espérance 😀\n",
    ];

    #[test]
    fn text_without_a_mark_is_recognised() {
        for text in TEXTS {
            let [little, big] = utf_16(text);
            assert_eq!(encoding_of(&little), Some("UTF-16LE"), "{text}");
            assert_eq!(encoding_of(&big), Some("UTF-16BE"), "{text}");
            let little: Vec<u8> =
                text.chars().flat_map(|unit| u32::from(unit).to_le_bytes()).collect();
            let big: Vec<u8> =
                text.chars().flat_map(|unit| u32::from(unit).to_be_bytes()).collect();
            assert_eq!(encoding_of(&little), Some("UTF-32LE"), "{text}");
            assert_eq!(encoding_of(&big), Some("UTF-32BE"), "{text}");
            assert_eq!(encoding_of(text.as_bytes()), None, "{text}");
        }
        assert_eq!(encoding_of(b"\xff\xfel\0o\0v\0e\0"), None, "it has a mark");
    }

    #[test]
    fn a_long_text_is_recognised_as_a_short_one_is() {
        for text in TEXTS {
            let text = text.repeat(PLAIN_BYTES);
            for bytes in utf_16(&text) {
                assert!(matches!(suspect(&bytes), Some(Notice::Encoding { .. })), "{text}");
            }
            assert_eq!(suspect(text.as_bytes()), None, "{text}");
        }
        for (magic, format) in PACKED {
            let packed = [magic, &[0x80; PLAIN_BYTES]].concat();
            assert_eq!(suspect(&packed), Some(Notice::Packed { format }));
        }
        let plain = "xar! is what it says, and nothing else than a text that is plain.";
        assert_eq!(suspect(plain.as_bytes()), None);
    }

    #[test]
    fn what_is_no_such_text_is_left_alone() {
        for bytes in [
            &b""[..],
            b"a",
            b"a\0",
            b"\0\0\0\0\0\0",
            b"./file1\0./file2\0./file3\0",
            b"love\0love\xfflove",
            b"\x01\0\x02\0\x03\0\x04\0",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"\xc4\xe3\xba\xc3\xca\xc0\xbd\xe7\n",
        ] {
            assert_eq!(encoding_of(bytes), None, "{bytes:?}");
            assert_eq!(packed_as(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn packed_data_is_named() {
        let unknown = b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x26";
        assert_eq!(packed_as(unknown), Some("lzma"));
        assert_eq!(packed_as(b"]\0\0\0 what"), None);
        assert_eq!(packed_as(b"PK\x03\x04"), Some("zip"));
        assert_eq!(packed_as(b"\x1f\x8b\x08\0"), Some("gzip"));
        assert_eq!(packed_as(b"PKZIP is a program"), None);
    }
}
