//! Pipes, sockets, terminals and devices: a read may wait for ever.

use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::interrupt::Interrupt;
use crate::outcome::Fault;

/// A file whose bytes come when its writer writes them.
#[derive(Debug)]
pub struct Pipe {
    file: Arc<File>,
    watched: Option<Watched>,
}

impl Pipe {
    pub(crate) fn new(file: Arc<File>) -> Self {
        Self { file, watched: None }
    }

    pub(crate) fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// Whether a loop cannot tell when there is something to read.
    pub(crate) fn is_blind(&self) -> bool {
        self.watched.as_ref().is_some_and(Watched::is_blind)
    }

    /// Has its loop forget it.
    pub(crate) fn unwatch(&mut self) {
        self.watched = None;
    }

    /// Waits on a loop until there is something to read, or the end, or, when `wake` is
    /// notified, a request to stop.
    pub(crate) async fn readable(
        &mut self,
        wake: &Notify,
        interrupt: &Interrupt,
    ) -> Result<(), Fault> {
        let watched = match &mut self.watched {
            Some(watched) => watched,
            None => self.watched.insert(Watched::new(&self.file)?),
        };
        watched.readable(wake, interrupt).await
    }
}

/// A file that the loop watches for bytes to read.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Watched(Option<tokio::io::unix::AsyncFd<Arc<File>>>);

#[cfg(unix)]
impl Watched {
    /// Watches a file, if it is of a kind that can be watched: `/dev/zero` is not.
    pub(crate) fn new(file: &Arc<File>) -> io::Result<Self> {
        use rustix::io::Errno;
        use tokio::io::Interest;
        use tokio::io::unix::AsyncFd;

        // SAFETY: The file is open, and the reference counted here keeps it open, under
        // the same descriptor, for as long as it is watched.
        #[expect(unsafe_code, reason = "a promise about the descriptor that no type can make")]
        let watched =
            unsafe { AsyncFd::register_with_interest(Arc::clone(file), Interest::READABLE) };
        match watched.map_err(io::Error::from) {
            Ok(watched) => Ok(Self(Some(watched))),
            Err(error) if error.raw_os_error() == Some(Errno::PERM.raw_os_error()) => {
                Ok(Self(None))
            }
            Err(error) => Err(error),
        }
    }

    fn is_blind(&self) -> bool {
        self.0.is_none()
    }

    /// Waits until a wake-up file becomes readable, which it then stays.
    pub(crate) async fn woken(&self) {
        match &self.0 {
            Some(wake) => drop(wake.readable().await),
            None => std::future::pending().await,
        }
    }

    async fn readable(&self, wake: &Notify, interrupt: &Interrupt) -> Result<(), Fault> {
        use std::pin::pin;

        use futures_util::future::{Either, select};

        let Some(watched) = &self.0 else { return Ok(()) };
        while !interrupt.is_requested() {
            if Interrupt::is_readable(watched.get_ref())? {
                return Ok(());
            }
            let readable = pin!(watched.readable());
            match select(readable, pin!(wake.notified())).await {
                Either::Left((guard, _)) => {
                    let mut guard = guard?;
                    // What the loop remembers may be older than what was read since.
                    if !Interrupt::is_readable(watched.get_ref())? {
                        guard.clear_ready();
                    }
                }
                Either::Right(_) => {}
            }
        }
        Err(Fault::Interrupted)
    }
}

/// On other platforms streams are read on threads that may wait.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Watched;

#[cfg(not(unix))]
impl Watched {
    pub(crate) fn new(_: &Arc<File>) -> io::Result<Self> {
        Ok(Self)
    }

    fn is_blind(&self) -> bool {
        true
    }

    pub(crate) async fn woken(&self) {
        std::future::pending().await
    }

    async fn readable(&self, _: &Notify, _: &Interrupt) -> Result<(), Fault> {
        Ok(())
    }
}
