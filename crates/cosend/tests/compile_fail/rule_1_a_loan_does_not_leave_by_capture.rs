//! Rule 1: a loan cannot be kept outside the body.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut kept: Option<&str> = None;
    let mut body = coroutine(async |mut items: Input<str>| {
        kept = items.next().await;
    });
    body.send(&String::from("short")).unwrap();
    body.close();
    println!("{kept:?}");
}
