//! What the body owns cannot be left, by reference, in what it was sent.
use std::cell::Cell;

use cosend::{Input, Sink, coroutine};

fn main() {
    let outer: Cell<&str> = Cell::new("outer");
    let mut body = coroutine(async |mut cells: Input<Cell<&str>>| {
        let inner = String::from("inner");
        while let Some(cell) = cells.next().await {
            cell.set(&inner);
        }
    });
    body.send(&outer).unwrap();
    body.close();
    println!("{}", outer.get());
}
