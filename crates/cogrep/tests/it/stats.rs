//! `--stats`: what a run took, and what it did not read.

use crate::common::{Answer, Place};

/// The names of the facts, and the value of one.
fn fact<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let line = answer.err.lines().find(|line| line.starts_with(name))?;
    Some(line[name.len()..].trim_start())
}

#[test]
fn everything_that_a_run_took_is_said() {
    let place = Place::with(&[("a.txt", b"love"), ("b.txt", b"hope and love")]);
    let answer = place.run(["love", "--stats", "-j1", "a.txt", "b.txt", "gone"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 2\n", 2));
    let names = answer.err.lines().filter(|line| !line.starts_with("cogrep: "));
    let names: Vec<&str> = names.map(|line| line[..9].trim_end()).collect();
    let mut expected = vec![
        "time", "build", "text", "rate", "sources", "patterns", "engine", "cores", "left out",
        "memory",
    ];
    if !cfg!(target_os = "linux") {
        expected.pop();
    }
    assert_eq!(names, expected);
    assert_eq!(fact(&answer, "text"), Some("17 bytes"));
    assert_eq!(fact(&answer, "sources"), Some("3: 2 complete, 0 partial, 1 failed"));
    assert_eq!(fact(&answer, "patterns"), Some("1"));
    assert_eq!(fact(&answer, "cores"), Some("1"));
    assert_eq!(fact(&answer, "left out"), Some("0"));
    let build = fact(&answer, "build").unwrap();
    assert!(build.contains(" s"), "{build}");
    if cfg!(target_os = "linux") {
        assert!(build.ends_with(" kB for the engines"), "{build}");
        assert!(fact(&answer, "memory").unwrap().ends_with(" kB at the peak"));
    }
}

#[test]
fn the_expressions_that_took_the_time_are_named() {
    let line = "the quick brown fox has 12345 friends and no enemy\n";
    let text = format!("{}prince of nothing\n", line.repeat(999));
    let rules = b"\\w+ing\\b\nprince \\w+\n\\w{5} \\w{5}\n";
    let place = Place::with(&[("a.txt", text.as_bytes()), ("rules", rules)]);
    let answer = place.run(["-E", "--stats", "-f", "rules", "a.txt"]);
    assert_eq!(answer.status, 0, "{answer}");
    let regexes = fact(&answer, "regexes").unwrap();
    assert!(regexes.contains(" s for 3 of 3, "), "{regexes}");
    let slowest = answer.err.lines().filter_map(|line| line.strip_prefix("slowest   "));
    let mut slowest: Vec<_> = slowest.map(|line| line.split_once(" s in ").unwrap().1).collect();
    slowest.sort_unstable();
    let expected = [
        r"0.0 % of the text: pattern 1, \w+ing\b",
        r"0.0 % of the text: pattern 2, prince \w+",
        r"100.0 % of the text: pattern 3, \w{5} \w{5}",
    ];
    assert_eq!(slowest, expected);
    // Those of a result in another format are said all the same.
    let answer = place.run(["-E", "--stats", "--format", "json", "-f", "rules", "a.txt"]);
    assert!(fact(&answer, "slowest").is_some(), "{answer}");
    // Literals are not asked one by one.
    let answer = place.run(["--stats", "fox", "a.txt"]);
    assert_eq!(fact(&answer, "regexes"), None, "{answer}");
}

#[test]
fn what_was_left_out_is_said_by_rule() {
    let place = Place::with(&[
        ("tree/.ignore", b"*.log\n"),
        ("tree/a.txt", b"love"),
        ("tree/a.log", b"love"),
        ("tree/b.log", b"love"),
        ("tree/.hidden/a.txt", b"love"),
        ("tree/.hidden/b.txt", b"love"),
        ("tree/b.rs", b"love"),
        ("tree/large.txt", b"love and more of it"),
        ("tree/deep/a.txt", b"love"),
    ]);
    let left_out = |arguments: &[&str]| {
        let answer = place.run([&["--stats", "-q", "love", "tree"], arguments].concat());
        fact(&answer, "left out").unwrap().to_owned()
    };
    // A folder is one, whatever is in it; the list of what is ignored is hidden, too.
    assert_eq!(left_out(&[]), "4: 2 hidden, 2 by ignore files");
    assert_eq!(left_out(&["--hidden"]), "2: 2 by ignore files");
    assert_eq!(left_out(&["-uu"]), "0");
    assert_eq!(left_out(&["-uu", "-g", "!*.log", "-g", "!deep"]), "3: 3 by --glob");
    assert_eq!(
        left_out(&["-uu", "--max-filesize=10", "--max-depth=1"]),
        "4: 1 by --max-filesize, 3 by --max-depth"
    );
    assert_eq!(left_out(&["-u", "-t", "rust"]), "7: 2 hidden, 5 by --type");
}
