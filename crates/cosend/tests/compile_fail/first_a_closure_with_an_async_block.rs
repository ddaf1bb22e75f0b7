//! A body that is lent items is an async closure.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(|mut numbers: Input<u32>| async move {
        while let Some(number) = numbers.next().await {
            println!("{number}");
        }
    });
}
