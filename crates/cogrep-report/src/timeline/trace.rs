//! The trace event format of Chrome, which Perfetto opens.
//!
//! Each core is a thread, whose complete events (`X`) follow each other without a gap
//! from the start of the run to its end, `idle` among them; an event that was folded from
//! several has them one after the other, with `folded` in its `args`. Each wait of a
//! source is an asynchronous event (`b`, `e`) with the number of the source as its `id`,
//! and a long hold is an instant (`i`). Times are in microseconds. `otherData` has the
//! sums.

use std::io::{self, Write};

use cogrep_core::trace::{Activity, Cause, Recording, Task, Track};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Serial, duration, name};

/// One event.
#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    cat: &'a str,
    ph: &'a str,
    pid: u32,
    tid: usize,
    ts: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Task>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'a str>,
    #[serde(skip_serializing_if = "Value::is_null")]
    args: Value,
}

impl<'a> Event<'a> {
    fn new(cat: &'a str, name: &'a str, ph: &'a str, tid: usize, at: u64) -> Self {
        let ts = microseconds(at);
        Self { name, cat, ph, pid: 1, tid, ts, dur: None, id: None, s: None, args: Value::Null }
    }
}

#[expect(clippy::cast_precision_loss, reason = "exact for a hundred days")]
fn microseconds(nanoseconds: u64) -> f64 {
    nanoseconds as f64 / 1e3
}

/// Writes the trace of a run.
///
/// # Errors
///
/// When the output cannot be written to.
pub fn trace(out: &mut impl Write, recording: &Recording) -> io::Result<()> {
    out.write_all(b"{\"displayTimeUnit\":\"ms\",\"otherData\":")?;
    serde_json::to_writer(&mut *out, &sums(recording))?;
    out.write_all(b",\"traceEvents\":[\n")?;
    let mut process = Event::new("__metadata", "process_name", "M", 0, 0);
    process.args = json!({ "name": "cogrep" });
    serde_json::to_writer(&mut *out, &process)?;
    for (tid, track) in (1..).zip(recording.tracks()) {
        write_track(out, recording, tid, track)?;
    }
    out.write_all(b"\n]}\n")
}

fn sums(recording: &Recording) -> Value {
    let serial = Serial::new(recording);
    json!({
        "wall_us": microseconds(recording.wall),
        "cores": recording.cores.len(),
        "busy_share": recording.busy_share(),
        "serial_us": microseconds(serial.nanoseconds),
        "serial_busy_share": serial.busy_share(),
        "held": recording.cores.iter().map(|core| core.held).sum::<u64>(),
    })
}

fn write(out: &mut impl Write, event: &Event<'_>) -> io::Result<()> {
    out.write_all(b",\n")?;
    Ok(serde_json::to_writer(&mut *out, event)?)
}

fn write_track(
    out: &mut impl Write,
    recording: &Recording,
    tid: usize,
    track: &Track,
) -> io::Result<()> {
    let mut thread = Event::new("__metadata", "thread_name", "M", tid, 0);
    thread.args = json!({ "name": track.name });
    write(out, &thread)?;
    for span in &track.spans {
        let mut at = span.start;
        for (kind, took) in Activity::ALL.into_iter().zip(span.took).filter(|(_, took)| *took > 0) {
            let mut event = Event::new("core", kind.as_str(), "X", tid, at);
            event.dur = Some(microseconds(took));
            let is_source = matches!(kind, Activity::Read | Activity::Decode | Activity::Count);
            event.args = match (is_source, span.folded) {
                (_, 2..) if span.activity().is_none() => json!({ "folded": span.folded }),
                (true, _) => json!({ "source": name(recording, span.task) }),
                (false, _) => Value::Null,
            };
            write(out, &event)?;
            at += took;
        }
    }
    for wait in &track.waits {
        let what = match wait.cause {
            Cause::Disk => "waiting for the disk",
            Cause::Writer => "waiting",
            Cause::Turn => "waiting for its turn",
        };
        let mut begin = Event::new("source", what, "b", tid, wait.start);
        begin.id = Some(wait.task);
        begin.args = json!({
            "source": name(recording, wait.task),
            "took_us": microseconds(wait.took),
            "folded": wait.folded,
        });
        write(out, &begin)?;
        let mut end = Event::new("source", what, "e", tid, wait.end);
        end.id = Some(wait.task);
        write(out, &end)?;
    }
    for hold in &track.holds {
        let what = format!("held its core for {}", duration(hold.nanoseconds));
        let mut event = Event::new("held", &what, "i", tid, hold.start);
        event.s = Some("t");
        event.args = json!({ "source": name(recording, hold.task) });
        write(out, &event)?;
    }
    Ok(())
}
