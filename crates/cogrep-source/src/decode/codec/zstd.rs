//! Zstandard (RFC 8878).

use ::zstd::stream::raw;
use ::zstd::stream::raw::{InBuffer, Operation, OutBuffer};

use super::{Decoder, State, Step, Trouble};

pub(super) fn decoder() -> Result<Box<dyn Decoder>, Trouble> {
    Ok(Box::new(raw::Decoder::new().map_err(|_| Trouble::Corrupt)?))
}

impl Decoder for raw::Decoder<'_> {
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
