//! What goes wrong while counting: it is said, nothing that was counted is lost,
//! and the exit status tells.

use std::process::Stdio;

use insta::assert_snapshot;

use crate::common::{Answer, Place, answer, expect};

const ONE_OF_TWO: &str = "cogrep: incomplete: 1 of 2 sources could not be read to the end\n";

#[test]
fn sources_that_cannot_be_read_are_named() {
    let place = Place::with(&[("a.txt", b"love"), ("folder/b.txt", b"love")]);
    assert_snapshot!(place.run(["love", "a.txt", "gone"]), @"
    love 1
    ----- standard error
    cogrep: gone: no such file
    cogrep: incomplete: 1 of 2 sources could not be read to the end
    ----- status 2
    ");
    assert_snapshot!(place.run(["love", "gone/away", "a.txt", "folder"]).err, @"
    cogrep: gone/away: no such file
    cogrep: incomplete: 1 of 3 sources could not be read to the end
    ");
}

#[test]
fn a_run_without_any_file_to_read_gives_a_hint() {
    let place = Place::with(&[("tree/.hidden", b"love")]);
    let hint = "cogrep: hint: no file to read was found; --stats says what was left out, by rule\n";
    assert_eq!(place.run(["love", "tree"]), expect("love 0\n", hint, 1));
    assert_eq!(place.run(["love", "-q", "tree"]), expect("", "", 1));
    assert_eq!(place.run(["love", "--hidden", "tree"]), expect("love 1\n", "", 0));
    assert_eq!(place.run(["love", "--part=2/3", "--hidden", "tree"]), expect("love 0\n", "", 1));
}

#[test]
fn patterns_that_cannot_be_counted_are_placed() {
    let place = Place::with(&[("a.txt", b"love"), ("list", b"good\n\n(bad\n")]);
    let refusal = |arguments: &[&str]| {
        let answer = place.run(arguments);
        assert_eq!((answer.out.as_str(), answer.status), ("", 2), "{arguments:?}");
        assert_eq!(answer.err.lines().count(), 1, "{}", answer.err);
        answer.err
    };
    let empty = refusal(&["-e", "love", "-e", "", "a.txt"]);
    assert!(empty.starts_with("cogrep: pattern 2") && empty.contains("empty"), "{empty}");
    let regex = refusal(&["-E", "lo(ve", "a.txt"]);
    assert!(regex.contains("lo(ve") && regex.contains("column 3"), "{regex}");
    let listed = refusal(&["-E", "-f", "list", "a.txt"]);
    assert!(listed.starts_with("cogrep: list:3: "), "{listed}");
}

#[test]
fn an_expression_too_large_is_refused_with_its_line_its_need_and_the_flag() {
    let place = Place::with(&[("a.txt", b"love"), ("list", b"love\n[ab]{60000}c\n")]);
    let limited =
        |limit: &str| place.run(["-E", "--regex-size-limit", limit, "-f", "list", "a.txt"]);
    let answer = limited("1M");
    let whole = "cogrep: list:2: pattern 2 is too large a regular expression: it needs ";
    assert!(answer.err.starts_with(whole), "{}", answer.err);
    let limit =
        "MiB, and all together may take 1: [ab]{60000}c; allow more with --regex-size-limit\n";
    assert!(answer.err.ends_with(limit), "{}", answer.err);
    assert_eq!(answer.status, 2);
    assert_eq!(limited("100M"), crate::common::expect("love 1\n[ab]{60000}c 0\n", "", 0));
}

#[test]
fn a_line_too_long_for_a_regex_makes_its_source_partial() {
    let place = Place::with(&[("a.txt", b"love\nlove lost\nlove"), ("b.txt", b"love\nlove")]);
    assert_snapshot!(place.run(["-E", "l[o]ve", "--max-line=5", "a.txt", "b.txt"]), @"
    l[o]ve 3
    ----- standard error
    cogrep: a.txt: a line is longer than 5 bytes; raise --max-line; 19 bytes were read
    cogrep: incomplete: 1 of 2 sources could not be read to the end
    ----- status 2
    ");
}

/// A run by a user that may not read everything: by nobody, where the tests run as root.
#[cfg(unix)]
fn run_without_rights(place: &Place, arguments: &[&str]) -> Answer {
    use std::os::unix::process::CommandExt;

    const NOBODY: u32 = 65534;
    // The folder of the build may be closed to nobody, and this one is not.
    let mut command = place.command_of(place.path().join("cogrep"));
    if std::fs::File::open(place.path().join("locked")).is_ok() {
        command.uid(NOBODY).gid(NOBODY);
    }
    answer(command.args(arguments), b"")
}

#[test]
#[cfg(unix)]
fn what_may_not_be_read_is_named_and_the_rest_counts() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::with(&[
        ("locked", b"love"),
        ("tree/a.txt", b"love"),
        ("tree/b.txt", b"love"),
        ("other/closed/a.txt", b"love"),
        ("other/open/a.txt", b"love"),
    ]);
    std::fs::copy(env!("CARGO_BIN_EXE_cogrep"), place.path().join("cogrep")).unwrap();
    let set_modes = |modes: [(&str, u32); 4]| {
        for (name, mode) in modes {
            let path = place.path().join(name);
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }
    };
    set_modes([("locked", 0), ("tree/a.txt", 0), ("other/closed", 0), (".", 0o555)]);
    let incomplete = |name: &str| format!("cogrep: {name}: permission denied\n{ONE_OF_TWO}");
    let refused = "cogrep: locked: permission denied\n";
    for (arguments, expected) in [
        (&["love", "tree"][..], expect("love 1\n", &incomplete("tree/a.txt"), 2)),
        (&["love", "other"], expect("love 1\n", &incomplete("other/closed"), 2)),
        (&["love", "locked", "tree/b.txt"], expect("love 1\n", &incomplete("locked"), 2)),
        (&["-f", "locked", "tree/b.txt"], expect("", refused, 2)),
        (&["--files-from", "locked", "love"], expect("", refused, 2)),
        (
            &["love", "tree/b.txt", "--plot", "other/closed/plot.svg"],
            expect("", "cogrep: --plot other/closed/plot.svg: permission denied\n", 2),
        ),
        (
            &["love", "tree/b.txt", "--save", "saved"],
            expect(
                "",
                "cogrep: --save saved: its folder cannot be written to: permission denied\n",
                2,
            ),
        ),
    ] {
        assert_eq!(run_without_rights(&place, arguments), expected, "{arguments:?}");
    }
    // So that the folder can be removed.
    set_modes([(".", 0o755), ("locked", 0o644), ("tree/a.txt", 0o644), ("other/closed", 0o755)]);
}

#[test]
#[cfg(target_os = "linux")]
fn an_error_while_reading_is_named() {
    let place = Place::with(&[("a.txt", b"love")]);
    // Reading the memory of a process at address zero is an error of input and output.
    let answer = place.run(["love", "/proc/self/mem", "a.txt"]);
    assert_eq!((answer.out.as_str(), answer.status), ("love 1\n", 2));
    assert!(answer.err.starts_with("cogrep: /proc/self/mem: "), "{}", answer.err);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    for (format, list) in formats_and_lists() {
        let place = Place::with(&[("a.txt", b"love"), ("list", &list)]);
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let arguments = ["-f", "list", "a.txt", "--by=file", "--format", format];
        let output = place.command().args(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}");
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "cogrep: standard output: no space left on device\n",
            "{format}"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn help_reports_a_full_disk_and_not_a_closed_pipe() {
    let place = Place::new();
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["--type-list"],
        &["--generate", "man"],
        &["--explain", "x"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = place.command().args(arguments).stdout(full).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(err, "cogrep: standard output: no space left on device\n", "{arguments:?}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");

        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = place.command().args(arguments).stdout(writer).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
    }
}

/// Each format, with a list of one pattern, and with one that is too long for what is
/// written at once.
fn formats_and_lists() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let formats = ["text", "table", "csv", "tsv", "json", "jsonl", "parquet"];
    let long: Vec<String> = (0..20_000).map(|number| format!("pattern {number}")).collect();
    let lists = ["love".to_owned(), long.join("\n")];
    formats
        .into_iter()
        .flat_map(move |format| lists.clone().map(|list| (format, list.into_bytes())))
}

#[test]
#[cfg(unix)]
fn a_closed_pipe_ends_quietly() {
    for (format, list) in formats_and_lists() {
        let place = Place::with(&[("a.txt", b"love"), ("list", &list)]);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let arguments = ["-f", "list", "a.txt", "--by=file", "--format", format];
        let output = place.command().args(arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

#[test]
#[cfg(unix)]
fn an_interrupt_keeps_what_was_counted() {
    for (format, counted) in [
        ("text", "love 2\n"),
        ("csv", "source,pattern,count\n,love,2\n"),
        ("json", "\"complete\": false"),
        ("jsonl", "\"complete\":false"),
    ] {
        let Some(output) = interrupted(&["love", "-", "--format", format]) else { return };
        assert!(output.out.contains(counted), "{output:?}");
        assert_eq!(output.err, "cogrep: incomplete: interrupted; these are the counts so far\n");
        assert_eq!(output.status, 130);
    }
}

/// A run that has read two loves from standard input when Ctrl-C is pressed.
#[cfg(unix)]
fn interrupted(arguments: &[&str]) -> Option<Answer> {
    use std::io::Write;

    use crate::common::waiting;

    let place = Place::new();
    let mut child = place
        .with_default_signals()?
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"love and love\n").unwrap();
    waiting::wait_until_idle(&child, &[&stdin]);
    waiting::interrupt(&child);
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    Some(output.into())
}

/// Text of unlimited length is counted in 64 MiB of address space, program and
/// all: a line is never held whole.
#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_whatever_the_lines() {
    let place = Place::new();
    // More than the limit, and a multiple of both units.
    let length = if cogrep_testing::is_thorough() { 210_000_000 } else { 75_000_000 };
    for unit in ["love and hate. ", "love\n"] {
        let command = format!(
            "ulimit -v 65536; yes '{}' | {} head -c {length} | \"$0\" -i love hate nothing --in -",
            unit.trim_end(),
            if unit.ends_with('\n') { "" } else { "tr '\\n' ' ' |" },
        );
        let program = env!("CARGO_BIN_EXE_cogrep");
        let mut shell = std::process::Command::new("sh");
        let answer =
            answer(shell.arg("-c").arg(command).arg(program).current_dir(place.path()), b"");
        let periods = length / unit.len();
        let hates = if unit.contains("hate") { periods } else { 0 };
        assert_eq!(
            answer,
            expect(&format!("love {periods}\nhate {hates}\nnothing 0\n"), "", 0),
            "{unit:?}"
        );
    }
}
