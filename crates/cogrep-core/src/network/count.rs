//! Where counts come together.

use cogrep_match::Tally;
use cosend::{Input, coroutine};

use crate::network::scan::Batch;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};
use crate::progress::LiveTally;

/// Adds up the tallies that it is sent; closing it gives the sum.
///
/// `live` receives each of them.
pub fn count(live: Option<LiveTally>) -> impl Stage<Tally, Return = Tally> {
    let body = coroutine(async move |mut found: Input<Tally>| {
        let mut total = Tally::new();
        while let Some(tally) = found.next().await {
            total.merge(tally);
            if let Some(live) = &live {
                live.merge(tally);
            }
        }
        total
    });
    named(Shape::new("count", []), body)
}

/// Counts the hits that it is sent; closing it gives how often each needle was found.
///
/// `live` receives what was counted with each batch.
pub fn count_hits(live: Option<LiveTally>) -> impl Stage<Batch, Return = Tally> {
    let body = coroutine(async move |mut batches: Input<Batch>| {
        let mut total = Tally::new();
        while let Some(batch) = batches.next().await {
            batch.hits.iter().for_each(|hit| total.add(hit.needle, 1));
            if let Some(live) = &live {
                let mut tally = Tally::new();
                batch.hits.iter().for_each(|hit| tally.add(hit.needle, 1));
                live.merge(&tally);
            }
        }
        total
    });
    named(Shape::new("count", []), body)
}
