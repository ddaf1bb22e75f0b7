//! What the program does: a function for each command, which may be called many times.

mod count;
mod explain;
mod files;
mod generate;
mod job;
mod list_types;
mod merge;
mod outcome;
mod plots;
mod state;

use crate::args::Command;
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;

/// Runs a command.
pub(crate) fn run(context: &Context, command: &Command) -> Result<Status, Error> {
    match command {
        Command::Count(args) => count::count(context, args),
        Command::Explain(args) => explain::explain(context, args),
        Command::Merge(args) => merge::merge(context, args),
        Command::Generate(document) => generate::generate(context, *document),
        Command::ListTypes => list_types::list_types(context),
        Command::Help(text) => {
            text.print()?;
            Ok(Status::Success)
        }
    }
}
