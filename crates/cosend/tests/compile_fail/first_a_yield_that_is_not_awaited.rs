//! A yield is a pause, and a pause is awaited.
#![deny(unused_must_use)]
use cosend::generator;

fn main() {
    let numbers = generator(async |mut out| {
        for number in 0..3 {
            out.yield_(number);
        }
    });
    println!("{}", numbers.count());
}
