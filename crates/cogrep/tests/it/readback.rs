//! Names and patterns with anything in them: exact in CSV and JSON, as Python
//! reads them back, and inert on a terminal.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::process::{Command, Stdio};

use cogrep_testing::skip;

use crate::common::{Place, answer};

const PATTERNS: [&[u8]; 9] = [
    b"a,b",
    b"say \"x\"",
    b"two\nlines",
    b"tab\there",
    b"\x1b[31mred",
    b"\xff\xfe",
    b" edge ",
    "caf\u{e9}".as_bytes(),
    "\u{9b}31m\u{202e}\u{7f}x\u{e9}".as_bytes(),
];
const NAMES: [&[u8]; 5] =
    [b"plain", b"new\nline,\"quoted\"", b"\x1b]0;title\x07", b"not\xffutf8", b"tab\t"];

/// Prints, as hexadecimal, what it reads back from each format.
const READ_BACK: &str = r#"
import base64, csv, io, json, os, sys
form, raw = sys.argv[1], sys.stdin.buffer.read()
def text(o, k):
    return base64.b64decode(o[k + "_base64"]) if k + "_base64" in o else o[k].encode()
if form == "csv":
    rows = csv.reader(io.StringIO(raw.decode("utf-8", "surrogateescape"), newline=""))
    next(rows)
    rows = [(s.encode("utf-8", "surrogateescape"), p.encode("utf-8", "surrogateescape"), n) for s, p, n in rows]
elif form == "tsv":
    import re
    field = lambda f: re.sub(rb"\\(.)", lambda m: {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"\\": b"\\"}[m[1]], f)
    rows = [line.split(b"\t") for line in raw.splitlines()[1:]]
    rows = [(field(s), field(p), int(n)) for s, p, n in rows]
elif form == "parquet":
    import pyarrow.parquet
    # Without threads of its own: on a busy machine they can outlive the interpreter, which
    # ends with a complaint then.
    table = pyarrow.parquet.read_table(io.BytesIO(raw), use_threads=False)
    assert table.schema.metadata[b"cogrep.schema"] == b"1", table.schema.metadata
    exact = lambda o, k: o[k + "_bytes"] if o[k + "_bytes"] is not None else o[k].encode()
    rows = [(exact(o, "source"), exact(o, "pattern"), o["count"]) for o in table.to_pylist()]
elif form == "json":
    o = json.loads(raw)
    rows = [(text(s, "source"), text(p, "pattern"), n)
            for s in o["sources"] for p, n in zip(o["patterns"], s["counts"])]
else:
    lines = [json.loads(line) for line in raw.splitlines()]
    assert lines[-1]["type"] == "summary" and lines[-1]["complete"]
    rows = [(text(o, "source"), text(o, "pattern"), o["count"]) for o in lines if o["type"] == "count"]
for s, p, n in rows:
    print(s.hex(), p.hex(), n)
sys.stdout.flush()
os._exit(0)
"#;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

/// A place with files of these names, the nth of which holds each pattern n times.
fn place() -> Place {
    let place = Place::new();
    for (nth, name) in NAMES.iter().enumerate() {
        let text = PATTERNS.iter().map(|p| [*p, b"|"].concat()).collect::<Vec<_>>().concat();
        place.write(OsStr::from_bytes(name), &text.repeat(nth));
    }
    place
}

fn arguments(extra: &[&str]) -> Vec<OsString> {
    let words = |list: &[&[u8]]| -> Vec<OsString> {
        list.iter().map(|word| OsString::from_vec(word.to_vec())).collect()
    };
    let mut all: Vec<OsString> = extra.iter().map(OsString::from).collect();
    all.extend(words(&PATTERNS));
    all.push("--in".into());
    all.extend(words(&NAMES));
    all
}

fn python_has(module: &str) -> bool {
    let import = Command::new("python3").args(["-c", &format!("import {module}")]).output();
    import.is_ok_and(|output| output.status.success())
}

#[test]
fn python_reads_back_what_was_meant() {
    if Command::new("python3").arg("--version").output().is_err() {
        skip("there is no python3");
        return;
    }
    let place = place();
    for format in ["csv", "tsv", "json", "jsonl", "parquet"] {
        if format == "parquet" && !python_has("pyarrow") {
            skip("Python has no pyarrow");
            continue;
        }
        let output =
            place.command().args(arguments(&["--by=file", "--format", format])).output().unwrap();
        assert!(output.status.success());
        if format.starts_with("json") {
            assert!(!String::from_utf8_lossy(&output.stdout).contains(is_obeyed), "{format}");
        }
        let mut python = Command::new("python3");
        let read =
            answer(python.args(["-c", READ_BACK, format]).stdin(Stdio::piped()), &output.stdout);
        let rows = NAMES.iter().enumerate().flat_map(|(nth, name)| {
            PATTERNS.map(|pattern| format!("{} {} {nth}\n", hex(name), hex(pattern)))
        });
        let expected: String = rows.collect();
        assert_eq!((read.out, read.err), (expected, String::new()), "{format}");
    }
}

/// Whether a terminal does something with it, line feeds aside.
fn is_obeyed(char: char) -> bool {
    char != '\n' && (char.is_control() || ('\u{202a}'..='\u{202e}').contains(&char))
}

#[test]
fn what_is_quoted_in_a_message_is_inert() {
    let place = Place::with(&[("a.txt", b"love")]);
    let odd = "\n\u{1b}[2J\u{9b}2J\u{202e}(";
    for (arguments, status) in [
        (&["-E", odd, "a.txt"][..], 2),
        (&["--encoding", odd, "love", "a.txt"], 2),
        (&["--type", odd, "love", "a.txt"], 2),
        (&["--glob", &format!("{odd}["), "love", "a.txt"], 2),
        (&["--by", odd, "love", "a.txt"], 2),
        (&["--format", odd, "love", "a.txt"], 2),
        (&["--engine", odd, "love", "a.txt"], 2),
        (&["-j", odd, "love", "a.txt"], 2),
        (&["--plot", odd, "love", "a.txt", "--plot-kind", odd], 2),
        (&["--timeline", odd, "love", "a.txt"], 2),
        (&["-f", odd, "a.txt"], 2),
        (&["--files-from", odd, "love"], 2),
        (&["--merge", "--format", odd, "a.txt"], 2),
        (&[&format!("--{odd}"), "a.txt"], 2),
        (&["love", "a.txt", odd], 2),
        (&["-c", odd, "a.txt"], 1),
    ] {
        let answer = place.run(arguments);
        assert_eq!(answer.status, status, "{arguments:?}: {}", answer.err);
        assert!(answer.err.starts_with("cogrep: "), "{arguments:?}: {}", answer.err);
        let lines = if arguments == ["love", "a.txt", odd] { 2 } else { 1 };
        assert_eq!(answer.err.lines().count(), lines, "{arguments:?}: {}", answer.err);
        assert!(!answer.err.contains(is_obeyed), "{arguments:?}: {}", answer.err);
    }
    let answer = place.run(["--explain", odd, "a.txt"]);
    assert_eq!(answer.out.lines().count(), 2, "{}", answer.out);
    assert!(!answer.out.contains(is_obeyed), "{}", answer.out);
}

#[test]
fn messages_are_inert_and_on_one_line() {
    let place = Place::with(&[("a.txt", b"love")]);
    let name = OsString::from_vec(b"gone\n\x1b[2J\xff".to_vec());
    let answer = place.run([OsString::from("love"), "a.txt".into(), name]);
    assert!(
        answer.err.starts_with("cogrep: gone\\n\\x1b[2J\\xff: no such file\n"),
        "{}",
        answer.err
    );
}

/// Runs a command line on a terminal of its own and gives what appeared there.
fn on_a_terminal(place: &Place, variables: &[(&str, &str)], command: &str) -> Option<String> {
    on_a_terminal_of(place, 80, variables, command)
}

/// The same, on one with this many columns.
fn on_a_terminal_of(
    place: &Place,
    columns: usize,
    variables: &[(&str, &str)],
    command: &str,
) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_cogrep");
    let mut script = Command::new("script");
    script
        .current_dir(place.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH")?)
        .envs(variables.iter().copied())
        .args(["-qec", &format!("stty cols {columns}; {program} {command}"), "/dev/null"])
        .stdin(Stdio::null());
    let Ok(output) = script.output() else {
        skip("there is no `script` to make a terminal with");
        return None;
    };
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn a_terminal_gets_colour_and_nothing_that_it_would_obey() {
    let place = Place::new();
    place.write("a.txt", b"love");
    let pattern = "$(printf 'x\\033[31m') love --in a.txt";
    let plain = "x\\x1b[31m 0\r\nlove 1\r\n";
    let coloured = "\x1b[1mx\\x1b[31m\x1b[0m 0\r\n\x1b[1mlove\x1b[0m 1\r\n";
    for (variables, expected) in [
        (&[][..], plain),
        (&[("TERM", "dumb")], plain),
        (&[("TERM", "xterm")], coloured),
        (&[("TERM", "xterm"), ("NO_COLOR", "1")], plain),
        (&[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], coloured),
        (&[("TERM", "xterm"), ("LC_ALL", "C")], coloured),
        (&[("TERM", "xterm"), ("LC_ALL", "tr_TR.UTF-8")], coloured),
    ] {
        let Some(shown) = on_a_terminal(&place, variables, pattern) else { return };
        assert_eq!(shown, expected, "{variables:?}");
    }
    let Some(shown) = on_a_terminal(&place, &[("TERM", "xterm")], "love a.txt --color=never")
    else {
        return;
    };
    assert_eq!(shown, "love 1\r\n");
}

#[test]
fn names_in_columns_are_inert_on_a_terminal() {
    let place = Place::new();
    place.write(OsStr::from_bytes(b"a\tb\x1b[2J"), b"love");
    for (format, expected) in [
        ("csv", "source,pattern,count\r\n./a\\tb\\x1b[2J,love,1\r\n"),
        ("tsv", "source\tpattern\tcount\r\n./a\\tb\\x1b[2J\tlove\t1\r\n"),
    ] {
        let command = format!("love --by file --format {format} .");
        let Some(shown) = on_a_terminal(&place, &[], &command) else { return };
        assert_eq!(shown, expected);
    }
}

#[test]
fn tables_fit_into_narrow_terminals() {
    let place = Place::new();
    place.write("a text with a rather long name", &b"love ".repeat(30));
    let long = "pattern".repeat(9);
    for columns in [30, 40, 60, 100] {
        for by in ["", "--by file"] {
            let command = format!("love {long} --format table {by} --in a*");
            let Some(shown) = on_a_terminal_of(&place, columns, &[], &command) else { return };
            let widest = shown.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(columns), "{columns}:\n{shown}");
            assert!(shown.contains("patter"), "{columns}:\n{shown}");
        }
    }
}

#[test]
fn progress_comes_after_a_second_and_leaves_no_trace() {
    let place = Place::new();
    place.write("a.txt", b"love");
    let program = env!("CARGO_BIN_EXE_cogrep");
    let slow = format!("--version; (echo love; sleep 1.6) | {program} love --live");
    let Some(shown) = on_a_terminal(&place, &[("TERM", "xterm")], &slow) else { return };
    assert!(shown.contains("0 MB, 1 source, 0 MB/s"), "{shown:?}");
    // What was shown is erased before the result is printed.
    let (progress, result) = shown.rsplit_once("\x1b[2K").unwrap();
    assert!(progress.contains("love 1") && !result.contains("MB/s"), "{shown:?}");
    assert!(result.ends_with("love\x1b[0m 1\r\n"), "{shown:?}");
    let Some(shown) = on_a_terminal(&place, &[("TERM", "xterm")], "love a.txt") else { return };
    assert_eq!(shown, "\x1b[1mlove\x1b[0m 1\r\n", "quick runs show none");
}
