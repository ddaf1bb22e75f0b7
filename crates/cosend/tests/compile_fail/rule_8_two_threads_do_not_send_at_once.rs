//! Rule 8: one thread at a time.
use std::thread;

use cosend::{Input, Sink, coroutine};

fn main() {
    let mut body = coroutine(async |mut items: Input<str>| {
        while items.next().await.is_some() {}
    });
    thread::scope(|threads| {
        threads.spawn(|| body.send("one"));
        threads.spawn(|| body.send("two"));
    });
}
