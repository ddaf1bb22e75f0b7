//! Rule 8: a handle goes only to threads that end while the body is polled.
use std::thread;

use cosend::{Input, coroutine};

fn main() {
    thread::scope(|threads| {
        let _ = coroutine(async |mut items: Input<str>| {
            threads.spawn(move || {
                let _ = items.next();
            });
        });
    });
}
