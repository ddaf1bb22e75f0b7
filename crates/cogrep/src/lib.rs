//! `cogrep`: counts how often each of many patterns occurs.
//!
//! The program is glue, and what it does is [one function](run), so that what starts it can
//! be more than one thing. `flags` defines what can be asked for, `args` turns a command line
//! into plain data, a function in `commands` does it, and `ui` talks to the user meanwhile.
//! `error` is what can go wrong and which exit status it has.
//!
//! To count from a program of your own, use `cogrep-core`.
#![deny(unsafe_code)]

mod args;
mod commands;
mod context;
mod error;
mod flags;
mod status;
mod ui;

use std::ffi::OsString;

use context::Context;
use error::Error;
use status::Status;

/// Does what a command line asks for, whose first word is the program's name, and returns the
/// exit status.
///
/// It writes to standard output and standard error, listens for signals and changes what a
/// panic does: it is the whole of a process, and is called once.
///
/// ```no_run
/// let status = cogrep::run(std::env::args_os());
/// std::process::exit(status.into());
/// ```
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let status = answer(&arguments).unwrap_or_else(|error| {
        ui::messages::error(&error);
        error.status()
    });
    status.into()
}

/// The definition of all flags, for the checks of the fuzz targets: no part of the interface.
#[doc(hidden)]
#[must_use]
pub fn definition() -> clap::Command {
    flags::command()
}

/// Reads a command line whose first word is the program's name, and does nothing of it: what it
/// means, for comparison with another one; or the exit status and the line on standard error.
/// Lists that it names are read. For the checks of the fuzz targets: no part of the interface.
#[doc(hidden)]
pub fn read(arguments: &[OsString]) -> Result<String, (u8, String)> {
    let refused = |error: Error| (error.status().into(), ui::messages::shown(&error.to_string()));
    args::parse(arguments).map(args::Command::meaning).map_err(refused)
}

fn answer(arguments: &[OsString]) -> Result<Status, Error> {
    ui::interrupt::fail_on_abort();
    ui::refused::take_over_panics();
    let context = Context::from_env(arguments)?;
    commands::run(&context, &args::parse(arguments)?)
}
