//! A command line that is refused: from what clap says to one line of our own.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use cogrep_report::escape;

use crate::error::{Early, Error};
use crate::slips;

/// What is to be said of it; help and version are answers.
pub(crate) fn of(error: clap::Error) -> Early {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Early::Answer(error);
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    // clap names a flag with its value's name: `--format <FORMAT>`.
    let flag = text(ContextKind::InvalidArg).unwrap_or_default();
    let flag = escape(flag.split(" <").next().unwrap_or_default().as_bytes());
    let value = escape(text(ContextKind::InvalidValue).unwrap_or_default().as_bytes());
    let message = match error.kind() {
        ErrorKind::UnknownArgument if let Some(meant) = slips::meant(&flag) => {
            format!("{flag}: no such flag; use {meant}")
        }
        ErrorKind::UnknownArgument => match text(ContextKind::SuggestedArg) {
            Some(nearest) => format!("{flag}: no such flag; did you mean {nearest}?"),
            None => format!(
                "{flag}: no such flag; a pattern that begins with a dash is given with -e, and cogrep --help lists the flags"
            ),
        },
        ErrorKind::InvalidValue if value.is_empty() => format!("{flag}: a value is missing"),
        ErrorKind::InvalidValue => {
            let valid = text(ContextKind::ValidValue).unwrap_or_default();
            format!("{flag} {value}: no such value; there are {valid}")
        }
        ErrorKind::ValueValidation if matches!(flag.as_str(), "--by" | "--part") => {
            let reason = std::error::Error::source(&error).map(ToString::to_string);
            format!("{flag} {value}: {}", reason.unwrap_or_default())
        }
        ErrorKind::ValueValidation => format!("{flag} {value}: not a valid number"),
        ErrorKind::ArgumentConflict => format!("{flag}: may be given only once"),
        _ => error.to_string().lines().next().unwrap_or_default().replacen("error: ", "", 1),
    };
    Early::Error(Error::Usage(message))
}
