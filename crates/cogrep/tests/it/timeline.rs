//! What a run spent its time on, as Python reads it back.

use std::fs;
use std::process::Command;

use cogrep_testing::skip;

use crate::common::{Place, expect};

/// Reads the picture and the trace of one run, and holds them against each other;
/// prints what cores did, what sources waited for, and the names of the threads.
const CHECK: &str = r#"
import json, sys, xml.dom.minidom
picture = xml.dom.minidom.parse("run.svg")
trace = json.load(open("run.json"))
sums, events = trace["otherData"], trace["traceEvents"]
threads, ends, kinds, waits, opened = {}, {}, set(), set(), {}
for event in events:
    assert event["pid"] == 1 and event["ts"] >= 0, event
    tid, ph = event["tid"], event["ph"]
    if ph == "M" and event["name"] == "thread_name":
        threads[tid] = event["args"]["name"]
    elif ph == "X":
        end = ends.get(tid, 0)
        assert abs(event["ts"] - end) < 0.01, ("a gap or an overlap", event, end)
        ends[tid] = event["ts"] + event["dur"]
        kinds.add(event["name"])
        assert (event["name"] in ("reading", "decoding", "counting")) == ("args" in event), event
    elif ph == "b":
        opened[(event["id"], event["cat"], event["name"])] = event["ts"]
        waits.add(event["name"])
    elif ph == "e":
        assert opened.pop((event["id"], event["cat"], event["name"])) <= event["ts"], event
assert not opened
assert set(ends) == set(threads)
for tid, end in ends.items():
    assert abs(end - sums["wall_us"]) < 1, (threads[tid], end, sums)
pictures = {g.getAttribute("data-picture"): g for g in picture.getElementsByTagName("g")}
nanoseconds = lambda which: int(pictures[which].getAttribute("data-nanoseconds"))
busy = lambda which: float(pictures[which].getAttribute("data-busy"))
assert abs(nanoseconds("run") / 1000 - sums["wall_us"]) < 1
assert abs(nanoseconds("serial") / 1000 - sums["serial_us"]) < 1
assert abs(busy("run") - sums["busy_share"]) < 0.001 and 0 < busy("run") <= 1
assert abs(busy("serial") - sums["serial_busy_share"]) < 0.001
assert sums["cores"] == sum(name.startswith("core") for name in threads.values())
print(*sorted(threads.values()), sep=", ")
print(*sorted(kinds - {"idle", "event loop"}), sep=", ")
print(*sorted(waits - {"waiting for its turn"}), sep=", ")
"#;

/// Runs the program with both timelines, and gives what the check prints.
fn check(place: &Place, command: &mut Command, arguments: &[&str]) -> Option<String> {
    if Command::new("python3").arg("--version").output().is_err() {
        skip("there is no python3");
        return None;
    }
    command.args(["--timeline", "run.svg", "--timeline", "run.json"]).args(arguments);
    let answer = crate::common::answer(command, b"");
    assert_eq!((answer.status, answer.err.as_str()), (0, ""), "{answer:?}");
    let mut python = Command::new("python3");
    let checked = crate::common::answer(python.args(["-c", CHECK]).current_dir(place.path()), b"");
    assert_eq!(checked.status, 0, "{checked:?}");
    Some(checked.out)
}

fn tree() -> Place {
    let place = Place::new();
    for number in 0..100 {
        place.write(
            format!("in/{number}.txt"),
            "love and <hate> & hope\n".repeat(number).as_bytes(),
        );
    }
    let utf_16: Vec<u8> = "\u{feff}love".encode_utf16().flat_map(u16::to_le_bytes).collect();
    place.write("in/utf-16", &utf_16.repeat(5000));
    place
}

#[test]
fn cores_and_waits_of_a_run_on_event_loops_are_recorded() {
    let place = tree();
    let mut command = place.command();
    command.env("COGREP_IO", "portable");
    if let Some(out) = check(&place, &mut command, &["-j2", "love", "in"]) {
        assert_eq!(
            out,
            "core 1, core 2, walk\ncounting, decoding, reading, walking\nwaiting for the disk\n"
        );
    }
}

#[test]
fn a_run_of_one_source_after_the_other_is_recorded() {
    let place = tree();
    let mut command = place.command();
    command.env("COGREP_IO", "serial");
    if let Some(out) = check(&place, &mut command, &["love", "in"]) {
        assert_eq!(out, "core 1\ncounting, decoding, reading, walking\n\n");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_source_that_waits_for_a_writer_is_recorded() {
    let place = tree();
    let pipe = place.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let writer = std::thread::spawn(move || fs::write(pipe, b"love"));
    if let Some(out) = check(&place, &mut place.command(), &["-j1", "love", "pipe", "in"]) {
        let threads = out.lines().next();
        assert_eq!(threads, Some("core 1, walk"));
        writer.join().unwrap().unwrap();
    }
}

#[test]
fn what_is_counted_does_not_depend_on_being_timed() {
    let place = tree();
    let job = ["--by", "file", "love", "in"];
    let timed = place.run(["--timeline", "x.svg"].iter().chain(&job));
    assert_eq!(timed, place.run(job));
    let serial = crate::common::answer(place.command().env("COGREP_IO", "serial").args(job), b"");
    assert_eq!(timed, serial);
}

#[test]
fn a_timeline_is_told_by_its_name() {
    let place = Place::with(&[("text", b"love")]);
    let message = "cogrep: --timeline run.png: its name must end in .svg or .json\n";
    assert_eq!(place.run(["--timeline", "run.png", "love", "text"]), expect("", message, 2));
    let message = "cogrep: --timeline no/run.svg: its folder is not there; make it first\n";
    let answer = place.run(["--timeline", "no/run.svg", "love", "text"]);
    assert_eq!(answer, expect("", message, 2));
}
