//! Tables for people.

use crate::common::{Place, expect};

#[test]
fn a_table_of_totals_has_bars() {
    let place = Place::with(&[("a.txt", "love hate \u{7231}\n".repeat(1200).as_bytes())]);
    place.write("b.txt", "love ".repeat(1200).as_bytes());
    let bar = |eighths: usize| {
        let rest = ["", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}"][eighths % 8];
        "\u{2588}".repeat(eighths / 8) + rest
    };
    let expected = format!(
        "pattern  count\nlove     2,400  {}\n\u{7231}       1,200  {}\nnever        0\n",
        bar(320),
        bar(160)
    );
    let words = ["love", "\u{7231}", "never", "--format=table", "--in", "a.txt", "b.txt"];
    assert_eq!(place.run(words), expect(&expected, "", 0));
}

#[test]
fn a_table_by_file_is_a_matrix() {
    let place = Place::with(&[("a.txt", b"love hate love"), ("b.txt", b"love"), ("c.txt", b"")]);
    let run = |more: &[&str]| {
        let words = ["love", "hate", "never", "--format=table", "--by=file"];
        let files = ["--in", "a.txt", "b.txt", "c.txt"];
        place.run(words.iter().chain(more).chain(&files)).out
    };
    assert_eq!(
        run(&[]),
        "source  love  hate  never  total\n\
         a.txt      2     1      0      3\n\
         b.txt      1     0      0      1\n\
         c.txt      0     0      0      0\n\
         total      3     1      0      4\n"
    );
    assert_eq!(
        run(&["--only-found"]),
        "source  love  hate  total\n\
         a.txt      2     1      3\n\
         b.txt      1     0      1\n\
         total      3     1      4\n"
    );
}

#[test]
fn labels_are_inert_and_cut() {
    let place = Place::with(&[("a.txt", b"x")]);
    let long = "abcdefghij".repeat(5);
    let answer = place.run(["\x1b[31m", &long, "--format=table", "--in", "a.txt"]).out;
    let cut = format!("{}\u{2026}", &long[..39]);
    assert_eq!(
        answer,
        format!("{:<40}  count\n{:<40}      0\n{cut}      0\n", "pattern", "\\x1b[31m")
    );
}
