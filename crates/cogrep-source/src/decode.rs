//! From the bytes of a source to text: unpacking, and conversion to UTF-8.
//!
//! A file may have many members, one after the other; each gets a decoder. What a decoder
//! holds is bounded by its format and by [`WINDOW_BYTES`], whatever it gives.

mod ahead;
mod codec;
mod encoding;
mod feed;
mod format;
mod suspicion;

use std::io;

use tokio::sync::OwnedSemaphorePermit;

pub(crate) use self::codec::{Decoder, State, Step, Trouble};
#[cfg(feature = "zip")]
pub(crate) use self::codec::{decoder, raw_decoder};
pub use self::encoding::{Encoding, UnknownEncoding};
pub(crate) use self::encoding::{LONGEST_MARK_BYTES, Transcoding, decode, transcoding};
pub(crate) use self::feed::Feed;
pub(crate) use self::format::{Format, HEADER_BYTES, MAGIC_BYTES, WINDOW_BYTES, may_be_no_text};
pub use self::suspicion::suspect;
pub(crate) use self::suspicion::suspect_source;
use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::outcome::{Fault, Outcome};
use crate::raw::{Filled, Raw};
use crate::trace::decoding;
use crate::wait::Wait;

/// How many compressed bytes are read at once.
const PACKED_BYTES: usize = 64 << 10;

/// The bytes of a source, unpacked where they are compressed.
pub(crate) struct Unpacked<R> {
    raw: R,
    /// None where the bytes are not compressed.
    unpacking: Option<Unpacking>,
}

impl<R: Raw> Unpacked<R> {
    pub(crate) fn new(raw: R) -> Self {
        Self { raw, unpacking: None }
    }

    /// The bytes of the source, compressed if they are.
    pub(crate) fn raw(&self) -> &R {
        &self.raw
    }

    /// The bytes of the source, if they are not compressed. Known when it has been
    /// [begun](Self::begin).
    pub(crate) fn plain(&self) -> Option<&R> {
        if self.unpacking.is_none() { Some(&self.raw) } else { None }
    }

    /// Whether all that will come has come.
    pub(crate) fn has_ended(&self) -> bool {
        self.unpacking.as_ref().map_or(self.raw.has_ended(), |unpacking| unpacking.has_ended)
    }

    /// Reads the beginning, and tells by it whether it is compressed; otherwise as
    /// [`fill_chunk`](Self::fill_chunk).
    pub(crate) async fn begin<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        least: usize,
    ) -> Filled {
        let filled = self.raw.fill_chunk(wait, chunk, least.max(MAGIC_BYTES)).await;
        self.unpacking = Unpacking::begin(&chunk.memory()[..filled.0]);
        if self.unpacking.is_none() {
            return filled;
        }
        self.fill_chunk(wait, chunk, least).await
    }

    /// Fills the memory of a chunk with at least this many bytes, or up to the end, or to a
    /// fault; what is not a stream fills the buffer.
    pub(crate) async fn fill_chunk<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        least: usize,
    ) -> Filled {
        let Some(unpacking) = &mut self.unpacking else {
            return self.raw.fill_chunk(wait, chunk, least).await;
        };
        let mut filled = 0;
        loop {
            unpacking.wait(&mut self.raw, wait).await;
            wait.lend(chunk);
            let plain = &mut chunk.buffer_mut(CHUNK_BYTES)[filled..CHUNK_BYTES];
            filled += unpacking.fill(&mut self.raw, wait, plain).await;
            if filled >= least || unpacking.has_ended {
                return Filled(filled);
            }
            if filled == 0 {
                // A source that waits for its writer holds no buffer.
                wait.take_back(chunk);
            }
        }
    }

    /// The same, with a buffer that has this much room.
    pub(crate) async fn fill<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        room: usize,
        least: usize,
    ) -> usize {
        let Some(unpacking) = &mut self.unpacking else {
            return self.raw.fill(wait, buffer, room, least).await;
        };
        let mut filled = 0;
        while filled < least && !unpacking.has_ended {
            unpacking.wait(&mut self.raw, wait).await;
            filled += unpacking.fill(&mut self.raw, wait, &mut buffer[filled..room]).await;
        }
        filled
    }

    /// Waits until a stream has what is needed to go on.
    pub(crate) async fn wait<W: Wait>(&mut self, wait: &W) {
        match &mut self.unpacking {
            Some(unpacking) => unpacking.wait(&mut self.raw, wait).await,
            None => self.raw.wait(wait).await,
        }
    }

    /// Why not all bytes were given. To be asked after the end.
    pub(crate) fn fault(&self) -> Option<Fault> {
        match self.unpacking.as_ref().and_then(|unpacking| unpacking.fault.clone()) {
            None => self.raw.fault(),
            // The data is cut off because its bytes are: that is the reason.
            Some(fault @ Fault::Truncated { .. }) => self.raw.fault().or(Some(fault)),
            fault => fault,
        }
    }

    /// How the source ended. To be asked after its end.
    pub(crate) fn outcome(&self) -> Outcome {
        match self.fault() {
            None => Outcome::Complete,
            // It was read to its end, though that came too early.
            Some(fault @ Fault::Shrank { .. }) => Outcome::Partial(fault),
            Some(fault) if self.raw.delivered() == 0 => Outcome::Failed(fault),
            Some(fault) => Outcome::Partial(fault),
        }
    }

    /// The same bytes, which come from this.
    pub(crate) fn map<S>(self, raw: impl FnOnce(R) -> S) -> Unpacked<S> {
        Unpacked { raw: raw(self.raw), unpacking: self.unpacking }
    }

    /// Gives back what the bytes came from.
    pub(crate) fn into_raw(self) -> R {
        self.raw
    }
}

/// Compressed data, and how far it was decoded.
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

    /// Whether it can go on only with more compressed bytes.
    fn is_hungry(&self, raw: &impl Raw) -> bool {
        // A stream that is asked for more than is needed may be waited for for ever.
        let enough = if raw.is_stream() { MAGIC_BYTES } else { HEADER_BYTES };
        !raw.has_ended()
            && match self.decoder {
                Some(ref decoder) => self.rest().len() < decoder.least() && !self.has_more,
                None => self.rest().len() < enough,
            }
    }

    /// Waits until a stream has what is needed to go on.
    async fn wait<R: Raw, W: Wait>(&mut self, raw: &mut R, wait: &W) {
        if self.is_hungry(raw) {
            raw.wait(wait).await;
        }
    }

    /// Decodes until the room is filled, or the data ends, or there is nothing to be had
    /// at once.
    async fn fill<R: Raw, W: Wait>(&mut self, raw: &mut R, wait: &W, plain: &mut [u8]) -> usize {
        let mut filled = 0;
        // A stream was waited for only if that was needed, and for one read.
        let mut may_read = !raw.is_stream() || self.is_hungry(raw);
        while !self.has_ended && filled < plain.len() {
            // A few bytes may hold very much.
            if raw.is_asked_to_stop() {
                self.end(Fault::Interrupted);
                break;
            }
            if self.is_hungry(raw) {
                if !may_read {
                    break;
                }
                self.read(raw, wait).await;
                may_read = !raw.is_stream();
            } else if self.decoder.is_none() {
                self.begin_member(raw, wait).await;
            } else {
                filled += self.decode(raw, wait, &mut plain[filled..]).await;
            }
        }
        if raw.is_stream() && self.rest().is_empty() {
            self.packed = Vec::new();
            self.start = 0;
        }
        filled
    }

    /// Reads more, and appends it to what is not yet decoded.
    async fn read<R: Raw, W: Wait>(&mut self, raw: &mut R, wait: &W) {
        self.packed.drain(..self.start);
        self.start = 0;
        let rest = self.packed.len();
        let mut more = if rest == 0 { std::mem::take(&mut self.packed) } else { Vec::new() };
        more.resize(PACKED_BYTES, 0);
        let mut room = Buffer::from(more);
        let read = raw.fill(wait, &mut room, PACKED_BYTES, 1).await;
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

    /// There may be zeros between members and at the end, as on tapes.
    fn skip_zeros(&mut self) {
        self.start += self.rest().iter().take_while(|byte| **byte == 0).count();
    }

    /// Goes on to the next member, if there is one.
    async fn begin_member<R: Raw, W: Wait>(&mut self, raw: &R, wait: &W) {
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
        self.permit(raw, wait, memory_bytes).await;
        match codec::decoder(self.format, self.rest()) {
            Ok(decoder) => self.decoder = Some(decoder),
            Err(trouble) => self.fail(trouble),
        }
    }

    /// Waits until the decoder may take this much memory. A stream does not ask: it might
    /// never return it.
    async fn permit<R: Raw, W: Wait>(&mut self, raw: &R, wait: &W, bytes: u64) {
        // A source that held some while it waits for more could wait for ever.
        self.memory = None;
        if !raw.is_stream() {
            self.memory = wait.memory(bytes).await;
        }
    }

    /// Decodes what there is; gives how many bytes came of it.
    async fn decode<R: Raw, W: Wait>(&mut self, raw: &R, wait: &W, plain: &mut [u8]) -> usize {
        let is_all = raw.has_ended();
        let packed = &self.packed[self.start..];
        let Some(decoder) = &mut self.decoder else { return 0 };
        let step = decoding(wait.trace(), || decoder.step(packed, is_all, plain));
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
                self.permit(raw, wait, memory_bytes).await;
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
            Trouble::CorruptOrDictionary => Fault::CorruptOrDictionary { format },
            Trouble::Dictionary => Fault::Dictionary { format },
            Trouble::Memory => io::Error::from(io::ErrorKind::OutOfMemory).into(),
            Trouble::Window => Fault::Window { format },
            Trouble::NotBuiltIn => Fault::NotBuiltIn { format },
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
#[cfg(all(feature = "bzip2", feature = "gzip", feature = "lz4", feature = "xz", feature = "zstd"))]
mod tests;

#[cfg(test)]
#[cfg(not(feature = "zstd"))]
mod tests_without {
    use crate::{Chunk, Fault, OpenOptions, Outcome, Text};

    #[test]
    fn a_format_that_is_not_compiled_in_is_a_fault() {
        let frame = &b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00"[..];
        let mut text = Text::from_reader(frame, &OpenOptions::default());
        let mut chunk = Chunk::new();
        text.read(&mut chunk);
        assert!(chunk.is_last() && chunk.bytes().is_empty());
        assert!(matches!(text.outcome(), Outcome::Partial(Fault::NotBuiltIn { format: "zstd" })));
    }
}
