//! `--explain`: the network that would count, and why it is this one.

use std::io::Write;

use cogrep_report::escape;

use super::job::{job, plan};
use crate::args::CountArgs;
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;
use crate::ui::stdout::Stdout;

/// Prints the network; counts nothing.
pub(crate) fn explain(context: &Context, args: &CountArgs) -> Result<Status, Error> {
    let mut text = Vec::new();
    if let Some(what) = &args.distinct {
        let (shape, reason) = super::distinct::explain(context, args, what)?;
        writeln!(text, "{}\n{reason}", escape(shape.as_bytes()))?;
    } else {
        let plan = plan(args)?;
        let shape = job(context, args, &plan).shape().to_string();
        writeln!(text, "{}\n{}", escape(shape.as_bytes()), plan.reason())?;
        for (pattern, detail) in plan.details() {
            writeln!(text, "{}: {}", escape(pattern), escape(detail.as_bytes()))?;
        }
    }
    Stdout.write_all(&text)?;
    Ok(Status::Success)
}
