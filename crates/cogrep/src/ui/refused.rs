//! What the system refuses in the middle of a library that cannot do without it.

use std::io::{self, Write};
use std::panic;
use std::process;

use cogrep_source::is_starting_walkers;

/// What the standard library says when a group of threads cannot be started as a whole.
const NO_THREAD: &str = "failed to spawn thread";

/// What it says where a folder cannot be closed, in the middle of the walk.
const NOT_CLOSED: &str = "unexpected error during closedir";

/// What the walk says of a thread that ended so.
const ENDED: &str = "called `Result::unwrap()` on an `Err` value: Any";

/// What it says in a thread that has started, and finds no memory for its signals.
const NO_SIGNAL_STACK: &str = "failed to allocate an alternative stack";
const NO_GUARD_PAGE: &str = "failed to set up alternative stack guard page";

/// The status of a program that fails, also for want of memory.
const FAILED: i32 = 2;

/// Keeps silent about a thread that the walk of a folder does not get, since it begins again
/// without, and about a folder that cannot be closed, since the walk has a fault then. A
/// thread without memory ends the program, as every other want of memory does: the standard
/// library would abort it, since such a thread cannot be unwound. Every other panic is a bug,
/// and is reported as one.
pub(crate) fn take_over_panics() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let says = |text| panic.payload_as_str().is_some_and(|all| all.starts_with(text));
        if says(NO_SIGNAL_STACK) || says(NO_GUARD_PAGE) {
            // The line is whole as it is: to make one takes memory.
            let _ = io::stderr().write_all(b"cogrep: there is not enough memory for a thread\n");
            process::exit(FAILED);
        }
        let is_of_walk = is_starting_walkers() && (says(NO_THREAD) || says(ENDED));
        if !(is_of_walk || says(NOT_CLOSED)) {
            report(panic);
        }
    }));
}
