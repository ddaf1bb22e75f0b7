//! An item that holds a borrow must outlive the body that may keep it.
use cosend::{Input, Sink, coroutine};

struct Word<'a> {
    text: &'a str,
}

fn main() {
    let mut body = coroutine(async |mut words: Input<Word>| {
        let mut longest = "";
        while let Some(word) = words.next().await {
            if word.text.len() > longest.len() {
                longest = word.text;
            }
        }
        longest
    });
    {
        let text = String::from("short-lived");
        body.send(&Word { text: &text }).unwrap();
    }
    println!("{}", body.close());
}
