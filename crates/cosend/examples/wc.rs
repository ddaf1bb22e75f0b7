//! `wc [FILE]...`: lines, words and bytes, as coreutils counts them in the C locale.
//!
//! One source feeds three counters: cat -> (lines, words, bytes).

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitCode;

use cosend::{Input, Sink, coroutine, fold};

/// Sends a text in chunks; where they end means nothing to the counters.
fn cat(mut text: impl Read, mut child: impl Sink<[u8]>) -> io::Result<()> {
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = match text.read(&mut chunk) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 || child.send(&chunk[..read]).is_err() {
            return Ok(());
        }
    }
}

fn lines() -> impl Sink<[u8], Return = usize> {
    fold(0, |lines, chunk: &[u8]| lines + memchr::memchr_iter(b'\n', chunk).count())
}

/// A word is a run of bytes that are printed; blanks end it, other bytes do neither.
fn words() -> impl Sink<[u8], Return = usize> {
    coroutine(async |mut chunks: Input<[u8]>| {
        let (mut words, mut inside) = (0, false);
        while let Some(chunk) = chunks.next().await {
            for byte in chunk {
                match byte {
                    b' ' | b'\t'..=b'\r' => inside = false,
                    b'!'..=b'~' if !inside => {
                        words += 1;
                        inside = true;
                    }
                    _ => {}
                }
            }
        }
        words
    })
}

fn bytes() -> impl Sink<[u8], Return = usize> {
    fold(0, |bytes, chunk: &[u8]| bytes + chunk.len())
}

type Counts = (usize, usize, usize);

/// The counts of a file, and its size if that is known beforehand.
fn count(path: &OsString) -> io::Result<(Counts, Option<u64>)> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    let mut counters = (lines(), words(), bytes());
    cat(file, &mut counters)?;
    Ok((counters.close(), about.is_file().then_some(about.len())))
}

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn print((lines, words, bytes): Counts, width: usize, name: &str) {
    println!("{}", format!("{lines:width$} {words:width$} {bytes:width$} {name}").trim_end());
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    let paths: Vec<_> = env::args_os().skip(1).collect();
    if paths.is_empty() {
        let mut counters = (lines(), words(), bytes());
        return match cat(io::stdin().lock(), &mut counters) {
            Ok(()) => {
                print(counters.close(), 7, "");
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("wc: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let mut counted = Vec::new();
    let (mut known, mut least_width, mut failed) = (0, 1, false);
    for path in &paths {
        match count(path) {
            Ok((counts, size)) => {
                known += size.unwrap_or(0);
                least_width = if size.is_some() { least_width } else { 7 };
                counted.push((counts, Path::new(path).display().to_string()));
            }
            Err(error) => {
                eprintln!("wc: {}: {error}", Path::new(path).display());
                failed = true;
            }
        }
    }
    let width = least_width.max(known.to_string().len());
    let mut total = (0, 0, 0);
    for (counts, name) in &counted {
        print(*counts, width, name);
        total = (total.0 + counts.0, total.1 + counts.1, total.2 + counts.2);
    }
    if paths.len() > 1 {
        print(total, width, "total");
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
