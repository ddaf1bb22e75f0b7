//! What encodings are called: by the WHATWG standard, and by Python, iconv and Windows.

use encoding_rs::Encoding;

/// One name for each encoding that there is.
pub(super) const ALL: [&str; 41] = [
    "none",
    "utf-8",
    "utf-16",
    "utf-16le",
    "utf-16be",
    "latin1",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-6",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-8-i",
    "iso-8859-10",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "windows-874",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "koi8-r",
    "koi8-u",
    "ibm866",
    "macintosh",
    "x-mac-cyrillic",
    "gbk",
    "gb18030",
    "big5",
    "euc-jp",
    "euc-kr",
    "shift_jis",
    "iso-2022-jp",
];

/// Names that the standard does not know, without what stands between their parts, each
/// with one that it does. Code pages of Windows are by number, with and without `cp`.
const OTHERS: [(&str, &str); 79] = [
    ("utf", "utf-8"),
    ("u8", "utf-8"),
    ("utf8sig", "utf-8"),
    ("utf8bom", "utf-8"),
    ("utf8mb4", "utf-8"),
    ("cp65001", "utf-8"),
    ("utf16le", "utf-16le"),
    ("utf16be", "utf-16be"),
    ("ucs2le", "utf-16le"),
    ("ucs2be", "utf-16be"),
    ("unicodelittle", "utf-16le"),
    ("unicodebig", "utf-16be"),
    ("cp1200", "utf-16le"),
    ("cp1201", "utf-16be"),
    ("646", "us-ascii"),
    ("8859", "latin1"),
    ("latin", "latin1"),
    ("l9", "iso-8859-15"),
    ("latin7", "iso-8859-13"),
    ("l7", "iso-8859-13"),
    ("latin8", "iso-8859-14"),
    ("l8", "iso-8859-14"),
    ("latin9", "iso-8859-15"),
    ("latin10", "iso-8859-16"),
    ("l10", "iso-8859-16"),
    ("cp28591", "latin1"),
    ("cp28592", "iso-8859-2"),
    ("cp28593", "iso-8859-3"),
    ("cp28594", "iso-8859-4"),
    ("cp28595", "iso-8859-5"),
    ("cp28596", "iso-8859-6"),
    ("cp28597", "iso-8859-7"),
    ("cp28598", "iso-8859-8"),
    ("cp28599", "windows-1254"),
    ("cp28603", "iso-8859-13"),
    ("cp28605", "iso-8859-15"),
    ("cp38598", "iso-8859-8-i"),
    ("cp20127", "us-ascii"),
    ("cp20866", "koi8-r"),
    ("cp21866", "koi8-u"),
    ("cp866", "ibm866"),
    ("cp874", "windows-874"),
    ("cp819", "latin1"),
    ("cp10000", "macintosh"),
    ("cp10007", "x-mac-cyrillic"),
    ("cp10017", "x-mac-cyrillic"),
    ("mac", "macintosh"),
    ("macroman", "macintosh"),
    ("maccyrillic", "x-mac-cyrillic"),
    ("macukraine", "x-mac-cyrillic"),
    ("msansi", "windows-1252"),
    ("msee", "windows-1250"),
    ("mscyrl", "windows-1251"),
    ("msgreek", "windows-1253"),
    ("msturk", "windows-1254"),
    ("mshebr", "windows-1255"),
    ("msarab", "windows-1256"),
    ("winbaltrim", "windows-1257"),
    ("cp936", "gbk"),
    ("ms936", "gbk"),
    ("windows936", "gbk"),
    ("euccn", "gbk"),
    ("cp54936", "gb18030"),
    ("gb180302000", "gb18030"),
    ("cp950", "big5"),
    ("ms950", "big5"),
    ("cp951", "big5"),
    ("big5hkscs", "big5"),
    ("cp932", "shift_jis"),
    ("mskanji", "shift_jis"),
    ("ms932", "shift_jis"),
    ("windows932", "shift_jis"),
    ("cp51932", "euc-jp"),
    ("eucjpms", "euc-jp"),
    ("ujis", "euc-jp"),
    ("cp50220", "iso-2022-jp"),
    ("cp949", "euc-kr"),
    ("uhc", "euc-kr"),
    ("cp51949", "euc-kr"),
];

/// A name in small letters, without what stands between its parts.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// Finds an encoding by a name, which is also given [plain].
pub(super) fn find(name: &str, plain: &str) -> Option<&'static Encoding> {
    // A name whose standard meaning is "replace everything" would count nothing.
    let label = |name: &str| Encoding::for_label_no_replacement(name.as_bytes());
    if let Some(encoding) = label(name) {
        return Some(encoding);
    }
    let is_number = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit());
    let page = if is_number { format!("cp{plain}") } else { plain.to_owned() };
    let other = OTHERS.iter().find(|(other, _)| *other == plain || *other == page);
    if let Some((_, name)) = other {
        return label(name);
    }
    // `iso_8859_1`, `iso8859-1`, `windows_1252`, `cp1252`, `1252`, `euc_jp`, `latin_1`, `koi8_r`.
    let number = |prefix: &str| page.strip_prefix(prefix).filter(|rest| !rest.is_empty());
    let windows = number("cp").or_else(|| number("windows")).or_else(|| number("win"));
    let iso = number("iso8859").or_else(|| plain.strip_prefix("8859"));
    windows
        .and_then(|number| label(&format!("windows-{number}")))
        .or_else(|| iso.and_then(|number| label(&format!("iso-8859-{number}"))))
        .or_else(|| label(plain))
        .or_else(|| label(&name.to_ascii_lowercase().replace(['_', ' ', '.'], "-")))
        .or_else(|| {
            ALL.iter().find(|known| self::plain(known) == plain).and_then(|name| label(name))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encoding;

    #[test]
    fn encodings_are_found_by_the_names_that_others_use() {
        for (name, expected) in [
            ("UTF-8", "UTF-8"),
            ("utf_8", "UTF-8"),
            ("utf_8_sig", "UTF-8"),
            ("65001", "UTF-8"),
            ("cp65001", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("UTF16", "UTF-16"),
            ("utf_16_le", "UTF-16LE"),
            ("UTF-16BE", "UTF-16BE"),
            ("UCS-2LE", "UTF-16LE"),
            ("latin_1", "windows-1252"),
            ("L1", "windows-1252"),
            ("iso8859_15", "ISO-8859-15"),
            ("ISO8859-2", "ISO-8859-2"),
            ("iso_8859_5", "ISO-8859-5"),
            ("8859-7", "ISO-8859-7"),
            ("cp1252", "windows-1252"),
            ("1251", "windows-1251"),
            ("windows_1250", "windows-1250"),
            ("MS-ANSI", "windows-1252"),
            ("28605", "ISO-8859-15"),
            ("cp936", "GBK"),
            ("936", "GBK"),
            ("GB2312", "GBK"),
            ("EUC-CN", "GBK"),
            ("gb18030", "gb18030"),
            ("cp950", "Big5"),
            ("BIG5-HKSCS", "Big5"),
            ("cp932", "Shift_JIS"),
            ("SJIS", "Shift_JIS"),
            ("shift-jis", "Shift_JIS"),
            ("Windows-31J", "Shift_JIS"),
            ("euc_jp", "EUC-JP"),
            ("EUCJP", "EUC-JP"),
            ("cp949", "EUC-KR"),
            ("UHC", "EUC-KR"),
            ("euckr", "EUC-KR"),
            ("koi8_r", "KOI8-R"),
            ("KOI8-U", "KOI8-U"),
            ("cp866", "IBM866"),
            ("mac_roman", "macintosh"),
            ("iso2022_jp", "ISO-2022-JP"),
            ("tis-620", "windows-874"),
            ("None", "none"),
        ] {
            let found = name.parse::<Encoding>().map(|encoding| encoding.to_string());
            assert_eq!(found.as_deref(), Ok(expected), "{name}");
        }
        for name in ["", "klingon", "iso-2022-kr", "utf-7", "cp437", "cp1259", "utf-32"] {
            assert!(name.parse::<Encoding>().is_err(), "{name}");
        }
    }

    #[test]
    fn every_name_is_one() {
        for name in ALL {
            assert!(name.parse::<Encoding>().is_ok(), "{name}");
        }
        for (_, name) in OTHERS {
            assert!(super::Encoding::for_label(name.as_bytes()).is_some(), "{name}");
        }
    }
}
