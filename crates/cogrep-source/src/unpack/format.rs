//! The formats of compressed data, by their first bytes, and a decoder for each.
//!
//! All decoders are fed: they take what there is, give what they can, and never wait.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zstd::stream::raw::{InBuffer, Operation, OutBuffer};

/// A decoder is given no more than this to remember what it may refer back to.
pub(crate) const WINDOW_BYTES: u64 = 128 << 20;

/// What liblzma may need beside the window.
const XZ_BESIDE_BYTES: u64 = 1 << 20;

/// So many first bytes tell all formats apart, from each other and from text.
pub(crate) const MAGIC_BYTES: usize = 6;

/// The longest header that is looked at before a member is decoded, that of zstd.
pub(crate) const HEADER_BYTES: usize = 18;

/// A format of compressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

impl Format {
    /// The format of data that begins like this, if it is compressed.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Self::Lz4),
            // The header is readable; what follows it, a block or the end, is not.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..] => Some(Self::Bzip2),
            _ => None,
        }
    }

    /// Whether a frame begins like this that has no text: files of two formats may hold
    /// them, also as their first.
    pub(crate) fn is_skippable(start: &[u8]) -> bool {
        matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
    }

    /// Whether files of this format may hold such frames.
    pub(crate) fn has_skippable(self) -> bool {
        matches!(self, Self::Zstd | Self::Lz4)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
        }
    }

    /// How much memory the decoder of a member will take that has this header; less
    /// than a mebibyte, or what shows only later, is nothing.
    pub(crate) fn memory_bytes(self, header: &[u8]) -> u64 {
        match self {
            Self::Gzip | Self::Xz => 0,
            Self::Zstd => zstd_window_bytes(header).unwrap_or(0),
            // A block, by the digit in the header, in words of four bytes.
            Self::Bzip2 => header.get(3).map_or(0, |digit| u64::from(digit & 15) * 400_000),
            // A block packed and a block plain, of 64 KiB to 4 MiB.
            Self::Lz4 => header.get(5).map_or(0, |bits| (2 << 8) << (2 * (bits >> 4 & 7))),
        }
    }

    /// A decoder at the start of a member, as a file of this format may have many.
    pub(crate) fn decoder(self) -> Result<Box<dyn Decoder>, Trouble> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::Decompress::new_gzip(15)),
            Self::Zstd => {
                Box::new(zstd::stream::raw::Decoder::new().map_err(|_| Trouble::Corrupt)?)
            }
            Self::Xz => Box::new(Xz::new()?),
            Self::Bzip2 => Box::new(bzip2::Decompress::new(false)),
            Self::Lz4 => Box::new(Lz4::new()?),
        })
    }
}

/// How far back a frame of zstd may refer, by its header (RFC 8878, 3.1.1.1).
fn zstd_window_bytes(header: &[u8]) -> Option<u64> {
    let descriptor = *header.get(4)?;
    if descriptor & 0x20 == 0 {
        let window = *header.get(5)?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // A single segment, which is all window: its size follows a dictionary's number.
    let at = 5 + [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = 1 << (descriptor >> 6);
    let mut size = [0; 8];
    size[..length].copy_from_slice(header.get(at..at + length)?);
    Some(u64::from_le_bytes(size) + if length == 2 { 256 } else { 0 })
}

/// Why decoding went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The data is not what its format allows.
    Corrupt,
    /// It would take more memory than is given.
    Window,
}

/// What a decoder did with what it was fed.
pub(crate) struct Step {
    pub(crate) taken: usize,
    pub(crate) written: usize,
    pub(crate) state: State,
}

/// How a decoder goes on after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// With more to take, or more to give.
    Within,
    /// The same way, but it will take this much memory now.
    Growing { memory_bytes: u64 },
    /// Not at all: the member has ended; what follows is another, or none.
    Ended,
    /// Not at all; what was written before is good.
    Failed(Trouble),
}

/// Gives back, piece by piece, what was compressed; on any thread.
pub(crate) trait Decoder: Send {
    /// Decodes from `packed`, which holds all that is left if `is_all`, as much as
    /// there is room for.
    fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step;
}

/// The difference between two states of the totals that decoders keep.
fn step(before: (u64, u64), after: (u64, u64), state: State) -> Step {
    let difference = |after: u64, before| usize::try_from(after - before).unwrap_or(usize::MAX);
    Step { taken: difference(after.0, before.0), written: difference(after.1, before.1), state }
}

impl Decoder for flate2::Decompress {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let before = (self.total_in(), self.total_out());
        let state = match self.decompress(packed, plain, flate2::FlushDecompress::None) {
            Ok(flate2::Status::StreamEnd) => State::Ended,
            Ok(_) => State::Within,
            Err(_) => State::Failed(Trouble::Corrupt),
        };
        step(before, (self.total_in(), self.total_out()), state)
    }
}

impl Decoder for bzip2::Decompress {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let before = (self.total_in(), self.total_out());
        let state = match self.decompress(packed, plain) {
            Ok(bzip2::Status::StreamEnd) => State::Ended,
            Ok(_) => State::Within,
            Err(_) => State::Failed(Trouble::Corrupt),
        };
        step(before, (self.total_in(), self.total_out()), state)
    }
}

/// The decoder of xz, which says how much memory it needs as soon as it knows.
struct Xz(liblzma::stream::Stream);

impl Xz {
    const STEP_BYTES: u64 = 1 << 20;

    fn new() -> Result<Self, Trouble> {
        let stream = liblzma::stream::Stream::new_stream_decoder(Self::STEP_BYTES, 0);
        stream.map(Self).map_err(|_| Trouble::Corrupt)
    }

    /// Allows as much memory as it needs, if that is not too much.
    fn grow(&mut self) -> State {
        let most = WINDOW_BYTES + XZ_BESIDE_BYTES;
        let mut limits = (self.0.memlimit()..=most).step_by(1 << 20).skip(1);
        // The library refuses a limit that is below its need.
        match limits.find(|&limit| self.0.set_memlimit(limit).is_ok()) {
            Some(memory_bytes) => State::Growing { memory_bytes },
            None => State::Failed(Trouble::Window),
        }
    }
}

impl Decoder for Xz {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        use liblzma::stream::{Action, Error, Status};

        let before = (self.0.total_in(), self.0.total_out());
        let state = match self.0.process(packed, plain, Action::Run) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(_) => State::Within,
            Err(Error::MemLimit) => self.grow(),
            Err(Error::Mem) => State::Failed(Trouble::Window),
            Err(_) => State::Failed(Trouble::Corrupt),
        };
        step(before, (self.0.total_in(), self.0.total_out()), state)
    }
}

impl Decoder for zstd::stream::raw::Decoder<'_> {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let mut input = InBuffer::around(packed);
        let mut output = OutBuffer::around(plain);
        let state = match self.run(&mut input, &mut output) {
            Ok(0) => State::Ended,
            Ok(_) => State::Within,
            Err(_) => State::Failed(Trouble::Corrupt),
        };
        Step { taken: input.pos(), written: output.pos(), state }
    }
}

/// The decoder of lz4, which reads for itself, out of a tray that it is fed through.
struct Lz4 {
    /// `None` once it has come to an end.
    decoder: Option<lz4::Decoder<Tray>>,
    tray: Tray,
}

/// What the decoder of lz4 finds when it reads. Only one of its two holders is at work at
/// a time, so nobody waits for the lock.
#[derive(Clone, Default)]
struct Tray(Arc<Mutex<Fed>>);

#[derive(Default)]
struct Fed {
    bytes: Vec<u8>,
    read: usize,
    is_all: bool,
}

impl Tray {
    fn fed(&self) -> MutexGuard<'_, Fed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Tray {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut fed = self.fed();
        let length = (fed.bytes.len() - fed.read).min(buffer.len());
        if length == 0 && !fed.is_all {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let start = fed.read;
        buffer[..length].copy_from_slice(&fed.bytes[start..start + length]);
        fed.read += length;
        Ok(length)
    }
}

impl Lz4 {
    fn new() -> Result<Self, Trouble> {
        let tray = Tray::default();
        let decoder = lz4::Decoder::new(tray.clone()).map_err(|_| Trouble::Corrupt)?;
        Ok(Self { decoder: Some(decoder), tray })
    }
}

impl Decoder for Lz4 {
    fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step {
        {
            let mut fed = self.tray.fed();
            fed.bytes.clear();
            fed.bytes.extend_from_slice(packed);
            fed.read = 0;
            fed.is_all = is_all;
        }
        let result = self.decoder.as_mut().map_or(Ok(0), |decoder| decoder.read(plain));
        let taken = self.tray.fed().read;
        let (written, state) = match result {
            // It gives nothing only at the end of a frame, or of all there is.
            Ok(0) => match self.decoder.take().map(|done| done.finish().1) {
                Some(Ok(())) => (0, State::Ended),
                _ => (0, State::Within),
            },
            Ok(written) => (written, State::Within),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => (0, State::Within),
            Err(_) => (0, State::Failed(Trouble::Corrupt)),
        };
        Step { taken, written, state }
    }
}
