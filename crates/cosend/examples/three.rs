//! `three`: one text to three different stages, and their three results.

use cosend::{Input, Sink, collect, coroutine, count, filter};

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), cosend::Stopped> {
    let longest = coroutine(async |mut words: Input<str>| {
        let mut longest = String::new();
        while let Some(word) = words.next().await {
            if word.len() > longest.len() {
                word.clone_into(&mut longest);
            }
        }
        longest
    });
    let mut three =
        (count(), filter(|word: &str| word.starts_with('t'), collect::<str, Vec<_>>()), longest);
    for word in "to see the world in a grain of sand".split(' ') {
        three.send(word)?;
    }
    let (count, with_t, longest) = three.close();
    println!("{count} words, {with_t:?} with a t, the longest is {longest}");
    Ok(())
}
