//! The same with the type of the body erased.
use cosend::{Input, Sink, coroutine};

fn main() {
    let mut body: Box<dyn Sink<str, Return = usize> + '_>;
    {
        let word = String::from("love");
        body = Box::new(coroutine(async |mut lines: Input<str>| {
            let mut found = 0;
            while let Some(line) = lines.next().await {
                found += usize::from(line.contains(&word));
            }
            found
        }));
    }
    body.send("line").unwrap();
}
