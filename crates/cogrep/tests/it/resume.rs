//! Counts that go on from a saved result: what is printed is what a count from the start
//! prints.

use std::fs;

use insta::assert_snapshot;

use crate::common::{Answer, Place};

/// A run in which files of more than 64 bytes are read in ranges.
fn run(place: &Place, arguments: &[&str]) -> Answer {
    place.command().env("COGREP_RANGE", "64").args(arguments).output().unwrap().into()
}

#[test]
fn files_that_grow_are_continued_and_others_are_counted() {
    let place = Place::new();
    let lines = |words: &str, times: usize| format!("{words} and aaa\n").repeat(times);
    for flags in [&["-i"][..], &["-w"], &["--lines"], &["-E"], &["--overlapping", "-j1"]] {
        let count = |more: &[&str]| {
            let all = [flags, &["love", "aa", "--by", "file"], more, &["--in", "in"]].concat();
            run(&place, &all)
        };
        place.write("in/log", lines("love", 50).as_bytes());
        place.write("in/same", lines("hate", 50).as_bytes());
        place.write("in/other", lines("Love", 50).as_bytes());
        count(&["--save", "saved"]);
        for round in 1..4 {
            place.write("in/log", lines("love", 50 + 20 * round).as_bytes());
            place.write("in/new", lines("new love", round).as_bytes());
            place.write("in/other", lines("OTHER", 70 * round).as_bytes());
            let continued = count(&["--resume", "saved", "--save", "saved"]);
            assert_eq!(continued, count(&[]), "{flags:?}");
            assert_eq!(continued.status, 0);
        }
    }
}

#[test]
fn what_was_read_before_is_not_read_again() {
    let place = Place::new();
    let text = "love\n".repeat(1000);
    place.write("log", text.as_bytes());
    run(&place, &["love", "log", "--save", "saved"]);
    // Unnoticed, as it is said.
    place.write("log", text.replacen("love", "hate", 100).as_bytes());
    assert_eq!(run(&place, &["love", "log", "--resume", "saved"]).out, "love 1000\n");
    assert_eq!(run(&place, &["love", "log"]).out, "love 900\n");
    assert_eq!(
        run(&place, &["love", "log", "--resume", "saved", "--show", "1"]).out.lines().next(),
        Some("love 900")
    );
}

#[test]
fn a_result_of_something_else_is_refused() {
    let place = Place::new();
    place.write("log", "love\n".repeat(100).as_bytes());
    run(&place, &["love", "log", "--save", "saved"]);
    let errors = [
        &["hate", "log", "--resume", "saved"][..],
        &["-i", "love", "log", "--resume", "saved"],
        &["love", "log", "--resume", "log"],
        &["love", "log", "--resume", "gone"],
    ];
    let errors = errors.map(|arguments| run(&place, arguments).to_string()).concat();
    assert_snapshot!(errors);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
}
