//! The program as its users meet it: command lines, and what they print.
//!
//! One test program, because each takes longer to link than most of its tests take to
//! run. `cargo test -p cogrep --test it output::` runs one module of it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

#[cfg(unix)]
mod archives;
mod arguments;
#[cfg(target_os = "linux")]
mod bounds;
mod breakdown;
mod command_line;
mod compressed;
mod cores;
mod corpus;
mod distinct;
mod failing_server;
mod failures;
#[cfg(target_os = "linux")]
mod faults;
mod generated;
#[cfg(unix)]
mod limits;
mod lines;
mod noticed;
mod output;
#[cfg(unix)]
mod outputs;
mod plots;
mod preprocess;
#[cfg(unix)]
mod readback;
mod remote;
mod resume;
mod selecting;
mod series;
mod shards;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod sources;
mod stats;
mod suggestions;
mod table;
mod timeline;
mod words;

#[test]
fn every_file_of_this_folder_is_a_module() {
    let main = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/main.rs");
    cogrep_testing::assert_every_file_is_a_module(&main);
}
