//! Only a future can be awaited.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |_: Input<u8>| 1.await);
}
