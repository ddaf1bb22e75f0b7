//! `head [-n LINES] [FILE]`: the first lines of a text: cat -> take -> print.
//!
//! `take` has stopped with its last line, and `cat` then reads no further: a stage that
//! has enough ends the whole chain.

use std::env;
use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use cosend::{Sink, take};

mod lines;
use lines::{cat, open, print};

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = env::args_os().skip(1).collect();
    let mut limit = 10;
    if arguments.first().is_some_and(|first| first == "-n") {
        let number = arguments.get(1).and_then(|number| number.to_str());
        limit = number.ok_or("-n needs a number of lines")?.parse()?;
        arguments.drain(..2);
    }
    let text = open(arguments.first().map(Path::new))?;
    let mut chain = take(limit, print(io::stdout().lock()));
    if !chain.is_stopped() {
        cat(text, &mut chain)?;
    }
    Ok(chain.close()?)
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("head: {error}");
            ExitCode::FAILURE
        }
    }
}
