//! The arguments of a merge.

use std::ffi::OsString;

use clap::ArgMatches;

use crate::args::output::{self, OutputArgs};
use crate::args::values::other_flag;
use crate::error::Error;
use crate::flags::{self, id};

/// The flags that say how a result is shown; all others were for the runs.
const FLAGS: [&str; 21] = [
    id::MERGE,
    id::WORDS,
    id::BY,
    id::SORT,
    id::TOP,
    id::ONLY_FOUND,
    id::MIN_COUNT,
    id::EXPAND,
    id::FORMAT,
    id::SHOW,
    id::BARE,
    id::QUIET,
    id::NULL,
    id::FILES_WITH,
    id::FILES_WITHOUT,
    id::MAX_MEMORY,
    id::COLOR,
    id::PLOT,
    id::PLOT_AXIS,
    id::PLOT_KIND,
    id::REPORT,
];

/// What to merge, and how to show it.
#[derive(Debug)]
pub(crate) struct MergeArgs {
    /// The saved results.
    pub(crate) files: Vec<OsString>,
    /// How many places of each pattern to show.
    pub(crate) show: usize,
    /// How much memory a table may take.
    pub(crate) max_memory: Option<u64>,
    pub(crate) output: OutputArgs,
}

impl MergeArgs {
    pub(super) fn new(matches: &ArgMatches) -> Result<Self, Error> {
        if let Some(flag) = other_flag(matches, &FLAGS) {
            return Err(Error::usage(format!("--{flag}: not with --merge"))
                .hint("it is for the runs whose results are merged"));
        }
        let files: Vec<OsString> =
            matches.get_many(id::WORDS).unwrap_or_default().cloned().collect();
        if files.is_empty() {
            return Err(
                Error::usage("--merge: no saved result given").hint("cogrep --merge SAVED...")
            );
        }
        let by = matches.get_one::<flags::By>(id::BY);
        if by.is_some_and(|by| by.time.is_some() || by.key.is_some()) {
            let message =
                "--by: times and keys of saved results are those that they were saved with";
            return Err(Error::usage(message).hint("there are file and part=N"));
        }
        let output = OutputArgs::new(matches, None)?;
        let max_memory = matches.get_one(id::MAX_MEMORY).copied();
        Ok(Self { files, show: output::show(matches, output.format)?, max_memory, output })
    }
}
