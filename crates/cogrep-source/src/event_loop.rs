//! Waiting without holding up anybody: what the sources of one event loop share.
//!
//! A source that has to wait gives the core to another. It waits for a disk on one
//! of a bounded number of threads that may block, and for a pipe by telling the
//! loop to wake it. Runs on a current-thread runtime of tokio.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::buffer::{Buffer, Spare};
use crate::chunk::Chunk;
use crate::errands::Errands;
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::spent;

/// How files are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Io {
    /// Where the system can tell that no disk is needed, at once; else on a thread
    /// that may wait.
    #[default]
    Auto,
    /// Always on a thread that may wait, with calls that every platform has.
    Portable,
    /// On the spot, one source after the other, without a loop: what runs on event
    /// loops are held against.
    InTurn,
}

/// What the sources on one event loop share; it stays on its thread.
#[derive(Debug)]
pub struct EventLoop {
    io: Io,
    /// Wakes the sources that wait for a pipe.
    wake: Notify,
    /// What becomes readable when everybody is to stop.
    bell: Option<Watched>,
    /// Buffers of chunks that nobody fills right now.
    spare: Arc<Spare>,
    /// So many may have a buffer elsewhere, and be read into or wait for their turn.
    reading: Semaphore,
    /// Mebibytes that decoders may take for what they have to remember.
    memory: Arc<Semaphore>,
    errands: Errands,
    /// How many files in a row were not in memory.
    misses: Cell<u32>,
}

/// After so many files in a row that were not in memory, only some are tried: each
/// attempt is made in vain first.
const MISSES: u32 = 16;

/// One of so many.
const TRIED: u32 = 8;

impl EventLoop {
    /// So much may the decoders of one loop remember together: what the most demanding
    /// one needs, and what the library needs beside.
    const MEMORY_MIB: u32 = 130;

    /// How many threads that may wait a loop needs at most for cold disks: enough to
    /// keep the queue of a fast one full.
    pub const DEPTH: usize = 32;

    /// A loop that reads files in this way, and listens for the wish to stop.
    ///
    /// # Panics
    ///
    /// Outside a runtime of tokio with its I/O enabled.
    #[must_use]
    pub fn new(io: Io, interrupt: &Interrupt) -> Self {
        // A bell that cannot be watched is not heard; the wish is still looked at.
        let bell = interrupt.bell().and_then(|bell| Watched::new(&bell).ok());
        let memory = Arc::new(Semaphore::new(Self::MEMORY_MIB as usize));
        Self {
            io,
            wake: Notify::new(),
            bell,
            spare: Arc::default(),
            reading: Semaphore::new(Self::DEPTH),
            memory,
            errands: Errands::new(io),
            misses: Cell::new(0),
        }
    }

    /// Waits until somebody wants all to stop, and wakes the sources that wait, so
    /// that they look at the wish. Once it is there, it has been waited for.
    pub async fn stop(&self, interrupt: &Interrupt) {
        if !interrupt.is_requested() {
            match &self.bell {
                Some(bell) => bell.rung().await,
                None => std::future::pending().await,
            }
        }
        self.wake.notify_waiters();
    }

    /// Takes back the buffer of a chunk whose source may now have to wait.
    pub fn take_back(&self, chunk: &mut Chunk) {
        self.keep(chunk.take_buffer());
    }

    /// Takes a buffer that is not needed.
    pub(crate) fn keep(&self, buffer: Buffer) {
        self.spare.keep(buffer);
    }

    pub(crate) fn buffer(&self) -> Buffer {
        self.spare.take()
    }

    /// Waits until so much memory is free for a decoder, which has it for as long as it
    /// keeps what it gets; less than a mebibyte needs no leave.
    pub(crate) async fn memory(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let mebibytes = u32::try_from(bytes >> 20).unwrap_or(u32::MAX).min(Self::MEMORY_MIB);
        if mebibytes == 0 {
            return None;
        }
        Arc::clone(&self.memory).acquire_many_owned(mebibytes).await.ok()
    }

    /// Its buffers that nobody fills, for the threads that wait for it.
    pub(crate) fn spare(&self) -> &Arc<Spare> {
        &self.spare
    }

    pub(crate) fn io(&self) -> Io {
        self.io
    }

    /// Opens a file at once, by this, if it is in memory and that is worth trying.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if it is not.
    pub(crate) fn try_at_once<R>(&self, open: impl FnOnce() -> io::Result<R>) -> io::Result<R> {
        let misses = self.misses.get();
        let is_tried = match self.io {
            Io::Auto => misses < MISSES || misses.is_multiple_of(TRIED),
            Io::Portable | Io::InTurn => false,
        };
        let result = if is_tried { open() } else { Err(io::ErrorKind::WouldBlock.into()) };
        let is_miss = result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        self.misses.set(if is_miss { misses.wrapping_add(1) } else { 0 });
        result
    }

    /// What other threads do for files that are not in memory.
    pub(crate) fn errands(&self) -> &Errands {
        &self.errands
    }

    /// Sends what sources have to wait for on its way. To be called before the loop
    /// waits: sources whose turn comes later may join them until then.
    pub fn set_out(&self, interrupt: &Interrupt) {
        self.errands.start_rest(interrupt);
    }

    /// Runs what may block on another thread, and waits for it.
    pub(crate) async fn elsewhere<R: Send + 'static>(
        &self,
        work: impl FnOnce() -> R + Send + 'static,
    ) -> Result<R, Fault> {
        let is_measured = spent::is_measured();
        // It is closed never, and fails only then.
        let _leave = self.reading.acquire().await;
        let measured = move || {
            let begun = is_measured.then(Instant::now);
            let result = work();
            (result, begun.map(|begun| begun.elapsed()))
        };
        // It fails only when the loop is being taken down.
        let (result, took) = spawn_blocking(measured).await.map_err(|_| Fault::Interrupted)?;
        if let Some(took) = took {
            spent::add_elsewhere(took);
        }
        Ok(result)
    }
}

/// A stream that is watched for bytes to read.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Watched(Option<tokio::io::unix::AsyncFd<Arc<std::fs::File>>>);

#[cfg(unix)]
impl Watched {
    /// Watches a file, if it is of a kind that can be watched: `/dev/zero` is not.
    pub(crate) fn new(file: &Arc<std::fs::File>) -> io::Result<Self> {
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

    /// Whether nobody can tell when there is something to read.
    pub(crate) fn is_blind(&self) -> bool {
        self.0.is_none()
    }

    /// Waits until a bell is rung, which then stays so.
    async fn rung(&self) {
        match &self.0 {
            Some(bell) => drop(bell.readable().await),
            None => std::future::pending().await,
        }
    }

    /// Waits until there is something to read, or the end, or a wish to stop.
    pub(crate) async fn readable(
        &self,
        on: &EventLoop,
        interrupt: &Interrupt,
    ) -> Result<(), Fault> {
        use std::pin::pin;

        use futures_util::future::{Either, select};

        let Some(watched) = &self.0 else { return Ok(()) };
        while !interrupt.is_requested() {
            if Interrupt::is_readable(watched.get_ref())? {
                return Ok(());
            }
            let readable = pin!(watched.readable());
            match select(readable, pin!(on.wake.notified())).await {
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

/// Elsewhere streams are read on threads that may wait.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Watched;

#[cfg(not(unix))]
impl Watched {
    pub(crate) fn new(_: &Arc<std::fs::File>) -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn is_blind(&self) -> bool {
        true
    }

    async fn rung(&self) {
        std::future::pending().await
    }

    pub(crate) async fn readable(&self, _: &EventLoop, _: &Interrupt) -> Result<(), Fault> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::pin::pin;
    use std::rc::Rc;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    use futures_util::future::{join, join_all};
    use tokio::runtime;

    use super::*;
    use crate::errands::BEGINNING_BYTES;
    use crate::{CHUNK_BYTES, OpenOptions, SourceName, Text};

    fn runtime(threads: usize) -> runtime::Runtime {
        let mut builder = runtime::Builder::new_current_thread();
        builder.enable_io().max_blocking_threads(threads).build().unwrap()
    }

    fn event_loop() -> Rc<EventLoop> {
        Rc::new(EventLoop::new(Io::Portable, &Interrupt::default()))
    }

    async fn open(name: &SourceName, on: &Rc<EventLoop>) -> Text {
        Text::begin(name, &OpenOptions::default(), Some(Rc::clone(on))).await.unwrap()
    }

    /// Whether a source has to wait for its next piece.
    fn waits(text: &mut Text, chunk: &mut Chunk) -> bool {
        let fetching = pin!(text.fetch(chunk));
        fetching.poll(&mut Context::from_waker(Waker::noop())) == Poll::Pending
    }

    #[test]
    fn who_waits_for_a_disk_holds_no_buffer() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![b'a'; 3 * CHUNK_BYTES]).unwrap();
        runtime(1).block_on(async {
            let on = event_loop();
            let mut text = {
                let name = SourceName::from(file.path());
                let set_out = async { on.set_out(&Interrupt::default()) };
                join(open(&name, &on), set_out).await.0
            };
            let mut chunk = Chunk::new();
            text.fetch(&mut chunk).await;
            assert_eq!(chunk.bytes().len(), BEGINNING_BYTES, "what is there goes first");
            // The only thread that may wait does, for us.
            let (go_on, told) = mpsc::channel::<()>();
            let waiting = spawn_blocking(move || told.recv());
            assert!(chunk.has_buffer() && waits(&mut text, &mut chunk));
            assert!(!chunk.has_buffer());
            assert_eq!(on.spare.count(), 1);
            drop(go_on);
            assert!(waiting.await.unwrap().is_err());
        });
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn who_waits_for_somebody_holds_no_buffer() {
        use std::os::fd::AsRawFd;

        let (reader, mut writer) = std::io::pipe().unwrap();
        let name = SourceName::Path(format!("/proc/self/fd/{}", reader.as_raw_fd()).into());
        runtime(1).block_on(async {
            let on = event_loop();
            let set_out = async { on.set_out(&Interrupt::default()) };
            let mut text = join(open(&name, &on), set_out).await.0;
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
    fn buffers_do_not_become_more_with_the_files_under_way() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<SourceName> = (0..4 * EventLoop::DEPTH)
            .map(|nth| {
                let path = folder.path().join(nth.to_string());
                std::fs::write(&path, vec![b'a'; 2 * CHUNK_BYTES + nth]).unwrap();
                SourceName::Path(path)
            })
            .collect();
        runtime(EventLoop::DEPTH).block_on(async {
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
            let set_out = async { on.set_out(&Interrupt::default()) };
            let (bytes, ()) = join(join_all(reading), set_out).await;
            let expected: Vec<usize> = (0..names.len()).map(|nth| 2 * CHUNK_BYTES + nth).collect();
            assert_eq!(bytes, expected);
            let buffers = on.spare.count();
            assert!((1..=EventLoop::DEPTH + 1).contains(&buffers), "{buffers}");
        });
    }
}
