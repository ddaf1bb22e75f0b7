//! xz, whose decoder says how much memory it needs as soon as it knows.

use liblzma::stream::{Action, Error, Status, Stream};

use super::super::format::WINDOW_BYTES;
use super::{Decoder, State, Step, Trouble, step};

/// What liblzma may need on top of the window.
const OVERHEAD_BYTES: u64 = 1 << 20;

/// The limit begins with this much, and is raised by as much at a time.
const STEP_BYTES: u64 = 1 << 20;

pub(super) fn decoder() -> Result<Box<dyn Decoder>, Trouble> {
    let stream = Stream::new_stream_decoder(STEP_BYTES, 0).map_err(|_| Trouble::Memory)?;
    Ok(Box::new(stream))
}

/// A decoder of the format that was before xz, which archives have.
#[cfg(feature = "zip")]
pub(crate) fn lzma() -> Result<Box<dyn Decoder>, Trouble> {
    let stream = Stream::new_lzma_decoder(STEP_BYTES).map_err(|_| Trouble::Corrupt)?;
    Ok(Box::new(stream))
}

/// Allows as much memory as the decoder needs, if that is not too much.
fn grow(stream: &mut Stream) -> State {
    let most = WINDOW_BYTES + OVERHEAD_BYTES;
    let mut limits = (stream.memlimit()..=most).step_by(1 << 20).skip(1);
    // The library refuses a limit that is below its need.
    match limits.find(|&limit| stream.set_memlimit(limit).is_ok()) {
        Some(memory_bytes) => State::Growing { memory_bytes },
        None => State::Failed(Trouble::Window),
    }
}

impl Decoder for Stream {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        let before = (self.total_in(), self.total_out());
        let state = match self.process(packed, plain, Action::Run) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(_) => State::Within,
            Err(Error::MemLimit) => grow(self),
            Err(Error::Mem) => State::Failed(Trouble::Memory),
            Err(_) => State::Failed(Trouble::Corrupt),
        };
        step(before, (self.total_in(), self.total_out()), state)
    }
}
