//! `splitter`: two sources push pieces of text, cut anywhere, into one coroutine
//! that puts the lines together again.

use cosend::{Input, Sink, coroutine, inspect, shared};

/// Sends on each whole line, and at the close what is left, and gives what its
/// child gives.
fn split_lines<S: Sink<str>>(mut child: S) -> impl Sink<str, Return = S::Return> {
    coroutine(async move |mut pieces: Input<str>| {
        let mut line = String::new();
        while let Some(piece) = pieces.next().await {
            for part in piece.split_inclusive('\n') {
                line.push_str(part);
                if line.ends_with('\n') {
                    if child.send(line.trim_end_matches('\n')).is_err() {
                        return child.close();
                    }
                    line.clear();
                }
            }
        }
        if !line.is_empty() {
            // A child that takes no more still has its result to give.
            let _ = child.send(&line);
        }
        child.close()
    })
}

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), cosend::Stopped> {
    let print = inspect(|line: &str| println!("<{line}>"), cosend::count());
    let mut left = shared(split_lines(print));
    let mut right = left.clone();

    left.send("one\ntw")?;
    right.send("o\nthree\n")?;
    left.send("fo")?;
    right.send("ur")?;

    // The last handle that is closed has the result.
    assert_eq!(left.close(), None);
    if let Some(lines) = right.close() {
        println!("{lines} lines");
    }
    Ok(())
}
