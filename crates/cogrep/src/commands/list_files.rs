//! `--files`: what would be read.

use std::io::{BufWriter, Write};

use cogrep_report::escape;
use cogrep_source::{Fault, SourceName};

use super::remote::Opener;
use crate::args::FilesArgs;
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;
use crate::ui::stdout::Stdout;
use crate::ui::{messages, notices};

/// Prints a name a line, in the order in which results have them. Nothing is opened, so an
/// archive is one file.
pub(crate) fn list_files(context: &Context, args: &FilesArgs) -> Result<Status, Error> {
    let opener = Opener::new(context, &args.inputs, &args.remote)?;
    let backend = &**opener.backend();
    let mut out = BufWriter::new(Stdout);
    let end = if args.ends_with_nul { '\0' } else { '\n' };
    let mut status = Status::NotFound;
    let failed = |name: &SourceName, fault: &Fault| {
        messages::error(&Error::input(format!("{}: {fault}", escape(name.as_bytes()))));
        Status::Failure
    };
    for input in &args.inputs {
        // What is no folder is a source, whether it is there or not.
        if let Err(fault) = input.facts(backend) {
            status = failed(&input.name(), &fault);
            continue;
        }
        for found in args.selection.sources(std::slice::from_ref(input), backend) {
            match found {
                Ok(_) if args.quiet => {}
                Ok(name) if context.terminal.is_terminal => {
                    write!(out, "{}{end}", escape(name.as_bytes()))?;
                }
                Ok(name) => {
                    out.write_all(name.as_bytes())?;
                    write!(out, "{end}")?;
                }
                Err((name, fault)) => {
                    status = failed(&name, &fault);
                    continue;
                }
            }
            if status == Status::NotFound {
                status = Status::Success;
            }
        }
    }
    out.flush()?;
    notices::print(&args.selection.notices.take());
    Ok(status)
}
