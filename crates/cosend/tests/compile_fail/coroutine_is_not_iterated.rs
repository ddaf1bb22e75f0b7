//! A coroutine is fed, not iterated.
use cosend::{Input, coroutine};

fn main() {
    let body = coroutine(async |mut items: Input<u8>| items.next().await.is_some());
    for _ in body {}
}
