//! What a source has to say: its bytes, or what they were before they were
//! compressed.
//!
//! A file may have many members, one behind the other; each gets a decoder. What a
//! decoder holds is bounded by its format and by [`WINDOW_BYTES`], whatever it gives.

mod ahead;
mod format;

use std::fs::File;
use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use self::ahead::{Ahead, Work};
pub(crate) use self::format::MAGIC_BYTES;
use self::format::{Decoder, Format, HEADER_BYTES, State, Step, Trouble, WINDOW_BYTES};
use crate::buffer::Buffer;
use crate::bytes::Bytes;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::outcome::{Fault, Outcome};
use crate::spent;

/// How many compressed bytes are read at once.
const PACKED_BYTES: usize = 64 << 10;

/// Whether data that begins like this is compressed.
pub(crate) fn is_compressed(start: &[u8]) -> bool {
    Format::of(start).is_some() || Format::is_skippable(start)
}

/// The bytes of a source, unpacked where they are compressed.
pub(crate) struct Unpacked {
    bytes: Bytes,
    way: Way,
}

/// How bytes become those of the text.
enum Way {
    /// They are.
    Plain,
    /// They go through a decoder.
    Unpacking(Unpacking),
    /// They do so on another thread.
    Ahead(Ahead),
}

impl Unpacked {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self { bytes, way: Way::Plain }
    }

    /// The bytes read from the source so far, compressed if they are.
    pub(crate) fn read_bytes(&self) -> u64 {
        match &self.way {
            Way::Plain | Way::Unpacking(_) => self.bytes.delivered(),
            Way::Ahead(ahead) => ahead.read_bytes(),
        }
    }

    /// The file, and the size it had, if it is one of which any part can be read. Whether
    /// it is compressed shows when it has been [begun](Self::begin).
    pub(crate) fn file(&self) -> Option<(&Arc<File>, u64)> {
        if matches!(self.way, Way::Plain) { self.bytes.file() } else { None }
    }

    /// Whether a read may wait for somebody, not only for a disk.
    pub(crate) fn is_stream(&self) -> bool {
        self.bytes.is_stream()
    }

    /// Whether all that will come has come.
    pub(crate) fn has_ended(&self) -> bool {
        match &self.way {
            Way::Plain => self.bytes.has_ended(),
            Way::Unpacking(unpacking) => unpacking.has_ended,
            Way::Ahead(_) => false,
        }
    }

    /// Whether it goes through a decoder on this thread, and could on another.
    pub(crate) fn can_go_ahead(&self) -> bool {
        matches!(&self.way, Way::Unpacking(unpacking) if !unpacking.has_ended)
    }

    /// Decodes on another thread from now on, so many bytes at once, if it
    /// [can](Self::can_go_ahead) and the system gives one.
    pub(crate) fn go_ahead(&mut self, step_bytes: usize) {
        if !self.can_go_ahead() {
            return;
        }
        let Some(moving) = self.bytes.leave() else { return };
        let Way::Unpacking(unpacking) = std::mem::replace(&mut self.way, Way::Plain) else {
            unreachable!("it can go ahead");
        };
        match Ahead::begin(Box::new(Work { unpacking, moving, step_bytes }), self.bytes.spare()) {
            Ok(ahead) => self.way = Way::Ahead(ahead),
            Err(work) => self.come_back(*work),
        }
    }

    /// Goes on from where another thread left off.
    fn come_back(&mut self, Work { unpacking, moving, .. }: Work) {
        self.bytes.come_back(moving);
        self.way = Way::Unpacking(unpacking);
    }

    /// Reads the beginning, and tells by it whether it is compressed; otherwise as
    /// [`fill_chunk`](Self::fill_chunk).
    pub(crate) async fn begin(&mut self, chunk: &mut Chunk, least: usize) -> usize {
        let end = self.bytes.fill_chunk(chunk, least.max(MAGIC_BYTES)).await;
        let start = &chunk.buffer_mut(CHUNK_BYTES)[..end];
        let Some(unpacking) = Unpacking::begin(start) else { return end };
        self.way = Way::Unpacking(unpacking);
        self.fill_chunk(chunk, least).await
    }

    /// Reads at least this many bytes into the chunk's buffer, or up to the end, or to
    /// a fault; what waits for nobody fills the buffer. Gives how many they were.
    pub(crate) async fn fill_chunk(&mut self, chunk: &mut Chunk, least: usize) -> usize {
        let unpacking = match &mut self.way {
            Way::Plain => return self.bytes.fill_chunk(chunk, least).await,
            Way::Unpacking(unpacking) => unpacking,
            Way::Ahead(_) => return self.take(|ahead| ahead.fill_chunk(chunk)),
        };
        let mut filled = 0;
        loop {
            unpacking.wait(&mut self.bytes).await;
            self.bytes.lend_buffer(chunk);
            let plain = &mut chunk.buffer_mut(CHUNK_BYTES)[filled..CHUNK_BYTES];
            filled += unpacking.fill(&mut self.bytes, plain).await;
            if filled >= least || unpacking.has_ended {
                return filled;
            }
            if filled == 0 {
                // A source that waits for somebody holds no buffer.
                self.bytes.take_back(chunk);
            }
        }
    }

    /// As [`fill_chunk`](Self::fill_chunk), with a buffer that has room for so much.
    pub(crate) async fn fill(&mut self, buffer: &mut Buffer, room: usize, least: usize) -> usize {
        let unpacking = match &mut self.way {
            Way::Plain => return self.bytes.fill(buffer, room, least).await,
            Way::Unpacking(unpacking) => unpacking,
            Way::Ahead(_) => return self.take(|ahead| ahead.fill(&mut buffer[..room])),
        };
        let mut filled = 0;
        while filled < least && !unpacking.has_ended {
            unpacking.wait(&mut self.bytes).await;
            filled += unpacking.fill(&mut self.bytes, &mut buffer[filled..room]).await;
        }
        filled
    }

    /// Takes of what was decoded on another thread; after the last of it, all is as if it
    /// had been decoded here.
    fn take(&mut self, fill: impl FnOnce(&mut Ahead) -> usize) -> usize {
        let Way::Ahead(ahead) = &mut self.way else { unreachable!("called where there is one") };
        let filled = fill(ahead);
        if let Some(work) = ahead.end() {
            self.come_back(*work);
        }
        filled
    }

    /// How the source ended. To be asked after its end.
    pub(crate) fn outcome(self) -> Outcome {
        let fault = match self.way {
            Way::Unpacking(unpacking) => unpacking.fault,
            Way::Plain | Way::Ahead(_) => None,
        };
        match fault {
            None => self.bytes.outcome(),
            // The data is cut off because its bytes are: that is the reason.
            Some(fault @ Fault::Truncated { .. }) => match self.bytes.outcome() {
                Outcome::Complete => Outcome::Partial(fault),
                outcome => outcome,
            },
            Some(fault) => Outcome::Partial(fault),
        }
    }
}

/// Compressed data on its way through a decoder.
struct Unpacking {
    format: Format,
    /// Whether a member with text was seen; before that, it may be of another format.
    is_certain: bool,
    /// `None` between the members of a file.
    decoder: Option<Box<dyn Decoder>>,
    /// Whether the decoder may have more to give than it had room for.
    has_more: bool,
    /// For what the decoder remembers.
    memory: Option<OwnedSemaphorePermit>,
    /// Read and, from `start` on, not yet decoded.
    packed: Vec<u8>,
    start: usize,
    has_ended: bool,
    fault: Option<Fault>,
}

impl Unpacking {
    /// Begins with these bytes, if they are compressed.
    fn begin(start: &[u8]) -> Option<Self> {
        let first = Format::of(start);
        let skippable = Format::is_skippable(start).then_some(Format::Zstd);
        Some(Self {
            format: first.or(skippable)?,
            is_certain: first.is_some(),
            decoder: None,
            has_more: false,
            memory: None,
            packed: start.to_vec(),
            start: 0,
            has_ended: false,
            fault: None,
        })
    }

    fn rest(&self) -> &[u8] {
        &self.packed[self.start..]
    }

    /// Whether it goes on only with more compressed bytes.
    fn is_hungry(&self, bytes: &Bytes) -> bool {
        // Whoever has to wait for more bytes than it needs may wait for ever.
        let enough = if bytes.is_stream() { MAGIC_BYTES } else { HEADER_BYTES };
        !bytes.has_ended()
            && match self.decoder {
                Some(_) => self.rest().is_empty() && !self.has_more,
                None => self.rest().len() < enough,
            }
    }

    /// Waits until there is something to do, if somebody has to be waited for.
    async fn wait(&mut self, bytes: &mut Bytes) {
        if self.is_hungry(bytes) {
            bytes.wait().await;
        }
    }

    /// Decodes until the room is filled, or the data ends, or there is nothing to be had
    /// at once.
    async fn fill(&mut self, bytes: &mut Bytes, plain: &mut [u8]) -> usize {
        let mut filled = 0;
        // It was waited for where it was needed, and is so only once.
        let mut may_read = !bytes.is_stream() || self.is_hungry(bytes);
        while !self.has_ended && filled < plain.len() {
            // A few bytes may hold very much.
            if bytes.is_asked_to_stop() {
                self.end(Fault::Interrupted);
                break;
            }
            if self.is_hungry(bytes) {
                if !may_read {
                    break;
                }
                self.read(bytes).await;
                may_read = !bytes.is_stream();
            } else if self.decoder.is_none() {
                self.begin_member(bytes).await;
            } else {
                filled += self.decode(bytes, &mut plain[filled..]).await;
            }
        }
        if bytes.is_stream() && self.rest().is_empty() {
            self.packed = Vec::new();
            self.start = 0;
        }
        filled
    }

    /// Reads more, behind what is not yet decoded.
    async fn read(&mut self, bytes: &mut Bytes) {
        self.packed.drain(..self.start);
        self.start = 0;
        let rest = self.packed.len();
        let mut more = if rest == 0 { std::mem::take(&mut self.packed) } else { Vec::new() };
        more.resize(PACKED_BYTES, 0);
        let mut room = Buffer::from(more);
        let read = bytes.fill(&mut room, PACKED_BYTES, 1).await;
        more = room.into();
        more.truncate(read);
        if rest == 0 {
            self.packed = more;
        } else {
            self.packed.append(&mut more);
        }
        if self.decoder.is_none() {
            self.skip_zeros();
        }
    }

    /// Zeros may stand between members and at the end, as on tapes.
    fn skip_zeros(&mut self) {
        self.start += self.rest().iter().take_while(|byte| **byte == 0).count();
    }

    /// Goes on to the next member, if there is one.
    async fn begin_member(&mut self, bytes: &Bytes) {
        if self.rest().is_empty() {
            self.has_ended = true;
            return;
        }
        let found = Format::of(self.rest());
        match found {
            Some(format) if !self.is_certain => {
                self.format = format;
                self.is_certain = true;
            }
            Some(format) if format == self.format => {}
            None if Format::is_skippable(self.rest()) && self.format.has_skippable() => {}
            _ => return self.end(Fault::Trailing { format: self.format.name() }),
        }
        let memory_bytes = found.map_or(0, |format| format.memory_bytes(self.rest()));
        if memory_bytes > WINDOW_BYTES {
            return self.fail(Trouble::Window);
        }
        self.memory = bytes.memory(memory_bytes).await;
        match self.format.decoder() {
            Ok(decoder) => self.decoder = Some(decoder),
            Err(trouble) => self.fail(trouble),
        }
    }

    /// Decodes what there is; gives how many bytes came of it.
    async fn decode(&mut self, bytes: &Bytes, plain: &mut [u8]) -> usize {
        let is_all = bytes.has_ended();
        let packed = &self.packed[self.start..];
        let Some(decoder) = &mut self.decoder else { return 0 };
        let step = spent::decoding(|| decoder.step(packed, is_all, plain));
        let Step { taken, written, state } = step;
        let is_stuck = taken == 0 && written == 0;
        let had_more = !packed.is_empty();
        self.start += taken;
        self.has_more = written == plain.len();
        match state {
            State::Ended => {
                self.decoder = None;
                self.memory = None;
                self.skip_zeros();
            }
            State::Failed(trouble) => self.fail(trouble),
            State::Growing { memory_bytes } => {
                // Whoever held some while waiting for more could wait for ever.
                self.memory = None;
                self.memory = bytes.memory(memory_bytes).await;
            }
            State::Within if is_stuck && had_more => self.fail(Trouble::Corrupt),
            State::Within if is_stuck && is_all => {
                self.end(Fault::Truncated { format: self.format.name() });
            }
            State::Within => {}
        }
        written
    }

    fn fail(&mut self, trouble: Trouble) {
        let format = self.format.name();
        self.end(match trouble {
            Trouble::Corrupt => Fault::Corrupt { format },
            Trouble::Window => Fault::Window { format },
        });
    }

    fn end(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.has_ended = true;
        self.decoder = None;
        self.memory = None;
        self.packed = Vec::new();
        self.start = 0;
    }
}

#[cfg(test)]
mod tests;
