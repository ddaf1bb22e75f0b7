//! What the system refuses in the middle of a library that cannot do without it.

use std::panic;
use std::process;

use super::messages;
use crate::error::Error;

/// What the standard library says when a group of threads cannot be started as a whole.
const NO_THREAD: &str = "failed to spawn thread";

/// Has the program end with a message, and with the status of a failure, where the walk of a
/// folder gets no more threads: those that it has would wait for the others for ever. Every
/// other panic is a bug, and is reported as one.
pub(crate) fn fail_without_threads() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str().is_some_and(|text| text.starts_with(NO_THREAD)) {
            messages::error(&Error::input("the system gives no more threads"));
            process::exit(2);
        }
        report(panic);
    }));
}
