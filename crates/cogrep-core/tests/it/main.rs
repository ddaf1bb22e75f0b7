//! The library as other programs use it, and what it makes of sources that fail.
//!
//! One test program, because each takes longer to link than most of its tests take to
//! run. `cargo test -p cogrep-core --test it counter::` runs one module of it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod backend;
mod containers;
mod counter;
mod distinct;
mod faults;
mod measure;
mod stamps;
mod state;
mod waiting;

#[test]
fn every_file_of_this_folder_is_a_module() {
    let main = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/main.rs");
    cogrep_testing::assert_every_file_is_a_module(&main);
}
