//! Lists in files: of patterns, or of inputs.

use std::ffi::{OsStr, OsString};

use cogrep_source::{Input, SourceName, read_all, suspect};

use crate::args::values::shown;
use crate::error::Error;
use crate::ui::messages;

/// Reads a list to its end.
pub(super) fn read(argument: &OsStr) -> Result<(SourceName, Vec<u8>), Error> {
    let name = Input::from_argument(argument).name();
    match read_all(&name) {
        Ok(text) => Ok((name, text)),
        Err(fault) => Err(Error::input(format!("{}: {fault}", shown(argument)))),
    }
}

/// Says what a list looks like, if it is none. It is taken for one all the same.
pub(super) fn warn(argument: &OsStr, text: &[u8]) {
    let is_old_mac = !text.contains(&b'\n') && text.trim_ascii_end().contains(&b'\r');
    let what = match suspect(text) {
        Some(notice) => notice.to_string(),
        None if is_old_mac => {
            "its lines end with a carriage return alone, so all of it is one line".to_owned()
        }
        None => return,
    };
    messages::warning(&format!(
        "{}: {what}; a list is text, a pattern or input a line",
        shown(argument)
    ));
}

/// The number of the line, from 1, that holds the nth pattern of a list, from 0.
pub(super) fn line_of(text: &[u8], nth: usize) -> usize {
    let is_blank = |line: &[u8]| matches!(line, b"" | b"\r");
    let mut lines = text.split(|&byte| byte == b'\n').enumerate();
    let line = lines.by_ref().filter(|(_, line)| !is_blank(line)).nth(nth);
    line.map_or(0, |(before, _)| before + 1)
}

/// The name of an input, from its bytes in a list.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a name")]
pub(super) fn input_name(bytes: &[u8]) -> Result<OsString, Error> {
    use std::os::unix::ffi::OsStringExt;

    Ok(OsString::from_vec(bytes.to_vec()))
}

#[cfg(not(unix))]
pub(super) fn input_name(bytes: &[u8]) -> Result<OsString, Error> {
    match std::str::from_utf8(bytes) {
        Ok(name) => Ok(name.into()),
        Err(_) => {
            let name = cogrep_report::escape(bytes);
            Err(Error::input(format!("{name}: not a name: it is no UTF-8")))
        }
    }
}
