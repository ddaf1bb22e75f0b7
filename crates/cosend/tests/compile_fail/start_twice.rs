//! A coroutine is started once.
use cosend::{Input, coroutine_unstarted};

fn main() {
    let body = coroutine_unstarted(async |mut items: Input<str>| items.next().await.is_some());
    let _ = body.start();
    let _ = body.start();
}
