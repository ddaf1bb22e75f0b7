//! The same where only the drop of the coroutine would read it.
use cosend::{Input, Sink, coroutine};

struct Word<'a> {
    text: &'a str,
}

impl Drop for Word<'_> {
    fn drop(&mut self) {
        println!("{}", self.text);
    }
}

fn main() {
    let mut body = coroutine(async |mut words: Input<Word>| {
        let mut last = None;
        while let Some(word) = words.next().await {
            last = Some(Word { text: word.text });
        }
        drop(last);
    });
    {
        let text = String::from("short-lived");
        body.send(&Word { text: &text }).unwrap();
    }
}
