//! Names and patterns made inert: what a terminal would obey is shown instead.

use std::fmt::Write;

/// The bytes as text in which nothing can move a cursor, ring a bell or turn the
/// direction of writing.
///
/// Control characters become `\n`, `\t`, `\x1b` and the like, bytes that are not
/// UTF-8 become `\xff`, and a backslash is doubled so that the two cannot be
/// confused where anything was escaped.
///
/// ```
/// use cogrep_report::escape;
///
/// assert_eq!(escape(b"plain \\ text"), "plain \\ text");
/// assert_eq!(escape(b"a\x1b[31m\n"), r"a\x1b[31m\n");
/// assert_eq!(escape(b"\\\xff"), r"\\\xff");
/// ```
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_active)
    {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(bytes.len() + 8);
    for part in bytes.utf8_chunks() {
        part.valid().chars().for_each(|char| escape_char(char, &mut escaped));
        for byte in part.invalid() {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\x{byte:02x}");
        }
    }
    escaped
}

fn escape_char(char: char, escaped: &mut String) {
    match char {
        '\\' => escaped.push_str("\\\\"),
        '\n' => escaped.push_str("\\n"),
        '\r' => escaped.push_str("\\r"),
        '\t' => escaped.push_str("\\t"),
        '\0'..='\x7f' if is_active(char) => {
            let _ = write!(escaped, "\\x{:02x}", u32::from(char));
        }
        _ if is_active(char) => {
            let _ = write!(escaped, "\\u{{{:x}}}", u32::from(char));
        }
        _ => escaped.push(char),
    }
}

/// Whether a terminal does something with it other than show it: the control
/// characters, line and paragraph separators, and those that turn the direction.
fn is_active(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
