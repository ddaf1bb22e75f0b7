//! The type of a body cannot be written down: `boxed` gives it one that can.
use cosend::Coroutine;

struct Session {
    parser: Coroutine<[u8], impl Future<Output = usize>>,
}

fn main() {}
