//! The contravariant kind: a callback that is sent in would carry a local of the
//! body out.
use std::cell::Cell;

use cosend::{Input, Sink, coroutine};

type Callback<'a> = Box<dyn Fn(&'a str) + 'a>;

fn main() {
    let outer: Cell<&str> = Cell::new("outer");
    let mut body = coroutine(async |mut callbacks: Input<Callback<'_>>| {
        let inner = String::from("inner");
        while let Some(callback) = callbacks.next().await {
            callback(&inner);
        }
    });
    let callback: Callback<'_> = Box::new(|text| outer.set(text));
    body.send(&callback).unwrap();
    body.close();
    println!("{}", outer.get());
}
