//! Distinct matches and words.

use std::fmt::Write as _;
use std::process::Command;

use cogrep_testing::corpus;
use insta::assert_snapshot;

use crate::common::{Answer, Place, answer, expect};

fn place() -> Place {
    Place::with(&[
        ("a.txt", "To be, or not to be.\nThat is the question: été\r\n".as_bytes()),
        ("b.txt", b"be it so\n\nbe it so"),
    ])
}

const BOTH: [&str; 2] = ["a.txt", "b.txt"];

fn run(arguments: &[&str]) -> Answer {
    place().run(arguments.iter().chain(&["--in"]).chain(&BOTH))
}

#[test]
fn each_text_that_matches_is_counted() {
    assert_snapshot!(run(&["-oE", "[a-z]*o[a-z]*"]), @"
    so 2
    not 1
    o 1
    or 1
    question 1
    to 1
    ");
    assert_snapshot!(run(&["-oiE", "t[a-z]"]), @"
    th 2
    to 2
    ti 1
    ");
    assert_snapshot!(run(&["-oE", "[a-z]*o[a-z]*", "--top=2", "--sort=name"]), @"
    not 1
    o 1
    ");
    assert_snapshot!(run(&["-oE", "b.|s.", "--sort=input", "--min-count=2"]), @"
    be 4
    so 2
    ");
    assert_snapshot!(run(&["-oE", "b.|s.", "--by=file"]), @"
    a.txt:be 2
    a.txt:s  1
    a.txt:st 1
    b.txt:be 2
    b.txt:so 2
    ");
    assert_snapshot!(run(&["-oE", "b.", "o[rt]", "x"]), @"
    b.:be 4
    o[rt]:or 1
    o[rt]:ot 1
    ");
    assert_snapshot!(run(&["-ocE", "be|it|so", "--bare"]), @"3");
    assert_snapshot!(run(&["-oxE", ".*"]), @"
    be it so 2
     1
    That is the question: été 1
    To be, or not to be. 1
    ");
    assert_snapshot!(run(&["-oE", "zzz"]), @"----- status 1");
}

#[test]
fn whole_lines_are_counted_without_their_endings() {
    let expected = "be it so 2\nThat is the question: été 1\nTo be, or not to be. 1\n";
    for lines in [".+", ".*", "(.+)"] {
        assert_eq!(run(&["-oE", lines]), expect(expected, "", 0), "{lines}");
    }
    for lines in [".+", "(.+)"] {
        assert_eq!(run(&["-oxE", lines]), expect(expected, "", 0), "{lines}");
    }
    let with_empty = expected.replacen("That", " 1\nThat", 1);
    for lines in [".*", "(.*)"] {
        assert_eq!(run(&["-oxE", lines]), expect(&with_empty, "", 0), "{lines}");
    }
    let raw = Place::with(&[("raw", b"\xffa\nb\xe9\xa0\n\nc")]);
    for (lines, expected) in [(".*", " 1\nc 1\n"), (".+", "c 1\n")] {
        for lines in [lines.to_owned(), format!("({lines})")] {
            assert_eq!(raw.run(["-oxE", &lines, "raw"]).out, expected, "{lines}");
        }
    }
}

#[test]
fn literals_match_themselves() {
    assert_snapshot!(run(&["-oi", "BE", "to", "zzz"]), @"
    BE:be 4
    to:to 2
    ");
    assert_snapshot!(run(&["-o", "be", "it", "--by=file"]), @"
    a.txt:be:be 2
    b.txt:be:be 2
    b.txt:it:it 2
    ");
    assert_snapshot!(run(&["-ow", "--def", "verb", "be", "--def", "verb", "is", "--def", "it", "it"]), @"
    verb:be 4
    verb:is 1
    it:it 2
    ");
}

#[test]
fn every_word_is_counted() {
    let place = place();
    assert_snapshot!(place.run(["--words", "-i", "a.txt"]), @"
    be 2
    to 2
    is 1
    not 1
    or 1
    question 1
    that 1
    the 1
    été 1
    ");
    assert_snapshot!(place.run(["--words", "--top=1", "--by=file", "a.txt", "b.txt"]), @"
    a.txt:be 2
    b.txt:be 2
    ");
    assert_snapshot!(place.run(["--words", "--sort=input", "b.txt"]), @"
    be 2
    it 2
    so 2
    ");
    assert_snapshot!(place.run(["--words", "-e", "be", "a.txt"]), @"
    ----- standard error
    cogrep: --words: every word is counted, and --regexp has no meaning; -o counts what a pattern matches
    ----- status 2
    ");
}

#[test]
fn tables_are_written_in_every_format() {
    let place = Place::with(&[("x", b"a,\xff\ta,\xff\tb\"")]);
    let run = |format: &str| place.run(["-oE", "(?-u)[^\\t]+", "--format", format, "x"]);
    assert_snapshot!(run("csv").out.escape_debug(), @r#"text,count\n\"a,�\",2\n\"b\"\"\",1\n"#);
    assert_snapshot!(run("tsv").out.escape_debug(), @r#"text\tcount\na,�\t2\nb\"\t1\n"#);
    assert_snapshot!(run("json"), @r#"
    {
      "schema": 1,
      "rows": [
        {"text":"a,�","text_base64":"YSz/","count":2},
        {"text":"b\"","count":1}
      ],
      "total": 3,
      "bytes": 10,
      "sources": 1,
      "failures": 0,
      "complete": true
    }
    "#);
    assert_snapshot!(run("jsonl"), @r#"
    {"type":"distinct","text":"a,�","text_base64":"YSz/","count":2}
    {"type":"distinct","text":"b\"","count":1}
    {"type":"summary","schema":1,"total":3,"bytes":10,"sources":1,"failures":0,"complete":true}
    "#);
    assert_snapshot!(run("table"), @r#"
    text    count
    a,\xff      2  ████████████████████████████████████████
    b"          1  ████████████████████
    "#);
    let parquet = run("parquet");
    assert_eq!(parquet.status, 0);
    assert!(parquet.out.starts_with("PAR1") && parquet.out.ends_with("PAR1"));
    let empty = place.run(["-oE", "zzz", "--format=json", "x"]);
    assert!(empty.out.contains("\"rows\": [],\n"), "{empty}");
}

#[test]
fn tables_are_drawn() {
    let place = place();
    let drawn = place.run(["-oE", "b.|s.", "--plot=p.svg", "--report=r.html", "a.txt", "b.txt"]);
    assert_eq!(drawn, expect("be 4\nso 2\ns  1\nst 1\n", "", 0));
    let plot = std::fs::read_to_string(place.path().join("p.svg")).unwrap();
    let plotted: Vec<&str> = plot.lines().filter(|line| line.contains("data-count=")).collect();
    assert_eq!(plotted.len(), 4);
    assert!(plotted[0].contains(r#"data-count="4" data-group="be""#), "{}", plotted[0]);
    let page = std::fs::read_to_string(place.path().join("r.html")).unwrap();
    assert!(page.contains(r#"<th scope="row">so</th><td>2</td>"#), "{page}");
    assert!(page.contains("b.txt") && !page.contains("dispersion\""), "{page}");
    let by = ["be", "--by=key=^(.)", "--plot=q.svg", "--top=1", "a.txt", "b.txt"];
    assert_eq!(place.run(by).out, "T:be 2\n");
    let plot = std::fs::read_to_string(place.path().join("q.svg")).unwrap();
    assert!(plot.contains(r#"data-pattern="be" data-count="2" data-group="T""#), "{plot}");
    assert_eq!(
        place.run(["-o", "be", "--plot=p.svg", "--plot-kind=dispersion", "a.txt"]),
        expect(
            "",
            "cogrep: -o: such a table is drawn as bars or series; leave out --plot-kind\n",
            2
        )
    );
}

#[cfg(unix)]
#[test]
fn counts_over_time_are_a_line_of_columns_on_a_terminal() {
    const SCRIPT: &str = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)";
    let place = Place::with(&[(
        "log",
        b"2026-11-29 09:10:00 be\n2026-11-29 11:10:00 be be it\n2026-11-29 12:10:00 it\n"
            .as_slice(),
    )]);
    let arguments = ["be", "it", "--by=time=1h", "--color=never", "--in", "log"];
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT, env!("CARGO_BIN_EXE_cogrep")]).args(arguments);
    let shown = answer(python.current_dir(place.path()), b"").out.replace('\r', "");
    let piped = place.run(arguments).out;
    assert_eq!(shown, format!("{piped}be  ▄ █\nit    ██\n"));
}

#[test]
fn the_status_says_whether_anything_would_be_printed() {
    let place = place();
    assert_eq!(place.run(["-qoE", "b.", "a.txt"]), expect("", "", 0));
    assert_eq!(place.run(["-qoE", "b.", "--min-count=3", "a.txt"]), expect("", "", 1));
    assert_eq!(place.run(["-q", "--words", "--min-count=2", "a.txt"]), expect("", "", 0));
    let missing = place.run(["-oE", "b.", "a.txt", "gone.txt"]);
    assert_eq!((missing.status, missing.out.as_str()), (2, "be 2\n"));
}

#[test]
fn what_would_count_is_explained() {
    let place = place();
    assert_snapshot!(place.run(["--explain", "--words", "a.txt"]), @"
    cat -> pass -> fanout -> [count, words]
    a table alone, since no pattern has to be looked for
    ");
    assert_snapshot!(place.run(["--explain", "-oE", "be|so", "a.txt"]).out.lines().next().unwrap(), @"cat -> lines -> find be|so -> fanout -> [count, distinct]");
    assert_snapshot!(place.run(["--explain", "be", "--by=time=1h", "a.txt"]).out.lines().next().unwrap(), @"cat -> lines -> find be -> fanout -> [count, distinct by line]");
}

#[test]
fn counts_beyond_a_limit_are_alerts() {
    let place = place();
    assert_snapshot!(place.run(["be", "zzz", "--fail-over=3", "--in", "a.txt", "b.txt"]), @"
    be 4
    zzz 0
    ----- standard error
    cogrep: alert: a count is over 3: be 4
    ----- status 3
    ");
    let by_file = ["be", "it", "--by=file", "-q", "--fail-under=2", "--in", "a.txt", "b.txt"];
    assert_snapshot!(place.run(by_file), @"
    ----- standard error
    cogrep: alert: a count is under 2: a.txt it 0
    ----- status 3
    ");
    assert_snapshot!(place.run(["-qoE", "be|so", "--fail-over=1", "a.txt", "b.txt"]), @"
    ----- standard error
    cogrep: alert: 2 counts are over 1, the first is be 4
    ----- status 3
    ");
    // It is not over before everything is counted.
    assert_snapshot!(place.run(["-q", "be", "--fail-over=1", "a.txt"]), @"
    ----- standard error
    cogrep: alert: a count is over 1: be 2
    ----- status 3
    ");
    assert_eq!(place.run(["be", "--fail-over=2", "a.txt"]), expect("be 2\n", "", 0));
    assert_eq!(place.run(["zzz", "--fail-over=2", "a.txt"]), expect("zzz 0\n", "", 1));
}

#[test]
fn what_groups_catch_is_counted() {
    let place = Place::with(&[(
        "log",
        b"2026-11-29 09:10:00 user=ann host=a\n2026-11-29 09:50:00 user=BOB host=b\r\nuser=ann"
            .as_slice(),
    )]);
    let run = |arguments: &[&str]| place.run(arguments.iter().chain(&["log"]));
    let user = ["-oE", r"user=(?<who>\w+)( host=(.))?"];
    let replaced = |more: &[&str]| run(&[&user[..], more].concat());
    assert_eq!(replaced(&["--replace", "$1"]).out, "ann 2\nBOB 1\n");
    assert_eq!(
        replaced(&["--replace", "${who}s: $3$$"]).out,
        "BOBs: b$ 1\nanns: $ 1\nanns: a$ 1\n"
    );
    assert_eq!(replaced(&["-i", "--replace=$who A"]).out, "ann A 2\nbob A 1\n");
    assert_eq!(replaced(&["--replace=$3", "--sort=input"]).out, "a 1\nb 1\n 1\n");
    assert_eq!(replaced(&["--replace=$3", "--by=time=1h"]).out.lines().count(), 3);
    assert_snapshot!(replaced(&["--replace=$3", "--by=key=o(.)"]), @"
    -: 1
    s:a 1
    s:b 1
    ");
    assert_snapshot!(replaced(&["--replace=$1x"]), @"
     3
    ----- standard error
    cogrep: warning: --replace: no pattern has a group 1x, which is empty then; a name ends before a letter in ${NAME} only
    ");
    assert_snapshot!(run(&["-o", "--replace=<$0>", "user", "host", "--in"]), @"
    user:<user> 3
    host:<host> 2
    ");
    assert_snapshot!(run(&["-oxE", r".*=(.*)", "--replace=$1"]), @"
    a 1
    ann 1
    b 1
    ");
    assert_eq!(run(&["-owE", "(us)er|h(os)t?", "--replace=$1$2"]).out, "us 3\nos 2\n");
    assert_snapshot!(run(&["-E", "u(s)", "--replace=$1"]), @"
    ----- standard error
    cogrep: --replace: of which matches? add -o
    ----- status 2
    ");
}

#[test]
fn groups_are_those_that_python_finds() {
    const SCRIPT: &str = r"
import collections, re, sys
expression, template, book = sys.argv[1:]
lines = open(book, 'rb').read().removeprefix(b'\xef\xbb\xbf').split(b'\n')
lines = [line[:-1] if line.endswith(b'\r') else line for line in lines]
expression = re.compile(expression.encode())
matches = (m for line in lines for m in expression.finditer(line) if m[0])
counts = collections.Counter(m.expand(template.encode()) for m in matches)
for text, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
    sys.stdout.buffer.write(text + b' %d\n' % count)
";
    let Some(corpus) = corpus() else { return };
    let book = corpus.join("corpora/pg2600.txt");
    let book = book.to_str().unwrap();
    for (expression, ours, theirs) in [
        ("([a-z]+) ([a-z]+)", "$2-$1", r"\2-\1"),
        ("([a-z])([a-z]*?)(ing|ed)", "$1${3}", r"\1\3"),
        ("(?:(t)|(h))e", "$1.$2", r"\1.\2"),
        ("^(.*?)([,.;])", "$2", r"\2"),
        ("([aeiou]+)[a-z ]*$", "$0|$1", r"\g<0>|\1"),
    ] {
        for cores in ["-j1", "-j2"] {
            let place = Place::new();
            let mut command = place.command();
            let arguments = ["-oE", expression, "--replace", ours, cores, book];
            let ours = answer(command.env("COGREP_RANGE", "300000").args(arguments), b"");
            let mut python = Command::new("python3");
            let theirs = answer(python.args(["-c", SCRIPT, expression, theirs, book]), b"");
            assert!(ours.out == theirs.out && !ours.out.is_empty(), "{expression}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_table_that_finds_no_room_leaves_nothing_and_says_where_it_cannot_go() {
    let place = Place::with(&[("text", "some words and more words ".repeat(99).as_bytes())]);
    std::fs::create_dir(place.path().join("scratch")).unwrap();
    let run = |folder: &str| {
        let mut command = place.command();
        command.env("TMPDIR", folder).args(["--words", "--max-memory=0", "--top=1", "text"]);
        answer(&mut command, b"")
    };
    assert_eq!(run("scratch"), expect("words 198\n", "", 0));
    assert_eq!(std::fs::read_dir(place.path().join("scratch")).unwrap().count(), 0);
    assert_snapshot!(run("gone"), @"
    ----- standard error
    cogrep: the table is lost: temporary file in gone: No such file or directory (os error 2); let it have more of --max-memory, or set TMPDIR to a folder with more room
    ----- status 2
    ");
}

#[test]
fn tables_do_not_depend_on_cores_or_ranges() {
    let mut text = String::new();
    for number in 0..3000_u32 {
        let word = number.wrapping_mul(2_654_435_761) % 977;
        let _ = writeln!(text, "word{word} été{} Straße_{} x", word % 7, word % 13);
    }
    let place = Place::with(&[("text", text.as_bytes()), ("other", b"x word1")]);
    for arguments in [
        &["--words"][..],
        &["--words", "-i", "--by=file"],
        &["--words", "--sort=input"],
        &["-oE", r"\d+|t\w"],
        &["-oE", ".+"],
        &["-oE", ".+", "--by=file", "--sort=input"],
        &["-oiE", "é", "[a-z]+"],
        &["-oE", "d(.)|é(.)", "--replace=$1$2"],
        &["--words", "--ngrams=2"],
        &["--words", "-i", "--ngrams=3", "--by=file", "--sort=input"],
    ] {
        let run = |range: &str, cores: &str| {
            let mut command = place.command();
            command
                .env("COGREP_RANGE", range)
                .args(arguments)
                .args([cores, "--in", "text", "other"]);
            answer(&mut command, b"")
        };
        let expected = run("1000000000", "-j1");
        assert_eq!(expected.status, 0, "{expected}");
        for (range, cores) in [("1000", "-j2"), ("77", "-j3"), ("7", "-j2")] {
            assert!(run(range, cores) == expected, "{arguments:?} {range} {cores}");
        }
        // The same where there is room for nothing.
        for (range, cores) in [("1000000000", "-j1"), ("1000", "-j3")] {
            let mut command = place.command();
            let inputs = [cores, "--max-memory=100K", "--in", "text", "other"];
            command.env("COGREP_RANGE", range).args(arguments).args(inputs);
            assert!(answer(&mut command, b"") == expected, "{arguments:?} {range} {cores}");
        }
    }
}

#[test]
fn words_of_books_are_counted_as_if_they_were_looked_for() {
    let Some(corpus) = corpus() else { return };
    let place = Place::new();
    for (book, top) in
        [("pg2600.txt", "4000"), ("sherlock.txt", "4000"), ("zh-four-classics.txt", "300")]
    {
        let book = corpus.join("corpora").join(book);
        let book = book.to_str().unwrap();
        for case in ["-i", "-s"] {
            let words = place.run(["--words", case, "--top", top, book]).out;
            let list: Vec<&str> = words.lines().filter_map(|line| line.split(' ').next()).collect();
            place.write("list", list.join("\n").as_bytes());
            let counted = place.run(["-w", case, "-f", "list", book]).out;
            assert!(words == counted, "{book} {case}");
        }
    }
}

#[test]
fn distinct_matches_are_those_that_python_finds() {
    const SCRIPT: &str = r"
import collections, re, sys
expression, book = sys.argv[1:]
lines = open(book, 'rb').read().removeprefix(b'\xef\xbb\xbf').split(b'\n')
lines = [line[:-1] if line.endswith(b'\r') else line for line in lines]
expression = re.compile(expression.encode())
counts = collections.Counter(t for line in lines for t in expression.findall(line) if t)
for text, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
    sys.stdout.buffer.write(text + b' %d\n' % count)
";
    let Some(corpus) = corpus() else { return };
    let book = corpus.join("corpora/pg2600.txt");
    let book = book.to_str().unwrap();
    for expression in ["[A-Z][a-z]+", "[0-9]+", "[a-z]+ing", "^[^ ]+", "[^ ]*", "[a-z]+ [a-z]+"] {
        let ours = Place::new().run(["-oE", expression, book]);
        let mut python = Command::new("python3");
        let theirs = answer(python.args(["-c", SCRIPT, expression, book]), b"");
        assert!(ours.out == theirs.out && !ours.out.is_empty(), "{expression}");
    }
}
