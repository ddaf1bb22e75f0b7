//! Rule 8: a thrown error goes to the thread that sends next.
use std::rc::Rc;

use cosend::{FallibleInput, fallible};

fn send<T: Send>(_: T) {}

fn main() {
    send(fallible(async |mut items: FallibleInput<u8, Rc<u8>>| {
        items.next().await.map(|_| ())
    }));
}
