//! Counts broken down, chosen, sorted and named.

use insta::assert_snapshot;

use crate::common::{Place, expect};

fn library() -> Place {
    Place::with(&[
        ("a.txt", b"love hate love\nhope"),
        ("b.txt", b"hope\nlove\nhope"),
        ("none.txt", b"nothing"),
        ("defs.tsv", b"warm\tlove\nwarm\thope\r\n\ncold\thate\n"),
    ])
}

const FILES: [&str; 4] = ["--in", "a.txt", "b.txt", "none.txt"];

fn run(place: &Place, arguments: &[&str]) -> crate::common::Answer {
    place.run(arguments.iter().chain(&FILES))
}

#[test]
fn patterns_are_sorted_and_chosen_as_asked() {
    let place = library();
    let three = |more: &[&str]| run(&place, &[&["love", "hate", "hope", "no"], more].concat()).out;
    assert_eq!(three(&["--sort=input"]), "love 3\nhate 1\nhope 3\nno 1\n");
    assert_eq!(three(&["--sort=count"]), "love 3\nhope 3\nhate 1\nno 1\n");
    assert_eq!(three(&["--sort=name"]), "hate 1\nhope 3\nlove 3\nno 1\n");
    assert_eq!(three(&["--top=3"]), "love 3\nhope 3\nhate 1\n");
    assert_eq!(three(&["--top=3", "--sort=name"]), "hate 1\nhope 3\nlove 3\n");
    assert_eq!(three(&["--min-count=2"]), "love 3\nhope 3\n");
    assert_eq!(three(&["--min-count=4"]), "");
    assert_eq!(
        three(&["--min-count=2", "--format=csv"]),
        "source,pattern,count\n,love,3\n,hope,3\n"
    );
}

#[test]
fn a_file_lists_only_what_was_found_in_it_if_asked() {
    let place = library();
    assert_snapshot!(run(&place, &["love", "hate", "no", "--by=file", "--only-found"]), @"
    a.txt:love 2
    a.txt:hate 1
    b.txt:love 1
    none.txt:no 1
    love 3
    hate 1
    no 1
    ");
    assert_snapshot!(run(&place, &["love", "hope", "--by=file", "--top=1", "--format=csv"]), @"
    source,pattern,count
    a.txt,love,2
    a.txt,hope,1
    ");
}

#[test]
fn files_are_ranked_by_their_totals() {
    let place = library();
    let ranked = |more: &[&str]| run(&place, &[&["love", "hate", "--by=file"], more].concat());
    assert_snapshot!(ranked(&["--sort=count"]), @"
    a.txt:love 2
    a.txt:hate 1
    b.txt:love 1
    b.txt:hate 0
    none.txt:love 0
    none.txt:hate 0
    love 3
    hate 1
    ");
    assert_snapshot!(run(&place, &["hope", "--by=file", "--sort=count"]), @"
    b.txt:hope 2
    a.txt:hope 1
    none.txt:hope 0
    hope 3
    ");
    assert_snapshot!(run(&place, &["hope", "--by=file", "--top=1", "--format=json"]), @r#"
    {
      "schema": 1,
      "patterns": [
        {
          "id": 0,
          "pattern": "hope",
          "count": 3
        }
      ],
      "sources": [
        {
          "source": "b.txt",
          "outcome": "complete",
          "bytes": 14,
          "counts": [
            2
          ]
        }
      ],
      "failed": [],
      "bytes": 40,
      "complete": true
    }
    "#);
    assert_snapshot!(run(&place, &["hope", "--by=file", "--top=2", "--format=table"]), @"
    source  hope  total
    b.txt      2      2
    a.txt      1      1
    total      3      3
    ");
    assert_snapshot!(run(&place, &["hope", "--by=file", "--top=2", "--sort=input"]).out, @"
    a.txt:hope 1
    b.txt:hope 2
    hope 3
    ");
    let reversed = ["--by=file", "--sort=name", "--format=tsv", "--in", "b.txt", "a.txt"];
    assert_snapshot!(place.run(["-e", "hope", "-e", "love"].iter().chain(&reversed)), @"
    source	pattern	count
    a.txt	hope	1
    a.txt	love	2
    b.txt	hope	2
    b.txt	love	1
    ");
    // A file that could not be read is named in any case.
    let missing = ["love", "--by=file", "--top=1", "--format=jsonl", "--in", "gone", "a.txt"];
    assert_snapshot!(place.run(missing).out, @r#"
    {"type":"count","source":"a.txt","id":0,"pattern":"love","count":2}
    {"type":"failed","source":"gone","outcome":"failed","bytes":0,"reason":"no such file"}
    {"type":"summary","schema":1,"bytes":19,"sources":2,"failures":1,"complete":false}
    "#);
}

#[test]
fn files_with_a_count_and_without_are_named() {
    let place = library();
    let named = |arguments: &[&str]| run(&place, arguments);
    assert_eq!(named(&["-l", "love", "hate"]), expect("a.txt\nb.txt\n", "", 0));
    assert_eq!(named(&["-L", "love", "hate"]), expect("none.txt\n", "", 0));
    assert_eq!(named(&["-l", "zzz"]), expect("", "", 1));
    assert_eq!(named(&["-L", "o"]), expect("", "", 1));
    assert_eq!(named(&["-L0", "hate"]), expect("b.txt\0none.txt\0", "", 0));
    assert_eq!(named(&["-l", "hope", "--min-count=2"]), expect("b.txt\n", "", 0));
    assert_eq!(named(&["-L", "hope", "--min-count=2"]), expect("a.txt\nnone.txt\n", "", 0));
    assert_eq!(named(&["-l", "hope", "--sort=count"]), expect("b.txt\na.txt\n", "", 0));
    assert_eq!(named(&["-l", "hope", "--top=1"]), expect("b.txt\n", "", 0));
    assert_eq!(named(&["-loE", "h.t"]), expect("a.txt\n", "", 0));
    assert_eq!(named(&["-ql", "zzz"]), expect("", "", 1));
    assert_eq!(named(&["-qL", "love"]), expect("", "", 0));
    assert_eq!(named(&["-qL", "o"]), expect("", "", 1));
    assert_eq!(named(&["-ql", "hope", "--min-count=3"]), expect("", "", 1));
    let two = ["warm", "love", "--def", "warm", "hope", "-l", "--min-count=3"];
    assert_eq!(named(&[&["--def"], &two[..]].concat()), expect("a.txt\nb.txt\n", "", 0));
    // It is not known what is in a file that could not be read.
    let missing = place.run(["-L", "love", "--in", "gone", "none.txt"]);
    assert_eq!((missing.out.as_str(), missing.status), ("none.txt\n", 2));
    assert_eq!(place.run(["--words", "-l", "a.txt", "defs.tsv"]).out, "a.txt\ndefs.tsv\n");
}

#[test]
fn names_alone_have_no_columns() {
    let place = library();
    for (more, why) in [
        ("-L", "-l and -L: each file is one or the other"),
        ("--by=part=2", "-l: names of files are not broken down; leave out --by"),
        ("--by=time=1h", "-l: names of files are not broken down; leave out --by"),
        ("--show=1", "-l: only names are printed, and no places"),
        (
            "--format=csv",
            "-l: names of files are text; --by file --only-found has them in every format",
        ),
    ] {
        let answer = place.run(["-l", "love", more, "a.txt"]);
        assert_eq!(answer, expect("", &format!("cogrep: {why}\n"), 2));
    }
}

#[test]
fn names_come_from_saved_results_too() {
    let place = library();
    run(&place, &["love", "--save=saved"]);
    assert_eq!(place.run(["--merge", "-L", "saved"]), expect("none.txt\n", "", 0));
    assert_eq!(place.run(["--merge", "-l", "--min-count=2", "saved"]), expect("a.txt\n", "", 0));
    assert_eq!(place.run(["--merge", "-q", "--min-count=4", "saved"]), expect("", "", 1));
}

#[test]
fn a_text_is_broken_down_into_equal_slices() {
    let place = Place::with(&[("text", b"ab..ab....abab......"), ("utf16", b"\xFF\xFEa\0b\0")]);
    assert_snapshot!(place.run(["ab", ".", "--by=part=4", "--in", "text"]).out, @"
    text:1:ab 2
    text:1:. 2
    text:2:ab 0
    text:2:. 4
    text:3:ab 2
    text:3:. 1
    text:4:ab 0
    text:4:. 5
    ab 4
    . 12
    ");
    assert_snapshot!(place.run(["ab", "text", "--by=part=2", "--format=csv"]).out, @"
    source,part,pattern,count
    text,1,ab,2
    text,2,ab,2
    ");
    assert_snapshot!(place.pipe(b"ab", ["ab", "--by=part=2"]), @"
    ab 0
    ----- standard error
    cogrep: -: its length is not known before it is read, so it has no equal parts
    cogrep: incomplete: 1 of 1 sources could not be read to the end
    ----- status 2
    ");
    assert_snapshot!(place.run(["ab", "utf16", "--by=part=2"]), @"
    ab 0
    ----- standard error
    cogrep: utf16: its length is not known before it is read, so it has no equal parts
    cogrep: incomplete: 1 of 1 sources could not be read to the end
    ----- status 2
    ");
    for wrong in ["part", "part=0", "part=x", "day"] {
        assert_eq!(
            place.run(["ab", "text", "--by", wrong]),
            expect(
                "",
                &format!(
                    "cogrep: --by {wrong}: it is file, time=STEP, key=REGEX, or part=N with N from \
                     1 to 1000000\n"
                ),
                2
            )
        );
    }
}

/// The parts of a text add up to its count, whatever is counted.
#[test]
fn counts_of_slices_add_up_to_the_total() {
    let place = Place::with(&[("text", "aXa XaÄä\naa aaa\r\nä aa".repeat(50).as_bytes())]);
    for flags in ["", "-i", "-w", "-iw", "--lines", "--overlapping", "-x", "-E"] {
        for parts in [1, 2, 7, 1000] {
            let by = format!("--by=part={parts}");
            let mut arguments = vec!["a", "aa", "ä", "xa", &by, "--format=csv", "--in", "text"];
            arguments.extend((!flags.is_empty()).then_some(flags));
            let answer = place.run(&arguments).out;
            let mut sums = [0_u64; 4];
            let lines: Vec<&str> = answer.lines().skip(1).collect();
            assert_eq!(lines.len(), 4 * parts);
            for (nth, line) in lines.iter().enumerate() {
                sums[nth % 4] += line.rsplit(',').next().unwrap().parse::<u64>().unwrap();
            }
            arguments.retain(|word| !word.starts_with("--by") && !word.starts_with("--format"));
            arguments.push("--bare");
            let totals = place.run(&arguments).out;
            let totals: Vec<u64> = totals.lines().map(|line| line.parse().unwrap()).collect();
            assert_eq!(sums, *totals, "{flags} {by}");
        }
    }
}

#[test]
fn counts_under_one_name_add_up() {
    let place = library();
    let named = ["--def", "warm", "love", "-e", "no", "--def", "warm", "hope", "--def", "-c", "-h"];
    let run = |more: &[&str]| run(&place, &[&named[..], more].concat());
    assert_eq!(run(&[]), expect("warm 6\nno 1\n-c 0\n", "", 0));
    assert_eq!(run(&["--expand"]).out, "warm love 3\nno 1\nwarm hope 3\n-c -h 0\n");
    assert_snapshot!(run(&["--expand", "--format=tsv"]).out, @"
    source	name	pattern	count
    	warm	love	3
    		no	1
    	warm	hope	3
    	-c	-h	0
    ");
    let lines = run(&["--format=jsonl", "--only-found"]).out;
    assert_eq!(
        lines.lines().next().unwrap(),
        r#"{"type":"count","source":"a.txt","id":0,"name":"warm","pattern":"love","count":2}"#
    );
    assert_eq!(place.run(["--def-file", "defs.tsv", "a.txt"]), expect("warm 3\ncold 1\n", "", 0));
    place.write("bad.tsv", b"warm\tlove\n\ncold hate\n");
    assert_snapshot!(place.run(["--def-file", "bad.tsv", "a.txt"]), @"
    ----- standard error
    cogrep: bad.tsv:3: no tab between a name and a pattern
    ----- status 2
    ");
    assert_snapshot!(place.run(["--def", "warm", "", "a.txt"]), @"
    ----- standard error
    cogrep: pattern 1 is empty; to count lines, use -cE '^'
    ----- status 2
    ");
}

#[test]
fn json_lists_names_with_their_patterns() {
    let place = library();
    let answer = place.run(["--def-file", "defs.tsv", "a.txt", "--format=json"]).out;
    assert_snapshot!(answer, @r#"
    {
      "schema": 1,
      "patterns": [
        {
          "id": 0,
          "name": "warm",
          "pattern": "love",
          "count": 2
        },
        {
          "id": 1,
          "name": "warm",
          "pattern": "hope",
          "count": 1
        },
        {
          "id": 2,
          "name": "cold",
          "pattern": "hate",
          "count": 1
        }
      ],
      "names": [
        {
          "name": "warm",
          "count": 3,
          "patterns": [
            0,
            1
          ]
        },
        {
          "name": "cold",
          "count": 1,
          "patterns": [
            2
          ]
        }
      ],
      "sources": [
        {
          "source": "a.txt",
          "outcome": "complete",
          "bytes": 19
        }
      ],
      "failed": [],
      "bytes": 19,
      "complete": true
    }
    "#);
}
