//! `mgrep [-i] PATTERN... FILE`: how often each of many patterns occurs in a file,
//! read once, by a tree of coroutines: cat -> fanout -> [grep -> count, ...].

use std::env;
use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use cosend::fanout;

mod stages;
use stages::{cat, count, grep};

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<_> = env::args_os().skip(1).collect();
    let ignore_case = arguments.first().is_some_and(|first| first == "-i");
    let arguments = arguments.split_off(usize::from(ignore_case));
    let Some((path, patterns @ [_, ..])) = arguments.split_last() else {
        return Err("usage: mgrep [-i] PATTERN... FILE".into());
    };
    let patterns: Option<Vec<&str>> = patterns.iter().map(|pattern| pattern.to_str()).collect();
    let patterns = patterns.ok_or("a pattern is not UTF-8")?;
    let file =
        File::open(path).map_err(|error| format!("{}: {error}", Path::new(path).display()))?;

    let searches = patterns.iter().map(|pattern| grep(pattern, ignore_case, count(pattern)));
    cat(BufReader::new(file), ignore_case, fanout(searches))?;
    Ok(())
}

#[allow(clippy::print_stderr, reason = "an example speaks to its reader")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mgrep: {error}");
            ExitCode::from(2)
        }
    }
}
