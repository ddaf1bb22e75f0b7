//! `cogrep`: counts how often each of many patterns occurs.
//!
//! The program is glue: [`flags`] defines what can be asked, [`arguments`] turns it
//! into a [`Job`](cogrep_core::Job), [`run`] does it, and [`error`] says what went
//! wrong and with which exit status.
#![forbid(unsafe_code)]

mod arguments;
mod error;
mod files;
mod flags;
mod generate;
mod interrupt;
mod lists;
mod merge;
mod output;
mod picture;
mod refusal;
mod run;
mod save;
mod simd;
mod slips;
mod sources;
mod stats;
mod terminal;
mod watch;

use std::process::ExitCode;

use arguments::Work;

fn main() -> ExitCode {
    if let Err(error) = simd::choose(std::env::var_os("COGREP_SIMD").as_deref()) {
        return error::end(&error);
    }
    let work = match arguments::parse(std::env::args_os()) {
        Ok(work) => work,
        Err(early) => return error::end_early(early),
    };
    let status = match &work {
        Work::Count(arguments) => run::run(arguments),
        Work::Merge(merge) => merge.run(),
    };
    match status {
        Ok(status) => status.into(),
        Err(error) => error::end(&error),
    }
}
