//! An item is lent until the next pause: keep a copy.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |mut words: Input<str>| {
        let first = words.next().await;
        let second = words.next().await;
        first == second
    });
}
