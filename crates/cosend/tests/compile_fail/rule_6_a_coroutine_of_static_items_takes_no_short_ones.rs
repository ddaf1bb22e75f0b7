//! Rule 6: invariance. A body that may keep `&'static str` must not be sent
//! anything shorter.
use cosend::{Coroutine, Input, Sink, coroutine};

fn shorten<'short, B: Future>(
    body: Coroutine<&'static str, B>,
    _: &'short str,
) -> Coroutine<&'short str, B> {
    body
}

fn main() {
    let body = coroutine(async |mut items: Input<&'static str>| items.next().await.copied());
    let text = String::from("short");
    let mut body = shorten(body, &text);
    body.send(&text.as_str()).unwrap();
}
