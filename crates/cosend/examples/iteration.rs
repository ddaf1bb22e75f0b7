//! The iteration protocol: `next` hands out one value after the other until the
//! iterator is exhausted, and then it stays so.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

/// An iterator over some numbers, written by hand.
struct MyIterator {
    numbers: Vec<u32>,
    position: usize,
}

impl MyIterator {
    fn new(numbers: impl Into<Vec<u32>>) -> Self {
        Self { numbers: numbers.into(), position: 0 }
    }
}

impl Iterator for MyIterator {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let number = *self.numbers.get(self.position)?;
        self.position += 1;
        Some(number)
    }
}

fn main() {
    let mut numbers = MyIterator::new([3, 4, 5, 6]);
    for _ in 0..6 {
        match numbers.next() {
            Some(number) => println!("next: {number}"),
            None => println!("next: exhausted"),
        }
    }

    // A `for` loop is the same protocol: it calls `next` until there is no more.
    let mut total = 0;
    for number in MyIterator::new([3, 4, 5, 6]) {
        total += number;
    }
    println!("total: {total}");
}
