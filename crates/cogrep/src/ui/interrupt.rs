//! Ctrl-C: the first one stops the job and keeps what was counted, the second ends the
//! program at once.

use cogrep_source::Interrupt;

/// Listens for Ctrl-C. Where that is impossible, Ctrl-C ends the program as usual.
#[cfg(unix)]
pub(crate) fn listen() -> Interrupt {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::SIGINT;
    use signal_hook::{flag, low_level};

    let requested = Arc::new(AtomicBool::new(false));
    let Ok((wake, waker)) = rustix::pipe::pipe() else { return Interrupt::new() };
    // In this order: the second signal finds the flag set by the first.
    let registered = flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&requested))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&requested)))
        .and_then(|_| low_level::pipe::register(SIGINT, waker));
    if registered.is_err() {
        return Interrupt::new();
    }
    Interrupt::with_wake(requested, wake)
}

#[cfg(not(unix))]
pub(crate) fn listen() -> Interrupt {
    Interrupt::new()
}
