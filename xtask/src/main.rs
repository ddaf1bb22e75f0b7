//! Tasks of those who work on cogrep: `cargo xtask TASK`.
//!
//! What needs no Rust of its own is a script in `.ci`, `ci` or `bench`.

mod prose;
mod structure;
mod weave;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask TASK

  prose [--fix]    hold every Markdown page to one sentence a line, or lay it out so
  structure        hold every crate to imports without a circle, and files of 600 lines
  weave MUTANTS.json ROOT [NUMBER_TO_LEAVE_OUT...]
                   put mutants into the sources, each behind a switch (xtask/mutants)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["prose"] => prose::check(),
        ["prose", "--fix"] => prose::fix(),
        ["structure"] => structure::check(),
        ["weave", list, root, ref left_out @ ..] => {
            weave::weave(list.as_ref(), root.as_ref(), left_out)
        }
        _ => Err(USAGE.into()),
    };
    match result {
        Ok(said) => {
            report(&said);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// What a task has to say, or why it failed.
type Result<T = String> = std::result::Result<T, Box<dyn std::error::Error>>;

#[allow(clippy::print_stdout, reason = "the output of a task")]
fn report(said: &str) {
    print!("{said}");
}

#[allow(clippy::print_stderr, reason = "why a task failed")]
fn complain(error: &str) {
    eprintln!("{}", error.trim_end());
}
