//! `--explain`: the network that would count, and why it is this one.

use std::io::{self, Write};

use cogrep_report::escape;

use super::job::{job, plan};
use crate::args::CountArgs;
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;

/// Prints the network; counts nothing.
pub(crate) fn explain(context: &Context, args: &CountArgs) -> Result<Status, Error> {
    let plan = plan(args)?;
    let shape = job(context, args, &plan).shape().to_string();
    writeln!(io::stdout(), "{}\n{}", escape(shape.as_bytes()), plan.reason())?;
    for (pattern, detail) in plan.details() {
        writeln!(io::stdout(), "{}: {}", escape(pattern), escape(detail.as_bytes()))?;
    }
    Ok(Status::Success)
}
