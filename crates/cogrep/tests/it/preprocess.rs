//! `--pre`: what another program prints for a file.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::{Place, expect};

/// A place with files, and with a program of a few words.
fn place(script: &str) -> Place {
    let place = Place::with(&[
        ("in/a.up", b"LOVE LOVE"),
        ("in/b.txt", b"love"),
        ("in/c/d.up", b"LOVE hate"),
    ]);
    let path = place.path().join("pre");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    place
}

#[test]
fn what_a_program_prints_is_counted_in_place_of_the_file() {
    let place = place("tr A-Z a-z <\"$1\"");
    for threads in ["1", "3"] {
        let run = |arguments: &[&str]| {
            place.run([&["love", "--pre", "./pre", "--threads", threads], arguments].concat())
        };
        assert_eq!(run(&["in"]), expect("love 4\n", "", 0));
        assert_eq!(run(&["in/a.up"]), expect("love 2\n", "", 0));
        assert_eq!(run(&["--pre-glob", "*.up", "in"]), expect("love 4\n", "", 0));
        assert_eq!(run(&["--pre-glob", "!c/", "in"]), expect("love 3\n", "", 0));
        let by_file = run(&["--by=file", "--format=csv", "in"]);
        assert_eq!(
            by_file.out,
            "source,pattern,count\nin/a.up,love,2\nin/b.txt,love,1\nin/c/d.up,love,1\n"
        );
    }
    // An empty name is that of no program, as in ripgrep.
    assert_eq!(place.run(["love", "--pre", "", "in"]).out, "love 1\n");
    let words = place.run(["--words", "--pre", "./pre", "in"]);
    assert_eq!(words.out, "love 4\nhate 1\n");
}

/// The file is standard input, too, and what is printed may be packed.
#[test]
fn a_program_is_a_filter_and_may_print_packed_data() {
    let place = place("tr A-Z a-z | gzip");
    assert_eq!(place.run(["love", "--pre", "./pre", "in"]), expect("love 4\n", "", 0));
}

#[test]
fn a_program_that_fails_is_named_and_what_it_printed_counts() {
    let love = |script: &str, arguments: &[&str]| {
        place(script).run([&["love", "--pre", "./pre"], arguments].concat())
    };
    let answer = love("echo love; exit 3", &["in/a.up"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 1\n", 2));
    let first = answer.err.lines().next().unwrap();
    assert_eq!(first, "cogrep: in/a.up: --pre ./pre: exit status: 3; 5 bytes were read");
    let answer = love("kill -9 $$", &["in/a.up"]);
    assert!(answer.err.starts_with("cogrep: in/a.up: --pre ./pre: signal: 9"), "{}", answer.err);
    let answer = place("").run(["love", "--pre", "./gone", "in/a.up", "in/b.txt"]);
    let first = answer.err.lines().next().unwrap();
    assert_eq!(first, "cogrep: in/a.up: --pre ./gone: no such file");
    assert_eq!(
        love("echo love", &["none"]).err.lines().next().unwrap(),
        "cogrep: none: no such file"
    );
    let answer = place("").run(["love", "--pre", "", "--pre-glob", "*", "in"]);
    assert_eq!(answer.out, "love 1\n");
    let answer = place("").run(["love", "--pre-glob", "*", "in"]);
    assert_eq!(answer, expect("", "cogrep: --pre-glob: for which program? add --pre COMMAND\n", 2));
}

/// A program of which nobody wants more is not waited for.
#[test]
fn a_program_ends_when_its_reader_does() {
    let place = place("yes love");
    assert_eq!(place.run(["-q", "love", "--pre", "./pre", "in/a.up"]), expect("", "", 0));
}

/// A stop is not held up by a program that is silent, whoever gets the signal.
#[test]
fn a_stop_is_heard_while_a_program_is_silent() {
    let place = place("echo love; exec sleep 60");
    let Some(mut command) = place.with_default_signals() else { return };
    let child = command
        .args(["love", "--pre", "./pre", "in/a.up"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(600));
    let begun = Instant::now();
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!((&output.stdout[..], output.status.code()), (&b"love 1\n"[..], Some(143)), "{err}");
    // The program would go on for a minute.
    assert!(begun.elapsed() < Duration::from_secs(30), "{err}");
}

/// More than a pipe holds.
#[test]
fn long_output_is_counted_to_its_end() {
    let place = place("yes love | head -n 200000");
    assert_eq!(place.run(["love", "--pre", "./pre", "in"]), expect("love 600000\n", "", 0));
}
