//! Work grows with the text and not with the product of text and patterns, whatever both are:
//! measured in instructions, by valgrind, since a clock says nothing certain.

use std::process::Command;

use cogrep_testing::{is_thorough, skip};

use crate::common::{Place, answer};

/// The bytes of the shortest text; the others are two and four times as long.
const TEXT_BYTES: usize = 16_000;

/// What grows in step with the text doubles. More than this is another law.
const MOST_GROWTH: u64 = 3;

/// Instructions that may be more by chance, as where another engine is tried.
const SLACK: u64 = 2_000_000;

/// How many instructions the program executes.
fn steps(place: &Place, flags: &[&str]) -> u64 {
    let mut command = Command::new("valgrind");
    command.current_dir(place.path()).env("COGREP_SIMD", "avx2");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(env!("CARGO_BIN_EXE_cogrep")).args(["-j1", "-f", "patterns"]);
    let answer = answer(command.args(flags).arg("text"), b"");
    assert!(answer.status < 2, "{answer}");
    let (_, steps) = answer.err.split_once("Collected : ").unwrap();
    steps.split_whitespace().next().unwrap().parse().unwrap()
}

fn assert_linear(name: &str, flags: &[&str], make: impl Fn(usize) -> (Vec<u8>, Vec<u8>)) {
    let [once, twice, four_times] = [1, 2, 4].map(|times| {
        let (patterns, text) = make(times * TEXT_BYTES);
        steps(&Place::with(&[("patterns", &patterns), ("text", &text)]), flags)
    });
    let (first, second) = (twice.saturating_sub(once), four_times.saturating_sub(twice));
    assert!(
        second <= MOST_GROWTH * first + SLACK,
        "{name} {flags:?}: {once}, {twice}, {four_times} instructions"
    );
}

/// Whether steps can be counted on this machine.
fn has_valgrind() -> bool {
    let is_there = Command::new("valgrind").arg("--version").output().is_ok();
    if !is_there {
        skip("there is no valgrind");
    }
    is_there
}

fn repeated(bytes: &str, len: usize) -> Vec<u8> {
    bytes.repeat(len / bytes.len()).into_bytes()
}

#[test]
fn work_for_literals_grows_with_the_text() {
    if !has_valgrind() {
        return;
    }
    // Long ones that nearly match everywhere: their length grows with the text.
    let near: fn(usize) -> String = |len| "a".repeat(len) + "b";
    let mut cases = vec![("a...ab", near, &[][..]), ("a...ab", near, &["-i"])];
    if is_thorough() {
        let early: fn(usize) -> String = |len| "b".to_owned() + &"a".repeat(len);
        let middle: fn(usize) -> String = |len| "a".repeat(len / 2) + "b" + &"a".repeat(len / 2);
        let equal: fn(usize) -> String = |len| "a".repeat(len);
        cases.extend([("ba...a", early, &[][..]), ("a...aba...a", middle, &[])]);
        cases.extend([near, early, middle].map(|needle| ("one b", needle, &["--lines"][..])));
        let options = [&[][..], &["-w"], &["--overlapping"], &["--lines"]];
        cases.extend(options.map(|flags| ("a...a", equal, flags)));
    }
    for (name, needle, flags) in cases {
        assert_linear(name, flags, |len| (needle(len / 10).into(), repeated("a", len)));
    }
    // As long as the engine takes them.
    for engine in ["memmem", "automaton"] {
        let flags = ["--engine", engine];
        assert_linear("1000 bytes", &flags, |len| (near(999).into(), repeated("a", len)));
    }
    // Many of which some ends at each place.
    let prefixes = (1..200).map(|len| "a".repeat(len) + "\n").collect::<String>();
    assert_linear("prefixes", &[], |len| (prefixes.clone().into(), repeated("a", len)));
}

#[test]
fn work_for_expressions_grows_with_the_text() {
    if !has_valgrind() {
        return;
    }
    // What a backtracking matcher does not survive, on one line.
    let mut cases = vec![("(a*)*b", "a"), ("x*y\nx+z\n(x|y)*w\nx{5,}q", "x")];
    if is_thorough() {
        cases.extend([("(a+)+$", "a"), ("a*a*a*a*b", "a"), ("(?:a|b|ab)*c", "ab")]);
        cases.extend([(r"\w+\s+\w+@", "a "), ("x{5,}q", "x")]);
    }
    for (expressions, text) in cases {
        assert_linear(expressions, &["-E"], |len| (expressions.into(), repeated(text, len)));
    }
}
