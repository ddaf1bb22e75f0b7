//! A closed coroutine is gone.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut body = coroutine(async |mut items: Input<str>| items.next().await.is_some());
    body.close();
    body.send("item").unwrap();
}
