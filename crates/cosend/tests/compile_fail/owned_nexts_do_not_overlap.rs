//! One who asks at a time.
use cosend::{OwnedOutput, owned_generator};

async fn both() {
    let mut numbers = owned_generator(|mut out: OwnedOutput<u8>| async move {
        out.yield_(1).await;
    });
    let first = numbers.next();
    let second = numbers.next();
    first.await.unwrap();
    second.await.unwrap();
}

fn main() {
    let _ = both;
}
