//! A suspended body cannot be copied.
use cosend::{Output, generator};

fn main() {
    let numbers = generator(async |mut out: Output<u8>| out.yield_(1).await);
    let _ = numbers.clone();
}
