//! A coroutine is closed once.
use cosend::{Input, Sink, coroutine};

fn main() {
    let body = coroutine(async |mut items: Input<str>| items.next().await.is_some());
    body.close();
    body.close();
}
