//! Being told to stop while reading, also while waiting for a slow pipe.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};

/// A wish to stop, which readers look at before each read.
///
/// Clones share the wish. Where the platform can, a read that waits for a pipe or
/// a terminal ends as soon as the wish is there.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    wanted: Arc<AtomicBool>,
    /// Becomes readable when the wish is there.
    #[cfg(unix)]
    bell: Option<Arc<OwnedFd>>,
}

impl Interrupt {
    /// One that is never rung but by [`request`](Self::request).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that shares this flag, and is woken out of waiting when `bell` becomes
    /// readable: what a signal handler can provide.
    #[cfg(unix)]
    #[must_use]
    pub fn with_bell(wanted: Arc<AtomicBool>, bell: OwnedFd) -> Self {
        Self { wanted, bell: Some(Arc::new(bell)) }
    }

    /// Asks to stop.
    pub fn request(&self) {
        self.wanted.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }

    /// Waits until the file can be read, or the wish is there.
    #[cfg(unix)]
    pub(crate) fn wait_for(&self, file: &File) -> io::Result<()> {
        use rustix::event::{PollFd, PollFlags, poll};

        let Some(bell) = &self.bell else { return Ok(()) };
        let mut files = [
            PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(bell.as_fd(), PollFlags::IN),
        ];
        match poll(&mut files, None) {
            // A signal came: the caller looks at the flag, and waits again if need be.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Elsewhere a read that waits is not woken.
    #[cfg(not(unix))]
    pub(crate) fn wait_for(&self, _: &File) -> io::Result<()> {
        Ok(())
    }
}
