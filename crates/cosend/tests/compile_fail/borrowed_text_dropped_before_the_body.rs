//! What a body borrows stays borrowed until the coroutine is closed.
use cosend::{Input, Sink, coroutine};

fn main() {
    let word = String::from("love");
    let mut body = coroutine(async |mut lines: Input<str>| {
        while let Some(line) = lines.next().await {
            println!("{}", line.contains(&word));
        }
    });
    drop(word);
    body.send("line").unwrap();
}
