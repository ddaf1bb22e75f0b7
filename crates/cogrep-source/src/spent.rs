//! What reading spent its time on, for whoever wants to know: measured on threads that
//! asked for it, and nowhere else.
//!
//! What one task of a thread spent is to be taken before the next one goes on.

use std::cell::Cell;
use std::time::{Duration, Instant};

thread_local! {
    /// Whether this thread asked, and what was spent since it took the last.
    static SPENT: Cell<Spent> = const { Cell::new(Spent {
        is_measured: false,
        decoding: Duration::ZERO,
        elsewhere: Duration::ZERO,
    }) };
}

#[derive(Clone, Copy)]
struct Spent {
    is_measured: bool,
    decoding: Duration,
    elsewhere: Duration,
}

/// From now on this thread measures.
pub fn measure() {
    SPENT.set(Spent { is_measured: true, ..SPENT.get() });
}

/// What this thread spent on decoding since the last time this was asked, which is a
/// part of what it spent on reading.
#[must_use]
pub fn take_decoding() -> Duration {
    let spent = SPENT.get();
    SPENT.set(Spent { decoding: Duration::ZERO, ..spent });
    spent.decoding
}

/// What other threads did on behalf of this one since the last time this was asked.
#[must_use]
pub fn take_elsewhere() -> Duration {
    let spent = SPENT.get();
    SPENT.set(Spent { elsewhere: Duration::ZERO, ..spent });
    spent.elsewhere
}

/// How long this thread has been on a core, and how long it could have been but others
/// were, in nanoseconds; where the system tells.
#[must_use]
pub fn scheduled() -> Option<[u64; 2]> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
}

pub(crate) fn is_measured() -> bool {
    SPENT.get().is_measured
}

/// Decodes, and measures it.
pub(crate) fn decoding<R>(work: impl FnOnce() -> R) -> R {
    if !is_measured() {
        return work();
    }
    let begun = Instant::now();
    let result = work();
    let spent = SPENT.get();
    SPENT.set(Spent { decoding: spent.decoding + begun.elapsed(), ..spent });
    result
}

/// Notes that another thread worked for this one.
pub(crate) fn add_elsewhere(took: Duration) {
    let spent = SPENT.get();
    SPENT.set(Spent { elsewhere: spent.elsewhere + took, ..spent });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_asked_measures() {
        let spend = || decoding(|| std::thread::sleep(Duration::from_millis(1)));
        spend();
        assert_eq!(take_decoding(), Duration::ZERO);
        measure();
        spend();
        add_elsewhere(Duration::from_millis(3));
        add_elsewhere(Duration::from_millis(1));
        assert!(take_decoding() >= Duration::from_millis(1));
        assert_eq!(take_decoding(), Duration::ZERO, "taken");
        assert_eq!(take_elsewhere(), Duration::from_millis(4));
        assert_eq!(take_elsewhere(), Duration::ZERO, "taken");
    }
}
