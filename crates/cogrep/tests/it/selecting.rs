//! What is selected, and what of it is no usual file.

use crate::common::{Place, expect};

#[test]
fn globs_with_a_slash_are_taken_from_where_the_program_runs() {
    let place = Place::with(&[("sub/a.txt", b"love"), ("b.txt", b"love"), ("sub/in/c", b"love")]);
    let absolute = place.path().to_str().unwrap().to_owned();
    let name = place.path().file_name().unwrap().to_str().unwrap();
    let spellings =
        [absolute.clone(), "sub/..".to_owned(), format!("../{name}"), format!("{absolute}/sub/..")];
    for (glob, found) in
        [("!/sub", 1), ("!sub/a.txt", 2), ("sub/*.txt", 1), ("/b.txt", 1), ("*.txt", 2)]
    {
        let count = format!("love {found}\n");
        assert_eq!(place.run(["love", "-g", glob, "."]), expect(&count, "", 0), "{glob}");
        for input in &spellings {
            let answer = place.run(["love", "-g", glob, input]);
            assert_eq!(answer, expect(&count, "", 0), "{glob} {input}");
        }
    }
    // What is found is called by what was said.
    let files = place.run(["love", "--by=file", "--format=csv", "-g", "sub/*.txt", "sub/.."]);
    assert!(files.out.contains("sub/../sub/a.txt"), "{}{}", files.out, files.err);
}

#[test]
fn the_later_of_two_choices_of_a_type_wins() {
    let place = Place::with(&[("a.rs", b"love"), ("b.py", b"love")]);
    let love = |arguments: &[&str]| place.run([&["love", "."], arguments].concat()).out;
    assert_eq!(love(&["-T", "rust", "-t", "rust"]), "love 1\n");
    assert_eq!(love(&["-t", "rust", "-T", "rust"]), "love 0\n");
    assert_eq!(love(&["-T", "rust"]), "love 1\n");
    assert_eq!(love(&["-t", "rust", "-t", "py", "-T", "py"]), "love 1\n");
}

#[test]
fn the_rules_of_ripgrep_are_looked_at() {
    let place = Place::with(&[
        (".rgignore", b"a.txt\n!c.txt\n"),
        (".ignore", b"c.txt\n"),
        ("a.txt", b"love"),
        ("b.txt", b"love"),
        ("c.txt", b"love"),
    ]);
    assert_eq!(place.run(["love", "."]), expect("love 2\n", "", 0));
    assert_eq!(place.run(["love", "--no-ignore", "."]), expect("love 3\n", "", 0));
}

#[test]
fn globs_match_in_any_case_where_that_is_asked_for() {
    let place = Place::with(&[("a.TXT", b"love"), ("b.txt", b"love"), ("c.log", b"love")]);
    let love = |arguments: &[&str]| place.run([&["love", "."], arguments].concat()).out;
    assert_eq!(love(&["-g", "*.txt"]), "love 1\n");
    assert_eq!(love(&["--iglob", "*.Txt"]), "love 2\n");
    assert_eq!(love(&["--glob-case-insensitive", "-g", "*.txt"]), "love 2\n");
    // Those in any case come after the others, as in ripgrep.
    assert_eq!(love(&["--iglob", "!*.txt", "-g", "*.txt"]), "love 0\n");
    let answer = place.run(["love", ".", "--iglob", "a[", "-g", "b"]);
    assert_eq!(answer.status, 2);
    assert!(answer.err.starts_with("cogrep: --iglob a[: "), "{}", answer.err);
}

#[test]
fn files_of_rules_are_named_and_those_of_version_control_passed_over() {
    let place = Place::with(&[
        ("rules", b"*.log\n/sub/a.txt\na{b\n"),
        (".git/HEAD", b""),
        (".gitignore", b"b.txt\n"),
        (".ignore", b"c.txt\n"),
        ("a.txt", b"love"),
        ("b.txt", b"love"),
        ("c.txt", b"love"),
        ("d.log", b"love"),
        ("sub/a.txt", b"love"),
    ]);
    let run = |arguments: &[&str]| place.run([&["love"], arguments].concat());
    assert_eq!(run(&["."]).out, "love 3\n");
    assert_eq!(run(&["--no-ignore-vcs", "."]).out, "love 4\n");
    let with_rules = run(&["--ignore-file", "rules", "."]);
    assert_eq!((with_rules.out.as_str(), with_rules.status), ("love 1\n", 0));
    assert!(with_rules.err.starts_with("cogrep: rules: line 3: a{b: "), "{}", with_rules.err);
    let absolute = place.path().join("sub/..");
    assert_eq!(run(&["--ignore-file", "rules", absolute.to_str().unwrap()]).out, "love 1\n");
    // What is named on the command line holds all the same.
    assert_eq!(run(&["--no-ignore", "--ignore-file", "rules", "."]).out, "love 3\n");
    let answer = run(&["--ignore-file", "gone", "."]);
    assert_eq!(answer, expect("", "cogrep: gone: no such file\n", 2));
}

#[test]
fn types_are_defined_for_a_run() {
    let place = Place::with(&[("a.x1", b"love"), ("b.rs", b"love"), ("c.txt", b"love")]);
    let love = |arguments: &[&str]| place.run([&["love", "."], arguments].concat());
    assert_eq!(love(&["--type-add", "mine:*.x?", "-t", "mine"]).out, "love 1\n");
    let both = ["--type-add=mine:*.x1", "--type-add", "ours:include:mine,rust", "-t", "ours"];
    assert_eq!(love(&both).out, "love 2\n");
    assert!(place.run(["--type-list", "--type-add=mine:*.x1"]).out.contains("\nmine: *.x1\n"));
    for (definition, message) in [
        ("mine", "--type-add mine: not NAME:GLOB"),
        ("mine:include:gone", "--type-add mine:include:gone: not NAME:GLOB"),
        ("mine:[", "--type-add [: "),
    ] {
        let answer = love(&["--type-add", definition, "-t", "mine"]);
        assert_eq!(answer.status, 2, "{definition}");
        assert!(answer.err.starts_with(&format!("cogrep: {message}")), "{}", answer.err);
    }
}

#[test]
fn names_of_what_would_be_read_are_printed() {
    let place = Place::with(&[
        ("a.txt", b"love"),
        ("b/c.txt", b""),
        ("b/d.log", b"love"),
        (".e", b"love"),
        ("list", b"a.txt\n"),
    ]);
    assert_eq!(place.run(["--files"]), expect("./a.txt\n./b/c.txt\n./b/d.log\n./list\n", "", 0));
    assert_eq!(place.run(["--files", "-g", "*.txt", "b", "a.txt"]).out, "b/c.txt\na.txt\n");
    assert_eq!(place.run(["--files", "-0", "b"]).out, "b/c.txt\0b/d.log\0");
    assert_eq!(place.run(["--files", "--files-from", "list"]).out, "a.txt\n");
    assert_eq!(place.run(["--files", "-q", "b"]), expect("", "", 0));
    assert_eq!(place.run(["--files", "-g", "*.rs", "b"]), expect("", "", 1));
    let answer = place.run(["--files", "gone", "b"]);
    assert_eq!(answer, expect("b/c.txt\nb/d.log\n", "cogrep: gone: no such file\n", 2));
    let answer = place.run(["--files", "-i", "b"]);
    assert_eq!(
        answer.err,
        "cogrep: --ignore-case: not with --files; names are printed, and nothing is counted\n"
    );
}

#[test]
#[cfg(unix)]
fn a_link_that_leads_back_is_named() {
    let place = Place::with(&[("d/e/f", b"love")]);
    std::os::unix::fs::symlink("..", place.path().join("d/e/up")).unwrap();
    let answer = place.run(["-R", "love", "d"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 1\n", 2));
    let first = answer.err.lines().next().unwrap();
    assert_eq!(first, "cogrep: d/e/up: leads back to d, a folder above it");
    // In a walk and by its name, one that leads to itself is said to be the same.
    std::os::unix::fs::symlink("self", place.path().join("self")).unwrap();
    let words = "self: too many levels of symbolic links";
    for arguments in [&["love", "self"][..], &["-R", "love", "."]] {
        let err = place.run(arguments).err;
        assert!(err.contains(words), "{err}");
    }
}

/// Files of /sys say that they have a page.
#[test]
#[cfg(target_os = "linux")]
fn files_of_the_system_are_read_to_their_end() {
    let path = "/sys/class/net/lo/mtu";
    let Ok(text) = std::fs::read_to_string(path) else {
        return cogrep_testing::skip("there is no /sys");
    };
    let place = Place::new();
    let count = format!("6 {}\n", text.matches('6').count());
    assert_eq!(place.run(["6", path]).out, count);
    for arguments in [&["6", path][..], &["6", "/sys/class/net/lo/"]] {
        let answer = place.run(arguments);
        assert!(!answer.err.contains("shrank"), "{}", answer.err);
    }
    let portable =
        crate::common::answer(place.command().args(["6", path]).env("COGREP_IO", "portable"), b"");
    assert_eq!(portable.out, count);
    assert_eq!(portable.err, "");
}
