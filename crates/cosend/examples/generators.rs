//! Generators: a function that yields a series, and sleeps in between.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use cosend::generator;

fn mygenerator(mut n: u32) -> impl Iterator<Item = u32> {
    generator(async move |mut out| {
        while n > 0 {
            n -= 1;
            out.yield_(n).await;
        }
    })
}

fn session() {
    let mut g = mygenerator(2);
    println!("{:?}", g.next());
    println!("{:?}", g.next());
    println!("{:?}", g.next());
    println!("{:?}", g.next());
    println!("{:?}", mygenerator(5).collect::<Vec<_>>());
}

fn main() {
    for number in mygenerator(3) {
        println!("{number}");
    }
    session();
}
