//! From arguments to a job.

use std::sync::Arc;

use cogrep_core::Job;
use cogrep_core::measure::{AnyMeasure, Disperse, Divide, FirstPlaces, Slice};
use cogrep_core::network::{Extension, loose_space};
use cogrep_match::Plan;
use cogrep_report::plots::Along;
use cogrep_source::OpenOptions;

use super::remote::Opener;
use crate::args::CountArgs;
use crate::context::Context;
use crate::error::Error;
use crate::ui::messages;

/// Chooses how to count, and says what may be wrong with the patterns.
pub(super) fn plan(args: &CountArgs) -> Result<Arc<Plan>, Error> {
    let plan = Plan::with_regex_limit(&args.patterns, args.engine, args.regex_limit_bytes)
        .map_err(|error| args.given.refused(&error))?;
    for warning in plan.warnings() {
        messages::warning(&warning.to_string());
    }
    Ok(Arc::new(if args.needs_facts() { plan.watched() } else { plan }))
}

/// What to count, without what is reported of it.
pub(super) fn job<'a>(
    context: &Context,
    args: &'a CountArgs,
    plan: &'a Arc<Plan>,
    opener: &Opener,
) -> Job<'a> {
    let standard = OpenOptions::default();
    Job {
        selection: args.selection.clone(),
        open: OpenOptions {
            backend: Arc::clone(opener.backend()),
            encoding: args.decoding.encoding,
            // A run that stops itself leaves the next one alone.
            interrupt: context.interrupt().nested(),
            io: context.io,
            no_decompress: args.decoding.no_decompress,
            nest: args.decoding.nest.unwrap_or(standard.nest),
            ..standard
        },
        serial: context.is_serial,
        workers: args.workers,
        range_bytes: context.range_bytes,
        max_line_bytes: args.max_line_bytes,
        measures: measures(args),
        extension: args.loose_space.then_some(Extension(&loose_space)),
        ..Job::new(plan, &args.inputs)
    }
}

/// What the arguments want to know of hits.
fn measures(args: &CountArgs) -> Vec<AnyMeasure> {
    let places = (args.show > 0).then(|| FirstPlaces::new(args.show).into());
    let slices = (args.output.slices > 0).then(|| Slice::new(args.output.slices).into());
    let dispersion = args.output.needs_dispersion().then(|| Disperse.into());
    let division = args.output.along.and_then(Along::division);
    let divisions = division.map(|division| Divide(division).into());
    [places, slices, dispersion, divisions].into_iter().flatten().collect()
}
