//! Two generators cannot swap their handles.
use cosend::{Output, generator};

fn main() {
    let _ = generator(async |mut outer: Output<u8>| {
        let _ = generator(async |mut inner: Output<u8>| {
            std::mem::swap(&mut outer, &mut inner);
            inner.yield_(1).await;
        });
        outer.yield_(1).await;
    });
}
