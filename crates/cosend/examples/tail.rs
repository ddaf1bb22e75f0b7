//! `tail [-n LINES] FILE`: as `tail -f`, the last lines of a file, and then all
//! that is added to it, for ever: cat -> last -> print, and then follow -> print.

use std::collections::VecDeque;
use std::env;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use cosend::{Input, Sink, coroutine, generator};

mod lines;
use lines::{cat, print};

/// Keeps the last lines, sends them on when it is closed, and gives the child back
/// for what is still to come.
fn last<S: Sink<[u8]>>(limit: usize, mut child: S) -> impl Sink<[u8], Return = S> {
    coroutine(async move |mut lines: Input<[u8]>| {
        let mut kept = VecDeque::new();
        while let Some(line) = lines.next().await {
            kept.push_back(line.to_owned());
            if kept.len() > limit {
                kept.pop_front();
            }
        }
        for line in kept {
            if child.send(&line).is_err() {
                break;
            }
        }
        child
    })
}

/// What is added to a file, as an endless series of chunks. A file that becomes
/// shorter was written anew, and is read from its beginning.
fn follow(mut file: File) -> impl Iterator<Item = io::Result<Vec<u8>>> {
    generator(async move |mut out| {
        loop {
            let mut chunk = Vec::new();
            let read = shrunk(&mut file).and_then(|()| file.read_to_end(&mut chunk));
            let failed = read.is_err();
            if failed || !chunk.is_empty() {
                out.yield_(read.map(|_| chunk)).await;
            }
            if failed {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    })
}

/// Goes back to the beginning of a file that is shorter than what was read of it.
fn shrunk(file: &mut File) -> io::Result<()> {
    if file.metadata()?.len() < file.stream_position()? {
        file.rewind()?;
    }
    Ok(())
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = env::args_os().skip(1).collect();
    let mut limit = 10;
    if arguments.first().is_some_and(|first| first == "-n") {
        let number = arguments.get(1).and_then(|number| number.to_str());
        limit = number.ok_or("-n needs a number of lines")?.parse()?;
        arguments.drain(..2);
    }
    let [path] = &arguments[..] else { return Err("usage: tail [-n LINES] FILE".into()) };
    let mut file = File::open(path)?;
    let mut beginning = last(limit, print(io::stdout().lock()));
    cat(BufReader::new(&mut file), &mut beginning)?;
    let mut child = beginning.close();
    for chunk in follow(file) {
        if child.send(&chunk?).is_err() {
            break;
        }
    }
    Ok(child.close()?)
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tail: {error}");
            ExitCode::FAILURE
        }
    }
}
