//! Zstandard (RFC 8878).

use std::io;

use ::zstd::stream::raw;
use ::zstd::stream::raw::{InBuffer, Operation, OutBuffer};

use super::super::format::names_dictionary;
use super::{Decoder, State, Step, Trouble};

/// A decoder for a frame with this header.
pub(super) fn decoder(header: &[u8]) -> Result<Box<dyn Decoder>, Trouble> {
    if names_dictionary(header) {
        return Err(Trouble::Dictionary);
    }
    let decoder = raw::Decoder::new().map_err(|_| Trouble::Memory)?;
    Ok(Box::new(Zstd { decoder, has_written: false }))
}

struct Zstd {
    decoder: raw::Decoder<'static>,
    has_written: bool,
}

impl Zstd {
    /// Why the decoder failed, of which the library gives no more than its words.
    fn trouble(&self, error: &io::Error) -> Trouble {
        let words = error.to_string();
        if words.contains("not enough memory") {
            Trouble::Memory
        } else if words.contains("too much memory") {
            Trouble::Window
        } else if words.contains("Dictionary") {
            Trouble::Dictionary
        } else if words.contains("corruption detected") && !self.has_written {
            // The first block has nothing to refer back to, unless there is a dictionary.
            Trouble::CorruptOrDictionary
        } else {
            Trouble::Corrupt
        }
    }
}

impl Decoder for Zstd {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let mut input = InBuffer::around(packed);
        let mut output = OutBuffer::around(plain);
        let state = match self.decoder.run(&mut input, &mut output) {
            Ok(0) => State::Ended,
            Ok(_) => State::Within,
            Err(error) => State::Failed(self.trouble(&error)),
        };
        self.has_written |= output.pos() > 0;
        Step { taken: input.pos(), written: output.pos(), state }
    }
}
