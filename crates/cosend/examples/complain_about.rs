//! Coroutines: functions that wait for what they are sent.
#![allow(clippy::print_stdout, reason = "an example speaks to its reader")]

use cosend::{Input, Sink, Stopped, coroutine, coroutine_unstarted};

async fn complain_about(word: &str, mut texts: Input<'_, str>) {
    println!("Please talk to me!");
    while let Some(text) = texts.next().await {
        if text.contains(word) {
            println!("Oh no: I found a {word} again!");
        }
    }
    println!("Ok, ok: I am quitting.");
}

fn session() -> Result<(), Stopped> {
    let c = coroutine_unstarted(async |texts: Input<str>| complain_about("Ruby", texts).await);
    let mut c = c.start();
    c.send("A first text")?;
    c.send("A second one, about Ruby")?;
    c.send("A third one, about nothing")?;
    c.send("And Ruby once more")?;
    c.close();
    Ok(())
}

fn complain_about2(word: &str) -> impl Sink<str, Return = ()> {
    coroutine(async move |mut texts: Input<str>| {
        println!("Please talk to me!");
        loop {
            let text = texts.item().await;
            if text.contains(word) {
                println!("Oh no: I found a {word} again!");
            }
        }
    })
}

fn session2() -> Result<(), Stopped> {
    let mut c = complain_about2("JavaScript");
    c.send("A text about JavaScript")?;
    let _ = c.finish();
    if c.send("JavaScript again") == Err(Stopped) {
        println!("(it is over)");
    }
    Ok(())
}

/// What Python's `close` gives from version 3.13 on.
fn complaints(word: &str) -> impl Sink<str, Return = usize> {
    coroutine(async move |mut texts: Input<str>| {
        let mut found = 0;
        while let Some(text) = texts.next().await {
            found += usize::from(text.contains(word));
        }
        found
    })
}

fn main() -> Result<(), Stopped> {
    session()?;
    session2()?;
    let mut c = complaints("Ruby");
    c.send("Ruby")?;
    println!("complaints: {}", c.close());
    Ok(())
}
