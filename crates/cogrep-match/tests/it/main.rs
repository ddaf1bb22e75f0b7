//! The behaviour of the whole crate.
//!
//! One program, since each takes longer to link than most of them to run. `cargo test
//! -p cogrep-match parts::` runs a module of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail, say with what, and print its seed or that it skips"
)]

mod common;

mod cases;
mod hits;
mod long;
mod oracle;
mod plan;
mod properties;
mod ranges;
mod regex;
mod scanner;
mod tables;
