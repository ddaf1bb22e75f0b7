//! How a source waits: on its thread, or on an event loop.
//!
//! What reads and decodes is written once, over [`Wait`]. With [`Blocking`] it blocks the
//! thread that it is on; on an [event loop](crate::EventLoop) it gives way to others.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;

use crate::batch_open::{Beginning, FirstRead};
use crate::buffer::{Buffer, Spare};
use crate::chunk::Chunk;
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::pipe::Pipe;
use crate::system;
use crate::trace::Trace;

/// How a source waits for what it reads: [`Blocking`], or an event loop in an `Rc`.
///
/// It is implemented here, and nowhere else.
#[expect(async_fn_in_trait, reason = "it is implemented here only, for one thread at a time")]
pub trait Wait: Clone + sealed::Sealed {
    /// What receives how long things took.
    #[doc(hidden)]
    type Trace: Trace;

    #[doc(hidden)]
    fn trace(&self) -> &Self::Trace;

    /// Takes the buffer of a chunk whose source may now have to wait, for others to use.
    fn take_back(&self, chunk: &mut Chunk);

    /// Gives a chunk a buffer that is not in use, if it has none.
    #[doc(hidden)]
    fn lend(&self, chunk: &mut Chunk);

    /// Where buffers are kept that are not in use, also for other threads.
    #[doc(hidden)]
    fn spare(&self) -> Arc<Spare>;

    /// Opens the file at a path.
    #[doc(hidden)]
    async fn open(&self, path: &Path, interrupt: &Interrupt) -> Result<Beginning, Fault>;

    /// Reads what a file begins with that is not in memory, together with others; if there
    /// is nothing to be gained by that, it is not read.
    #[doc(hidden)]
    async fn beginning(&self, file: &Arc<File>, interrupt: &Interrupt) -> Result<FirstRead, Fault>;

    /// Reads from a file, if that needs no waiting that would hold up others. The offset is
    /// none for a file that is read from its current position.
    #[doc(hidden)]
    fn read_now(
        &self,
        file: &File,
        buffer: &mut [u8],
        offset: Option<u64>,
    ) -> Option<io::Result<usize>>;

    /// Reads from a file into a range of the buffer, which others may use while a disk is
    /// waited for, unless it holds something.
    #[doc(hidden)]
    async fn read_later(
        &self,
        file: &Arc<File>,
        buffer: &mut Buffer,
        range: Range<usize>,
        offset: Option<u64>,
    ) -> Result<io::Result<usize>, Fault>;

    /// Waits until a pipe has something to read, or ends.
    #[doc(hidden)]
    async fn readable(&self, pipe: &mut Pipe, interrupt: &Interrupt) -> Result<(), Fault>;

    /// Waits for what a backend promised, or for the request to stop.
    #[doc(hidden)]
    async fn finish<F: Future>(&self, future: F, interrupt: &Interrupt)
    -> Result<F::Output, Fault>;

    /// Runs what may block.
    #[doc(hidden)]
    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Fault>;

    /// Waits until this much memory may be taken by a decoder, which returns it by dropping
    /// what it gets; the more at once, the fewer.
    #[doc(hidden)]
    async fn memory(&self, bytes: u64) -> Option<OwnedSemaphorePermit>;

    /// Lets others go on, where nothing tells when to ask again.
    #[doc(hidden)]
    async fn give_way(&self);
}

pub(crate) mod sealed {
    /// Has no implementation outside of this crate.
    pub trait Sealed {}
}

/// Waits by blocking the thread.
///
/// What is read in this way can be traced: `Blocking<()>` is not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Blocking<T = ()>(pub T);

impl<T> sealed::Sealed for Blocking<T> {}

impl<T: Trace + Clone> Wait for Blocking<T> {
    type Trace = T;

    fn trace(&self) -> &T {
        &self.0
    }

    fn take_back(&self, _: &mut Chunk) {}

    fn lend(&self, _: &mut Chunk) {}

    fn spare(&self) -> Arc<Spare> {
        Arc::default()
    }

    async fn open(&self, path: &Path, _: &Interrupt) -> Result<Beginning, Fault> {
        Ok(system::open(path)?.into())
    }

    async fn beginning(&self, _: &Arc<File>, _: &Interrupt) -> Result<FirstRead, Fault> {
        Ok(None)
    }

    fn read_now(
        &self,
        file: &File,
        buffer: &mut [u8],
        offset: Option<u64>,
    ) -> Option<io::Result<usize>> {
        Some(system::read(file, buffer, offset))
    }

    async fn read_later(
        &self,
        file: &Arc<File>,
        buffer: &mut Buffer,
        range: Range<usize>,
        offset: Option<u64>,
    ) -> Result<io::Result<usize>, Fault> {
        Ok(system::read(file, &mut buffer[range], offset))
    }

    async fn readable(&self, pipe: &mut Pipe, interrupt: &Interrupt) -> Result<(), Fault> {
        pipe.unwatch();
        interrupt.wait_for(pipe.file())
    }

    async fn finish<F: Future>(
        &self,
        future: F,
        interrupt: &Interrupt,
    ) -> Result<F::Output, Fault> {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            if interrupt.is_requested() {
                return Poll::Ready(Err(Fault::Interrupted));
            }
            future.as_mut().poll(context).map(Ok)
        })
        .await
    }

    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Fault> {
        Ok(work())
    }

    async fn memory(&self, _: u64) -> Option<OwnedSemaphorePermit> {
        None
    }

    async fn give_way(&self) {
        thread::yield_now();
    }
}

/// A blocked thread looks this often whether it is requested to stop, if nothing wakes it.
const LOOK: Duration = Duration::from_millis(50);

/// Runs a future to its end on this thread, and blocks it where the future waits.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let mut future = pin!(future);
    // Most futures never wait: reading a file blocks instead.
    if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        return output;
    }
    let waker = Arc::new(Unpark(thread::current())).into();
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        thread::park_timeout(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_thread_waits_for_its_future() {
        let (wake, woken) = mpsc::channel::<Waker>();
        let waker = thread::spawn(move || woken.into_iter().for_each(Waker::wake));
        let mut polls = 0;
        let output = block_on(std::future::poll_fn(|context| {
            polls += 1;
            let _ = wake.send(context.waker().clone());
            if polls < 5 { Poll::Pending } else { Poll::Ready(polls) }
        }));
        assert_eq!(output, 5);
        drop(wake);
        waker.join().unwrap();
    }

    #[test]
    fn a_request_to_stop_ends_the_wait_for_a_backend() {
        let interrupt = Interrupt::new();
        let request = interrupt.clone();
        let requested = thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            request.request();
        });
        let waiting = Blocking(()).finish(std::future::pending::<()>(), &interrupt);
        assert!(matches!(block_on(waiting), Err(Fault::Interrupted)));
        requested.join().unwrap();
    }
}
