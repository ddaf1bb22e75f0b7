//! `--explain`: the network that would count, and why it is this one.

use std::io::Write;

use cogrep_report::{escape, separated};
use cogrep_source::SourceName;

use super::job::{job, plan};
use super::remote::Opener;
use crate::args::CountArgs;
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;
use crate::ui::messages;
use crate::ui::stdout::Stdout;

/// Prints the network; counts nothing.
pub(crate) fn explain(context: &Context, args: &CountArgs) -> Result<Status, Error> {
    let mut text = Vec::new();
    let mut status = Status::Success;
    if let Some(what) = &args.distinct {
        let (shape, reason) = super::distinct::explain(context, args, what)?;
        writeln!(text, "{}\n{reason}", escape(shape.as_bytes()))?;
    } else {
        let plan = plan(args)?;
        let opener =
            Opener::new(context, &args.inputs, &args.remote)?.after(context, args.pre.as_ref());
        let shape = job(context, args, &plan, &opener).shape().to_string();
        writeln!(text, "{}\n{}", escape(shape.as_bytes()), plan.reason())?;
        status = listed(args, &opener, &mut text)?;
        for (pattern, detail) in plan.details() {
            writeln!(text, "{}: {}", escape(pattern), escape(detail.as_bytes()))?;
        }
    }
    Stdout.write_all(&text)?;
    Ok(status)
}

/// Says of each prefix or glob of a store what would be read of it: each object costs a
/// request, and each byte that leaves a store has its price.
fn listed(args: &CountArgs, opener: &Opener, text: &mut Vec<u8>) -> Result<Status, Error> {
    let backend = &**opener.backend();
    let mut status = Status::Success;
    for input in &args.inputs {
        let name = input.name();
        if !matches!(name, SourceName::Remote(_)) || !input.is_folder(backend) {
            continue;
        }
        let (mut objects, mut bytes) = (0, 0);
        for found in args.selection.sources(std::slice::from_ref(input), backend) {
            match found {
                Ok(SourceName::Remote(found)) => {
                    objects += 1;
                    bytes += found.version().map_or(0, |version| version.bytes);
                }
                Ok(_) => {}
                Err((name, fault)) => {
                    messages::error(&Error::input(format!("{}: {fault}", escape(name.as_bytes()))));
                    status = Status::Failure;
                }
            }
        }
        let (objects, bytes) = (separated(objects), separated(bytes));
        writeln!(text, "{}: {objects} objects, {bytes} bytes", escape(name.as_bytes()))?;
    }
    Ok(status)
}
