//! A decoder for each format that is compiled in.
//!
//! All decoders are fed: they take what there is, give what they can, and never wait.

#[cfg(feature = "bzip2")]
mod bzip2;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "lz4")]
mod lz4;
#[cfg(feature = "xz")]
mod xz;
#[cfg(feature = "zstd")]
mod zstd;

use super::format::Format;

/// Why decoding went no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "which decoders are built in, and so what they say, is a choice")]
pub(crate) enum Trouble {
    /// The data is not what its format allows.
    Corrupt,
    /// The same, or it was packed with a dictionary that it does not name.
    CorruptOrDictionary,
    /// It was packed with a dictionary.
    Dictionary,
    /// It would take more memory than is given.
    Window,
    /// The system has no memory to give.
    Memory,
    /// The program was built without a decoder for it.
    NotBuiltIn,
}

/// What a decoder did with what it was fed.
pub(crate) struct Step {
    pub(crate) taken: usize,
    pub(crate) written: usize,
    pub(crate) state: State,
}

/// How a decoder goes on after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "as above: there may be no decoder")]
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
    /// Decodes from `packed`, which holds all that is left if `is_all`, as much as there is
    /// room for.
    fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step;

    /// How many bytes it has to see at once to go on, unless they are all that is left: it
    /// cannot give back what it took.
    fn least(&self) -> usize {
        1
    }
}

/// A decoder for a member that begins like this, of which a file of this format may have
/// many.
#[cfg_attr(
    not(any(feature = "lz4", feature = "zstd")),
    expect(unused_variables, reason = "others have one decoder for all members")
)]
pub(crate) fn decoder(format: Format, start: &[u8]) -> Result<Box<dyn Decoder>, Trouble> {
    match format {
        #[cfg(feature = "bzip2")]
        Format::Bzip2 => Ok(bzip2::decoder()),
        #[cfg(feature = "gzip")]
        Format::Gzip => Ok(gzip::decoder()),
        #[cfg(feature = "lz4")]
        Format::Lz4 => lz4::decoder(start),
        #[cfg(feature = "xz")]
        Format::Xz => xz::decoder(),
        #[cfg(feature = "zstd")]
        Format::Zstd => zstd::decoder(start),
        #[cfg(not(all(
            feature = "bzip2",
            feature = "gzip",
            feature = "lz4",
            feature = "xz",
            feature = "zstd"
        )))]
        _ => Err(Trouble::NotBuiltIn),
    }
}

/// Decoders of data that is in an archive, without the frame of a file.
#[cfg(feature = "zip")]
pub(crate) mod raw_decoder {
    use super::Decoder;

    /// Deflate (RFC 1951).
    pub(crate) fn deflate() -> Box<dyn Decoder> {
        Box::new(flate2::Decompress::new(false))
    }

    /// LZMA, as the program `lzma` writes it.
    #[cfg(feature = "xz")]
    pub(crate) use super::xz::lzma;
}

/// The difference between two states of the totals that decoders keep.
#[cfg(any(feature = "gzip", feature = "bzip2", feature = "xz"))]
fn step(before: (u64, u64), after: (u64, u64), state: State) -> Step {
    let difference = |after: u64, before| usize::try_from(after - before).unwrap_or(usize::MAX);
    Step { taken: difference(after.0, before.0), written: difference(after.1, before.1), state }
}
