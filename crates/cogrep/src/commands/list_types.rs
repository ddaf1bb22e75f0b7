//! `--type-list`: the types of files that can be selected.

use std::io::{BufWriter, Write};

use cogrep_source::Selection;

use crate::context::Context;
use crate::error::Error;
use crate::status::Status;
use crate::ui::stdout::Stdout;

/// Prints a line a type.
pub(crate) fn list_types(_: &Context, selection: &Selection) -> Result<Status, Error> {
    let mut out = BufWriter::new(Stdout);
    for (name, globs) in selection.types() {
        writeln!(out, "{name}: {}", globs.join(", "))?;
    }
    out.flush()?;
    Ok(Status::Success)
}
