//! The handle of a generator stays in its body.
use cosend::{Output, generator};

fn main() {
    let mut stolen = None;
    let numbers = generator(async |out: Output<u8>| {
        stolen = Some(out);
    });
    drop(numbers);
    drop(stolen);
}
