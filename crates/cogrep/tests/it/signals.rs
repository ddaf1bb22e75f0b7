//! Signals: what was counted is printed, and what was ignored stays ignored.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::Place;

fn kill(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

fn end(mut child: Child) -> (String, String, Option<i32>) {
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    (out, err, child.wait().unwrap().code())
}

#[test]
fn every_request_to_stop_prints_what_was_counted() {
    let place = Place::new();
    for (signal, status) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        let Some(mut command) = place.with_default_signals() else { return };
        let mut child = command
            .args(["love", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"love and love\n").unwrap();
        std::thread::sleep(Duration::from_millis(600));
        kill(&child, signal);
        let (out, err, code) = end(child);
        assert_eq!((out.as_str(), code), ("love 2\n", Some(status)), "{signal}: {err}");
        assert!(err.contains("incomplete: interrupted"), "{signal}: {err}");
        drop(stdin);
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_signal_that_was_ignored_stays_ignored() {
    let place = Place::new();
    for (name, signal) in [("INT", "-INT"), ("TERM", "-TERM"), ("HUP", "-HUP")] {
        let script = format!("trap '' {name}; exec \"$0\" love -");
        let mut child = Command::new("bash")
            .current_dir(place.path())
            .args(["-c", &script, env!("CARGO_BIN_EXE_cogrep")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"love and ").unwrap();
        std::thread::sleep(Duration::from_millis(600));
        kill(&child, signal);
        std::thread::sleep(Duration::from_millis(100));
        stdin.write_all(b"love\n").unwrap();
        drop(stdin);
        assert_eq!(end(child), ("love 2\n".to_owned(), String::new(), Some(0)), "{name}");
    }
}

/// The slowest engine with many patterns: a chunk takes it seconds.
#[test]
fn slow_engines_hear_of_it_soon() {
    let place = Place::new();
    let patterns: String =
        (0..20_000).fold(String::new(), |lines, nth| lines + &format!("pattern{nth}\n"));
    place.write("patterns", patterns.as_bytes());
    place.write("text", "pattern1 and no other text\n".repeat(1_000_000).as_bytes());
    for engine in ["naive", "memmem"] {
        let Some(mut command) = place.with_default_signals() else { return };
        let child = command
            .args(["-f", "patterns", "--top=1", "--engine", engine, "text"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_secs(2));
        kill(&child, "-INT");
        let begun = Instant::now();
        let (_, err, code) = end(child);
        assert_eq!(code, Some(130), "{engine}: {err}");
        // On a machine that does nothing else it takes a tenth of a second; all of the text
        // takes minutes.
        assert!(begun.elapsed() < Duration::from_secs(30), "{engine}: {:?}", begun.elapsed());
    }
}
#[test]
fn quiet_ends_when_the_status_is_certain() {
    let place = Place::with(&[("text", b"love love\n")]);
    let mut child = place
        .command()
        .args(["-q", "love"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Its standard input stays open.
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"hate and love\n").unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(20), "it waits for more");
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(stdin);
    assert_eq!(end(child), (String::new(), String::new(), Some(0)));
    let status = |arguments: &[&str]| place.run([&["love", "text"], arguments].concat()).status;
    assert_eq!(status(&["-q", "--min-count=2"]), 0);
    assert_eq!(status(&["-q", "--min-count=3"]), 1);
    assert_eq!(status(&["--min-count=3"]), 1);
    assert_eq!(place.run(["-q", "love", "gone", "text"]).status, 2);
}
