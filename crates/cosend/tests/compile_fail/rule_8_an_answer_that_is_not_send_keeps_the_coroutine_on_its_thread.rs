//! Rule 8: so does a value that answers an item.
use std::rc::Rc;

use cosend::{Port, resumable};

fn send<T: Send>(_: T) {}

fn main() {
    send(resumable(async |mut port: Port<u8, Rc<u8>>| {
        port.yield_(Rc::new(1)).await;
    }).0);
}
