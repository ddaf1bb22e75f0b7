//! What is not a body makes no coroutine.
use cosend::{coroutine, generator};

fn main() {
    let _ = generator(1);
    let _ = coroutine::<u8, (), _>();
}
