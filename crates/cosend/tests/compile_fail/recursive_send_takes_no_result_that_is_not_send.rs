//! What a body returns waits for the one that delegated, maybe on another thread.
use std::rc::Rc;

use cosend::{SendBranch, recursive_send};

fn main() {
    let _ = recursive_send(async |mut out: SendBranch<'_, u8>| {
        out.delegate(async |_| Rc::new(1)).await;
    });
}
