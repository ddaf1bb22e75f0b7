//! From the command line to where the text comes from: lists of inputs, and the
//! rules by which files are selected and opened.

use std::ffi::{OsStr, OsString};
use std::io::Write;

use clap::ArgMatches;
use cogrep_report::escape;
use cogrep_source::{BadRule, Encoding, Input, Io, OpenOptions, Selection};

use crate::error::Error;
use crate::flags::id;
use crate::interrupt;
use crate::lists;

/// How sources are opened, with Ctrl-C listened for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    encoding: Option<Encoding>,
    io: Io,
    is_serial: bool,
    no_decompress: bool,
}

impl Opening {
    pub(crate) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        let (io, is_serial) = io(std::env::var_os("COGREP_IO").as_deref())?;
        Ok(Self {
            encoding: matches
                .get_one::<String>(id::ENCODING)
                .map(|name| name.parse())
                .transpose()?,
            io,
            is_serial,
            no_decompress: matches.get_flag(id::NO_DECOMPRESS),
        })
    }

    /// The encoding that was named.
    pub(crate) fn encoding(self) -> Option<Encoding> {
        self.encoding
    }

    /// Whether compressed data is counted in as it is.
    pub(crate) fn no_decompress(self) -> bool {
        self.no_decompress
    }

    /// Whether one source is read after the other, on one thread.
    pub(crate) fn is_serial(self) -> bool {
        self.is_serial
    }

    pub(crate) fn options(self) -> OpenOptions {
        OpenOptions {
            encoding: self.encoding,
            interrupt: interrupt::listen(),
            io: self.io,
            no_decompress: self.no_decompress,
            ..OpenOptions::default()
        }
    }
}

/// How files are read, for tests of what platforms other than Linux do, and of what
/// event loops are good for.
fn io(value: Option<&OsStr>) -> Result<(Io, bool), Error> {
    match value.map(OsStr::as_encoded_bytes) {
        None | Some(b"" | b"auto") => Ok((Io::Auto, false)),
        Some(b"portable") => Ok((Io::Portable, false)),
        Some(b"serial") => Ok((Io::Auto, true)),
        Some(other) => Err(Error::Usage(format!(
            "COGREP_IO={}: no such way; there are auto, portable, serial",
            escape(other)
        ))),
    }
}

/// Which files of a folder are read.
pub(crate) fn selection(matches: &ArgMatches) -> Result<Selection, Error> {
    let mut selection = Selection::default();
    let unrestricted = matches.get_count(id::UNRESTRICTED);
    selection.hidden = matches.get_flag(id::HIDDEN) || unrestricted > 1;
    selection.no_ignore = matches.get_flag(id::NO_IGNORE) || unrestricted > 0;
    selection.follow = matches.get_flag(id::FOLLOW);
    selection.one_file_system = matches.get_flag(id::ONE_FILE_SYSTEM);
    selection.max_depth = matches.get_one(id::MAX_DEPTH).copied();
    selection.max_file_bytes = matches.get_one(id::MAX_FILESIZE).copied();
    let all = |flag: &str| matches.get_many::<String>(flag).unwrap_or_default();
    if matches.contains_id(id::GLOB) {
        let refused = |rule| Error::Usage(format!("--glob {rule}"));
        selection.set_globs(all(id::GLOB)).map_err(refused)?;
    }
    if matches.contains_id(id::TYPE) || matches.contains_id(id::TYPE_NOT) {
        let refused = |rule: BadRule| {
            let is_unknown = matches!(rule, BadRule::UnknownType(_));
            let hint = if is_unknown { "; --type-list shows them" } else { "" };
            Error::Usage(format!("--type {rule}{hint}"))
        };
        selection.set_types(all(id::TYPE), all(id::TYPE_NOT)).map_err(refused)?;
    }
    Ok(selection)
}

/// Writes the types of files that can be selected, a line a type.
pub(crate) fn write_types(out: &mut impl Write) -> std::io::Result<()> {
    for (name, globs) in Selection::types() {
        writeln!(out, "{name}: {}", globs.join(", "))?;
    }
    Ok(())
}

/// The inputs that are named in lists, if any list is given.
pub(crate) fn listed(matches: &ArgMatches) -> Result<Option<Vec<Input>>, Error> {
    let mut inputs = None;
    for (flag, separator, ending) in [(id::FILES_FROM, b'\n', "\r"), (id::FILES0_FROM, b'\0', "")] {
        let Some(list) = matches.get_one::<OsString>(flag) else { continue };
        let (_, names) = lists::read(list)?;
        // As git reads lists: a name that ends with a carriage return has to be ended by NUL.
        let names = names
            .split(|byte| *byte == separator)
            .map(|name| name.strip_suffix(ending.as_bytes()).unwrap_or(name))
            .filter(|name| !name.is_empty());
        let inputs: &mut Vec<Input> = inputs.get_or_insert_default();
        for name in names {
            inputs.push(Input::from_argument(&os_string(name)?));
        }
        if list == "-" && inputs.contains(&Input::Stdin) {
            return Err(Error::Usage(format!(
                "--{flag} -: standard input cannot be both the list of inputs and one of them"
            )));
        }
    }
    Ok(inputs)
}

/// Whether a list of inputs is standard input.
pub(crate) fn lists_from_stdin(matches: &ArgMatches) -> bool {
    [id::FILES_FROM, id::FILES0_FROM]
        .iter()
        .any(|flag| matches.get_one::<OsString>(flag).is_some_and(|list| list == "-"))
}

/// A name of the file system, from the bytes that stand for it in a list.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a name")]
fn os_string(name: &[u8]) -> Result<OsString, Error> {
    use std::os::unix::ffi::OsStringExt;

    Ok(OsString::from_vec(name.to_vec()))
}

#[cfg(not(unix))]
fn os_string(name: &[u8]) -> Result<OsString, Error> {
    match std::str::from_utf8(name) {
        Ok(name) => Ok(name.into()),
        Err(_) => Err(Error::Usage(format!("{}: not a name: it is no UTF-8", escape(name)))),
    }
}
