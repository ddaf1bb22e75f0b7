//! Ctrl-C: the first asks to stop and keeps what was counted, the second ends the
//! program at once.

use cogrep_source::Interrupt;

/// Listens for Ctrl-C. Where that is impossible, it ends the program as usual.
#[cfg(unix)]
pub(crate) fn listen() -> Interrupt {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::SIGINT;
    use signal_hook::{flag, low_level};

    let wanted = Arc::new(AtomicBool::new(false));
    let Ok((bell, ring)) = rustix::pipe::pipe() else { return Interrupt::new() };
    // In this order: the second signal finds the flag set by the first.
    let registered = flag::register_conditional_shutdown(SIGINT, 130, Arc::clone(&wanted))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&wanted)))
        .and_then(|_| low_level::pipe::register(SIGINT, ring));
    if registered.is_err() {
        return Interrupt::new();
    }
    Interrupt::with_bell(wanted, bell)
}

#[cfg(not(unix))]
pub(crate) fn listen() -> Interrupt {
    Interrupt::new()
}
