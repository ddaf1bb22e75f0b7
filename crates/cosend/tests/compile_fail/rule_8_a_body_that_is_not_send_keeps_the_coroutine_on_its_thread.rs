//! Rule 8: a coroutine goes to another thread where its body may go.
use std::rc::Rc;

use cosend::{Input, coroutine};

fn send<T: Send>(_: T) {}

fn main() {
    let unit = Rc::new(10);
    send(coroutine(async move |mut items: Input<u32>| {
        while items.next().await.is_some_and(|item| item < &*unit) {}
    }));
}
