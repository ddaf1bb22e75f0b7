//! Rule 8: a handle goes only to threads that end while the body is polled.
use std::thread;

use cosend::{Output, generator};

fn main() {
    let _ = generator(async |mut out: Output<u8>| {
        thread::spawn(move || {
            let _ = out.yield_(1);
        });
    });
}
