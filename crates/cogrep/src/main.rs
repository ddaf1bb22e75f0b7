//! `cogrep`: counts how often each of many patterns occurs.
//!
//! The program is glue. [`flags`] defines what can be asked for, [`args`] turns a command
//! line into plain data, a function in [`commands`] does it, and [`ui`] talks to the user
//! meanwhile. [`error`] is what can go wrong and which exit status it has.
#![deny(unsafe_code)]

mod args;
mod commands;
mod context;
mod error;
mod flags;
mod status;
mod ui;

use std::env;
use std::process::ExitCode;

use context::Context;
use error::Error;
use status::Status;

fn main() -> ExitCode {
    match run() {
        Ok(status) => status.into(),
        Err(error) => {
            ui::messages::error(&error);
            error.status().into()
        }
    }
}

fn run() -> Result<Status, Error> {
    ui::interrupt::fail_on_abort();
    ui::refused::fail_without_threads();
    let context = Context::from_env()?;
    commands::run(&context, &args::parse(env::args_os())?)
}
