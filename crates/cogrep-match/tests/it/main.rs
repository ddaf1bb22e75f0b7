//! The behaviour of the whole crate.
//!
//! One test program, because each takes longer to link than most of its tests take to
//! run. `cargo test -p cogrep-match --test it ranges::` runs one module of it.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may panic, and prints its seed"
)]

mod common;

mod cases;
mod expressions;
mod hits;
mod long;
mod oracle;
mod plan;
mod properties;
mod ranges;
mod regex;
mod rows;
mod scanner;
mod tables;
mod work;

#[test]
fn every_file_of_this_folder_is_a_module() {
    let main = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/main.rs");
    cogrep_testing::assert_every_file_is_a_module(&main);
}
