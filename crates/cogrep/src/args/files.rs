//! The arguments of `--files`.

use std::ffi::OsString;

use clap::ArgMatches;
use cogrep_source::{Input, Selection};

use crate::args::inputs;
use crate::args::remote::RemoteArgs;
use crate::args::values::other_flag;
use crate::error::Error;
use crate::flags::id;

/// The flags that say what is read, and how names are printed.
const FLAGS: [&str; 31] = [
    id::FILES,
    id::WORDS,
    id::IN,
    id::FILES_FROM,
    id::FILES0_FROM,
    id::HIDDEN,
    id::NO_IGNORE,
    id::NO_IGNORE_VCS,
    id::IGNORE_FILE,
    id::UNRESTRICTED,
    id::GLOB,
    id::IGLOB,
    id::GLOB_ANY_CASE,
    id::TYPE,
    id::TYPE_NOT,
    id::TYPE_ADD,
    id::MAX_DEPTH,
    id::MAX_FILESIZE,
    id::FOLLOW,
    id::ONE_FILE_SYSTEM,
    id::HEADER,
    id::CA_CERT,
    id::NO_SIGN_REQUEST,
    id::ENDPOINT_URL,
    id::REGION,
    id::REQUEST_PAYER,
    id::THREADS,
    id::COLOR,
    id::BARE,
    id::NULL,
    id::QUIET,
];

/// Which inputs are listed, and how.
#[derive(Debug)]
pub(crate) struct FilesArgs {
    pub(crate) inputs: Vec<Input>,
    pub(crate) selection: Selection,
    pub(crate) remote: RemoteArgs,
    /// Whether a name ends with NUL, and not with a line feed.
    pub(crate) ends_with_nul: bool,
    /// Whether no name is printed.
    pub(crate) quiet: bool,
}

impl FilesArgs {
    pub(super) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        if let Some(flag) = other_flag(matches, &FLAGS) {
            return Err(Error::usage(format!("--{flag}: not with --files"))
                .hint("names are printed, and nothing is counted"));
        }
        let words = [id::WORDS, id::IN].into_iter();
        let words = words.flat_map(|id| matches.get_many::<OsString>(id).unwrap_or_default());
        let (inputs, _) = inputs::all(matches, words.map(OsString::as_os_str))?;
        Ok(Self {
            inputs,
            selection: inputs::selection(matches)?,
            remote: RemoteArgs::new(matches)?,
            ends_with_nul: matches.contains_id(id::NULL),
            quiet: matches.contains_id(id::QUIET),
        })
    }
}
