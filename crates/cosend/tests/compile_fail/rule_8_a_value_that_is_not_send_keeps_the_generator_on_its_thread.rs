//! Rule 8: a yielded value goes to the thread that asks.
use std::rc::Rc;

use cosend::{Output, generator};

fn send<T: Send>(_: T) {}

fn main() {
    send(generator(async |mut out: Output<Rc<u8>>| out.yield_(Rc::new(1)).await));
}
