//! bzip2.

use super::{Decoder, State, Step, Trouble, step};

pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(::bzip2::Decompress::new(false))
}

impl Decoder for ::bzip2::Decompress {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let before = (self.total_in(), self.total_out());
        let state = match self.decompress(packed, plain) {
            Ok(::bzip2::Status::StreamEnd) => State::Ended,
            Ok(_) => State::Within,
            Err(_) => State::Failed(Trouble::Corrupt),
        };
        step(before, (self.total_in(), self.total_out()), state)
    }
}
