//! Rule 1: the item is on loan until the next pause.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |mut items: Input<str>| {
        let first = items.next().await;
        let second = items.next().await;
        first == second
    });
}
