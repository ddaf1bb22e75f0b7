//! A pause is awaited.
use cosend::{Input, coroutine};

fn main() {
    let _ = coroutine(async |mut numbers: Input<u32>| {
        while let Some(number) = numbers.next() {
            println!("{number}");
        }
    });
}
