//! The methods by which members are packed.

use super::record::{Entry, corrupt};
use crate::decode::{
    Decoder, Format, HEADER_BYTES, State, Step, Trouble, WINDOW_BYTES, decoder, raw_decoder,
};
use crate::outcome::Fault;

/// A method, and how far its data was decoded.
pub(super) enum Method {
    /// As it is: this many bytes, or up to an end that is found elsewhere.
    Stored(Option<u64>),
    /// By a decoder of a zip's own methods.
    Raw(Box<dyn Decoder>),
    /// As a file of this format, which may take memory that its header tells.
    Format(Format, Option<Box<dyn Decoder>>),
    Deflate64(Box<deflate64::InflaterManaged>),
    /// LZMA has a header of its own here.
    #[cfg(feature = "xz")]
    Lzma(Lzma),
}

/// The method of a member.
pub(super) fn method(entry: &Entry) -> Result<Method, Fault> {
    Ok(match entry.method {
        0 => Method::Stored(entry.packed),
        8 => Method::Raw(raw_decoder::deflate()),
        // It reads on after the end, so that must be known.
        9 if entry.packed.is_some() => {
            Method::Deflate64(Box::new(deflate64::InflaterManaged::new()))
        }
        9 => return Err(corrupt()),
        12 => Method::Format(Format::Bzip2, None),
        #[cfg(feature = "xz")]
        14 => Method::Lzma(Lzma::new(entry)?),
        20 | 93 => Method::Format(Format::Zstd, None),
        95 => Method::Format(Format::Xz, None),
        #[cfg(not(feature = "xz"))]
        14 => return Err(super::not_built_in()),
        number => return Err(Fault::Method { number }),
    })
}

impl Method {
    /// Whether more bytes than these are needed to go on.
    pub(super) fn needs_more(&self, packed: &[u8], is_all: bool) -> bool {
        let least = match self {
            Self::Format(_, None) => HEADER_BYTES,
            Self::Format(_, Some(decoder)) | Self::Raw(decoder) => decoder.least(),
            _ => 1,
        };
        least > 1 && packed.len() < least && !is_all
    }

    /// Decodes from these bytes, which are all that is left if `is_all`.
    pub(super) fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step {
        match self {
            Self::Stored(left) => stored(left, packed, plain),
            Self::Raw(decoder) => decoder.step(packed, is_all, plain),
            Self::Format(format, decoder) => in_format(*format, decoder, packed, is_all, plain),
            Self::Deflate64(decoder) => deflate64(decoder, packed, plain),
            #[cfg(feature = "xz")]
            Self::Lzma(lzma) => lzma.step(packed, is_all, plain),
        }
    }
}

fn stored(left: &mut Option<u64>, packed: &[u8], plain: &mut [u8]) -> Step {
    let length = packed.len().min(plain.len());
    let length = left.map_or(length, |left| super::least(left, length));
    plain[..length].copy_from_slice(&packed[..length]);
    if let Some(left) = left {
        *left -= length as u64;
    }
    let state = if *left == Some(0) { State::Ended } else { State::Within };
    Step { taken: length, written: length, state }
}

/// Frames or streams of a format, one after the other up to the end.
fn in_format(
    format: Format,
    running: &mut Option<Box<dyn Decoder>>,
    packed: &[u8],
    is_all: bool,
    plain: &mut [u8],
) -> Step {
    let step = |state| Step { taken: 0, written: 0, state };
    let Some(decoder) = running else {
        let memory_bytes = format.memory_bytes(packed);
        if memory_bytes > WINDOW_BYTES {
            return step(State::Failed(Trouble::Window));
        }
        return match decoder(format, packed) {
            Ok(decoder) => {
                *running = Some(decoder);
                step(State::Growing { memory_bytes })
            }
            Err(trouble) => step(State::Failed(trouble)),
        };
    };
    let mut step = decoder.step(packed, is_all, plain);
    if matches!(step.state, State::Ended) && is_all && step.taken < packed.len() {
        *running = None;
        step.state = State::Within;
    }
    step
}

fn deflate64(decoder: &mut deflate64::InflaterManaged, packed: &[u8], plain: &mut [u8]) -> Step {
    let result = decoder.inflate(packed, plain);
    let state = if result.data_error {
        State::Failed(Trouble::Corrupt)
    } else if decoder.finished() && decoder.available_output() == 0 {
        State::Ended
    } else {
        State::Within
    };
    Step { taken: result.bytes_consumed, written: result.bytes_written, state }
}

/// LZMA: a version, the length of its properties and these, which are those of a file in the
/// format of the program `lzma`, but for the size.
#[cfg(feature = "xz")]
pub(super) struct Lzma {
    head: Vec<u8>,
    /// What is known of the size, as such a file says it.
    size: u64,
    decoder: Box<dyn Decoder>,
}

#[cfg(feature = "xz")]
impl Lzma {
    const HEAD_BYTES: usize = 9;

    fn new(entry: &Entry) -> Result<Self, Fault> {
        let size = entry.size.filter(|_| !entry.has_end_mark()).unwrap_or(u64::MAX);
        let decoder = raw_decoder::lzma().map_err(|_| corrupt())?;
        Ok(Self { head: Vec::new(), size, decoder })
    }

    fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step {
        let mut taken = 0;
        if self.head.len() < Self::HEAD_BYTES {
            taken = packed.len().min(Self::HEAD_BYTES - self.head.len());
            self.head.extend_from_slice(&packed[..taken]);
            if self.head.len() < Self::HEAD_BYTES {
                return Step { taken, written: 0, state: State::Within };
            }
            let is_known = self.head[2..4] == [5, 0];
            let head = [&self.head[4..], &self.size.to_le_bytes()].concat();
            return Step { taken, written: 0, state: self.begin(&head, is_known) };
        }
        let mut step = self.decoder.step(&packed[taken..], is_all, plain);
        step.taken += taken;
        step
    }

    /// Feeds the head, of which the decoder may take a part before it says what it needs.
    fn begin(&mut self, mut head: &[u8], is_known: bool) -> State {
        let mut memory_bytes = 0;
        while is_known && !head.is_empty() {
            // Without room it does nothing; a head writes nothing.
            let step = self.decoder.step(head, false, &mut [0]);
            head = &head[step.taken..];
            match step.state {
                State::Growing { memory_bytes: bytes } => memory_bytes = bytes,
                State::Failed(trouble) => return State::Failed(trouble),
                _ if step.taken == 0 => break,
                _ => {}
            }
        }
        let is_good = is_known && head.is_empty();
        if is_good { State::Growing { memory_bytes } } else { State::Failed(Trouble::Corrupt) }
    }
}
