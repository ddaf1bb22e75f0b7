//! A request to stop reading, which also ends the wait for a slow pipe.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
use std::os::fd::AsFd;

use crate::outcome::Fault;

/// A request to stop, which readers look at before each read.
///
/// Clones share the request. Where the platform allows it, a read that waits for a pipe or
/// a terminal ends as soon as the request is made.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<Request>);

/// What the clones share. They share it whole, since each open source has a clone.
#[derive(Debug, Default)]
struct Request {
    made: Arc<AtomicBool>,
    /// One that this one follows.
    outer: Option<Interrupt>,
    /// Becomes readable when the request is made.
    wake: Option<Arc<File>>,
}

impl Interrupt {
    /// One that only [`request`](Self::request) makes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that shares this flag, and ends waits when `wake` becomes readable: what a signal
    /// handler can provide.
    #[cfg(unix)]
    #[must_use]
    pub fn with_wake(requested: Arc<AtomicBool>, wake: Arc<File>) -> Self {
        Self(Arc::new(Request { made: requested, outer: None, wake: Some(wake) }))
    }

    /// One that is requested when this one is, and can be requested by itself: for a part of
    /// the work, or for one of several runs.
    #[must_use]
    pub fn nested(&self) -> Self {
        Self(Arc::new(Request {
            made: Arc::default(),
            outer: Some(self.clone()),
            wake: self.wake(),
        }))
    }

    /// Asks to stop.
    pub fn request(&self) {
        self.0.made.store(true, Ordering::Relaxed);
    }

    /// Whether the request was made.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.made.load(Ordering::Relaxed) || self.0.outer.as_ref().is_some_and(Self::is_requested)
    }

    /// What becomes readable when the request is made, if anything does.
    pub(crate) fn wake(&self) -> Option<Arc<File>> {
        self.0.wake.clone()
    }

    /// Blocks until there is something to read in a file, or its end.
    #[cfg(unix)]
    pub(crate) fn wait_for(&self, file: &File) -> Result<(), Fault> {
        use rustix::event::{PollFd, PollFlags, poll};

        while !self.is_requested() {
            // Where there is nothing to wake this up, the file is watched twice.
            let wake = self.0.wake.as_ref().map_or(file.as_fd(), |wake| wake.as_fd());
            let mut files = [
                PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN),
                PollFd::from_borrowed_fd(wake, PollFlags::IN),
            ];
            match poll(&mut files, None) {
                Ok(_) if !files[0].revents().is_empty() => return Ok(()),
                // The request was made, or a signal came: the flag says which.
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

    /// Blocks until a read of the file would give something, or its end, or fail; but no
    /// longer than this. Says whether it would.
    pub(crate) fn is_readable_soon(file: &File) -> bool {
        #[cfg(unix)]
        {
            use rustix::event::{PollFd, PollFlags, Timespec, poll};

            const SOON: Timespec = Timespec { tv_sec: 0, tv_nsec: 80_000_000 };
            poll(&mut [PollFd::new(file, PollFlags::IN)], Some(&SOON)) != Ok(0)
        }
        #[cfg(not(unix))]
        {
            let _ = file;
            true
        }
    }

    /// On other platforms a read that waits is not woken.
    #[cfg(not(unix))]
    pub(crate) fn wait_for(&self, _: &File) -> Result<(), Fault> {
        Ok(())
    }
}
