//! What people type first, and the way out that they are shown.

use insta::assert_snapshot;

use crate::common::{Place, expect};

#[test]
fn a_flag_of_another_tool_is_answered_with_ours() {
    let place = Place::with(&[("book.txt", b"love")]);
    for (typed, meant) in [
        ("--csv", "--format csv"),
        ("--by-file", "--by file"),
        ("-A", "--show N, which shows places in their lines"),
        ("--dispersion", "--plot FILE.svg --plot-kind dispersion"),
        ("--output=x", "> FILE, since results go to standard output"),
    ] {
        let flag = typed.split('=').next().unwrap();
        assert_eq!(
            place.run([typed, "love", "book.txt"]),
            expect("", &format!("cogrep: {flag}: no such flag; use {meant}\n"), 2)
        );
    }
}

/// Flags of others are never answered with one that is only spelt alike.
#[test]
fn a_flag_of_grep_or_ripgrep_leads_on() {
    let place = Place::with(&[("book.txt", b"love")]);
    for flag in [
        "--ignore-file",
        "--max-count",
        "-m",
        "--multiline",
        "-U",
        "--iglob",
        "--pre",
        "--null-data",
        "-z",
        "-P",
        "--perl-regexp",
        "-b",
        "--byte-offset",
        "-h",
        "--no-filename",
        "--json",
        "--stats",
        "--files-without-match",
        "--binary",
        "--search-zip",
        "--pcre2",
        "--sortr",
        "--type-add",
        "--include",
        "--exclude-dir",
        "--replace",
        "--vimgrep",
        "--count-matches",
        "--chars",
        "--max-line-length",
        "--repeated",
        "--skip-fields",
        "--line-buffered",
        "--crlf",
    ] {
        let answer = place.run(["love", flag, "x", "book.txt"]);
        if answer.err.contains("no such flag") {
            assert!(!answer.err.contains("did you mean"), "{}", answer.err);
            assert!(!answer.err.contains("--help lists"), "{}", answer.err);
            assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
        }
    }
}

#[test]
fn what_cannot_be_read_or_found_as_it_is_gets_a_hint() {
    let place = Place::with(&[
        ("book.txt", "love 狗和猫 love".as_bytes()),
        ("old", b"love\rhate\r"),
        ("wide", b"l\0o\0v\0e\0\n\0"),
        ("packed", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xc9\x2f\x4b\xe5\x02\0"),
    ]);
    let err = |arguments: &[&str]| place.run(arguments).err;
    assert!(err(&["love", "ftp://example.org/a.txt"]).contains("curl -s ftp://example.org"));
    assert!(err(&["-w", "狗", "book.txt"]).contains("with -w, 狗 counts only between spaces"));
    assert_eq!(err(&["狗", "book.txt"]), "");
    assert!(err(&["-E", r"a\nb", "book.txt"]).contains("line feed"));
    for list in ["old", "wide", "packed"] {
        let answer = place.run(["-f", list, "book.txt"]);
        assert!(answer.err.starts_with(&format!("cogrep: warning: {list}: ")), "{answer:?}");
    }
    assert!(err(&["--def", "love=love", "book.txt"]).contains("--def love love"));
}

#[test]
#[cfg(unix)]
fn a_glob_that_is_no_utf8_is_named() {
    use std::os::unix::ffi::OsStrExt;

    let place = Place::with(&[("book.txt", b"love")]);
    let glob = std::ffi::OsStr::from_bytes(b"b\xff*");
    let answer = crate::common::answer(place.command().args(["love", ".", "-g"]).arg(glob), b"");
    assert_eq!(answer.status, 2);
    assert!(answer.err.starts_with("cogrep: -g b"), "{}", answer.err);
}

#[test]
fn a_pattern_that_looks_like_an_expression_gets_a_hint() {
    let place = Place::with(&[("book.txt", b"love hate a|b")]);
    let hint = |pattern: &str, more: &[&str]| {
        let words = [&[pattern, "book.txt"], more].concat();
        place.run(words).err.strip_prefix("cogrep: hint: ").unwrap_or_default().to_owned()
    };
    assert!(hint("love|hate", &[]).contains("-E"));
    assert!(hint("l.*e", &[]).contains("-E"));
    assert!(hint(r"\w+", &[]).contains("-E"));
    assert!(hint("love,hate", &[]).contains("--in"));
    // It was found, it was said, or it is nothing of the kind.
    for (pattern, more) in [
        ("a|b", &[][..]),
        ("love|hate", &["-E"]),
        ("lave|hote", &["-E"]),
        ("love|hate", &["-F"]),
        ("love|hate", &["-q"]),
        ("what is this?", &[]),
        ("$1.50", &[]),
        ("well, well", &[]),
        ("1,000", &[]),
    ] {
        assert_eq!(hint(pattern, more), "", "{pattern}");
    }
}

#[test]
fn the_suffix_says_what_a_plot_is() {
    let place = Place::with(&[("book.txt", b"love")]);
    let plot = |path: &str| place.run(["love", "book.txt", "--plot", path]);
    assert_snapshot!(plot("dispersion"), @"
    ----- standard error
    cogrep: --plot dispersion: it takes a file; try: --plot FILE.svg --plot-kind dispersion
    ----- status 2
    ");
    assert_snapshot!(plot("plot.GIF"), @"
    ----- standard error
    cogrep: --plot plot.GIF: its name must end in .svg, .html or .htm; --plot FILE.svg
    ----- status 2
    ");
    assert_snapshot!(plot("love"), @"
    ----- standard error
    cogrep: --plot love: its name must end in .svg, .html or .htm; --plot FILE.svg
    ----- status 2
    ");
    let page = place.run(["love", "book.txt", "--report", "out.pdf"]);
    assert_snapshot!(page, @"
    ----- standard error
    cogrep: --report out.pdf: its name must end in .html or .htm; a browser prints the page into a PDF, all of it
    ----- status 2
    ");
    for (name, beginning) in [("p.svg", "<svg"), ("p.HTML", "<!DOCTYPE html>"), ("p.htm", "<!DOC")]
    {
        assert_eq!(plot(name).status, 0);
        let written = std::fs::read_to_string(place.path().join(name)).unwrap();
        assert!(written.starts_with(beginning), "{name}");
    }
    // The page with a plot has it twice, for wide and for narrow windows, and no script.
    let page = std::fs::read_to_string(place.path().join("p.htm")).unwrap();
    assert_eq!((page.matches("<svg").count(), page.matches("<script").count()), (2, 0));
}
