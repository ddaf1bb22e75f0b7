//! Where the numbers add up.

use cosend::{Input, Sink, coroutine};

/// Adds up what it is sent; when it is closed, prints the pattern and its total,
/// and gives the total.
#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
pub(crate) fn count(pattern: &str) -> impl Sink<usize, Return = usize> {
    coroutine(async move |mut numbers: Input<usize>| {
        let mut total = 0;
        while let Some(number) = numbers.next().await {
            total += number;
        }
        println!("{pattern} {total}");
        total
    })
}
