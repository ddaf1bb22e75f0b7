//! What the tests of cogrep's crates share: how thorough a run is, what a test does where
//! the machine lacks something, and a check that no test file was forgotten.
//!
//! Four variables of the environment decide, so that the same tests are quick while
//! the code is worked on and complete in `.ci/run`:
//!
//! | Variable | Effect |
//! |---|---|
//! | `COGREP_THOROUGH=1` | random tests try all of their cases, and not one in ten |
//! | `COGREP_CORPUS=FOLDER` | real texts and the reference counter are in this folder |
//! | `COGREP_NO_SKIP=1` | a test that lacks something fails, and does not skip |
//! | `COGREP_NO_SKIP=except-corpus` | so it does, unless what it lacks is the corpus |
//! | `COGREP_SKIPS=FILE` | a line in this file for each test that skips, and why |
//!
//! Fixtures of one crate stay with its tests; nothing here knows what is counted.

pub mod http;

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;

use proptest::test_runner::Config;

/// Whether this variable is set to something other than `0` and the empty string.
fn is_on(variable: &str) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty() && value != "0")
}

/// Whether tests take as long as they need, as `COGREP_THOROUGH=1` asks.
#[must_use]
pub fn is_thorough() -> bool {
    is_on("COGREP_THOROUGH")
}

/// This number in a thorough run, and a tenth of it, but at least one, in a quick one.
#[must_use]
pub fn share(thorough: usize) -> usize {
    if is_thorough() { thorough } else { thorough.div_ceil(10) }
}

/// The configuration of a property that a thorough run tries on `thorough` random cases.
///
/// A quick run tries a tenth of them. `PROPTEST_CASES` lowers the number further, and
/// never raises it. Failing cases are printed and not kept in files.
#[must_use]
pub fn cases(thorough: u32) -> Config {
    let default = Config::default();
    let cases = if is_thorough() { thorough } else { thorough.div_ceil(10) };
    let is_limited = env::var_os("PROPTEST_CASES").is_some();
    let cases = if is_limited { cases.min(default.cases) } else { cases };
    Config { cases, failure_persistence: None, ..default }
}

/// Reports that a test does nothing on this machine.
///
/// # Panics
///
/// If `COGREP_NO_SKIP` asks that every test runs.
pub fn skip(reason: &str) {
    assert!(!is_on("COGREP_NO_SKIP"), "skipped although COGREP_NO_SKIP is set: {reason}");
    report_skip(reason);
}

/// The folder of real texts that `COGREP_CORPUS` names; without one, a [`skip`].
///
/// # Panics
///
/// If there is none although `COGREP_NO_SKIP` asks that every test runs.
#[must_use]
pub fn corpus() -> Option<PathBuf> {
    let folder = env::var_os("COGREP_CORPUS").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        let reason = "COGREP_CORPUS names no folder of real texts";
        if env::var_os("COGREP_NO_SKIP").is_some_and(|value| value == "except-corpus") {
            report_skip(reason);
        } else {
            skip(reason);
        }
    }
    folder.map(PathBuf::from)
}

#[allow(clippy::print_stderr, reason = "the reason is for a reader of the test's output")]
fn report_skip(reason: &str) {
    eprintln!("skipped: {reason}");
    let Some(path) = env::var_os("COGREP_SKIPS") else { return };
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let mut file =
        File::options().append(true).create(true).open(path).expect("COGREP_SKIPS can be written");
    // One write, so that lines of tests at the same time do not mix.
    file.write_all(format!("{name}: {reason}\n").as_bytes()).expect("COGREP_SKIPS can be written");
}

/// Asserts that the main file of a test program declares a module for each file and each
/// folder beside it: tests in a file that no `mod` names never run, and never fail.
///
/// # Panics
///
/// If a file beside `main` is not declared in it, or the folder cannot be read.
pub fn assert_every_file_is_a_module(main: &Path) {
    let source = fs::read_to_string(main).expect("the main file can be read");
    let declared: BTreeSet<&str> =
        source.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    let folder = main.parent().expect("the main file is in a folder");
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let is_module =
            path.join("mod.rs").exists() || path.extension().is_some_and(|it| it == "rs");
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        assert!(
            !is_module || path == main || declared.contains(name.as_ref()),
            "{}: no `mod {name};` in {}, so its tests do not run",
            path.display(),
            main.display(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_one_case_is_one_case() {
        assert_eq!(share(1), 1);
        assert_eq!(cases(1).cases, 1);
    }

    #[test]
    #[should_panic(expected = "no `mod table;`")]
    fn a_file_that_no_module_names_is_reported() {
        let folder = env::temp_dir().join(format!("cogrep-testing-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let main = folder.join("main.rs");
        fs::write(&main, "mod output;\n").expect("a file");
        fs::write(folder.join("output.rs"), "").expect("a file");
        assert_every_file_is_a_module(&main);
        fs::write(folder.join("table.rs"), "").expect("a file");
        assert_every_file_is_a_module(&main);
    }
}
