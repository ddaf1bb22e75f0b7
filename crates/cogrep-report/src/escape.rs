//! Names and patterns escaped, so that a terminal shows what it would obey.

use std::fmt::Write as _;
use std::io::{self, Write};

/// The bytes as text that cannot move a cursor, ring a bell or turn the direction of
/// writing.
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

/// Escapes what a terminal would obey in JSON that is written to it. The format itself asks
/// only for characters below U+0020 to be escaped. What is read back is the same.
#[derive(Debug)]
pub(crate) struct InertJson<W>(pub(crate) W);

impl<W: Write> Write for InertJson<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_ascii() && !bytes.contains(&0x7f) {
            return self.0.write(bytes);
        }
        // A string is written as a whole, or cut between characters.
        let mut rest = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        while let Some((at, char)) = rest.char_indices().find(|(_, char)| is_active(*char)) {
            write!(self.0, "{}\\u{:04x}", &rest[..at], u32::from(char))?;
            rest = &rest[at + char.len_utf8()..];
        }
        self.0.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether a terminal does something with it other than show it: the control
/// characters, line and paragraph separators, and those that turn the direction.
fn is_active(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
