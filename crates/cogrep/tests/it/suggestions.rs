//! What people type first, and the way out that they are shown.

use insta::assert_snapshot;

use crate::common::{Place, expect};

#[test]
fn a_flag_of_another_tool_is_answered_with_ours() {
    let place = Place::with(&[("book.txt", b"love")]);
    for (typed, meant) in [
        ("--csv", "--format csv"),
        ("--by-file", "--by file"),
        ("-l", "--by file --only-found"),
        ("-A", "--show N, which shows places in their lines"),
        ("--words", "-f FILE, patterns one a line"),
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
fn a_plot_needs_the_name_of_an_svg_file() {
    let place = Place::with(&[("book.txt", b"love")]);
    let plot = |path: &str| place.run(["love", "book.txt", "--plot", path]);
    assert_snapshot!(plot("dispersion"), @"
    ----- standard error
    cogrep: --plot dispersion: it takes a file; try: --plot FILE.svg --plot-kind dispersion
    ----- status 2
    ");
    assert_snapshot!(plot("plot.PNG"), @"
    ----- standard error
    cogrep: --plot: what is drawn is SVG, not PNG; name it FILE.svg, and have another program turn it into something else
    ----- status 2
    ");
    assert_eq!(plot("plot"), expect("love 1\n", "", 0));
}
