//! What people type first, and the way out that they are shown.

use crate::common::{Place, expect};

#[test]
fn flags_that_others_have() {
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
fn a_regular_expression_that_was_not_said_to_be_one() {
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
fn pictures_are_svg() {
    let place = Place::with(&[("book.txt", b"love")]);
    let plot = |path: &str| place.run(["love", "book.txt", "--plot", path]);
    assert_eq!(
        plot("dispersion"),
        expect(
            "",
            "cogrep: --plot dispersion: it takes a file; try: --plot FILE.svg --plot-kind \
             dispersion\n",
            2
        )
    );
    assert_eq!(
        plot("plot.PNG"),
        expect(
            "",
            "cogrep: --plot: what is drawn is SVG, not PNG; name it FILE.svg, and have another \
             program turn it into something else\n",
            2
        )
    );
    assert_eq!(plot("plot"), expect("love 1\n", "", 0));
}
