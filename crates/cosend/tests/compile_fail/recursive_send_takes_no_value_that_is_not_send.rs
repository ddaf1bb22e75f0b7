//! A value that is yielded goes to the thread that asks.
use std::rc::Rc;

use cosend::{SendBranch, recursive_send};

fn main() {
    let _ = recursive_send(async |mut out: SendBranch<'_, Rc<u8>>| out.yield_(Rc::new(1)).await);
}
