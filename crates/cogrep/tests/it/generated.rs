//! What the program generates: the reference page, the manual page, the completions.
//!
//! The commands in the documents are run by `.ci/check_docs.py`.

use std::path::Path;

use crate::common::Place;

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

/// Every flag has its text in the manual page and in the help, and nothing is wider than the
/// narrowest usual terminal.
#[test]
fn the_manual_has_every_text_and_is_narrow() {
    let place = Place::new();
    let manual = place.run(["--generate", "man"]).out;
    let lines: Vec<&str> = manual.lines().collect();
    let entries = lines.windows(3).filter(|lines| lines[0] == ".TP");
    let blank: Vec<_> = entries.filter(|lines| lines[2].is_empty()).map(|it| it[1]).collect();
    assert!(blank.is_empty(), "{blank:?}");
    for title in ["EXIT STATUS", "EXAMPLES"] {
        assert!(manual.contains(&format!(".SH \"{title}\"")), "{title}");
    }
    assert!(!manual.contains(".SH EXTRA"));
    for help in ["-h", "--help"] {
        let wide: Vec<String> = place
            .run([help])
            .out
            .lines()
            .filter(|line| line.chars().count() > 80)
            .map(str::to_owned)
            .collect();
        assert!(wide.is_empty(), "{wide:?}");
    }
    let bash = place.run(["--generate", "bash"]).out;
    assert!(bash.contains("utf-16le") && bash.contains("part=10") && bash.contains("rust"));
    // Habits of grep are met, and not offered.
    assert!(!bash.contains("--invert-match"));
}
