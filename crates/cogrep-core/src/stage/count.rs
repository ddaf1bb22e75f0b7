//! Where counts come together.

use cogrep_match::Tally;
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Adds up the tallies that it is sent; closing it gives the sum.
pub fn count() -> impl Stage<Tally, Return = Tally> {
    let body = coroutine(async |mut found: Input<Tally>| {
        let mut total = Tally::new();
        while let Some(tally) = found.next().await {
            total.merge(tally);
        }
        total
    });
    named(Shape::new("count", []), body)
}
