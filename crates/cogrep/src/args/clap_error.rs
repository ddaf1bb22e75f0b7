//! What clap refuses, in the words of this program.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use cogrep_report::escape;

use crate::args::foreign_flags::instead_of;
use crate::args::values::shown;
use crate::error::Error;

/// Whether it is no error, but help or the version.
pub(super) fn is_help(error: &clap::Error) -> bool {
    matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
}

/// What is wrong with the command line of these words.
pub(super) fn explain(error: &clap::Error, words: &[OsString]) -> Error {
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
            Error::usage(format!("{flag}: no such flag")).hint(match instead_of(&flag) {
                Some(instead) => instead.to_string(),
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
        ErrorKind::InvalidUtf8 => not_utf8(words),
        ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues if flag == "--def" => {
            Error::usage("--def: takes a name and a pattern, as two words")
                .hint("--def LOVE love, and not --def LOVE=love")
        }
        ErrorKind::ValueValidation if matches!(flag.as_str(), "--by" | "--part") => {
            let reason = std::error::Error::source(error).map(ToString::to_string);
            Error::usage(format!("{flag} {value}: {}", reason.unwrap_or_default()))
        }
        ErrorKind::ValueValidation if matches!(flag.as_str(), "--max-line" | "--max-filesize") => {
            Error::usage(format!("{flag} {value}: not a number of bytes"))
                .hint("it takes a whole number, also with K, M or G: 10000, 16K, 10M, 1G")
        }
        ErrorKind::ValueValidation => Error::usage(format!("{flag} {value}: not a valid number"))
            .hint(match &*flag {
                "--show" => "it takes the number of places, such as 10; a large one shows all",
                "--top" => "it takes the number of patterns, such as 10",
                _ => "it takes a whole number, from 0",
            }),
        ErrorKind::ArgumentConflict => Error::usage(format!("{flag}: may be given only once")),
        _ => {
            let text = error.to_string();
            let line = text.lines().next().unwrap_or_default();
            Error::usage(line.strip_prefix("error: ").unwrap_or(line))
        }
    }
}

/// The word that is no UTF-8 where a flag needs that; clap does not say which.
fn not_utf8(words: &[OsString]) -> Error {
    let at = words.iter().skip(1).position(|word| word.to_str().is_none()).map_or(0, |at| at + 1);
    let word = words.get(at).map(|word| shown(word)).unwrap_or_default();
    let flag = words.get(at.wrapping_sub(1)).map(|flag| shown(flag));
    let flag = flag.filter(|flag| at > 1 && flag.starts_with('-') && !word.starts_with('-'));
    let flag = flag.map(|flag| format!("{flag} ")).unwrap_or_default();
    Error::usage(format!("{flag}{word}: not UTF-8, which the value of this flag must be"))
        .maybe_hint(matches!(&*flag, "-g " | "--glob ").then_some("use ? for each byte of it"))
}
