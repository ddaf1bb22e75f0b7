//! Where counts come together.

use cogrep_match::Tally;
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};
use crate::progress::LiveTally;

/// Adds up the tallies that it is sent; closing it gives the sum.
///
/// `live` is told of each of them.
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
