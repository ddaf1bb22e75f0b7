//! Being told to stop while reading, also while waiting for a slow pipe.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use std::os::fd::{AsFd, OwnedFd};

use crate::outcome::Fault;

/// A wish to stop, which readers look at before each read.
///
/// Clones share the wish. Where the platform can, a read that waits for a pipe or
/// a terminal ends as soon as the wish is there.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    wanted: Arc<AtomicBool>,
    /// Becomes readable when the wish is there.
    bell: Option<Arc<File>>,
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
        Self { wanted, bell: Some(Arc::new(File::from(bell))) }
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

    /// What becomes readable when the wish is there, if anything does.
    pub(crate) fn bell(&self) -> Option<Arc<File>> {
        self.bell.clone()
    }

    /// Waits until there is something to read in a file, or its end; on the spot.
    #[cfg(unix)]
    pub(crate) fn wait_for(&self, file: &File) -> Result<(), Fault> {
        use rustix::event::{PollFd, PollFlags, poll};

        while !self.is_requested() {
            // Without a bell the file stands in for it: asked for twice, told twice.
            let bell = self.bell.as_ref().map_or(file.as_fd(), |bell| bell.as_fd());
            let mut files = [
                PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(bell, PollFlags::IN),
            ];
            match poll(&mut files, None) {
                Ok(_) if !files[0].revents().is_empty() => return Ok(()),
                // The bell rang, or a signal came: the flag tells.
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(io::Error::from(error).into()),
            }
        }
        Err(Fault::Interrupted)
    }

    /// Whether a read of the file would give something, or its end, at once.
    #[cfg(unix)]
    pub(crate) fn is_readable(file: &File) -> io::Result<bool> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        const AT_ONCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
        match poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&AT_ONCE)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Elsewhere a read that waits is not woken.
    #[cfg(not(unix))]
    pub(crate) fn wait_for(&self, _: &File) -> Result<(), Fault> {
        Ok(())
    }
}
