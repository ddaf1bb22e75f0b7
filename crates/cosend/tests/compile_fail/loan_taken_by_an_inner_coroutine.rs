//! A loan cannot wait in another coroutine for the next send.
use cosend::{Input, Sink, coroutine};

fn main() {
    let _ = coroutine(async |mut items: Input<str>| {
        let mut keeper = coroutine(async |mut kept: Input<&str>| {
            let mut all = Vec::new();
            while let Some(item) = kept.next().await {
                all.push(*item);
            }
            all.concat()
        });
        while let Some(item) = items.next().await {
            keeper.send(&item).unwrap();
        }
        keeper.close()
    });
}
