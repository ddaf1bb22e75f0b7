//! What clap refuses, in the words of this program.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use cogrep_report::escape;

use crate::args::suggest;
use crate::error::Error;

/// Whether it is no error, but help or the version.
pub(super) fn is_help(error: &clap::Error) -> bool {
    matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
}

/// What is wrong with the command line.
pub(super) fn explain(error: &clap::Error) -> Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    // clap names a flag with its value's name: `--format <FORMAT>`.
    let flag = text(ContextKind::InvalidArg).unwrap_or_default();
    let flag = escape(flag.split(" <").next().unwrap_or_default().as_bytes());
    let value = escape(text(ContextKind::InvalidValue).unwrap_or_default().as_bytes());
    match error.kind() {
        ErrorKind::UnknownArgument => {
            Error::usage(format!("{flag}: no such flag")).hint(match suggest::meant(&flag) {
                Some(meant) => format!("use {meant}"),
                None => match text(ContextKind::SuggestedArg) {
                    Some(nearest) => format!("did you mean {nearest}?"),
                    None => "a pattern that begins with a dash is given with -e, and \
                             cogrep --help lists the flags"
                        .to_owned(),
                },
            })
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            Error::usage(format!("{flag}: a value is missing"))
        }
        ErrorKind::InvalidValue => {
            let valid = text(ContextKind::ValidValue).unwrap_or_default();
            Error::usage(format!("{flag} {value}: no such value"))
                .hint(format!("there are {valid}"))
        }
        ErrorKind::ValueValidation if matches!(flag.as_str(), "--by" | "--part") => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            Error::usage(format!("{flag} {value}: {}", reason.unwrap_or_default()))
        }
        ErrorKind::ValueValidation => Error::usage(format!("{flag} {value}: not a valid number")),
        ErrorKind::ArgumentConflict => Error::usage(format!("{flag}: may be given only once")),
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            Error::usage(line.strip_prefix("error: ").unwrap_or(line))
        }
    }
}
