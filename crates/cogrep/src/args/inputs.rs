//! Where the text comes from: inputs, lists of them, and the rules by which files are
//! selected and decoded.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};

use clap::ArgMatches;
use cogrep_source::{BadRule, Encoding, Input, Selection, TypeChoice, UnknownEncoding};

use crate::args::lists;
use crate::error::Error;
use crate::flags::id;

/// How sources are decoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decoding {
    /// The encoding of every source, if it was named.
    pub(crate) encoding: Option<Encoding>,
    /// Whether compressed data is counted as it is.
    pub(crate) no_decompress: bool,
    /// How deep archives may be in others, if that was said.
    pub(crate) nest: Option<u32>,
}

impl Decoding {
    pub(super) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        let encoding = matches.get_one::<String>(id::ENCODING).map(|name| name.parse());
        let unknown = |error: UnknownEncoding| Error::usage(format!("--encoding {error}"));
        Ok(Self {
            encoding: encoding.transpose().map_err(unknown)?,
            no_decompress: matches.contains_id(id::NO_DECOMPRESS),
            nest: matches.get_one(id::NEST).copied(),
        })
    }
}

/// Which files of a folder are read.
pub(super) fn selection(matches: &ArgMatches) -> Result<Selection, Error> {
    let mut selection = Selection::default();
    let unrestricted = matches.get_many::<String>(id::UNRESTRICTED).map_or(0, |given| given.len());
    selection.hidden = matches.contains_id(id::HIDDEN) || unrestricted > 1;
    selection.no_ignore = matches.contains_id(id::NO_IGNORE) || unrestricted > 0;
    selection.no_ignore_vcs = matches.contains_id(id::NO_IGNORE_VCS);
    selection.follow = matches.contains_id(id::FOLLOW);
    selection.one_file_system = matches.contains_id(id::ONE_FILE_SYSTEM);
    selection.max_depth = matches.get_one(id::MAX_DEPTH).copied();
    selection.max_file_bytes = matches.get_one(id::MAX_FILESIZE).copied();
    let all = |flag: &str| matches.get_many::<String>(flag).unwrap_or_default();
    let refused = |flag: &'static str| move |rule| Error::usage(format!("--{flag} {rule}"));
    if matches.contains_id(id::GLOB_ANY_CASE) {
        let globs = all(id::GLOB).chain(all(id::IGLOB));
        selection.set_globs_in_any_case(globs).map_err(refused(id::GLOB))?;
    } else {
        selection.set_globs(all(id::GLOB)).map_err(refused(id::GLOB))?;
        selection.set_globs_in_any_case(all(id::IGLOB)).map_err(refused(id::IGLOB))?;
    }
    let files = matches.get_many::<OsString>(id::IGNORE_FILE).unwrap_or_default();
    selection.set_ignore_files(files).map_err(|rule| match rule {
        BadRule::IgnoreFile { .. } => Error::input(rule.to_string()),
        _ => refused(id::IGNORE_FILE)(rule),
    })?;
    selection.define_types(all(id::TYPE_ADD)).map_err(refused(id::TYPE_ADD))?;
    if matches.contains_id(id::TYPE) || matches.contains_id(id::TYPE_NOT) {
        let refused = |rule: BadRule| {
            let is_unknown = matches!(rule, BadRule::UnknownType(_));
            Error::usage(format!("--type {rule}"))
                .maybe_hint(is_unknown.then_some("--type-list shows them"))
        };
        let choices = |flag: &str, choice: fn(&String) -> TypeChoice<&String>| {
            let indices = matches.indices_of(flag).unwrap_or_default();
            indices.zip(all(flag).map(choice)).collect::<Vec<_>>()
        };
        let mut choices = [
            choices(id::TYPE, |name| TypeChoice::Wanted(name)),
            choices(id::TYPE_NOT, |name| TypeChoice::Unwanted(name)),
        ]
        .concat();
        // The later wins.
        choices.sort_by_key(|(index, _)| *index);
        selection.set_types(choices.into_iter().map(|(_, choice)| choice)).map_err(refused)?;
    }
    Ok(selection)
}

/// All inputs, those that are named in words first, and whether there are none.
pub(super) fn all<'a>(
    matches: &ArgMatches,
    named: impl IntoIterator<Item = &'a OsStr>,
) -> Result<(Vec<Input>, bool), Error> {
    let mut inputs: Vec<Input> = named.into_iter().map(Input::from_argument).collect();
    match listed(matches)? {
        Some(listed) => inputs.extend(listed),
        None if inputs.is_empty() => return Ok((vec![default_input()], true)),
        None => {}
    }
    Ok((inputs, false))
}

/// The inputs that are named in lists, if any list is given.
fn listed(matches: &ArgMatches) -> Result<Option<Vec<Input>>, Error> {
    let mut inputs = None;
    for (flag, separator, ending) in [(id::FILES_FROM, b'\n', "\r"), (id::FILES0_FROM, b'\0', "")] {
        let Some(list) = matches.get_one::<OsString>(flag) else { continue };
        let (_, names) = lists::read(list)?;
        if separator == b'\n' {
            lists::warn(list, &names);
        }
        // As in git: a name that ends with a carriage return has to be ended by NUL.
        let names = names
            .split(|byte| *byte == separator)
            .map(|name| name.strip_suffix(ending.as_bytes()).unwrap_or(name))
            .filter(|name| !name.is_empty());
        let inputs: &mut Vec<Input> = inputs.get_or_insert_default();
        for name in names {
            inputs.push(Input::from_argument(&lists::input_name(name)?));
        }
        if list == "-" && inputs.contains(&Input::Stdin) {
            return Err(Error::usage(format!(
                "--{flag} -: standard input cannot be both the list of inputs and one of them"
            )));
        }
    }
    Ok(inputs)
}

/// Whether lists name the inputs.
pub(super) fn is_listed(matches: &ArgMatches) -> bool {
    [id::FILES_FROM, id::FILES0_FROM].iter().any(|flag| matches.contains_id(flag))
}

/// Whether a list of inputs is standard input.
pub(super) fn lists_from_stdin(matches: &ArgMatches) -> bool {
    [id::FILES_FROM, id::FILES0_FROM]
        .iter()
        .any(|flag| matches.get_one::<OsString>(flag).is_some_and(|list| list == "-"))
}

/// Without an input: standard input where something is piped in, else this folder.
pub(super) fn default_input() -> Input {
    if is_piped(&io::stdin()) { Input::Stdin } else { Input::Path(".".into()) }
}

#[cfg(unix)]
fn is_piped(stdin: &io::Stdin) -> bool {
    use rustix::fs::{FileType, fstat};

    let kind = fstat(stdin).map(|status| FileType::from_raw_mode(status.st_mode));
    !stdin.is_terminal()
        && matches!(kind, Ok(FileType::RegularFile | FileType::Fifo | FileType::Socket))
}

#[cfg(not(unix))]
fn is_piped(stdin: &io::Stdin) -> bool {
    !stdin.is_terminal()
}
