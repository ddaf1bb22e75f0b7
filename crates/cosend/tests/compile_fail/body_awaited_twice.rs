//! An `async fn` that has been awaited cannot be awaited again.
use cosend::{Output, generator};

async fn inner(out: &mut Output<'_, u8>) {
    out.yield_(1).await;
}

fn main() {
    let _ = generator(async |mut out: Output<u8>| {
        let once = inner(&mut out);
        once.await;
        once.await;
    });
}
