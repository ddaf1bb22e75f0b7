//! `grep [-i] PATTERN FILE`: how often a pattern occurs in a file, by a chain of
//! coroutines: cat -> grep -> count.

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

mod stages;
use stages::{cat, count, grep};

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = env::args_os().skip(1).collect();
    let ignore_case = arguments.first().is_some_and(|first| first == "-i");
    let [pattern, path] = &arguments.split_off(usize::from(ignore_case))[..] else {
        return Err("usage: grep [-i] PATTERN FILE".into());
    };
    let pattern = pattern.to_str().ok_or("the pattern is not UTF-8")?;
    let file =
        File::open(path).map_err(|error| format!("{}: {error}", Path::new(path).display()))?;

    // `count` speaks when it is closed: at the latest when `cat` drops the chain.
    cat(BufReader::new(file), ignore_case, grep(pattern, ignore_case, count(pattern)))?;
    Ok(())
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("grep: {error}");
            ExitCode::from(2)
        }
    }
}
