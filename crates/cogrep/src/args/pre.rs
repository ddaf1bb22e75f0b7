//! The arguments of `--pre`.

use std::ffi::OsString;

use clap::ArgMatches;
use cogrep_source::Selection;

use crate::error::Error;
use crate::flags::id;

/// A program that is run for each file.
#[derive(Clone, Debug)]
pub(crate) struct PreArgs {
    pub(crate) command: OsString,
    /// The files that it is run for.
    pub(crate) globs: Selection,
}

impl PreArgs {
    /// None, if no program is to be run: without the flag, or with an empty name, as in ripgrep.
    pub(super) fn new(matches: &ArgMatches) -> Result<Option<Self>, Error> {
        let command = matches.get_one::<OsString>(id::PRE).filter(|command| !command.is_empty());
        let Some(command) = command.cloned() else {
            if matches.contains_id(id::PRE_GLOB) && !matches.contains_id(id::PRE) {
                return Err(
                    Error::usage("--pre-glob: for which program?").hint("add --pre COMMAND")
                );
            }
            return Ok(None);
        };
        if matches.contains_id(id::RESUME) {
            let message = "--pre: not with --resume, which goes on where a file had ended";
            return Err(Error::usage(message));
        }
        let mut globs = Selection::default();
        globs.hidden = true;
        let given = matches.get_many::<String>(id::PRE_GLOB).unwrap_or_default();
        let refused = |rule| Error::usage(format!("--pre-glob {rule}"));
        globs.set_globs(given).map_err(refused)?;
        Ok(Some(Self { command, globs }))
    }
}
