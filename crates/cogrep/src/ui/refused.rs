//! What the system refuses in the middle of a library that cannot do without it.

use std::panic;

use cogrep_source::is_starting_walkers;

/// What the standard library says when a group of threads cannot be started as a whole.
const NO_THREAD: &str = "failed to spawn thread";

/// Keeps silent about a thread that the walk of a folder does not get: it begins again
/// without. Every other panic is a bug, and is reported as one.
pub(crate) fn pass_over_walkers() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let is_refused = panic.payload_as_str().is_some_and(|text| text.starts_with(NO_THREAD));
        if !(is_refused && is_starting_walkers()) {
            report(panic);
        }
    }));
}
