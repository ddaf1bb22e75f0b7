//! The program: see `lib.rs`.

use std::env;
use std::process::ExitCode;

fn main() -> ExitCode {
    cogrep::run(env::args_os()).into()
}
