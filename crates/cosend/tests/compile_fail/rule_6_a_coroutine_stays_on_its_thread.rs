//! Rule 6: a coroutine is not `Send`; two threads cannot share a stage.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut body = coroutine(async |mut items: Input<str>| {
        while items.next().await.is_some() {}
    });
    std::thread::scope(|threads| {
        threads.spawn(|| body.send("item"));
    });
}
