//! Where the lines of `head`, `uniq` and `tail` come in.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use cosend::{Input, Sink, coroutine};

/// Sends a text line by line, each with its line feed, and stops reading when the
/// child takes no more.
pub(crate) fn cat(mut text: impl BufRead, mut child: impl Sink<[u8]>) -> io::Result<()> {
    let mut line = Vec::new();
    while text.read_until(b'\n', &mut line)? > 0 {
        if child.pass(&line).is_err() {
            break;
        }
        line.clear();
    }
    Ok(())
}

/// Writes what it is sent, and gives the first error of the writing; that also
/// stops it.
pub(crate) fn print(mut output: impl Write) -> impl Sink<[u8], Return = io::Result<()>> {
    coroutine(async move |mut texts: Input<[u8]>| {
        while let Some(text) = texts.next().await {
            output.write_all(text)?;
            output.flush()?;
        }
        Ok(())
    })
}

/// The file of that name, or standard input.
#[allow(dead_code, reason = "`tail` follows a file and reads no standard input")]
pub(crate) fn open(path: Option<&Path>) -> io::Result<Box<dyn BufRead>> {
    Ok(match path {
        Some(path) => Box::new(BufReader::new(File::open(path)?)),
        None => Box::new(io::stdin().lock()),
    })
}
