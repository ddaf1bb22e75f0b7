//! A range of a source of which any position can be read.

use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::positional::Positional;
use crate::raw::{Filled, Raw};
use crate::wait::Wait;

/// How much is read at once after the end that was expected.
const MORE_BYTES: u64 = 4 << 10;

/// The bytes of a range.
pub(crate) struct Range {
    bytes: Positional,
    at: u64,
    /// Where it is expected to end, and where it ends at the latest.
    soft_end: u64,
    end: u64,
    interrupt: Interrupt,
    delivered: u64,
    ended: bool,
    fault: Option<Fault>,
}

impl Range {
    pub(super) fn new(
        bytes: Positional,
        (at, soft_end, end): (u64, u64, u64),
        interrupt: &Interrupt,
    ) -> Self {
        let interrupt = interrupt.clone();
        Self { bytes, at, soft_end, end, interrupt, delivered: 0, ended: at >= end, fault: None }
    }
}

impl Raw for Range {
    fn has_ended(&self) -> bool {
        self.ended
    }

    fn delivered(&self) -> u64 {
        self.delivered
    }

    fn is_stream(&self) -> bool {
        false
    }

    fn is_asked_to_stop(&self) -> bool {
        self.interrupt.is_requested()
    }

    fn size(&self) -> Option<u64> {
        None
    }

    async fn wait<W: Wait>(&mut self, _: &W) {}

    async fn fill_chunk<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk, least: usize) -> Filled {
        wait.lend(chunk);
        let buffer = chunk.buffer_mut(CHUNK_BYTES);
        Filled(self.fill(wait, buffer, CHUNK_BYTES, least).await)
    }

    async fn fill<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        room: usize,
        least: usize,
    ) -> usize {
        let mut filled = 0;
        while !self.ended && filled < room && filled < least {
            let expected = self.soft_end.saturating_sub(self.at).max(MORE_BYTES);
            let left = expected.min(self.end - self.at);
            let length = usize::try_from(left).map_or(room, |left| left.min(room - filled));
            let range = filled..filled + length;
            let on = (wait, &self.interrupt);
            match self.bytes.read(buffer, range, self.at, on).await {
                Ok(read) => {
                    filled += read;
                    self.at += read as u64;
                    self.delivered += read as u64;
                    self.ended = read == 0 || self.at >= self.end;
                }
                Err(fault) => {
                    self.fault = Some(fault);
                    self.ended = true;
                }
            }
        }
        filled
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }
}
