//! What the library writes, held against files that were looked at and found good.
//!
//! One test program, because each takes longer to link than most of its tests take to
//! run. `cargo test -p cogrep-report --test it timeline::` runs one module of it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod page;
mod timeline;

#[test]
fn every_file_of_this_folder_is_a_module() {
    let main = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/main.rs");
    cogrep_testing::assert_every_file_is_a_module(&main);
}
