//! `Sink` is a trait of the `futures` crates too: import one of them by its name.
#![deny(ambiguous_glob_imported_traits)]
#![allow(unused_imports)]
use cosend::*;
use futures_util::*;

fn main() {
    let mut words = count::<str>();
    words.send("a").unwrap();
}
