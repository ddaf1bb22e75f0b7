//! Rule 1: a loan cannot be returned.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |mut items: Input<'_, str>| items.next().await);
}
