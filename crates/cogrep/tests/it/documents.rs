//! The examples of the documents: their commands are run, and must print what the
//! document says.

use std::path::Path;
use std::process::Command;

use cogrep_testing::skip;

use crate::common::Place;

/// Documents whose examples run the program by its name.
const DOCUMENTS: [&str; 3] = ["docs/semantics.md", "docs/parts.md", "docs/timeline.md"];

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

#[test]
fn the_reference_is_what_the_flags_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let reference = std::fs::read_to_string(root.join("docs/reference.md")).unwrap();
    let generated = Place::new().run(["--generate", "reference"]);
    assert!(
        generated.out == reference,
        "docs/reference.md is not current: cogrep --generate reference > docs/reference.md"
    );
}

#[test]
fn the_manual_and_the_completions_name_every_flag() {
    let place = Place::new();
    let reference = place.run(["--generate", "reference"]).out;
    let flags: Vec<&str> = reference
        .split(|char: char| !(char.is_alphanumeric() || char == '-'))
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect();
    assert!(flags.contains(&"--ignore-case") && flags.contains(&"--in"));
    for kind in ["man", "bash", "zsh", "fish", "powershell", "elvish"] {
        let generated = place.run(["--generate", kind]);
        assert_eq!((generated.status, generated.err.as_str()), (0, ""), "{kind}");
        // Manual pages escape dashes, and fish names flags without theirs.
        let text = generated.out.replace("\\-", "-");
        for flag in &flags {
            assert!(text.contains(flag.trim_start_matches('-')), "{kind} lacks {flag}");
        }
    }
}
