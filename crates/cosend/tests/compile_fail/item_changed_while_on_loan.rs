//! The sender cannot change an item that it has on loan to somebody else, and the
//! body cannot change what it was lent.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |mut items: Input<String>| {
        while let Some(item) = items.next().await {
            item.push('!');
        }
    });
}
