//! `--type-list`: the types of files that can be selected.

use std::io::{self, Write};

use cogrep_source::Selection;

use crate::context::Context;
use crate::error::Error;
use crate::status::Status;

/// Prints a line a type.
pub(crate) fn list_types(_: &Context) -> Result<Status, Error> {
    let mut out = io::stdout().lock();
    for (name, globs) in Selection::types() {
        writeln!(out, "{name}: {}", globs.join(", "))?;
    }
    Ok(Status::Success)
}
