//! The formats of compressed data, by their first bytes, and a decoder for each.
//!
//! All decoders are fed: they take what there is, give what they can, and never wait.

use std::cell::RefCell;
use std::io::{self, Read};
use std::rc::Rc;

use zstd::stream::raw::{InBuffer, Operation, OutBuffer};

/// A decoder needs no more than this to remember what it may refer back to.
const WINDOW_BYTES: u64 = 128 << 20;

/// What liblzma needs beside the window.
const XZ_BYTES: u64 = WINDOW_BYTES + (1 << 20);

/// So many first bytes tell all formats apart, from each other and from text.
pub(crate) const MAGIC_BYTES: usize = 6;

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

    /// Whether a member of this format, or what its decoder skips, begins like this.
    pub(crate) fn begins(self, start: &[u8]) -> bool {
        let is_skipped = matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
        Self::of(start) == Some(self) || (is_skipped && matches!(self, Self::Zstd | Self::Lz4))
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

    /// A decoder at the start of a member, as a file of this format may have many.
    pub(crate) fn decoder(self) -> Result<Box<dyn Decoder>, Trouble> {
        Ok(match self {
            Self::Gzip => Box::new(flate2::Decompress::new_gzip(15)),
            Self::Zstd => {
                Box::new(zstd::stream::raw::Decoder::new().map_err(|error| zstd_trouble(&error))?)
            }
            Self::Xz => Box::new(
                liblzma::stream::Stream::new_stream_decoder(XZ_BYTES, 0).map_err(xz_trouble)?,
            ),
            Self::Bzip2 => Box::new(bzip2::Decompress::new(false)),
            Self::Lz4 => Box::new(Lz4::new()?),
        })
    }
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
    /// Not at all: the member has ended; what follows is another, or none.
    Ended,
    /// Not at all; what was written before is good.
    Failed(Trouble),
}

/// Gives back, piece by piece, what was compressed.
pub(crate) trait Decoder {
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

impl Decoder for liblzma::stream::Stream {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        use liblzma::stream::{Action, Status};

        let before = (self.total_in(), self.total_out());
        let state = match self.process(packed, plain, Action::Run) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(_) => State::Within,
            Err(error) => State::Failed(xz_trouble(error)),
        };
        step(before, (self.total_in(), self.total_out()), state)
    }
}

fn xz_trouble(error: liblzma::stream::Error) -> Trouble {
    match error {
        liblzma::stream::Error::MemLimit | liblzma::stream::Error::Mem => Trouble::Window,
        _ => Trouble::Corrupt,
    }
}

impl Decoder for zstd::stream::raw::Decoder<'_> {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let mut input = InBuffer::around(packed);
        let mut output = OutBuffer::around(plain);
        let state = match self.run(&mut input, &mut output) {
            Ok(0) => State::Ended,
            Ok(_) => State::Within,
            Err(error) => State::Failed(zstd_trouble(&error)),
        };
        Step { taken: input.pos(), written: output.pos(), state }
    }
}

/// The library tells its reasons in words alone.
fn zstd_trouble(error: &io::Error) -> Trouble {
    if error.to_string().contains("memory") { Trouble::Window } else { Trouble::Corrupt }
}

/// The decoder of lz4, which reads for itself, out of a tray that it is fed through.
struct Lz4 {
    /// `None` once it has come to an end.
    decoder: Option<lz4::Decoder<Tray>>,
    tray: Tray,
}

/// What the decoder of lz4 finds when it reads.
#[derive(Clone, Default)]
struct Tray(Rc<RefCell<Fed>>);

#[derive(Default)]
struct Fed {
    bytes: Vec<u8>,
    read: usize,
    is_all: bool,
}

impl Read for Tray {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut fed = self.0.borrow_mut();
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
            let mut fed = self.tray.0.borrow_mut();
            fed.bytes.clear();
            fed.bytes.extend_from_slice(packed);
            fed.read = 0;
            fed.is_all = is_all;
        }
        let result = self.decoder.as_mut().map_or(Ok(0), |decoder| decoder.read(plain));
        let taken = self.tray.0.borrow().read;
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
