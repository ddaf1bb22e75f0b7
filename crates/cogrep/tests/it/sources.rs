//! What can be read, all kinds of it at once: the counts are exact, the order is
//! that of the inputs, and what cannot be read is reported.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::common::{Answer, Place, answer, expect, waiting};
use rustix::fs::{CWD, Mode};

/// A tree with more text than one thread would be left alone with.
fn tree(place: &Place) -> String {
    let mut expected = String::new();
    for folder in 0..7_usize {
        for file in 0..40_usize {
            let name = format!("tree/{folder}/{file:02}.txt");
            let count = (folder * 41 + file * 17) % 90;
            place.write(&name, "love and ".repeat(count).as_bytes());
            writeln!(expected, "{name}:love {count}").unwrap();
        }
    }
    place.write("tree/large.txt", "love".repeat(100_000).as_bytes());
    writeln!(expected, "tree/large.txt:love 100000").unwrap();
    expected
}

fn named_pipe(place: &Place, name: &str) -> PathBuf {
    let path = place.path().join(name);
    rustix::fs::mknodat(CWD, &path, rustix::fs::FileType::Fifo, Mode::RWXU, 0).unwrap();
    path
}

#[test]
fn results_by_file_keep_their_order_on_any_number_of_cores() {
    let place = Place::new();
    let expected = tree(&place);
    for (threads, io) in [("0", "auto"), ("1", "auto"), ("4", "auto"), ("2", "portable")] {
        let mut command = place.command();
        command.env("COGREP_IO", io).args(["love", "tree", "--by", "file", "-j", threads]);
        let found = answer(&mut command, b"");
        let (by_file, total) = found.out.trim_end().rsplit_once('\n').unwrap();
        assert!(by_file == expected.trim_end(), "-j {threads}, {io}: {by_file}");
        let sum: usize = expected.lines().map(count_of).sum();
        assert_eq!((total, found.err.as_str(), found.status), (&*format!("love {sum}"), "", 0));
    }
    let refusal =
        place.command().env("COGREP_IO", "magic").args(["love", "tree"]).output().unwrap();
    assert_eq!(refusal.status.code(), Some(2));
}

fn count_of(line: &str) -> usize {
    line.rsplit_once(' ').unwrap().1.parse().unwrap()
}

#[test]
fn many_slow_pipes_are_read_at_once_beside_a_busy_source() {
    const PIPES: usize = 200;
    let place = Place::new();
    tree(&place);
    let pipes: Vec<PathBuf> =
        (0..PIPES).map(|pipe| named_pipe(&place, &format!("pipe{pipe:03}"))).collect();
    let child = place
        .command()
        .args(["love", "--format", "jsonl", "--in", "tree"])
        .args(&pipes)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Opening to write waits for the reader: all are opened before any is written to,
    // which goes on for ever if they are read one after the other.
    let mut writers: Vec<_> =
        pipes.iter().map(|pipe| OpenOptions::new().write(true).open(pipe).unwrap()).collect();
    for round in 0..3 {
        for (pipe, writer) in writers.iter_mut().enumerate().rev() {
            // An occurrence is cut by the pause.
            let piece: &[u8] = if round == 0 { b"love lo" } else { b"ve lo" };
            writer.write_all(piece).unwrap();
            if pipe % 50 == 0 {
                waiting::wait_until_read(&[writer]);
            }
        }
    }
    drop(writers);
    let output = child.wait_with_output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let mut lines = out.lines().skip_while(|line| !line.contains("pipe000"));
    for pipe in 0..PIPES {
        let line = lines.next().unwrap();
        assert!(line.contains(&format!("pipe{pipe:03}")) && line.contains("\"count\":3"), "{line}");
    }
}

#[test]
fn an_interrupt_ends_sources_that_wait() {
    let place = Place::new();
    let pipes: Vec<PathBuf> =
        (0..9).map(|pipe| named_pipe(&place, &format!("pipe{pipe}"))).collect();
    let Some(mut command) = place.with_default_signals() else { return };
    let child = command
        .args(["love", "--in"])
        .args(&pipes)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut writers: Vec<_> =
        pipes.iter().map(|pipe| OpenOptions::new().write(true).open(pipe).unwrap()).collect();
    writers[0].write_all(b"love and love").unwrap();
    writers[4].write_all(b"love").unwrap();
    waiting::wait_until_idle(&child, &writers);
    waiting::interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "love 3\n");
    assert_eq!(output.status.code(), Some(130));
}

#[test]
fn in_trees_only_regular_files_are_read() {
    let place = Place::with(&[("tree/a.txt", b"love")]);
    named_pipe(&place, "tree/pipe");
    symlink("a.txt", place.path().join("tree/link")).unwrap();
    symlink("gone", place.path().join("tree/broken")).unwrap();
    symlink(".", place.path().join("tree/loop")).unwrap();
    assert_eq!(place.run(["love", "tree"]), expect("love 1\n", "", 0));
    // Named, each is read, or said to be unreadable.
    assert_eq!(place.run(["love", "tree/link", "tree/a.txt"]), expect("love 2\n", "", 0));
    let broken = place.run(["love", "tree/a.txt", "tree/broken"]);
    assert!(broken.err.contains("tree/broken: no such file"), "{}", broken.err);
    assert_eq!((broken.out.as_str(), broken.status), ("love 1\n", 2));
}

#[test]
fn names_are_bytes() {
    let place = Place::new();
    let name = OsString::from_vec(b"tree/caf\xe9".to_vec());
    place.write(&name, b"love");
    let found = place.run(["love", "tree", "--by=file"]);
    assert_eq!(found, expect("tree/caf\u{FFFD}:love 1\nlove 1\n", "", 0));
    let mut arguments = vec![OsString::from("love")];
    arguments.push(name);
    assert_eq!(place.run(arguments), expect("love 1\n", "", 0));
}

#[test]
#[cfg(target_os = "linux")]
fn devices_and_files_of_the_system_are_read_to_their_end() {
    let place = Place::new();
    let answers: Vec<Answer> = [
        vec!["Name:", "/proc/self/status"],
        vec!["Name:", "/proc/self/status", "/dev/null"],
        vec!["Name:", "/dev/null", "/dev/null", "/proc/self/status"],
    ]
    .into_iter()
    .map(|arguments| place.run(arguments))
    .collect();
    for found in answers {
        assert_eq!(found, expect("Name: 1\n", "", 0));
    }
}

#[test]
fn files_that_vanish_are_named_and_the_rest_counts() {
    let place = Place::new();
    tree(&place);
    // The walk has seen them when they are gone: the pipe is found last, and waits.
    let pipe = named_pipe(&place, "pipe");
    let list: Vec<String> = (0..40).map(|file| format!("tree/0/{file:02}.txt")).collect();
    fs::remove_file(place.path().join("tree/0/07.txt")).unwrap();
    let child = place
        .command()
        .args(["love", "--in"])
        .args(&list)
        .arg(&pipe)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(OpenOptions::new().write(true).open(&pipe).unwrap());
    let mut err = String::new();
    let output = child.wait_with_output().unwrap();
    (&output.stderr[..]).read_to_string(&mut err).unwrap();
    assert_eq!(
        err,
        "cogrep: tree/0/07.txt: no such file\n\
         cogrep: incomplete: 1 of 41 sources could not be read to the end\n"
    );
    let expected: usize = (0..40).filter(|file| *file != 7).map(|file| file * 17 % 90).sum();
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("love {expected}\n"));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn files_of_a_folder_are_selected_as_ripgrep_does() {
    let place = Place::with(&[
        ("tree/a.rs", b"love"),
        ("tree/b.txt", b"love love"),
        ("tree/deep/c.txt", b"love love love love"),
        ("tree/deep/deeper/d.md", &b"love ".repeat(8)),
        ("tree/.hidden", &b"love ".repeat(16)),
        ("tree/.ignore", b"/ignored.txt"),
        ("tree/ignored.txt", &b"love ".repeat(32)),
        ("elsewhere/e.txt", &b"love ".repeat(64)),
    ]);
    symlink("../elsewhere", place.path().join("tree/link")).unwrap();
    let cases: [(&[&str], usize); 17] = [
        (&[], 1 + 2 + 4 + 8),
        (&["--hidden"], 1 + 2 + 4 + 8 + 16),
        (&["--no-ignore"], 1 + 2 + 4 + 8 + 32),
        (&["-u"], 1 + 2 + 4 + 8 + 32),
        (&["-uu"], 1 + 2 + 4 + 8 + 16 + 32),
        (&["-g", "*.txt"], 2 + 4 + 32),
        (&["-g", "!*.txt"], 1 + 8),
        (&["-g", "*.txt", "-g", "!**/deep/**"], 2 + 32),
        (&["-t", "rust"], 1),
        (&["-t", "rust", "-t", "md"], 1 + 8),
        (&["-T", "rust"], 2 + 4 + 8),
        (&["-d", "1"], 1 + 2),
        (&["--max-depth", "2"], 1 + 2 + 4),
        (&["--max-filesize", "10"], 1 + 2),
        (&["--max-filesize", "1K"], 1 + 2 + 4 + 8),
        (&["-R"], 1 + 2 + 4 + 8 + 64),
        (&["--one-file-system"], 1 + 2 + 4 + 8),
    ];
    for (flags, count) in cases {
        let found = place.run([&["love", "tree"], flags].concat());
        assert_eq!(found, expect(&format!("love {count}\n"), "", 0), "{flags:?}");
    }
    for (flag, value) in [("-t", "klingon"), ("-g", "[a"), ("--max-filesize", "many")] {
        let refusal = place.run(["love", "tree", flag, value]);
        assert_eq!((refusal.status, refusal.err.lines().count()), (2, 1), "{}", refusal.err);
    }
    assert!(place.run(["--type-list"]).out.contains("\nrust: *.rs\n"));
}

#[test]
#[cfg(target_os = "linux")]
fn a_walk_stays_on_its_file_system_when_asked_to() {
    use std::os::unix::fs::MetadataExt;

    let place = Place::with(&[("tree/a.txt", b"love")]);
    let device = |path: &std::path::Path| fs::metadata(path).map(|metadata| metadata.dev());
    let Some(elsewhere) = ["/dev/shm", "/tmp", "/var/tmp"]
        .into_iter()
        .filter_map(|folder| tempfile::tempdir_in(folder).ok())
        .find(|folder| device(folder.path()).ok() != device(place.path()).ok())
    else {
        return cogrep_testing::skip("there is no second file system to write to");
    };
    fs::write(elsewhere.path().join("b.txt"), "love love").unwrap();
    symlink(elsewhere.path(), place.path().join("tree/elsewhere")).unwrap();
    let count = |flags: &[&str]| place.run([&["love", "tree"], flags].concat());
    assert_eq!(count(&["-R"]), expect("love 3\n", "", 0));
    assert_eq!(count(&["-R", "--one-file-system"]), expect("love 1\n", "", 0));
}

#[test]
fn followed_links_that_lead_nowhere_are_faults() {
    let place = Place::with(&[("tree/a.txt", b"love")]);
    symlink(".", place.path().join("tree/loop")).unwrap();
    symlink("gone", place.path().join("tree/nowhere")).unwrap();
    let found = place.run(["love", "tree", "-R"]);
    assert_eq!((found.out.as_str(), found.status), ("love 1\n", 2));
    assert!(found.err.contains("tree/loop") && found.err.contains("tree/nowhere"), "{}", found.err);
}

#[test]
fn inputs_come_from_lists() {
    let place = Place::with(&[
        ("a.txt", b"love"),
        ("b\n.txt", b"love love"),
        ("folder/c.txt", b"love love love love"),
        ("list", b"a.txt\n\nfolder\n"),
        ("list0", b"b\n.txt\0a.txt"),
        ("crlf", b"a.txt\r\n\r\nfolder\r\n"),
        ("crlf0", b"a.txt\r\0"),
        ("empty", b""),
    ]);
    let run = |arguments: &[&str]| place.run(arguments);
    assert_eq!(run(&["love", "--files-from", "list"]), expect("love 5\n", "", 0));
    assert_eq!(run(&["love", "--files0-from", "list0"]), expect("love 3\n", "", 0));
    assert_eq!(run(&["love", "--files-from", "crlf"]), expect("love 5\n", "", 0));
    assert_eq!(run(&["love", "--files0-from", "crlf0"]).status, 2, "the name is as it is written");
    assert_eq!(run(&["love", "a.txt", "--files-from", "list"]), expect("love 6\n", "", 0));
    assert_eq!(run(&["love", "--files-from", "empty"]), expect("love 0\n", "", 1));
    let piped = place.pipe(b"folder\na.txt\n", ["love", "--files-from", "-"]);
    assert_eq!(piped, expect("love 5\n", "", 0));
    for arguments in [
        &["love", "--files-from", "-", "-"][..],
        &["-f", "-", "--files-from", "-"],
        &["love", "--files-from", "gone"],
    ] {
        let refusal = place.pipe(b"-\n", arguments);
        assert_eq!((refusal.status, refusal.out.as_str()), (2, ""), "{arguments:?}");
    }
}

#[test]
fn compressed_files_are_unpacked_and_what_is_cut_off_is_said() {
    let place = Place::new();
    let text = "love and hate\n".repeat(20_000);
    place.write("plain.txt", text.as_bytes());
    let packed = Command::new("gzip").arg("-c").arg(place.path().join("plain.txt")).output();
    let Ok(packed) = packed else {
        cogrep_testing::skip("there is no gzip");
        return;
    };
    place.write("packed.gz", &packed.stdout);
    place.write("cut.gz", &packed.stdout[..packed.stdout.len() / 2]);
    assert_eq!(place.run(["love", "packed.gz"]), expect("love 20000\n", "", 0));
    assert_eq!(place.pipe(&packed.stdout, ["love", "-"]), expect("love 20000\n", "", 0));
    assert_eq!(place.run(["love", "packed.gz", "--no-decompress"]).out, "love 0\n");
    let cut = place.run(["love", "packed.gz", "cut.gz"]);
    assert_eq!(cut.status, 2);
    assert!(cut.err.starts_with("cogrep: cut.gz: the gzip data is cut off; "), "{}", cut.err);
    let count: usize = cut.out.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
    assert!((20_100..40_000).contains(&count), "what came before the cut counts: {count}");
}

/// Folders are walked by several threads where sources are not reported one by one: what is
/// said of some comes in the order of their names all the same.
#[test]
fn faults_keep_their_order_however_the_sources_were_found() {
    let place = Place::new();
    tree(&place);
    let mut expected = String::new();
    for folder in 0..7 {
        let link = format!("tree/{folder}/nowhere");
        symlink("missing", place.path().join(&link)).unwrap();
        writeln!(expected, "cogrep: {link}: no such file").unwrap();
    }
    for io in ["auto", "portable"] {
        let mut command = place.command();
        command.env("COGREP_IO", io).args(["love", "--follow", "tree", "missing", "tree"]);
        let found = answer(&mut command, b"");
        let (first, second) = found.err.split_once("cogrep: missing: no such file\n").unwrap();
        assert_eq!((first, second.starts_with(&expected)), (&*expected, true), "{io}");
        assert_eq!(found.status, 2);
    }
}

/// Where few files may be open, their turn comes when others are closed.
#[test]
fn few_files_may_be_open_at_once() {
    let place = Place::new();
    let expected: usize = tree(&place).lines().map(count_of).sum();
    for io in ["auto", "portable"] {
        let program = env!("CARGO_BIN_EXE_cogrep");
        let script = format!("ulimit -n 20 && exec {program} -j 2 love tree");
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env("COGREP_IO", io).current_dir(place.path());
        let output = command.output().unwrap();
        let (out, err) = (String::from_utf8(output.stdout), String::from_utf8(output.stderr));
        assert_eq!((out.unwrap(), err.unwrap()), (format!("love {expected}\n"), String::new()));
    }
}
