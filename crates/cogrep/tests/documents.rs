//! The examples of the documents: their commands are run, and must print what the
//! document says.

mod common;

use std::path::Path;
use std::process::Command;

use common::skip;

/// Documents whose examples run the program by its name.
const DOCUMENTS: [&str; 1] = ["docs/semantics.md"];

#[test]
fn examples_print_what_the_documents_say() {
    if Command::new("python3").arg("--version").output().is_err() {
        skip("there is no python3");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let program = Path::new(env!("CARGO_BIN_EXE_cogrep")).parent().unwrap();
    let old_path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(program.to_owned()).chain(std::env::split_paths(&old_path));
    let mut check = Command::new("python3");
    check.arg(".ci/check_docs.py").args(DOCUMENTS).current_dir(root);
    let output = check.env("PATH", std::env::join_paths(folders).unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
