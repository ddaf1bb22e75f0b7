//! Rule 5: the lifetime of a handle cannot be named outside the body.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |items: Input<str>| items);
}
