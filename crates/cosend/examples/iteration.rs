//! The iteration protocol, and the loops that are built on it.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use std::env;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader};

struct MyIterator {
    numbers: Vec<u32>,
}

impl Iterator for MyIterator {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.numbers.is_empty() {
            return None;
        }
        Some(self.numbers.remove(0))
    }
}

fn loops(path: &str) -> io::Result<()> {
    for number in 0..3 {
        println!("{number}");
    }
    for line in BufReader::new(File::open(path)?).lines() {
        println!("{}", line?);
    }
    for number in (MyIterator { numbers: vec![0, 1, 2] }) {
        println!("{number}");
    }
    Ok(())
}

#[allow(clippy::while_let_on_iterator, reason = "this is what a `for` loop does")]
fn by_hand() {
    let mut numbers = MyIterator { numbers: vec![0, 1, 2] };
    while let Some(number) = numbers.next() {
        println!("{number}");
    }
}

fn step_by_step() {
    let mut numbers = MyIterator { numbers: vec![3, 4, 5, 6] };
    for _ in 0..6 {
        match numbers.next() {
            Some(number) => println!("{number}"),
            None => println!("exhausted"),
        }
    }
}

fn main() -> io::Result<()> {
    let path = env::args().nth(1).ok_or_else(|| io::Error::other("usage: iteration FILE"))?;
    loops(&path)?;
    by_hand();
    step_by_step();
    Ok(())
}
