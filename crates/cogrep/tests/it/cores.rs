//! One file on many cores: the counts are those of one core, in whatever ranges it is
//! counted, with every way of counting; and what cannot be divided is counted by one.
//!
//! `COGREP_RANGE` makes the ranges so small that a small file has many.

use insta::assert_snapshot;

use crate::common::{Answer, Place, answer};

/// Texts that are easy to cut at the wrong place.
fn texts() -> Vec<(&'static str, Vec<u8>)> {
    let prose = "Ah love, could thou and I\r\nwith Fate conspire\nLOVE lovely ſtate \u{212A}ate \
                 Ⱥⱥ ab_ab été\u{301} aaa\n\n";
    let stray = [prose.as_bytes(), b"\xE2\x84ab\xF0\x90aa\x80\x80\x80\x80\x80love\xFF"].concat();
    vec![
        ("prose", prose.repeat(9).into_bytes()),
        ("marked", [b"\xEF\xBB\xBF", prose.repeat(5).as_bytes()].concat()),
        ("stray", stray.repeat(7)),
        ("one letter", b"a".repeat(401)),
        ("one line", b"abaab".repeat(90)),
        ("spaced", b"a a a aa a a\n".repeat(40)),
        ("a long line", [&b"ab\n"[..], &b"aab love ".repeat(60), b"\nab\nlove"].concat()),
    ]
}

const LITERALS: [&str; 10] =
    ["love", "aa", "aaaa", "ab", "aba", "a a", "abaabaab", "k", "ⱥ", "ab\n"];

const EXPRESSIONS: [&str; 6] = ["l[o]ve", "a+", "(ab)+a?", "^$", r"e\b", "[\u{212A}é]"];

/// What a run on this many cores gives, in ranges of this many bytes.
fn run(place: &Place, arguments: &[&str], cores: usize, range: &str) -> Answer {
    let mut command = place.command();
    command.env("COGREP_RANGE", range).args(arguments).arg(format!("-j{cores}"));
    answer(&mut command, b"")
}

fn arguments<'a>(flags: &[&'a str], patterns: &[&'a str], input: &'a str) -> Vec<&'a str> {
    let patterns = patterns.iter().flat_map(|pattern| ["-e", *pattern]);
    flags.iter().copied().chain(patterns).chain([input]).collect()
}

#[test]
fn counts_do_not_depend_on_cores_and_ranges() {
    let place = Place::new();
    let ways: [&[&str]; 13] = [
        &[],
        &["-i"],
        &["-w"],
        &["-iw"],
        &["-x"],
        &["--lines"],
        &["-i", "--lines"],
        &["--overlapping"],
        &["-i", "--engine=automaton"],
        &["--engine=chapter"],
        &["-E"],
        &["-E", "-iw"],
        &["-E", "--lines"],
    ];
    let ranges = ["1", "2", "3", "7", "64", "150"];
    let mut found = 0;
    for (nth, (name, text)) in texts().iter().enumerate() {
        place.write(name, text);
        for (way, flags) in ways.iter().enumerate() {
            let patterns = if flags.contains(&"-E") { &EXPRESSIONS[..] } else { &LITERALS };
            let arguments = arguments(flags, patterns, name);
            let expected = run(&place, &arguments, 1, "");
            for turn in 0..2 {
                let range = ranges[(nth + way + 3 * turn) % ranges.len()];
                let cores = 2 + (nth + way + turn) % 7;
                let counted = run(&place, &arguments, cores, range);
                assert_eq!(counted, expected, "{name} {flags:?} -j{cores}, ranges of {range}");
            }
            found += usize::from(expected.status == 0);
        }
    }
    assert!(found > 70, "{found}");
}

#[test]
fn every_file_has_its_counts_and_its_place() {
    let place = Place::new();
    for (nth, (_, text)) in texts().iter().enumerate() {
        place.write(format!("tree/{nth}"), text);
    }
    let arguments = ["-i", "--by", "file", "love", "aa", "--in", "tree"];
    let expected = run(&place, &arguments, 1, "");
    assert_eq!(expected.out.lines().count(), 2 * (texts().len() + 1), "{expected:?}");
    for (cores, range) in [(2, "5"), (4, "100"), (8, "1000")] {
        assert_eq!(run(&place, &arguments, cores, range), expected);
    }
}

#[test]
fn a_line_too_long_ends_a_divided_text_as_it_ends_another() {
    let place = Place::new();
    let text = [&b"love\nlove love\n"[..], &b"x".repeat(100), b"\nlove\nlove\n"].concat();
    place.write("a.txt", &text);
    for (limit, count) in [("--max-line=50", 3), ("--max-line=100", 5)] {
        let arguments = ["-E", "l[o]ve", limit, "a.txt"];
        let alone = run(&place, &arguments, 1, "");
        assert_eq!(alone.out, format!("l[o]ve {count}\n"));
        for range in ["1", "4", "30"] {
            let shared = run(&place, &arguments, 3, range);
            assert_eq!((shared.out, shared.status), (alone.out.clone(), alone.status));
            let has_complaint = shared.err.contains("a.txt: a line is longer than 50 bytes");
            assert_eq!(has_complaint, count == 3, "{}", shared.err);
        }
    }
}

/// The line "love and aaa", fifty times, as gzip packs it.
const PACKED: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xcb\xc9\x2f\x4b\x55\x48\xcc\x4b\x51\x48\x4c\x4c\xe4\xca\x19\xe5\x8c\x72\x06\x8a\x03\x00\xd6\x48\x8f\x70\x8a\x02\x00\x00";

/// What must be seen in its order, or comes through a decoder, is counted by one.
#[test]
fn what_cannot_be_divided_is_counted_whole() {
    let place = Place::new();
    let text = "love and aaa\n".repeat(50);
    place.write("a.txt", text.as_bytes());
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("wide.txt", &[&b"\xFF\xFE"[..], &wide].concat());
    let patterns = ["-e", "love", "-e", "aa"];
    place.write("a.gz", PACKED);
    let ways: [&[&str]; 7] = [
        &["a.gz"],
        &["a.txt", "--show=2"],
        &["a.txt", "--by", "part=4"],
        &["a.txt", "--format=json", "--show=60"],
        &["wide.txt"],
        &["wide.txt", "-E"],
        &["a.txt", "--encoding=latin1"],
    ];
    for way in ways {
        let arguments = [&patterns, way].concat();
        let expected = run(&place, &arguments, 1, "");
        assert!(expected.status == 0 && expected.out.contains("50"), "{expected:?}");
        for range in ["1", "100"] {
            assert_eq!(run(&place, &arguments, 4, range), expected, "{way:?}");
        }
    }
    let cores = |arguments: &[&str], range| {
        let arguments = [&["love", "--stats", "a.txt"], arguments].concat();
        let err = run(&place, &arguments, 3, range).err;
        err.lines().find_map(|line| line.strip_prefix("cores ")).unwrap().trim().to_owned()
    };
    assert_eq!(cores(&[], "100"), "3");
    assert_eq!(cores(&[], ""), "1", "a small file starts no threads");
    assert_eq!(cores(&["--show=2"], "100"), "3", "places are found on all cores");
}

#[test]
fn ranges_are_numbers() {
    let place = Place::with(&[("a.txt", b"love")]);
    let refused = run(&place, &["love", "a.txt"], 2, "0");
    assert_snapshot!(refused.err, @"cogrep: COGREP_RANGE=0: not a number of bytes, from 1");
    assert_eq!(refused.status, 2);
}
