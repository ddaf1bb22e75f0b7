//! A body that holds an `Rc` over a pause stays on its thread.
use cosend::{Input, Sink, coroutine};
use std::rc::Rc;

fn main() {
    let mut body = coroutine(async |mut numbers: Input<u32>| {
        let unit = Rc::new(10);
        while let Some(number) = numbers.next().await {
            println!("{}", *unit * number);
        }
    });
    std::thread::spawn(move || body.send(&1));
}
