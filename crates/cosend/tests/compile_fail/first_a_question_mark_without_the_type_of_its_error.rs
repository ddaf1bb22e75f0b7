//! Something says what the error of a body is.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut number = coroutine(async |mut words: Input<str>| {
        let number: u32 = words.item().await.parse()?;
        Ok(number)
    });
    number.send("7").unwrap();
}
