//! Waiting without holding up others: what the sources of one event loop share.
//!
//! A source that has to wait gives the core to another. It waits for a disk on one of a
//! bounded number of threads that may block, and for a pipe or a backend by having the loop
//! wake it. It runs on a current-thread runtime of tokio.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use futures_util::future::{Either, select};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use crate::batch_open::{Beginning, FirstRead, Mode, OpenBatch};
use crate::buffer::{Buffer, Spare};
use crate::chunk::Chunk;
use crate::interrupt::Interrupt;
use crate::options::Io;
use crate::outcome::Fault;
use crate::pipe::{Pipe, Watched};
use crate::system;
use crate::threads::Threads;
use crate::trace::Trace;
use crate::wait::{Wait, sealed};

/// What the sources on one event loop share; it stays on its thread.
pub struct EventLoop {
    io: Io,
    /// Wakes the sources that wait for a pipe or a backend.
    wake: Notify,
    /// Becomes readable when a stop is requested.
    stop: Option<Watched>,
    /// Buffers of chunks that are not in use.
    spare: Arc<Spare>,
    /// One permit for each thread that reads, or for each buffer that waits for one.
    reading: Semaphore,
    threads: Arc<Threads>,
    /// Mebibytes that decoders may take for what they have to remember.
    memory: Arc<Semaphore>,
    open_batch: OpenBatch,
    trace: Option<Rc<dyn Trace>>,
    /// How many files in a row were not in memory.
    misses: Cell<u32>,
}

/// After this many files in a row that were not in memory, only one of [`TRIED`] is tried
/// at once: each attempt takes time, and is in vain.
const MISSES: u32 = 16;

/// See [`MISSES`].
const TRIED: u32 = 8;

impl EventLoop {
    /// What the decoders of one loop may remember together: what the most demanding one
    /// needs, and what its library needs on top of that.
    const MEMORY_MIB: u32 = 130;

    /// The number of blocking threads that a loop needs for cold disks: enough to keep the
    /// queue of a fast one full.
    pub const DEPTH: usize = 32;

    /// A loop that reads files in this way, and listens for the request to stop.
    ///
    /// # Panics
    ///
    /// Outside of a runtime of tokio with its I/O enabled.
    #[must_use]
    pub fn new(io: Io, interrupt: &Interrupt) -> Self {
        // A wake-up file that cannot be watched is ignored; the flag is still looked at.
        let stop = interrupt.wake().and_then(|wake| Watched::new(&wake).ok());
        let memory = Arc::new(Semaphore::new(Self::MEMORY_MIB as usize));
        let mode = if io == Io::Auto { Mode::Advised } else { Mode::Plain };
        let threads = Arc::new(Threads::new(Self::DEPTH));
        Self {
            io,
            wake: Notify::new(),
            stop,
            spare: Arc::default(),
            reading: Semaphore::new(Self::DEPTH),
            memory,
            open_batch: OpenBatch::new(mode, &threads),
            threads,
            trace: None,
            misses: Cell::new(0),
        }
    }

    /// The same loop, which says how long things took.
    #[must_use]
    pub fn with_trace(self, trace: Option<Rc<dyn Trace>>) -> Self {
        Self { trace, ..self }
    }

    /// Waits until a stop is requested, and wakes the sources that wait, so that they look
    /// at the request. Once it is made, this returns at once.
    pub async fn stop(&self, interrupt: &Interrupt) {
        if !interrupt.is_requested() {
            match &self.stop {
                Some(stop) => stop.woken().await,
                None => std::future::pending().await,
            }
        }
        self.wake.notify_waiters();
    }

    /// Starts to open the files that wait for others to be opened with. To be called before
    /// the loop waits.
    pub fn flush(&self, interrupt: &Interrupt) {
        self.open_batch.flush(interrupt);
    }

    /// Opens a file, if it is in memory and an attempt is worth it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if it is not.
    fn open_cached(&self, path: &Path) -> io::Result<system::Opened> {
        let misses = self.misses.get();
        let is_tried = match self.io {
            Io::Auto => misses < MISSES || misses.is_multiple_of(TRIED),
            Io::Portable => false,
        };
        let result = if is_tried {
            system::open_cached(path)
        } else {
            Err(io::ErrorKind::WouldBlock.into())
        };
        let is_miss = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        self.misses.set(if is_miss { misses.wrapping_add(1) } else { 0 });
        result
    }

    /// Runs what may block on another thread, and waits for it.
    async fn elsewhere<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Fault> {
        let is_traced = self.trace.is_on();
        // The semaphore is never closed, which would be the only failure.
        let _permit = self.reading.acquire().await;
        let (answer, answered) = oneshot::channel();
        self.threads.run(move || {
            let begun = is_traced.then(Instant::now);
            let result = work();
            // A source that was given up waits for no answer.
            let _ = answer.send((result, begun.map(|begun| begun.elapsed())));
        });
        // It fails only when the loop ends, or with a panic.
        let (result, took) = answered.await.map_err(|_| Fault::Interrupted)?;
        if let Some(took) = took {
            self.trace.elsewhere(took);
        }
        Ok(result)
    }
}

impl fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop").field("io", &self.io).finish_non_exhaustive()
    }
}

impl sealed::Sealed for Rc<EventLoop> {}

impl Wait for Rc<EventLoop> {
    type Trace = Option<Rc<dyn Trace>>;

    fn trace(&self) -> &Self::Trace {
        &self.trace
    }

    fn take_back(&self, chunk: &mut Chunk) {
        self.spare.keep(chunk.take_buffer());
    }

    fn lend(&self, chunk: &mut Chunk) {
        if !chunk.has_buffer() {
            chunk.give_buffer(self.spare.take());
        }
    }

    fn spare(&self) -> Arc<Spare> {
        Arc::clone(&self.spare)
    }

    async fn open(&self, path: &Path, interrupt: &Interrupt) -> Result<Beginning, Fault> {
        match self.open_cached(path) {
            Ok(opened) => Ok(opened.into()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.open_batch.open(path, interrupt, &self.trace).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn beginning(&self, file: &Arc<File>, interrupt: &Interrupt) -> Result<FirstRead, Fault> {
        self.open_batch.read(file, interrupt, &self.trace).await
    }

    fn read_now(
        &self,
        file: &File,
        buffer: &mut [u8],
        offset: Option<u64>,
    ) -> Option<io::Result<usize>> {
        if self.io != Io::Auto {
            return None;
        }
        match system::read_cached(file, buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            result => Some(result),
        }
    }

    async fn read_later(
        &self,
        file: &Arc<File>,
        buffer: &mut Buffer,
        range: Range<usize>,
        offset: Option<u64>,
    ) -> Result<io::Result<usize>, Fault> {
        let (file, spare) = (Arc::clone(file), self.spare());
        let mut away = std::mem::take(buffer);
        if range.start == 0 {
            // The thread takes one when it begins to read.
            self.spare.keep(std::mem::take(&mut away));
        }
        let read = move || {
            if away.is_empty() {
                away = spare.take();
            }
            away.make_room(range.end);
            let result = system::read(&file, &mut away[range], offset);
            (away, result)
        };
        let (back, result) = self.elsewhere(read).await?;
        *buffer = back;
        Ok(result)
    }

    async fn readable(&self, pipe: &mut Pipe, interrupt: &Interrupt) -> Result<(), Fault> {
        pipe.readable(&self.wake, interrupt).await
    }

    async fn finish<F: Future>(
        &self,
        future: F,
        interrupt: &Interrupt,
    ) -> Result<F::Output, Fault> {
        let mut future = pin!(future);
        // Most are finished at once, as those of files are.
        let first = std::future::poll_fn(|context| Poll::Ready(future.as_mut().poll(context)));
        if let Poll::Ready(output) = first.await {
            return Ok(output);
        }
        while !interrupt.is_requested() {
            if let Either::Left((output, _)) =
                select(future.as_mut(), pin!(self.wake.notified())).await
            {
                return Ok(output);
            }
        }
        Err(Fault::Interrupted)
    }

    async fn run<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Fault> {
        self.elsewhere(work).await
    }

    async fn memory(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let mebibytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX).min(EventLoop::MEMORY_MIB);
        if mebibytes == 0 {
            // Less than a mebibyte needs no permit.
            return None;
        }
        Arc::clone(&self.memory).acquire_many_owned(mebibytes).await.ok()
    }

    async fn give_way(&self) {
        let mut gave_way = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut gave_way, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::mpsc;
    use std::task::{Context, Waker};

    use futures_util::future::{join, join_all};
    use tokio::runtime;

    use super::*;
    use crate::batch_open::BEGINNING_BYTES;
    use crate::{CHUNK_BYTES, Chunks, OpenOptions, SourceName, Text};

    fn runtime() -> runtime::Runtime {
        runtime::Builder::new_current_thread().enable_io().build().unwrap()
    }

    fn event_loop() -> Rc<EventLoop> {
        Rc::new(EventLoop::new(Io::Portable, &Interrupt::default()))
    }

    /// A loop with one thread that may wait.
    fn narrow_loop() -> Rc<EventLoop> {
        let threads = Arc::new(Threads::new(1));
        let open_batch = OpenBatch::new(Mode::Plain, &threads);
        let narrow = EventLoop::new(Io::Portable, &Interrupt::default());
        Rc::new(EventLoop { threads, open_batch, ..narrow })
    }

    async fn open(name: &SourceName, on: &Rc<EventLoop>) -> Text<Rc<EventLoop>> {
        Text::open_on(name, &OpenOptions::default(), Rc::clone(on)).await.unwrap()
    }

    /// Whether a source has to wait for its next piece.
    fn waits(text: &mut Text<Rc<EventLoop>>, chunk: &mut Chunk) -> bool {
        let fetching = pin!(text.fetch(chunk));
        fetching.poll(&mut Context::from_waker(Waker::noop())) == Poll::Pending
    }

    #[test]
    fn a_source_that_waits_for_a_disk_holds_no_buffer() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![b'a'; 3 * CHUNK_BYTES]).unwrap();
        runtime().block_on(async {
            let on = narrow_loop();
            let mut text = {
                let name = SourceName::from(file.path());
                let flush = async { on.flush(&Interrupt::default()) };
                join(open(&name, &on), flush).await.0
            };
            let mut chunk = Chunk::new();
            text.fetch(&mut chunk).await;
            assert_eq!(chunk.bytes().len(), BEGINNING_BYTES, "what was read goes first");
            // The only thread that may wait is busy.
            let (go_on, gone_on) = mpsc::channel::<()>();
            on.threads.run(move || assert!(gone_on.recv().is_err()));
            assert!(chunk.has_buffer() && waits(&mut text, &mut chunk));
            assert!(!chunk.has_buffer());
            assert_eq!(on.spare.count(), 1);
            drop(go_on);
        });
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_source_that_waits_for_a_writer_holds_no_buffer() {
        use std::os::fd::AsRawFd;

        let (reader, mut writer) = std::io::pipe().unwrap();
        let name = SourceName::from(std::path::PathBuf::from(format!(
            "/proc/self/fd/{}",
            reader.as_raw_fd()
        )));
        runtime().block_on(async {
            let on = event_loop();
            let flush = async { on.flush(&Interrupt::default()) };
            let mut text = join(open(&name, &on), flush).await.0;
            let mut chunk = Chunk::new();
            assert!(text.is_stream() && waits(&mut text, &mut chunk));
            assert!(!chunk.has_buffer());
            writer.write_all(b"love, hate and hope").unwrap();
            text.fetch(&mut chunk).await;
            assert_eq!(chunk.bytes(), b"love, hate and hope");
            on.take_back(&mut chunk);
            assert!(waits(&mut text, &mut chunk) && !chunk.has_buffer());
            assert_eq!(on.spare.count(), 1);
        });
    }

    #[test]
    fn the_number_of_buffers_does_not_grow_with_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<SourceName> = (0..4 * EventLoop::DEPTH)
            .map(|nth| {
                let path = folder.path().join(nth.to_string());
                std::fs::write(&path, vec![b'a'; 2 * CHUNK_BYTES + nth]).unwrap();
                SourceName::from(path)
            })
            .collect();
        runtime().block_on(async {
            let on = event_loop();
            let reading = names.iter().map(|name| async {
                let mut text = open(name, &on).await;
                let (mut chunk, mut bytes) = (Chunk::new(), 0);
                while !chunk.is_last() {
                    text.fetch(&mut chunk).await;
                    bytes += chunk.bytes().len();
                    on.take_back(&mut chunk);
                }
                bytes
            });
            let flush = async { on.flush(&Interrupt::default()) };
            let (bytes, ()) = join(join_all(reading), flush).await;
            let expected: Vec<usize> = (0..names.len()).map(|nth| 2 * CHUNK_BYTES + nth).collect();
            assert_eq!(bytes, expected);
            let buffers = on.spare.count();
            assert!((1..=EventLoop::DEPTH + 1).contains(&buffers), "{buffers}");
        });
    }
}
