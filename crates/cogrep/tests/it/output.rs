//! How results are written, byte for byte.

use insta::assert_snapshot;

use crate::common::{Place, expect};

fn two_files() -> Place {
    Place::with(&[("a.txt", b"love hate love\n"), ("b.txt", b"hope\nlove\n")])
}

#[test]
fn bare_prints_numbers_and_quiet_nothing() {
    let place = two_files();
    assert_eq!(
        place.run(["love", "hate", "no", "--bare", "--in", "a.txt", "b.txt"]),
        expect("3\n1\n0\n", "", 0)
    );
    assert_eq!(place.run(["-q", "love", "a.txt"]), expect("", "", 0));
    assert_eq!(place.run(["-q", "despair", "a.txt"]), expect("", "", 1));
    // What was found decides, as with grep: the rest is not read.
    assert_eq!(place.run(["-q", "love", "a.txt", "gone"]), expect("", "", 0));
    assert_snapshot!(place.run(["-q", "despair", "a.txt", "gone"]), @"
    ----- standard error
    cogrep: gone: no such file
    cogrep: incomplete: 1 of 2 sources could not be read to the end
    ----- status 2
    ");
}

#[test]
fn records_end_with_nul_if_asked() {
    let place = two_files();
    assert_eq!(
        place.run(["-0", "lo\nve", "love", "--in", "a.txt"]),
        expect("lo\nve 0\0love 2\0", "", 0)
    );
}

#[test]
fn text_names_the_file_of_each_count() {
    let place = two_files();
    assert_snapshot!(place.run(["love", "hate", "--by", "file", "--in", "a.txt", "b.txt"]), @"
    a.txt:love 2
    a.txt:hate 1
    b.txt:love 1
    b.txt:hate 0
    love 3
    hate 1
    ");
}

#[test]
fn csv_quotes_what_it_must() {
    let place = two_files();
    assert_snapshot!(place.run(["love", "say \"a,b\"", "--format", "csv", "--in", "a.txt", "b.txt"]), @r#"
    source,pattern,count
    ,love,3
    ,"say ""a,b""",0
    "#);
    assert_snapshot!(place.run(["love", "--format=csv", "--by=file", "--in", "a.txt", "b.txt"]), @"
    source,pattern,count
    a.txt,love,2
    b.txt,love,1
    ");
}

#[test]
fn json_names_what_could_not_be_read() {
    let place = two_files();
    let answer = place.run(["love", "--format=json", "--by=file", "--in", "a.txt", "gone"]);
    assert_snapshot!(answer, @r#"
    {
      "schema": 1,
      "patterns": [
        {
          "id": 0,
          "pattern": "love",
          "count": 2
        }
      ],
      "sources": [
        {
          "source": "a.txt",
          "outcome": "complete",
          "bytes": 15,
          "counts": [
            2
          ]
        },
        {
          "source": "gone",
          "outcome": "failed",
          "bytes": 0,
          "reason": "no such file"
        }
      ],
      "failed": [
        {
          "source": "gone",
          "outcome": "failed",
          "bytes": 0,
          "reason": "no such file"
        }
      ],
      "bytes": 15,
      "complete": false
    }
    ----- standard error
    cogrep: gone: no such file
    cogrep: incomplete: 1 of 2 sources could not be read to the end
    ----- status 2
    "#);
}

#[test]
fn json_lines_have_a_line_for_each_count() {
    let place = two_files();
    let answer = place.run(["love", "hate", "--format=jsonl", "--in", "a.txt", "b.txt"]);
    assert_snapshot!(answer, @r#"
    {"type":"count","source":"a.txt","id":0,"pattern":"love","count":2}
    {"type":"count","source":"a.txt","id":1,"pattern":"hate","count":1}
    {"type":"count","source":"b.txt","id":0,"pattern":"love","count":1}
    {"type":"count","source":"b.txt","id":1,"pattern":"hate","count":0}
    {"type":"summary","schema":1,"bytes":25,"sources":2,"failures":0,"complete":true}
    "#);
}

#[test]
fn json_lines_name_what_could_not_be_read() {
    let place = two_files();
    let failed =
        r#"{"type":"failed","source":"gone","outcome":"failed","bytes":0,"reason":"no such file"}"#;
    let summary =
        r#"{"type":"summary","schema":1,"bytes":15,"sources":2,"failures":1,"complete":false}"#;
    for more in [&[][..], &["--sort=count"]] {
        let words = ["love", "--format=jsonl", "--in", "gone", "a.txt"];
        let answer = place.run(more.iter().chain(&words));
        let lines: Vec<&str> = answer.out.lines().collect();
        assert_eq!((lines[0], lines[2], lines.len()), (failed, summary, 3));
    }
}

#[test]
fn folders_are_walked_in_order() {
    let place = Place::with(&[
        ("tree/b.txt", b"love"),
        ("tree/a/deep.txt", b"love"),
        ("tree/.hidden", b"love"),
        ("tree/.ignore", b"skipped.txt\n"),
        ("tree/skipped.txt", b"love"),
        ("tree/zeros.bin", b"\0\0love\0"),
    ]);
    assert_snapshot!(place.run(["love", "tree", "--by=file"]).out, @"
    tree/a/deep.txt:love 1
    tree/b.txt:love 1
    tree/zeros.bin:love 1
    love 3
    ");
    assert_eq!(place.run(["love", "tree", "--hidden"]).out, "love 4\n");
    assert_eq!(place.run(["love", "tree", "--no-ignore"]).out, "love 4\n");
    assert_eq!(place.run(["love", "tree", "tree/skipped.txt"]).out, "love 4\n");
}

#[test]
fn explain_shows_the_network() {
    let place = two_files();
    let network = |arguments: &[&str]| {
        let answer = place.run(arguments.iter().copied().chain(["--explain", "--in", "a.txt"]));
        assert_eq!((answer.err.as_str(), answer.status), ("", 0));
        answer.out.lines().next().unwrap().to_owned()
    };
    assert_eq!(
        network(&["-i", "love", "hate", "--engine=chapter"]),
        "cat -> fold -> fanout -> [grep love -> count, grep hate -> count]"
    );
    assert_eq!(network(&["love", "--engine=chapter"]), "cat -> fanout -> [grep love -> count]");
}

#[test]
fn places_are_shown_below_their_pattern() {
    let place = two_files();
    assert_snapshot!(place.run(["love", "hope", "no", "--show", "2", "--in", "a.txt", "b.txt"]), @"
    love 3
      a.txt:1:1: love hate love
      a.txt:1:11: love hate love
    hope 1
      b.txt:1:1: hope
    no 0
    ");
    assert_eq!(
        place.run(["-i", "LOVE", "--show=9", "--color=always", "b.txt"]).out,
        "\x1b[1mLOVE\x1b[0m 1\n  \x1b[35mb.txt\x1b[0m:2:1: \x1b[1;31mlove\x1b[0m\n"
    );
    assert_eq!(
        place.run(["hope", "--show=1", "--format=jsonl", "b.txt"]).out.lines().nth(1),
        Some(
            r#"{"type":"place","id":0,"source":"b.txt","offset":0,"length":4,"line":1,"column":1,"excerpt":"hope"}"#
        )
    );
    let json = place.run(["hope", "--show=1", "--format=json", "b.txt"]).out;
    assert!(json.contains(r#""excerpt": "hope""#), "{json}");
    assert_snapshot!(place.run(["hope", "--show=1", "--format=csv", "b.txt"]), @"
    ----- standard error
    cogrep: --show: csv has no column for places; use text, json or jsonl
    ----- status 2
    ");
}
