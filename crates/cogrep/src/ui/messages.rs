//! Messages: lines on standard error that begin with `cogrep: `.

use std::io::{self, Write};

use cogrep_report::escape;

use crate::error::Error;

/// Says what went wrong.
pub(crate) fn error(error: &Error) {
    if !error.is_silent() {
        line(&error.to_string());
    }
}

/// Says what may not be what the user wants.
pub(crate) fn warning(message: &str) {
    line(&format!("warning: {message}"));
}

/// Says what a source may be.
pub(crate) fn notice(message: &str) {
    line(message);
}

/// Says what the user may have meant.
pub(crate) fn hint(message: &str) {
    line(&format!("hint: {message}"));
}

/// Says which counts are beyond a limit.
pub(crate) fn alert(message: &str) {
    line(&format!("alert: {message}"));
}

/// Says how much of the result is missing.
pub(crate) fn incomplete(message: &str) {
    line(&format!("incomplete: {message}"));
}

/// A message as a line in which nothing is active, whatever it quotes.
pub(crate) fn shown(message: &str) -> String {
    format!("cogrep: {}", escape(message.as_bytes()))
}

fn line(message: &str) {
    // A failure to write would be reported on standard error.
    let _ = writeln!(io::stderr(), "{}", shown(message));
}
