//! Standard output, which tells when it cannot be written to.
//!
//! The standard library takes a closed one for `/dev/null`, and a failure to write to it
//! for success; a result would be lost.

use std::io::{self, Write};

/// Standard output without a buffer.
#[derive(Debug)]
pub(crate) struct Stdout;

#[cfg(unix)]
impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if closed::was_closed() {
            return Err(rustix::io::Errno::BADF.into());
        }
        Ok(rustix::io::write(io::stdout(), bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(not(unix))]
impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::stdout().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// Whether standard output was closed when the program began. The standard library opens
/// `/dev/null` in its place before `main`, after which nothing tells it from one that is
/// there: so it is looked at before.
#[cfg(target_os = "linux")]
mod closed {
    #![expect(unsafe_code, reason = "what runs before the standard library has no safe wrapper")]

    use std::os::fd::BorrowedFd;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::io::{Errno, fcntl_getfd};

    static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

    // SAFETY: The section holds pointers to functions of this type, which the loader calls
    // once, in the order it likes; this one makes a system call and needs nothing that is set
    // up later.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static LOOK: extern "C" fn() = look;

    extern "C" fn look() {
        // SAFETY: The number is only asked about: it is closed, or stays open, since nothing
        // else runs yet.
        let stdout = unsafe { BorrowedFd::borrow_raw(1) };
        WAS_CLOSED.store(fcntl_getfd(stdout) == Err(Errno::BADF), Ordering::Relaxed);
    }

    pub(super) fn was_closed() -> bool {
        WAS_CLOSED.load(Ordering::Relaxed)
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
mod closed {
    pub(super) fn was_closed() -> bool {
        false
    }
}
