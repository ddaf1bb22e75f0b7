//! Coroutines: bodies that wait for what they are sent, and are told of their end.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use cosend::{Input, Sink, Stopped, coroutine, coroutine_unstarted};

/// Complains about each text that has the word, and says so when it is closed;
/// gives how often it complained.
fn complain_about(word: &str) -> impl Sink<str, Return = usize> {
    coroutine(async move |mut texts: Input<str>| {
        println!("Please talk to me!");
        let mut complaints = 0;
        while let Some(text) = texts.next().await {
            if text.contains(word) {
                println!("Oh no: I found a {word} again!");
                complaints += 1;
            }
        }
        println!("Ok, ok: I am quitting.");
        complaints
    })
}

fn main() -> Result<(), Stopped> {
    println!("-- primed: it has spoken before anything is sent");
    let mut primed = complain_about("Ruby");
    primed.send("A pearl")?;
    primed.send("A Ruby in a ring")?;
    primed.send("A ring without a stone")?;

    println!("-- closed: it handles that, and gives its result");
    // `close` takes the coroutine away: a send after it would not compile.
    println!("complaints: {}", primed.close());

    println!("-- unprimed: it says nothing until it is started");
    let unprimed = coroutine_unstarted(async |mut texts: Input<str>| {
        println!("Please talk to me!");
        while let Some(text) = texts.next().await {
            if text.contains("Ruby") {
                println!("Oh no: I found a Ruby again!");
            }
        }
    });
    println!("-- started");
    let mut started = unprimed.start();
    started.send("Ruby")?;

    println!("-- finished: it does not handle that, and ends in silence");
    // `finish` leaves it with us, though it is of no use any more.
    started.finish()?;
    println!("a send after the end: {:?}", started.send("Ruby"));
    println!("finished once more: {:?}", started.finish());

    println!("-- dropped: closed as well, though nobody takes the result");
    drop(complain_about("Ruby"));
    Ok(())
}
