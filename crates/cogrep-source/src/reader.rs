//! The raw bytes of a source, in their order, and how reading them ended.
//!
//! A [`Reader`] can be sent to another thread between two reads. How it waits is handed to
//! each call.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;

use crate::backend::{Object, Opened};
use crate::batch_open::{Beginning, FirstRead};
use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk, LONG_CHUNK_BYTES};
use crate::decode::may_be_no_text;
use crate::interrupt::Interrupt;
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::Fault;
use crate::pipe::Pipe;
use crate::positional::{Positional, read_file, read_file_now, read_object, retry};
use crate::raw::{Filled, Raw};
use crate::system::{self, Type};
use crate::wait::Wait;

/// How long a file is whose middle is read in long chunks. To touch the memory of one for the
/// first time takes as long as the fewer calls save in this much text.
const LONG_FILE_BYTES: u64 = 32 * LONG_CHUNK_BYTES as u64;

/// The raw bytes of a source.
pub(crate) struct Reader {
    device: Device,
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
    /// Reads wait for a disk at most, and fill the buffer. Without a file, its end was
    /// reached.
    File { file: Option<Arc<File>>, first: FirstRead },
    /// The same, but read from its current position, as standard input is.
    Shared(Arc<File>),
    /// Reads may wait for ever, and give what is there.
    Pipe(Pipe),
    /// Reads give memory, which is handed out as it is.
    Pieces { rest: Bytes, more: Pieces },
    /// Reads block. None while one does.
    Reader(Option<Box<dyn Read + Send>>),
}

/// Where pieces of memory come from.
enum Pieces {
    /// There are no more.
    None,
    Object(Arc<dyn Object>),
    Stream(BoxStream<'static, io::Result<Bytes>>),
}

impl Reader {
    /// Opens a source by its name.
    pub(crate) async fn open<W: Wait>(
        name: &SourceName,
        options: &OpenOptions,
        wait: &W,
    ) -> Result<Self, Fault> {
        let interrupt = &options.interrupt;
        if let Some(path) = options.backend.path(name) {
            let (device, expected) = file(wait.open(path, interrupt).await?)?;
            return Ok(Self { expected, ..Self::new(device, interrupt) });
        }
        // What is rare takes no room in the state of every source.
        Box::pin(Self::open_by_backend(name, options, wait)).await
    }

    /// Asks the backend to open a source.
    async fn open_by_backend<W: Wait>(
        name: &SourceName,
        options: &OpenOptions,
        wait: &W,
    ) -> Result<Self, Fault> {
        let interrupt = &options.interrupt;
        let pieces = |rest, more| Device::Pieces { rest, more };
        let (device, expected) = match wait.finish(options.backend.open(name), interrupt).await?? {
            Opened::Path(path) => file(wait.open(&path, interrupt).await?)?,
            Opened::File(file) => (adopted(file)?, None),
            Opened::Memory(bytes) => {
                let size = bytes.len() as u64;
                (pieces(bytes, Pieces::None), Some(size))
            }
            Opened::Object { object, size } => {
                (pieces(Bytes::new(), Pieces::Object(object)), Some(size))
            }
            Opened::Stream { pieces: stream, size } => {
                (pieces(Bytes::new(), Pieces::Stream(stream)), size)
            }
            Opened::Reader { reader, size } => (Device::Reader(Some(reader)), size),
        };
        Ok(Self { expected, ..Self::new(device, interrupt) })
    }

    /// Reads from anything that can be read from.
    pub(crate) fn from_reader(reader: impl Read + Send + 'static, interrupt: &Interrupt) -> Self {
        Self::new(Device::Reader(Some(Box::new(reader))), interrupt)
    }

    fn new(device: Device, interrupt: &Interrupt) -> Self {
        Self {
            device,
            interrupt: interrupt.clone(),
            waited: false,
            expected: None,
            delivered: 0,
            ended: false,
            fault: None,
        }
    }

    /// What any position of the source can be read from, and the size it had, if there is
    /// such a thing.
    pub(crate) fn positional(&self) -> Option<(Positional, u64)> {
        let source = match &self.device {
            Device::File { file: Some(file), .. } => Positional::File(Arc::clone(file)),
            Device::Pieces { more: Pieces::Object(object), .. } => {
                Positional::Object(Arc::clone(object))
            }
            _ => return None,
        };
        Some((source, self.expected?))
    }

    /// The size that it had, if any position of it can be read.
    pub(crate) fn positional_bytes(&self) -> Option<u64> {
        match &self.device {
            Device::File { file: Some(_), .. } | Device::Pieces { more: Pieces::Object(_), .. } => {
                self.expected
            }
            _ => None,
        }
    }

    /// How long the next chunk is: longer in the middle of a file that has much more, and
    /// that is in memory. Sources that wait for a disk are many, and so are their buffers.
    fn chunk_bytes(&self) -> usize {
        let size = match &self.device {
            Device::File { .. } => self.expected.unwrap_or(0),
            _ => 0,
        };
        let left = size.saturating_sub(self.delivered);
        let is_long = size >= LONG_FILE_BYTES && left >= 4 * LONG_CHUNK_BYTES as u64;
        let is_long = is_long && !self.waited && self.delivered > 0;
        if is_long { LONG_CHUNK_BYTES } else { CHUNK_BYTES }
    }

    /// Whether a pipe that gave these first bytes has no more for now, so that they are passed
    /// on although more were asked for. They are not where they may be the beginning of
    /// something that is no text: a count does not depend on when bytes come.
    async fn is_slow<W: Wait>(&self, wait: &W, start: &[u8]) -> bool {
        let Device::Pipe(pipe) = &self.device else { return false };
        if may_be_no_text(start) {
            return false;
        }
        let file = Arc::clone(pipe.file());
        let is_readable = wait.run(move || Interrupt::is_readable_soon(&file)).await;
        matches!(is_readable, Ok(false))
    }

    /// At the end: a file that is shorter than its size, and that still has that size, was
    /// read whole. The system made its size up, as it does in /sys.
    fn doubt_size(&mut self) {
        if let (Device::File { file: Some(file), .. }, Some(expected)) =
            (&self.device, self.expected)
            && self.delivered < expected
            && system::size_now(file).is_some_and(|size| size >= expected)
        {
            self.expected = None;
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.ended = true;
    }

    /// One read that was neither interrupted nor asked to stop.
    ///
    /// A caller that has enough gets none where a disk would have to be waited for. Others
    /// may use its buffer while it waits, unless the buffer holds something.
    async fn read<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        range: Range<usize>,
        has_enough: bool,
    ) -> Result<Option<usize>, Fault> {
        let on = (wait, &self.interrupt);
        let read = match &mut self.device {
            Device::File { first, .. } if first.is_some() => {
                self.waited = true;
                take_first(first, &mut buffer[range])?
            }
            Device::File { file: None, .. } => 0,
            Device::File { file: Some(file), first } => {
                let offset = Some(self.delivered);
                if let Some(read) = read_file_now(file, &mut buffer[range.clone()], offset, on)? {
                    return Ok(Some(read));
                }
                if has_enough {
                    return Ok(None);
                }
                self.waited = true;
                if self.delivered == 0 {
                    let spare = wait.spare();
                    spare.keep(std::mem::take(buffer));
                    *first = wait.beginning(file, &self.interrupt).await?;
                    *buffer = spare.take();
                    buffer.make_room(range.end);
                }
                match first {
                    Some(_) => take_first(first, &mut buffer[range])?,
                    None => read_file(file, buffer, range, offset, on).await?,
                }
            }
            Device::Shared(file) => {
                if has_enough {
                    return read_file_now(file, &mut buffer[range], None, on);
                }
                read_file(file, buffer, range, None, on).await?
            }
            Device::Pipe(pipe) => read_pipe(pipe, buffer, range, on).await?,
            Device::Pieces { .. } => {
                self.receive(wait).await?;
                let Device::Pieces { rest, .. } = &mut self.device else { return Ok(Some(0)) };
                let piece = rest.split_to(rest.len().min(range.len()));
                buffer[range.start..][..piece.len()].copy_from_slice(&piece);
                piece.len()
            }
            Device::Reader(reader) => read_blocking(reader, buffer, range, on).await?,
        };
        Ok(Some(read))
    }

    /// Waits for the next piece of memory, unless there is something left of one.
    async fn receive<W: Wait>(&mut self, wait: &W) -> Result<(), Fault> {
        let on = (wait, &self.interrupt);
        let Device::Pieces { rest, more } = &mut self.device else { return Ok(()) };
        while rest.is_empty() {
            *rest = match more {
                Pieces::None => break,
                Pieces::Object(object) => {
                    let left = self.expected.map_or(u64::MAX, |size| size - self.delivered);
                    let end = self.delivered + left.min(LONG_CHUNK_BYTES as u64);
                    if end == self.delivered {
                        break;
                    }
                    let bytes = read_object(&**object, self.delivered..end, on).await?;
                    if bytes.is_empty() {
                        break;
                    }
                    bytes
                }
                Pieces::Stream(pieces) => {
                    let next = retry(&self.interrupt, async || {
                        let next = wait.finish(pieces.next(), &self.interrupt).await?;
                        Ok(next.transpose())
                    });
                    let Some(bytes) = next.await? else { break };
                    bytes
                }
            };
        }
        Ok(())
    }

    /// Hands out a piece of memory as it is, if there is one of at least this many bytes.
    async fn adopt<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        least: usize,
    ) -> Option<Filled> {
        if self.ended {
            return None;
        }
        if let Err(fault) = self.receive(wait).await {
            self.fail(fault);
            return None;
        }
        let Device::Pieces { rest, more } = &mut self.device else { return None };
        let is_all = matches!(more, Pieces::None);
        if rest.len() < least.max(1) && !is_all {
            return None;
        }
        let piece = rest.split_to(rest.len().min(LONG_CHUNK_BYTES));
        self.ended = is_all && rest.is_empty();
        self.delivered += piece.len() as u64;
        let length = piece.len();
        wait.take_back(chunk);
        chunk.set_memory(piece);
        Some(Filled(length))
    }
}

impl Raw for Reader {
    fn has_ended(&self) -> bool {
        self.ended
    }

    fn delivered(&self) -> u64 {
        self.delivered
    }

    fn is_stream(&self) -> bool {
        matches!(self.device, Device::Pipe(_))
    }

    fn is_asked_to_stop(&self) -> bool {
        self.interrupt.is_requested()
    }

    fn size(&self) -> Option<u64> {
        match &self.device {
            // A size of zero says nothing before the end.
            Device::File { .. } => self.expected.or(self.ended.then_some(self.delivered)),
            _ => self.expected,
        }
    }

    async fn wait<W: Wait>(&mut self, wait: &W) {
        if let Device::Pipe(pipe) = &mut self.device
            && !self.ended
            && let Err(fault) = wait.readable(pipe, &self.interrupt).await
        {
            self.fail(fault);
        }
    }

    async fn fill_chunk<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk, least: usize) -> Filled {
        if matches!(self.device, Device::Pieces { .. })
            && let Some(filled) = self.adopt(wait, chunk, least).await
        {
            return filled;
        }
        // A source that waits for its writer holds no buffer.
        self.wait(wait).await;
        wait.lend(chunk);
        let room = self.chunk_bytes();
        Filled(self.fill(wait, chunk.buffer_mut(room), room, least).await)
    }

    async fn fill<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        room: usize,
        least: usize,
    ) -> usize {
        let fills = matches!(self.device, Device::File { .. } | Device::Shared(_));
        let mut filled = 0;
        while !self.ended && filled < room && (fills || filled < least) {
            if filled > 0 && self.is_slow(wait, &buffer[..filled]).await {
                break;
            }
            match self.read(wait, buffer, filled..room, filled >= least).await {
                Ok(None) => break,
                Ok(Some(0)) => {
                    self.ended = true;
                    self.doubt_size();
                }
                Ok(Some(read)) => {
                    filled += read;
                    self.delivered += read as u64;
                    // It gave less than was asked for where it was to end: it ended.
                    self.ended = fills && filled < room && self.expected == Some(self.delivered);
                }
                Err(fault) => self.fail(fault),
            }
        }
        filled
    }

    fn fault(&self) -> Option<Fault> {
        let read = self.delivered;
        let is_short = |expected: &u64| read < *expected;
        let shrank = self.expected.filter(is_short);
        let shrank = shrank.map(|expected| Fault::Shrank { read, expected });
        self.fault.clone().or(shrank)
    }
}

/// What a file that was opened by its path is read from, and its size, if that is known.
fn file(Beginning { kind, size, file, first }: Beginning) -> Result<(Device, Option<u64>), Fault> {
    let device = match (kind, file) {
        (Type::Folder, _) => return Err(io::Error::from(io::ErrorKind::IsADirectory).into()),
        (Type::Stream, Some(file)) => Device::Pipe(Pipe::new(file)),
        (Type::Regular | Type::Stream, file) => Device::File { file, first },
    };
    // A size of zero says nothing: files of /proc have it.
    Ok((device, Some(size).filter(|&size| size > 0)))
}

/// What a file that was opened elsewhere is read from.
fn adopted(file: File) -> Result<Device, Fault> {
    let opened = system::adopt(file)?;
    let file = Arc::new(opened.file);
    match opened.kind {
        Type::Folder => Err(io::Error::from(io::ErrorKind::IsADirectory).into()),
        Type::Stream => Ok(Device::Pipe(Pipe::new(file))),
        Type::Regular => Ok(Device::Shared(file)),
    }
}

/// Gives what was read when the file was opened: the buffer has room for it.
fn take_first(first: &mut FirstRead, buffer: &mut [u8]) -> io::Result<usize> {
    let bytes = first.take().unwrap_or_else(|| Ok(Vec::new()))?;
    buffer[..bytes.len()].copy_from_slice(&bytes);
    Ok(bytes.len())
}

async fn read_pipe<W: Wait>(
    pipe: &mut Pipe,
    buffer: &mut Buffer,
    range: Range<usize>,
    (wait, interrupt): (&W, &Interrupt),
) -> Result<usize, Fault> {
    loop {
        wait.readable(pipe, interrupt).await?;
        let result = if pipe.is_blind() {
            wait.read_later(pipe.file(), buffer, range.clone(), None).await?
        } else {
            system::read(pipe.file(), &mut buffer[range.clone()], None)
        };
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Another reader of the same pipe was faster.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait.give_way().await,
            result => return Ok(result?),
        }
    }
}

/// Reads where it may block, into a buffer of its own, which is then taken for the other.
async fn read_blocking<W: Wait>(
    reader: &mut Option<Box<dyn Read + Send>>,
    buffer: &mut Buffer,
    range: Range<usize>,
    (wait, interrupt): (&W, &Interrupt),
) -> Result<usize, Fault> {
    loop {
        if interrupt.is_requested() {
            return Err(Fault::Interrupted);
        }
        let Some(mut taken) = reader.take() else { return Err(Fault::Interrupted) };
        let (mut away, place) = (std::mem::take(buffer), range.clone());
        let read = move || {
            let result = taken.read(&mut away[place]);
            (taken, away, result)
        };
        let (back, filled, result) = wait.run(read).await?;
        *reader = Some(back);
        *buffer = filled;
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => wait.give_way().await,
            result => return Ok(result?),
        }
    }
}
