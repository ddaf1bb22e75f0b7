//! The raw bytes of a source, and how reading them ended.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::OwnedSemaphorePermit;

use crate::buffer::{Buffer, Spare};
use crate::chunk::{CHUNK_BYTES, Chunk, LONG_CHUNK_BYTES};
use crate::errands::{Beginning, FirstRead};
use crate::event_loop::{EventLoop, Io, Watched};
use crate::input::SourceName;
use crate::interrupt::Interrupt;
use crate::outcome::{Fault, Outcome};
use crate::stand_in::StandIn;
use crate::system::{self, Kind};
use crate::text::OpenOptions;

/// The raw bytes of a source.
pub(crate) struct Bytes {
    device: Device,
    /// Where to wait; without a loop, on the spot.
    event_loop: Option<Rc<EventLoop>>,
    interrupt: Interrupt,
    /// Whether a disk had to be waited for.
    waited: bool,
    /// The size at opening, where it means anything.
    expected: Option<u64>,
    delivered: u64,
    ended: bool,
    fault: Option<Fault>,
}

/// What bytes are read from.
enum Device {
    /// Reads wait for a disk at most, and fill the buffer.
    /// Without a file, its end was reached.
    File { file: Option<Arc<File>>, first: FirstRead },
    /// Reads may wait for somebody, and give what is there.
    Stream { file: Arc<File>, watched: Option<Watched> },
    /// What stands in for a file; it waits on the spot.
    Reader(Box<dyn Read>),
}

/// Bytes on their way to another thread, or back: all but the loop, which stays.
pub(crate) struct Moving {
    file: Option<Arc<File>>,
    first: FirstRead,
    is_stream: bool,
    interrupt: Interrupt,
    waited: bool,
    expected: Option<u64>,
    pub(crate) delivered: u64,
    ended: bool,
    fault: Option<Fault>,
}

impl From<Moving> for Bytes {
    /// The same bytes, which wait on the spot.
    fn from(moving: Moving) -> Self {
        let Moving { file, first, is_stream, interrupt, .. } = moving;
        let device = match file {
            Some(file) if is_stream => Device::Stream { file, watched: None },
            file => Device::File { file, first },
        };
        let Moving { waited, expected, delivered, ended, fault, .. } = moving;
        Self { device, event_loop: None, interrupt, waited, expected, delivered, ended, fault }
    }
}

impl Bytes {
    /// Opens a source by its name, and waits with it on this loop.
    pub(crate) async fn open(
        name: &SourceName,
        options: &OpenOptions,
        event_loop: Option<Rc<EventLoop>>,
    ) -> Result<Self, Fault> {
        let interrupt = &options.interrupt;
        if let Some(stand_in) = options.stand_ins.open(name) {
            let StandIn { reader, size: expected } = stand_in?;
            return Ok(Self {
                event_loop,
                expected,
                ..Self::new(Device::Reader(reader), interrupt)
            });
        }
        let Beginning { kind, size, file, first } = match (name, &event_loop) {
            (SourceName::Stdin, _) => system::standard_input()?.into(),
            (SourceName::Path(path), None) => system::open(path)?.into(),
            (SourceName::Path(path), Some(on)) => {
                match on.try_at_once(|| system::open_cached(path)) {
                    Ok(opened) => opened.into(),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        on.errands().open(path, interrupt).await??
                    }
                    Err(error) => return Err(error.into()),
                }
            }
        };
        let device = match (kind, file) {
            (Kind::Folder, _) => return Err(io::Error::from(io::ErrorKind::IsADirectory).into()),
            (Kind::Stream, Some(file)) => Device::Stream { file, watched: None },
            (Kind::Regular | Kind::Stream, file) => Device::File { file, first },
        };
        // A size of zero says nothing: files of /proc have it.
        let expected = Some(size).filter(|&size| size > 0);
        Ok(Self { event_loop, expected, ..Self::new(device, interrupt) })
    }

    /// Reads from anything that can be read from.
    pub(crate) fn of_reader(reader: impl Read + 'static, interrupt: &Interrupt) -> Self {
        Self::new(Device::Reader(Box::new(reader)), interrupt)
    }

    fn new(device: Device, interrupt: &Interrupt) -> Self {
        Self {
            device,
            event_loop: None,
            interrupt: interrupt.clone(),
            waited: false,
            expected: None,
            delivered: 0,
            ended: false,
            fault: None,
        }
    }

    /// What another thread needs to read on, until it [comes back](Self::come_back); what
    /// stands in for a file stays.
    pub(crate) fn leave(&mut self) -> Option<Moving> {
        let (file, first, is_stream) = match &mut self.device {
            Device::File { file, first } => (file.clone(), first.take(), false),
            Device::Stream { file, watched } => {
                *watched = None;
                (Some(Arc::clone(file)), None, true)
            }
            Device::Reader(_) => return None,
        };
        Some(Moving {
            file,
            first,
            is_stream,
            interrupt: self.interrupt.clone(),
            waited: self.waited,
            expected: self.expected,
            delivered: self.delivered,
            ended: self.ended,
            fault: self.fault.take(),
        })
    }

    /// Goes on where the other thread left off.
    pub(crate) fn come_back(&mut self, moving: Moving) {
        let event_loop = self.event_loop.take();
        *self = Self { event_loop, ..Self::from(moving) };
    }

    /// Whether all that will be read has been read.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    /// The bytes read so far.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Whether a read may wait for somebody, not only for a disk.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.device, Device::Stream { .. })
    }

    /// The file, and the size it had, if it is one of which any part can be read.
    pub(crate) fn file(&self) -> Option<(&Arc<File>, u64)> {
        match &self.device {
            Device::File { file, .. } => Some((file.as_ref()?, self.expected?)),
            _ => None,
        }
    }

    /// Reads at least this many bytes into the chunk's buffer, or up to the end, or to
    /// a fault; of a regular file, as many more as are in memory and have room. Gives how
    /// many they were.
    pub(crate) async fn fill_chunk(&mut self, chunk: &mut Chunk, least: usize) -> usize {
        // A source that waits for somebody holds no buffer.
        self.wait().await;
        self.lend_buffer(chunk);
        let room = self.chunk_bytes();
        self.fill(chunk.buffer_mut(room), room, least).await
    }

    /// How long the next chunk is: longer in the middle of a file that has much more, and
    /// that is in memory. Those that wait for a disk are many, and so are their buffers.
    fn chunk_bytes(&self) -> usize {
        let left = self.file().map_or(0, |(_, size)| size.saturating_sub(self.delivered));
        let is_long = !self.waited && self.delivered > 0 && left >= 4 * LONG_CHUNK_BYTES as u64;
        if is_long { LONG_CHUNK_BYTES } else { CHUNK_BYTES }
    }

    /// Waits until there is something to read, or the end, if somebody has to be waited
    /// for.
    pub(crate) async fn wait(&mut self) {
        if self.is_stream()
            && !self.ended
            && let Err(fault) = self.ready().await
        {
            self.fail(fault);
        }
    }

    /// Gives the chunk a buffer of the loop, if it has none.
    pub(crate) fn lend_buffer(&self, chunk: &mut Chunk) {
        if let (Some(on), false) = (&self.event_loop, chunk.has_buffer()) {
            chunk.give_buffer(on.buffer());
        }
    }

    /// Gives the buffer of the chunk back to the loop, to be used by others.
    pub(crate) fn take_back(&self, chunk: &mut Chunk) {
        if let Some(on) = &self.event_loop {
            on.take_back(chunk);
        }
    }

    /// Where buffers are to be had that nobody fills, also for other threads.
    pub(crate) fn spare(&self) -> Arc<Spare> {
        self.event_loop.as_ref().map_or_else(Arc::default, |on| Arc::clone(on.spare()))
    }

    /// Waits for the loop's leave to take so much memory; the more at once, the fewer.
    ///
    /// A source that waits for somebody does not ask: it might never give it back.
    pub(crate) async fn memory(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        match &self.event_loop {
            Some(on) if !self.is_stream() => on.memory(bytes).await,
            _ => None,
        }
    }

    /// Whether somebody wants all reading to end.
    pub(crate) fn is_asked_to_stop(&self) -> bool {
        self.interrupt.is_requested()
    }

    /// As [`fill_chunk`](Self::fill_chunk), with a buffer that has room for so much.
    pub(crate) async fn fill(&mut self, buffer: &mut Buffer, room: usize, least: usize) -> usize {
        let fills = matches!(self.device, Device::File { .. });
        let mut filled = 0;
        while !self.ended && filled < room && (fills || filled < least) {
            match self.read(buffer, filled..room, filled >= least).await {
                Ok(None) => break,
                Ok(Some(0)) => self.ended = true,
                Ok(Some(read)) => {
                    filled += read;
                    self.delivered += read as u64;
                    // It gave less than was asked for where it should end: it ended.
                    self.ended = fills && filled < room && self.expected == Some(self.delivered);
                }
                Err(fault) => self.fail(fault),
            }
        }
        filled
    }

    fn fail(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.ended = true;
    }

    /// One read that is neither interrupted nor asked to stop.
    ///
    /// Who has enough does not wait for a disk: what is there goes first. While others do,
    /// the buffer is of better use elsewhere, unless it holds something.
    async fn read(
        &mut self,
        buffer: &mut Buffer,
        range: Range<usize>,
        has_enough: bool,
    ) -> Result<Option<usize>, Fault> {
        loop {
            if self.interrupt.is_requested() {
                return Err(Fault::Interrupted);
            }
            let result = match &mut self.device {
                Device::Reader(reader) => reader.read(&mut buffer[range.clone()]),
                Device::File { first, .. } if first.is_some() => {
                    self.waited = true;
                    take_first(first, &mut buffer[range.clone()])
                }
                Device::File { file: None, .. } => Ok(0),
                Device::File { file: Some(file), first } => match &self.event_loop {
                    None => (&**file).read(&mut buffer[range.clone()]),
                    Some(on) => match read_cached(on, file, &mut buffer[range.clone()]) {
                        Some(result) => result,
                        None if has_enough => return Ok(None),
                        None if self.delivered == 0 => {
                            on.keep(std::mem::take(buffer));
                            *first = on.errands().read(file, &self.interrupt).await?;
                            *buffer = on.buffer();
                            buffer.make_room(range.end);
                            continue;
                        }
                        None => {
                            self.waited = true;
                            read_elsewhere(on, file, buffer, range.clone()).await?
                        }
                    },
                },
                Device::Stream { .. } => self.read_stream(buffer, range.clone()).await?,
            };
            match result {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.give_way().await,
                result => return Ok(Some(result?)),
            }
        }
    }

    /// Lets others on the loop go on, where nothing tells when to ask again.
    async fn give_way(&self) {
        let mut gave_way = self.event_loop.is_none();
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut gave_way, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    async fn read_stream(
        &mut self,
        buffer: &mut Buffer,
        range: Range<usize>,
    ) -> Result<io::Result<usize>, Fault> {
        self.ready().await?;
        let Device::Stream { file, watched } = &self.device else {
            unreachable!("called for streams");
        };
        if let (Some(on), Some(watched)) = (&self.event_loop, watched)
            && watched.is_blind()
        {
            return read_elsewhere(on, file, buffer, range).await;
        }
        Ok((&**file).read(&mut buffer[range]))
    }

    /// Waits until a stream has something to read, or ends.
    async fn ready(&mut self) -> Result<(), Fault> {
        let Device::Stream { file, watched } = &mut self.device else { return Ok(()) };
        match &self.event_loop {
            None => self.interrupt.wait_for(file),
            Some(on) => {
                let watched = match watched {
                    Some(watched) => watched,
                    None => watched.insert(Watched::new(file)?),
                };
                watched.readable(on, &self.interrupt).await
            }
        }
    }

    /// How the source ended. To be asked after its end.
    pub(crate) fn outcome(self) -> Outcome {
        let read = self.delivered;
        match (self.fault, self.expected) {
            (Some(fault), _) if read == 0 => Outcome::Failed(fault),
            (Some(fault), _) => Outcome::Partial(fault),
            (None, Some(expected)) if read < expected => {
                Outcome::Partial(Fault::Shrank { read, expected })
            }
            (None, _) => Outcome::Complete,
        }
    }
}

/// Gives what was read on the way: the buffer has room for it.
fn take_first(first: &mut FirstRead, buffer: &mut [u8]) -> io::Result<usize> {
    let bytes = first.take().unwrap_or_else(|| Ok(Vec::new()))?;
    buffer[..bytes.len()].copy_from_slice(&bytes);
    Ok(bytes.len())
}

/// Reads on in a file, if it is in memory and the system can tell.
fn read_cached(on: &EventLoop, file: &File, buffer: &mut [u8]) -> Option<io::Result<usize>> {
    if on.io() != Io::Auto {
        return None;
    }
    match system::read_cached(file, buffer) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
        result => Some(result),
    }
}

async fn read_elsewhere(
    on: &EventLoop,
    file: &Arc<File>,
    buffer: &mut Buffer,
    range: Range<usize>,
) -> Result<io::Result<usize>, Fault> {
    let (file, spare) = (Arc::clone(file), Arc::clone(on.spare()));
    let mut away = std::mem::take(buffer);
    if range.start == 0 {
        // The thread takes one when it begins to read.
        on.keep(std::mem::take(&mut away));
    }
    let read = move || {
        if away.is_empty() {
            away = spare.take();
        }
        away.make_room(range.end);
        let result = (&*file).read(&mut away[range]);
        (away, result)
    };
    let (back, result) = on.elsewhere(read).await?;
    *buffer = back;
    Ok(result)
}
