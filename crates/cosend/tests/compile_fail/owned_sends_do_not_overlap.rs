//! One send at a time.
use cosend::{OwnedInput, owned_coroutine};

async fn both() {
    let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
        while items.next().await.is_some() {}
    });
    let first = body.send(1);
    let second = body.send(2);
    first.await.unwrap();
    second.await.unwrap();
}

fn main() {
    let _ = both;
}
