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
    b.txt,love,1
    none.txt,love,0
    ");
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
