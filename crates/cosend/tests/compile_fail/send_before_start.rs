//! An unstarted coroutine takes no items.
use cosend::{Input, Sink, coroutine_unstarted};

fn main() {
    let mut body = coroutine_unstarted(async |mut items: Input<str>| items.next().await.is_some());
    body.send("item").unwrap();
}
