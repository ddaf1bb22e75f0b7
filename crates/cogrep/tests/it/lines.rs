//! Counts by the time stamp of a line, and by what else it has.

use insta::assert_snapshot;

use crate::common::{Place, answer};

const LOG: &[u8] = b"\
no stamp yet, ERROR
2026-11-29T09:10:00Z alice ERROR ERROR
  of a stack, WARN
2026-11-29T09:50:00Z bob WARN
2026-11-29T12:00:00+01:00 alice ERROR\r
2026-11-29T12:59:59Z bob ERROR";

const OTHER: &[u8] = b"2026-11-29T11:30:00Z alice WARN\n";

fn place() -> Place {
    Place::with(&[("a.log", LOG), ("b.log", OTHER)])
}

#[test]
fn times_without_a_count_are_zeros() {
    let place = place();
    let run = |arguments: &[&str]| place.run([arguments, &["--in", "a.log", "b.log"]].concat());
    assert_snapshot!(run(&["ERROR", "WARN", "--by=time=1h"]), @"
    - ERROR 1
    - WARN 0
    2026-11-29T09:00 ERROR 2
    2026-11-29T09:00 WARN 2
    2026-11-29T10:00 ERROR 0
    2026-11-29T10:00 WARN 0
    2026-11-29T11:00 ERROR 1
    2026-11-29T11:00 WARN 1
    2026-11-29T12:00 ERROR 1
    2026-11-29T12:00 WARN 0
    ");
    assert_snapshot!(run(&["ERROR", "--by=time=1h", "--sort=count", "--top=2"]), @"
    2026-11-29T09:00 ERROR 2
    - ERROR 1
    ");
    assert_snapshot!(run(&["-E", "[A-Z]{4,}", "--by=file,time=1d", "--format=csv"]), @r#"
    source,time,pattern,count
    a.log,-,"[A-Z]{4,}",1
    a.log,2026-11-29,"[A-Z]{4,}",6
    b.log,2026-11-29,"[A-Z]{4,}",1
    "#);
}

#[test]
fn keys_are_what_the_line_has() {
    let place = place();
    let run = |arguments: &[&str]| place.run([arguments, &["--in", "a.log", "b.log"]].concat());
    assert_snapshot!(run(&["ERROR", "WARN", "--by", "key=Z? (alice|bob)"]), @"
    alice:ERROR 3
    alice:WARN 1
    -:ERROR 1
    -:WARN 1
    bob:ERROR 1
    bob:WARN 1
    ");
    assert_snapshot!(run(&["-oE", "[A-Z]{4,}", "--by", "time=1h,key=alice|bob", "--top=1"]), @"
    - -:ERROR 1
    2026-11-29T09:00 -:WARN 1
    2026-11-29T09:00 alice:ERROR 2
    2026-11-29T09:00 bob:WARN 1
    2026-11-29T11:00 alice:ERROR 1
    2026-11-29T12:00 bob:ERROR 1
    ");
    assert_snapshot!(run(&["ERROR", "--by", "key=(a"]), @"
    ----- standard error
    cogrep: --by key=REGEX: REGEX is not a regular expression: unclosed group (column 1): (a
    ----- status 2
    ");
    assert_snapshot!(run(&["ERROR", "--by", "key=zzz", "--only-found"]), @"-:ERROR 5");
}

#[test]
fn stamps_of_a_form_that_is_given_are_found() {
    let place = Place::with(&[("log", b"17/06/09 20:10:40 INFO a\n17/06/09 21:10:40 INFO b\n")]);
    let run = |format: &str| place.run(["INFO", "--by=time=1h", "--time-format", format, "log"]);
    assert_snapshot!(run("%y/%m/%d %H:%M:%S"), @"
    2017-06-09T20:00 INFO 1
    2017-06-09T21:00 INFO 1
    ");
    assert_snapshot!(run("%Y-%m-%d"), @"- INFO 2");
    let mixed = Place::with(&[("log", b"2026-11-29T10:00Z a\n2026-11-29T10:00 a\n")]);
    assert_snapshot!(mixed.run(["a", "--by=time=1h", "log"]), @"
    2026-11-29T10:00 a 2
    ----- standard error
    cogrep: warning: some time stamps have an offset and were brought to UTC, others have none and were taken as they are
    ");
}

#[test]
fn times_and_keys_do_not_depend_on_cores_or_ranges() {
    let mut log = Vec::new();
    for number in 0..4000_u32 {
        let hash = number.wrapping_mul(2_654_435_761) >> 8;
        if hash % 5 == 0 {
            let (hour, minute) = (number / 300, number / 5 % 60);
            log.extend(format!("2026-11-29T{hour:02}:{minute:02}:00Z ").bytes());
        }
        let user = ["alice", "bob", "-"][hash as usize % 3];
        log.extend(
            format!("{user} {}aaa\n", ["ERROR ", "", "WARN "][hash as usize / 7 % 3]).bytes(),
        );
    }
    let place = Place::with(&[("log", &log[..]), ("other", LOG)]);
    for arguments in [
        &["ERROR", "WARN", "aa", "--by=time=10m"][..],
        &["-w", "ERROR", "WARN", "--by", "file,key=alice|bob"],
        &["-iE", "error|warn", "a+", "--by=time=1h,key=[a-z]+"],
        &["-oE", "[A-Z]+|a", "--by=file,time=15m"],
    ] {
        let run = |range: &str, cores: &str| {
            let mut command = place.command();
            command
                .env("COGREP_RANGE", range)
                .args(arguments)
                .args([cores, "--in", "log", "other"]);
            answer(&mut command, b"")
        };
        let expected = run("1000000000", "-j1");
        assert_eq!(expected.status, 0, "{expected}");
        for (range, cores) in [("1000", "-j2"), ("77", "-j3"), ("7", "-j2")] {
            assert!(run(range, cores) == expected, "{arguments:?} {range} {cores}");
        }
    }
}
