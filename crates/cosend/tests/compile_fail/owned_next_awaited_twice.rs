//! A future is used up by awaiting it.
use cosend::{OwnedOutput, owned_generator};

async fn twice() {
    let mut numbers = owned_generator(|mut out: OwnedOutput<u8>| async move {
        out.yield_(1).await;
    });
    let next = numbers.next();
    next.await.unwrap();
    next.await.unwrap();
}

fn main() {
    let _ = twice;
}
