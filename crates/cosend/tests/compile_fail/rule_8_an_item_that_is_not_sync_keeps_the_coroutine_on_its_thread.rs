//! Rule 8: an item is lent to the thread that does the send, and seen from each that
//! the body waits for.
use std::cell::Cell;

use cosend::{Input, coroutine};

fn send<T: Send>(_: T) {}

fn main() {
    send(coroutine(async |mut items: Input<Cell<u8>>| {
        items.next().await;
    }));
}
