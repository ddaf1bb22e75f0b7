//! A body cannot reach the coroutine that it is.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut body: Option<Box<dyn Sink<str, Return = ()> + '_>> = None;
    body = Some(Box::new(coroutine(async |mut items: Input<str>| {
        while let Some(item) = items.next().await {
            body.as_mut().unwrap().send(item).unwrap();
        }
    })));
    body.unwrap().send("item").unwrap();
}
