//! A coroutine that yields takes no item before its first yield.
use cosend::{Port, resumable_unstarted};

fn main() {
    let mut body = resumable_unstarted(async |mut port: Port<u8, u8>| {
        port.yield_(1).await;
    });
    body.resume(&1);
}
