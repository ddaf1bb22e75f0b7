//! A generator is iterated, not fed.
use cosend::{Output, generator};

fn main() {
    let mut numbers = generator(async |mut out: Output<u8>| out.yield_(1).await);
    numbers.send(&1);
}
