//! Signals that ask to stop: Ctrl-C, a shutdown, a terminal that is closed. The first one
//! stops the job and keeps what was counted, the second ends the program at once. One that
//! was ignored when the program began stays ignored, as scripts want it for what they run
//! in the background.

use cogrep_source::Interrupt;

/// Listens for signals. Where that is impossible, they end the program as usual.
#[cfg(unix)]
pub(crate) fn listen() -> Interrupt {
    unix::listen().unwrap_or_default()
}

#[cfg(not(unix))]
pub(crate) fn listen() -> Interrupt {
    Interrupt::new()
}

/// Has the program end with the status of a failure where it is aborted: where the system
/// has no memory to give, which was said then.
pub(crate) fn fail_on_abort() {
    #[cfg(unix)]
    unix::fail_on_abort();
}

/// The number of the signal that asked to stop, if one did.
#[cfg(unix)]
pub(crate) fn signal() -> Option<u8> {
    unix::signal()
}

#[cfg(not(unix))]
pub(crate) fn signal() -> Option<u8> {
    None
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::{Arc, OnceLock};

    use cogrep_source::Interrupt;
    use signal_hook::consts::{SIGABRT, SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag;
    use signal_hook::iterator::backend::SignalDelivery;
    use signal_hook::iterator::exfiltrator::SignalOnly;

    /// What must stay for as long as signals may come.
    struct Listening {
        _delivery: SignalDelivery<Arc<File>, SignalOnly>,
        signal: Arc<AtomicUsize>,
    }

    static LISTENING: OnceLock<Listening> = OnceLock::new();

    pub(super) fn signal() -> Option<u8> {
        let signal = LISTENING.get()?.signal.load(Ordering::Relaxed);
        u8::try_from(signal).ok().filter(|signal| *signal > 0)
    }

    pub(super) fn listen() -> io::Result<Interrupt> {
        let ignored = ignored();
        let signals: Vec<i32> = [SIGINT, SIGTERM, SIGHUP]
            .into_iter()
            .filter(|signal| ignored & (1 << (signal - 1)) == 0)
            .collect();
        if signals.is_empty() {
            return Ok(Interrupt::new());
        }
        let requested = Arc::new(AtomicBool::new(false));
        let signal = Arc::new(AtomicUsize::new(0));
        let (wake, waker) = UnixStream::pair()?;
        let wake = Arc::new(File::from(OwnedFd::from(wake)));
        // In this order: the second signal finds the flag set by the first.
        for number in &signals {
            let value = usize::try_from(*number).unwrap_or(0);
            flag::register_conditional_shutdown(*number, 128 + number, Arc::clone(&requested))?;
            flag::register_usize(*number, Arc::clone(&signal), value)?;
            flag::register(*number, Arc::clone(&requested))?;
        }
        // One pair for all: each descriptor may be the last.
        let delivery = SignalDelivery::with_pipe(Arc::clone(&wake), waker, SignalOnly, &signals)?;
        // There is one listener in a program.
        let _ = LISTENING.set(Listening { _delivery: delivery, signal });
        Ok(Interrupt::with_wake(requested, wake))
    }

    pub(super) fn fail_on_abort() {
        // Where it cannot be had, the status is that of the signal.
        let always = Arc::new(AtomicBool::new(true));
        let _ = flag::register_conditional_shutdown(SIGABRT, 2, always);
    }

    /// The signals that are ignored, a bit each, the lowest for number 1.
    fn ignored() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}
