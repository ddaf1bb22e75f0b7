//! Holds the table in `tests/behaviours/table.md` to its word: each of
//! `CPython`'s tests has one entry, and what an entry names exists.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const NAMES: &str = include_str!("behaviours/names.txt");
const TABLE: &str = include_str!("behaviours/table.md");

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The table: each of `CPython`'s tests under its full name, and the entry beside it.
fn entries() -> BTreeMap<String, String> {
    let mut entries = BTreeMap::new();
    let mut group = String::new();
    for line in TABLE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            group = heading.replace(": ", ".");
        }
        let Some(row) = line.strip_prefix("| ").and_then(|row| row.strip_suffix(" |")) else {
            continue;
        };
        let (name, entry) = row.split_once(" | ").unwrap();
        if name != "CPython" {
            let before = entries.insert(format!("{group}.{name}"), entry.to_owned());
            assert_eq!(before, None, "{group}.{name} has two entries");
        }
    }
    entries
}

/// Whether a file of tests has this function, marked as a test and not ignored.
fn is_test(file: &str, function: &str) -> bool {
    let Ok(text) = fs::read_to_string(tests().join("it").join(file).with_extension("rs")) else {
        return false;
    };
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let start = format!("fn {function}() ");
    let Some(at) = lines.iter().position(|line| line.starts_with(&start)) else {
        return false;
    };
    let marks: Vec<_> =
        lines[..at].iter().rev().take_while(|line| line.starts_with("#[")).collect();
    marks.contains(&&"#[test]") && !marks.iter().any(|mark| mark.starts_with("#[ignore"))
}

/// What is wrong with an entry.
fn fault(entry: &str) -> Option<String> {
    if let Some(reason) = entry.strip_prefix("Reason: ").or(entry.strip_prefix("Different: ")) {
        if reason.split(' ').count() < 5 {
            return Some("its reason is too short".to_owned());
        }
        return named(reason).find_map(missing);
    }
    entry.split(", ").find_map(|reference| {
        let Some(name) = reference.strip_prefix('`').and_then(|name| name.strip_suffix('`')) else {
            return Some(format!("{reference} is neither a test nor a reason"));
        };
        missing(name)
    })
}

/// What is wrong with the name of a test, or of a program that must not compile.
fn missing(name: &str) -> Option<String> {
    let exists = if let Some((file, path)) = name.split_once("::") {
        is_test(file, path.rsplit("::").next().unwrap())
    } else {
        let program = tests().join(name);
        program.is_file() && program.with_extension("stderr").is_file()
    };
    (!exists).then(|| format!("{name} does not exist"))
}

/// The tests and programs that a reason names between back quotes, among other things.
fn named(reason: &str) -> impl Iterator<Item = &str> {
    let quoted = reason.split('`').skip(1).step_by(2);
    let is_test =
        |name: &str| name.contains("::") && name.starts_with(|it: char| it.is_lowercase());
    quoted.filter(move |name| is_test(name) || name.starts_with("compile_fail/"))
}

#[test]
fn a_test_stands_for_few_behaviours() {
    // One that is named by many rows asserts what none of them is about.
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries().values().filter(|entry| !entry.contains(": ")) {
        for name in named(entry) {
            *rows.entry(name.to_owned()).or_default() += 1;
        }
    }
    let many: Vec<_> = rows.into_iter().filter(|(_, rows)| *rows > 9).collect();
    assert!(many.is_empty(), "{many:?}");
}

#[test]
fn every_test_of_cpython_has_an_entry() {
    let entries = entries();
    let without: Vec<_> = NAMES.lines().filter(|name| !entries.contains_key(*name)).collect();
    assert!(without.is_empty(), "without an entry: {without:#?}");
    let unknown: Vec<_> =
        entries.keys().filter(|name| !NAMES.lines().any(|known| known == *name)).collect();
    assert!(unknown.is_empty(), "not a test of CPython: {unknown:#?}");
}

#[test]
fn every_entry_names_what_exists() {
    let faults: Vec<_> = entries()
        .iter()
        .filter_map(|(name, entry)| fault(entry).map(|fault| format!("{name}: {fault}")))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn an_entry_that_names_nothing_is_found_out() {
    assert_eq!(fault("`generator::it_stays_exhausted`"), None);
    for entry in [
        "`generator::no_such_test`",
        "`no_such_file::it_stays_exhausted`",
        "`lending::poll_once`",
        "`compile_fail/no_such_program.rs`",
        "`generator::it_stays_exhausted`, `generator::no_such_test`",
        "generator::it_stays_exhausted",
        "Reason: none",
        "Different: here it is otherwise, see `generator::no_such_test`.",
        "",
    ] {
        assert!(fault(entry).is_some(), "{entry}");
    }
}

/// The list of names against the `test` package of an installed `CPython` 3.11.
#[test]
#[allow(clippy::print_stderr, reason = "a test that skips says so")]
fn the_names_are_those_of_cpython() {
    let script = tests().join("it/behaviours/names.py");
    for python in ["python3.11", "python3"] {
        let Ok(output) = Command::new(python).arg(&script).output() else { continue };
        if output.status.success() {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), NAMES);
            return;
        }
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    }
    eprintln!("skipped: no CPython 3.11 with its `test` package is installed");
}
