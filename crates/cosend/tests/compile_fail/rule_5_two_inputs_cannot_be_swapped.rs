//! Rule 5: each handle has a lifetime of its own, so two cannot change places.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut outer = coroutine(async |mut outer_items: Input<str>| {
        let _inner = coroutine(async |mut inner_items: Input<str>| {
            std::mem::swap(&mut outer_items, &mut inner_items);
            inner_items.next().await;
        });
        outer_items.next().await;
    });
    outer.send("item").unwrap();
}
