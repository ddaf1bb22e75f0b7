//! Generators: a function that yields a series, and that sleeps in between.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use cosend::generator;

/// Counts down to zero. It takes one off before it yields: 3 gives 2, 1, 0.
fn countdown(mut n: u32) -> impl Iterator<Item = u32> {
    generator(async move |mut out| {
        println!("(the body starts)");
        while n > 0 {
            n -= 1;
            out.yield_(n).await;
        }
        println!("(the body ends)");
    })
}

fn main() {
    // Calling it runs nothing: the first `next` starts the body.
    let mut numbers = countdown(3);
    println!("a countdown from 3 is made");
    for _ in 0..5 {
        println!("next: {:?}", numbers.next());
    }

    // It can be run once; used up, it has nothing to give to a loop.
    println!("numbers left: {}", numbers.count());

    // A new call makes a new one. It is an `Iterator` like any other.
    println!("anew: {:?}", countdown(3).collect::<Vec<_>>());
}
