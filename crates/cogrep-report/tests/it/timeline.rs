//! The picture and the trace of a fixed run, as they were looked at and found good.

use std::collections::HashMap;

use cogrep_core::trace::{Activity, Cause, Hold, Recording, Span, Track, Wait};
use cogrep_report::timeline::{Serial, draw, trace};
use insta::assert_binary_snapshot;

const MS: u64 = 1_000_000;

/// Spans that follow each other: what, for which source, and how many milliseconds.
fn spans(pieces: &[(Activity, u32, u64)]) -> Vec<Span> {
    let mut start = 0;
    let one = |(kind, task, length): &(Activity, u32, u64)| {
        let mut span = Span { start, took: [0; 6], task: *task, folded: 1 };
        span.took[*kind as usize] = length * MS;
        start += length * MS;
        span
    };
    pieces.iter().map(one).collect()
}

fn wait(task: u32, start: u64, end: u64, took: u64, cause: Cause) -> Wait {
    let [start, end, took] = [start, end, took].map(|ms| ms * MS);
    Wait { task, start, end, waited: end - start, took, cause, folded: 1 }
}

/// Two cores, four sources, everything that can happen.
fn recording() -> Recording {
    use Activity::{Count, Decode, Idle, Loop, Read, Walk};

    let one = Track {
        name: "core 1".into(),
        spans: spans(&[
            (Loop, 0, 1),
            (Read, 0, 4),
            (Idle, 0, 10),
            (Count, 0, 20),
            (Loop, 0, 1),
            (Read, 2, 3),
            (Decode, 2, 6),
            (Count, 2, 5),
            (Idle, 2, 50),
        ]),
        waits: vec![wait(0, 5, 15, 9, Cause::Disk), wait(2, 15, 36, 0, Cause::Turn)],
        holds: vec![
            Hold { task: 0, start: 15 * MS, nanoseconds: 20 * MS },
            Hold { task: 2, start: 36 * MS, nanoseconds: 14 * MS },
        ],
        held: 2,
        on_core: Some(40 * MS),
        displaced: Some(0),
    };
    let two = Track {
        name: "core 2".into(),
        spans: spans(&[(Read, 1, 2), (Idle, 1, 60), (Count, 1, 8), (Read, 3, 1), (Idle, 3, 29)]),
        waits: vec![wait(1, 2, 62, 60, Cause::Writer)],
        // It was away from its core for a while.
        on_core: Some(10 * MS),
        displaced: Some(MS),
        ..Track::default()
    };
    let walk = Track {
        name: "walk".into(),
        spans: spans(&[(Walk, 0, 3), (Idle, 0, 97)]),
        ..Track::default()
    };
    let names = ["<a & b>.txt", "pipe", "a/long/way/down/to/the/very/last/folder/utf-16.txt"];
    let names = (0..).zip(names.map(|name| name.as_bytes().to_vec()));
    let wall = 100 * MS;
    let names = names.collect();
    Recording { wall, cores: vec![one, two], walk: Some(walk), names, ..Recording::default() }
}

#[test]
fn the_picture_shows_cores_sources_and_waits() {
    assert_binary_snapshot!("picture.svg", draw(&recording()).into_bytes());
}

#[test]
fn the_trace_has_every_span_and_wait() {
    let mut json = Vec::new();
    trace(&mut json, &recording()).unwrap();
    assert_binary_snapshot!("trace.json", json);
}

#[test]
fn a_serial_run_is_the_sum_of_the_pieces() {
    let serial = Serial::new(&recording());
    // The walk; core 1 as it was, without its loop; of core 2 what it really had; the disk
    // and the pipe.
    let busy = 3 + 38 + 10;
    assert_eq!(serial.busy, busy * MS);
    assert_eq!(serial.nanoseconds, (busy + 9 + 60) * MS);

    // Who waited on the spot is measured with its waiting, and had no loop to leave out.
    let in_turn = Serial::new(&Recording { is_serial: true, ..recording() });
    assert_eq!(in_turn.busy, (3 + 40 + 10) * MS);
}

fn of_waits(waits: Vec<Wait>) -> Recording {
    let core = Track { name: "core 1".into(), waits, ..Track::default() };
    Recording { wall: 150 * MS, cores: vec![core], ..Recording::default() }
}

#[test]
fn sources_that_wait_together_share_the_disk() {
    let crowd: Vec<Wait> = (0..100).map(|task| wait(task, 0, 50, 50, Cause::Disk)).collect();
    let serial = Serial::new(&of_waits(crowd));
    assert_eq!((serial.nanoseconds, serial.busy), (50 * MS, 0));
}

#[test]
fn a_walk_is_as_long_as_its_thread_had_a_core() {
    let spans = spans(&[(Activity::Walk, 0, 50), (Activity::Idle, 0, 100)]);
    let walk = Track { spans, displaced: Some(10 * MS), ..Track::default() };
    let recording = Recording { wall: 150 * MS, walk: Some(walk), ..Recording::default() };
    assert_eq!(Serial::new(&recording).nanoseconds, 40 * MS);
}

#[test]
fn waits_of_different_lengths_share_the_disk() {
    let read = |task, start, end| wait(task, start, end, end - start, Cause::Disk);
    // From 0 to 10 one, to 20 two, to 30 four; 40 to 50 one.
    let four =
        vec![read(0, 0, 30), read(1, 10, 30), read(2, 20, 30), read(3, 20, 30), read(0, 40, 50)];
    let serial = Serial::new(&of_waits(four.clone()));
    assert_eq!((serial.nanoseconds, serial.busy), (40 * MS, 0));

    // The disk took only a part of the time until they went on.
    let part = |wait: &Wait| Wait { took: wait.took / 4, ..*wait };
    let serial = Serial::new(&of_waits(four.iter().map(part).collect()));
    assert_eq!(serial.nanoseconds, (30 + 20 + 10 + 10 + 10) * MS / 4);

    // Two that were folded into one, which wait twice as much in their time.
    let folded = Wait { took: 20 * MS, waited: 20 * MS, folded: 2, ..read(1, 0, 10) };
    let serial = Serial::new(&of_waits(vec![folded, read(0, 0, 20)]));
    assert_eq!(serial.nanoseconds, 20 * MS);
}

#[test]
fn a_picture_does_not_grow_with_the_sources() {
    let mut core = Track { name: "core 1".into(), ..Track::default() };
    let mut at = 0;
    for task in 0..60_000 {
        for kind in [Activity::Read, Activity::Count, Activity::Loop] {
            let mut span = Span { start: at, took: [0; 6], task, folded: 1 };
            span.took[kind as usize] = 1000 + u64::from(task % 7);
            at += span.nanoseconds();
            core.spans.push(span);
        }
        core.waits.push(wait(task, at / MS, at / MS + 5, 5, Cause::Disk));
    }
    let recording =
        Recording { wall: at, cores: vec![core], names: HashMap::new(), ..Recording::default() };
    let svg = draw(&recording);
    assert!(svg.len() < 150_000, "{} bytes", svg.len());
    assert!(svg.contains("the 12 of 60,000 sources that took longest"));
    assert_eq!(svg.matches(">source ").count(), 2 * 12, "labels and titles, by number");
}

#[test]
fn a_run_of_nothing_has_a_picture_too() {
    let svg = draw(&Recording::default());
    assert!(svg.contains("As it ran: 0 ns on 0 cores, 0 % busy"));
    assert!(svg.ends_with("</svg>\n"));
}
