//! `uniq [FILE]`: as `uniq -c`, each run of equal lines once, with its length:
//! cat -> runs -> print.

use std::env;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use cosend::{Input, Sink, coroutine};

mod lines;
use lines::{cat, open, print};

/// Sends on one line for each run of equal lines, and gives what its child gives.
///
/// The last run is known only at the close: this is where a coroutine that sees
/// its closing is needed.
fn runs<S: Sink<[u8]>>(mut child: S) -> impl Sink<[u8], Return = S::Return> {
    coroutine(async move |mut lines: Input<[u8]>| {
        let mut current: Vec<u8> = Vec::new();
        let mut length = 0_usize;
        while let Some(line) = lines.next().await {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if length > 0 && line == current {
                length += 1;
                continue;
            }
            if length > 0 && child.send(&report(length, &current)).is_err() {
                return child.close();
            }
            line.clone_into(&mut current);
            length = 1;
        }
        if length > 0 {
            // A child that takes no more says why when it is closed.
            let _ = child.send(&report(length, &current));
        }
        child.close()
    })
}

fn report(length: usize, line: &[u8]) -> Vec<u8> {
    let mut report = format!("{length:7} ").into_bytes();
    report.extend(line);
    report.push(b'\n');
    report
}

fn run() -> io::Result<()> {
    let path = env::args_os().nth(1);
    let text = open(path.as_deref().map(Path::new))?;
    let mut chain = runs(print(io::stdout().lock()));
    cat(text, &mut chain)?;
    chain.close()
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("uniq: {error}");
            ExitCode::FAILURE
        }
    }
}
