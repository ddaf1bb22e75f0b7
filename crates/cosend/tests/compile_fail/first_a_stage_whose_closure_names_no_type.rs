//! The closure of a stage says what its items are.
use cosend::{Sink, count, filter, map};

fn main() {
    let mut lengths = map(|word| word.len(), filter(|length| length % 2 == 0, count()));
    lengths.send("abc").unwrap();
}
