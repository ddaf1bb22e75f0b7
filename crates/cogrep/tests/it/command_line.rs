//! What the words of the command line mean, and what is said when they mean
//! nothing.

use insta::assert_snapshot;

use crate::common::{Place, expect};

fn library() -> Place {
    Place::with(&[
        ("book.txt", b"love and hate, Love and hope\n"),
        ("letter.txt", b"hope\nhope\n"),
        ("words.txt", b"love\r\n\r\nhope\n"),
    ])
}

#[test]
fn the_first_word_is_a_pattern_and_the_rest_are_inputs() {
    let place = library();
    assert_eq!(place.run(["love", "book.txt"]), expect("love 1\n", "", 0));
    assert_eq!(place.run(["-i", "love", "book.txt"]), expect("love 2\n", "", 0));
    assert_eq!(place.run(["hope", "book.txt", "letter.txt"]), expect("hope 3\n", "", 0));
    assert_eq!(place.run(["hope", "letter.txt", "letter.txt"]), expect("hope 4\n", "", 0));
    assert_eq!(place.run(["despair", "book.txt"]), expect("despair 0\n", "", 1));
}

#[test]
fn words_before_in_are_patterns() {
    let place = library();
    let three = expect("love 2\nhate 1\nhope 1\n", "", 0);
    assert_eq!(place.run(["-i", "love", "hate", "hope", "--in", "book.txt"]), three);
    assert_eq!(place.run(["love", "hate", "hope", "--in", "book.txt", "-i"]), three);
    assert_eq!(place.run(["--in", "book.txt", "-i", "love", "hate", "hope"]), three);
    assert_eq!(
        place.run(["hope", "hope", "--in", "book.txt", "letter.txt"]),
        expect("hope 3\nhope 3\n", "", 0)
    );
    assert_eq!(
        place.run(["--in", "book.txt", "--in", "letter.txt", "--", "hope", "--in"]),
        expect("hope 3\n--in 0\n", "", 0)
    );
}

#[test]
fn patterns_by_flag_keep_the_order_given() {
    let place = library();
    assert_eq!(
        place.run(["-e", "hate", "-f", "words.txt", "-e", "and", "book.txt"]),
        expect("hate 1\nlove 1\nhope 1\nand 2\n", "", 0)
    );
    assert_eq!(
        place.run(["-e", "hope", "book.txt", "--in", "letter.txt"]),
        expect("hope 3\n", "", 0),
        "with -e every other word is an input"
    );
    place.write("dashes", b"-foo --in -foo");
    assert_eq!(place.run(["-e", "-foo", "dashes"]), expect("-foo 2\n", "", 0));
    assert_eq!(place.run(["-e", "--in", "dashes"]), expect("--in 1\n", "", 0));
    assert_eq!(place.run(["--", "-foo", "dashes"]), expect("-foo 2\n", "", 0));
    place.write("-x", b"love");
    assert_eq!(place.run(["love", "./-x"]), expect("love 1\n", "", 0));
}

#[test]
fn standard_input_is_read_where_no_input_is_named() {
    let place = library();
    let one = expect("love 1\n", "", 0);
    assert_eq!(place.pipe(b"my love", ["love"]), one);
    assert_eq!(place.pipe(b"my love", ["love", "-"]), one);
    assert_eq!(place.pipe(b"my love", ["love", "--in", "-"]), one);
    assert_eq!(
        place.pipe(b"love\nhope", ["-f", "-", "book.txt"]),
        expect("love 1\nhope 1\n", "", 0)
    );
    assert_snapshot!(place.pipe(b"love", ["-f", "-"]), @"
    ----- standard error
    cogrep: -f -: standard input cannot be both the list of patterns and an input; name an input
    ----- status 2
    ");
    assert_eq!(
        place.run(["hope"]),
        expect("hope 4\n", "", 0),
        "nothing is piped in: the current folder is read"
    );
}

#[test]
fn several_patterns_without_in_are_shown_the_way() {
    let place = library();
    assert_snapshot!(place.run(["-i", "love", "hate", "hope", "book.txt"]), @"
    love 2
    ----- standard error
    cogrep: hint: for several patterns: cogrep -i love hate hope --in book.txt
    cogrep: hate: no such file
    cogrep: hope: no such file
    cogrep: incomplete: 2 of 3 sources could not be read to the end
    ----- status 2
    ");
    let answer = place.run(["my love", "don't", "book.txt"]);
    let hint = r"cogrep: hint: for several patterns: cogrep 'my love' 'don'\''t' --in book.txt";
    assert_eq!(answer.err.lines().next(), Some(hint));
    let piped = place.pipe(b"love", ["love", "hate", "hope"]);
    let hint = "cogrep: hint: for several patterns: cogrep love hate hope --in -";
    assert_eq!(piped.err.lines().next(), Some(hint));
}

#[test]
fn a_pattern_taken_for_a_file_is_shown_the_way() {
    let place = library();
    let answer = place.run(["love", "hate", "book.txt", "letter.txt", "--by", "file"]);
    let hint = "cogrep: hint: for several patterns: cogrep love hate --by file --in book.txt ...";
    assert_eq!(answer.err.lines().next(), Some(hint));
    assert_eq!(answer.status, 2);
    // Perhaps a file is lacking: nothing else is guessed.
    for arguments in [
        &["love", "gone.txt", "book.txt"][..],
        &["love", "gone.txt", "book.txt", "letter.txt"],
        &["love", "book.txt", "hate", "letter.txt"],
    ] {
        let answer = place.run(arguments);
        assert!(answer.out.starts_with("love "), "{answer:?}");
        assert!(!answer.err.contains("hint"), "{answer:?}");
    }
    let answer = place.run(["love", "book.txt", "--in", "letter.txt"]);
    assert!(answer.err.contains("book.txt is taken for a pattern"), "{answer:?}");
}

#[test]
fn a_file_taken_for_the_pattern_gets_a_hint() {
    let place = library();
    assert_snapshot!(place.run(["book.txt"]), @"
    book.txt 0
    ----- standard error
    cogrep: hint: book.txt is taken for the pattern; did you mean a file? cogrep PATTERN book.txt
    ----- status 1
    ");
    assert_eq!(place.pipe(b"book.txt", ["book.txt"]), expect("book.txt 1\n", "", 0));
    assert_eq!(place.run(["-e", "book.txt"]).err, "");
}

#[test]
fn help_is_short_or_long() {
    let place = Place::new();
    let help = |flag: &str| place.run([flag]).out;
    let flags = |help: &str| help.lines().filter(|line| line.trim_start().starts_with('-')).count();
    let (short, long) = (help("-h"), help("--help"));
    assert!(flags(&short) <= 15 && short.lines().count() <= 50, "{short}");
    assert!(flags(&long) > 30);
    for heading in ["Patterns", "Matching", "Inputs", "Breakdown", "Output", "Plots", "Diagnostics"]
    {
        assert!(long.contains(&format!("\n{heading}:\n")), "{heading}");
    }
}

#[test]
fn no_pattern_is_an_error_that_shows_the_way() {
    let place = library();
    assert_snapshot!(place.run([""; 0]), @"
    ----- standard error
    cogrep: no pattern given; try: cogrep love book.txt, or cogrep --help
    ----- status 2
    ");
    assert_snapshot!(place.run(["--in", "book.txt", "love"]), @"
    ----- standard error
    cogrep: no pattern given; --in takes every word up to the next flag, so patterns go before it: cogrep love hate --in book.txt
    ----- status 2
    ");
    place.write("empty", b"");
    place.write("blank", b"\n\r\n\n");
    assert_snapshot!(place.run(["-f", "empty"]), @"
    ----- standard error
    cogrep: empty: no pattern in it; a list has one pattern a line
    ----- status 2
    ");
    assert_snapshot!(place.run(["-f", "blank"]), @"
    ----- standard error
    cogrep: blank: no pattern in it; a list has one pattern a line
    ----- status 2
    ");
    assert_snapshot!(place.run(["-f", "gone"]), @"
    ----- standard error
    cogrep: gone: no such file
    ----- status 2
    ");
}

#[test]
fn unknown_flags_name_the_nearest() {
    let place = library();
    assert_snapshot!(place.run(["--ignore-cas", "love"]), @"
    ----- standard error
    cogrep: --ignore-cas: no such flag; did you mean --ignore-case?
    ----- status 2
    ");
    // `-f` takes what follows it, as in grep.
    assert_snapshot!(place.run(["-foo", "love"]), @"
    ----- standard error
    cogrep: oo: no such file
    ----- status 2
    ");
    let answer = place.run(["-Z", "love"]);
    assert_eq!(answer.status, 2);
    assert!(answer.err.starts_with("cogrep: -Z: no such flag; "), "{}", answer.err);
    assert_eq!(answer.err.lines().count(), 1);
    assert_snapshot!(place.run(["--format", "xml", "love"]), @"
    ----- standard error
    cogrep: --format xml: no such value; there are text, table, markdown, csv, tsv, json, jsonl, parquet
    ----- status 2
    ");
    for (flag, value) in [
        ("--top", "-1"),
        ("--min-count", "-1"),
        ("--show", "all"),
        ("--threads", "-2"),
        ("--max-depth", "-1"),
        ("--max-filesize", "10MB"),
        ("--max-line", "1.5M"),
        ("--regex-size-limit", "1T"),
    ] {
        let answer = place.run([flag, value, "love", "book.txt"]);
        let start = format!("cogrep: {flag} {value}: not a ");
        assert_eq!((answer.out.as_str(), answer.status), ("", 2));
        assert!(answer.err.starts_with(&start) && answer.err.contains("; it takes "), "{answer:?}");
    }
    assert_snapshot!(place.run(["love", "--format"]), @"
    ----- standard error
    cogrep: --format: a value is missing
    ----- status 2
    ");
    assert_snapshot!(place.run(["--encoding", "klingon", "love"]).err, @"cogrep: --encoding klingon: no such encoding; use a name of the WHATWG Encoding Standard, such as utf-8, utf-16le, latin1, gbk, shift_jis");
}

#[test]
fn habits_of_grep_are_met() {
    let place = library();
    for flag in ["-F", "-r", "-a", "-s", "-rr", "-ww", "-FEF", "-siSs"] {
        assert_eq!(place.run([flag, "love", "book.txt"]), expect("love 1\n", "", 0), "{flag}");
    }
    assert_eq!(place.run(["-c", "hope", "letter.txt"]), expect("hope 2\n", "", 0));
    assert_eq!(place.run(["-E", "l.ve|hate", "book.txt"]), expect("l.ve|hate 2\n", "", 0));
    assert_eq!(place.run(["-EF", "l.ve", "book.txt"]), expect("l.ve 0\n", "", 1));
    assert_eq!(place.run(["-FE", "l.ve", "book.txt"]), expect("l.ve 1\n", "", 0));
    for flag in ["-n", "-v"] {
        let answer = place.run([flag, "love", "book.txt"]);
        assert_eq!((answer.status, answer.out.as_str()), (2, ""), "{flag}");
        assert!(answer.err.starts_with(&format!("cogrep: {flag}: ")), "{}", answer.err);
    }
}

#[test]
fn help_and_version_are_answers() {
    let place = library();
    let help = place.run(["--help"]);
    assert_eq!((help.status, help.err.as_str()), (0, ""));
    assert!(help.out.contains("cogrep [FLAGS] PATTERN [INPUT]..."), "{}", help.out);
    let version = place.run(["--version"]);
    assert_snapshot!(version, @"cogrep 0.1.0");
}
