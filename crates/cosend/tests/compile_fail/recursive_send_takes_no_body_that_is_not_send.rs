//! A body among those that go from thread to thread does so itself.
use std::rc::Rc;

use cosend::{SendBranch, recursive_send};

fn main() {
    let _ = recursive_send(async |mut out: SendBranch<'_, u32>| {
        out.delegate(async |mut out| {
            let unit = Rc::new(10);
            out.yield_(1).await;
            out.yield_(*unit).await;
        })
        .await;
    });
}
