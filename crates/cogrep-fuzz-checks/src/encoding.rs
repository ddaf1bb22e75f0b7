//! Encodings against `encoding_rs`, which decodes the whole at once.

use cogrep_source::{Encoding, OpenOptions};
use encoding_rs::Encoding as Whole;

use crate::pieces::read;

/// Decodes bytes in pieces, as an encoding or as their mark says.
///
/// # Panics
///
/// When the text is not what the whole decodes to.
pub fn encoding(data: &[u8]) {
    let Some((&[named, ref choices @ ..], bytes)) = data.split_first_chunk::<5>() else { return };
    let names: Vec<&str> = Encoding::names().collect();
    let name = names.get(usize::from(named)).copied();
    let encoding = name.and_then(|name| name.parse().ok());
    let options = OpenOptions { encoding, no_decompress: true, ..OpenOptions::default() };
    let (text, outcome) = read(bytes, choices, &options);
    assert!(outcome.is_complete(), "{outcome:?}");
    let mark = Whole::for_bom(bytes).map(|(encoding, _)| encoding);
    let whole = match name {
        Some("none") => return assert_eq!(text, bytes),
        Some("utf-16") if mark == Some(encoding_rs::UTF_16BE) => encoding_rs::UTF_16BE,
        Some("utf-16") => encoding_rs::UTF_16LE,
        Some(name) => Whole::for_label(name.as_bytes()).expect("a name of the standard"),
        None => mark.unwrap_or(encoding_rs::UTF_8),
    };
    if whole == encoding_rs::UTF_8 {
        // Invalid bytes are passed on as they are.
        return assert_eq!(text, bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    }
    assert_eq!(text, whole.decode_with_bom_removal(bytes).0.as_bytes(), "{}", whole.name());
}
