//! An owned coroutine is closed once.
use cosend::{OwnedInput, owned_coroutine};

async fn twice() {
    let body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
        items.next().await;
    });
    body.close().await;
    body.close().await;
}

fn main() {
    let _ = twice;
}
