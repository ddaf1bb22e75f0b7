//! Whether only files are named, by `-l` or `-L`.

use clap::ArgMatches;
use cogrep_report::Names;

use crate::error::Error;
use crate::flags::{self, id};

/// Which sources are named, if nothing else is shown of them.
pub(super) fn names(matches: &ArgMatches) -> Result<Option<Names>, Error> {
    let names = match (matches.contains_id(id::FILES_WITH), matches.contains_id(id::FILES_WITHOUT))
    {
        (false, false) => return Ok(None),
        (true, false) => (Names::With, "-l"),
        (false, true) => (Names::Without, "-L"),
        (true, true) => return Err(Error::usage("-l and -L: each file is one or the other")),
    };
    let (names, flag) = names;
    let by = matches.get_one::<flags::By>(id::BY);
    if by.is_some_and(|by| by.parts.is_some() || by.time.is_some() || by.key.is_some()) {
        let message = format!("{flag}: names of files are not broken down");
        return Err(Error::usage(message).hint("leave out --by"));
    }
    if matches.get_one::<String>(id::FORMAT).is_some_and(|format| format != "text") {
        return Err(Error::usage(format!("{flag}: names of files are text"))
            .hint("--by file --only-found has them in every format"));
    }
    if matches.contains_id(id::SHOW) {
        return Err(Error::usage(format!("{flag}: only names are printed, and no places")));
    }
    Ok(Some(names))
}
