//! Where counts come together.

use cogrep_match::Tally;
use cogrep_source::Interrupt;
use cosend::{Input, coroutine};

use crate::network::scan::Batch;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};
use crate::progress::LiveTally;

/// Adds up the tallies that it is sent; closing it gives the sum.
///
/// `live` receives each of them, and `stop` is asked to stop at the first that is not empty.
pub(super) fn count(
    live: Option<LiveTally>,
    stop: Option<Interrupt>,
) -> impl Stage<Tally, Return = Tally> + Send {
    let body = coroutine(async move |mut found: Input<Tally>| {
        let mut total = Tally::new();
        while let Some(tally) = found.next().await {
            total.merge(tally);
            if let Some(live) = &live {
                live.merge(tally);
            }
            if let Some(stop) = stop.as_ref().filter(|_| tally.has_any()) {
                stop.request();
            }
        }
        total
    });
    named(Shape::new("count", []), body)
}

/// Counts the hits that it is sent; closing it gives how often each needle was found.
///
/// `live` receives what was counted with each batch.
pub(super) fn count_hits(live: Option<LiveTally>) -> impl Stage<Batch, Return = Tally> + Send {
    let body = coroutine(async move |mut batches: Input<Batch>| {
        let mut total = Tally::new();
        while let Some(batch) = batches.next().await {
            let before = live.as_ref().map(|_| std::mem::take(&mut total));
            batch.hits.iter().for_each(|hit| total.add(hit.needle, 1));
            total.merge(&batch.muted);
            if let (Some(live), Some(before)) = (&live, before) {
                live.merge(&total);
                total.merge(&before);
            }
        }
        total
    });
    named(Shape::new("count", []), body)
}
