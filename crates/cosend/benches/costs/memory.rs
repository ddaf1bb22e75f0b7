//! What a million live coroutines take.

use std::fs;
use std::mem::size_of_val;

use cosend::{Input, Sink, coroutine};

const MILLION: usize = 1_000_000;
const GOAL_BYTES: usize = 256 << 20;

/// What this process has in memory; `None` where the system does not say.
fn resident_bytes() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.split_whitespace().next()?.parse::<usize>().ok()? * 1024)
}

fn adder(start: u64) -> impl Sink<u64, Return = u64> {
    coroutine(async move |mut numbers: Input<u64>| {
        let mut sum = start;
        while let Some(number) = numbers.next().await {
            sum += number;
        }
        sum
    })
}

/// Holds a million coroutines at once, each suspended and sent to.
pub(crate) fn million() -> Option<String> {
    let before = resident_bytes()?;
    let mut bodies = Vec::with_capacity(MILLION);
    for start in 0..MILLION {
        bodies.push(adder(start as u64));
    }
    for body in &mut bodies {
        body.send(&1).unwrap();
    }
    let bytes = resident_bytes()?.saturating_sub(before);
    let handle = size_of_val(&bodies[0]);
    println!("a million live coroutines");
    println!(
        "  in memory {:11} MiB, {} bytes each; the handle {handle}",
        bytes >> 20,
        bytes / MILLION
    );
    let total: u64 = bodies.into_iter().map(Sink::close).sum();
    assert_eq!(total, (MILLION * (MILLION - 1) / 2 + MILLION) as u64);
    (bytes > GOAL_BYTES).then(|| format!("a million coroutines take {} MiB", bytes >> 20))
}
