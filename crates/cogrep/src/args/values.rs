//! The values of flags, as clap has them.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::str::FromStr;

use clap::ArgMatches;
use clap::parser::ValueSource;

use crate::error::Error;

/// The value of a flag that is one of several names; the default if it is not given.
pub(super) fn named<T: Default + FromStr<Err: fmt::Display>>(
    matches: &ArgMatches,
    flag: &str,
) -> Result<T, Error> {
    let Some(name) = matches.get_one::<String>(flag) else { return Ok(T::default()) };
    name.parse().map_err(|error: T::Err| Error::usage(format!("--{flag} {name}: {error}")))
}

/// The values of some flags in the order of the command line, each with its flag.
pub(super) fn in_order<'a>(
    matches: &'a ArgMatches,
    ids: &[&'static str],
) -> Vec<(&'static str, &'a OsStr)> {
    let mut found: Vec<(usize, &'static str, &OsStr)> = Vec::new();
    for &id in ids {
        let (Some(indices), Some(values)) =
            (matches.indices_of(id), matches.get_many::<OsString>(id))
        else {
            continue;
        };
        found.extend(indices.zip(values).map(|(index, value)| (index, id, value.as_os_str())));
    }
    found.sort_by_key(|&(index, ..)| index);
    found.into_iter().map(|(_, id, value)| (id, value)).collect()
}

/// A name as it is quoted in messages.
pub(super) fn shown(name: &OsStr) -> String {
    cogrep_report::escape(name.as_encoded_bytes())
}

/// A flag that is given, and is none of these.
pub(super) fn other_flag<'a>(matches: &'a ArgMatches, flags: &[&str]) -> Option<&'a str> {
    let is_given = |flag: &&str| {
        matches.value_source(flag).is_some_and(|source| source == ValueSource::CommandLine)
    };
    matches.ids().map(clap::Id::as_str).filter(is_given).find(|flag| !flags.contains(flag))
}
