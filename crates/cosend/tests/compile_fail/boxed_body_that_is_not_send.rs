//! `boxed` is for bodies that are `Send`; the others have `boxed_local`.
use std::rc::Rc;

use cosend::{Input, coroutine};

fn main() {
    let unit = Rc::new(10);
    let _ = coroutine(async move |mut items: Input<u32>| {
        while items.next().await.is_some_and(|item| item < &*unit) {}
    })
    .boxed();
}
