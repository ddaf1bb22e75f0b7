//! A drop closes, and the body then still uses its log: declare the log first.
use cosend::{Coroutine, Input, coroutine};

fn main() {
    let body: Coroutine<u8, _>;
    let mut log = Vec::new();
    body = coroutine(async |mut items: Input<u8>| {
        while let Some(item) = items.next().await {
            log.push(*item);
        }
    });
}
