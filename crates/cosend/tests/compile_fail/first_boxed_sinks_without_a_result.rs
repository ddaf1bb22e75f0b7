//! A boxed sink names its result, and `map_result` gives many the same one.
use cosend::{Sink, collect, count};

fn main() {
    let _: Vec<Box<dyn Sink<str>>> =
        vec![Box::new(count()), Box::new(collect::<str, Vec<_>>())];
}
