//! The bytes of a member.

use super::Members;
use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::container::format::Event;
use crate::outcome::Fault;
use crate::raw::{Filled, Raw};
use crate::wait::Wait;

/// The bytes of a member, which holds its container.
pub(crate) struct MemberBytes {
    members: Box<Members>,
    size: Option<u64>,
    delivered: u64,
    ended: bool,
    fault: Option<Fault>,
}

impl MemberBytes {
    pub(in crate::container) fn new(members: Box<Members>, size: Option<u64>) -> Self {
        Self { members, size, delivered: 0, ended: false, fault: None }
    }

    /// The container, to be read on.
    pub(in crate::container) fn into_members(self) -> Box<Members> {
        self.members
    }

    fn end(&mut self, fault: Option<Fault>) {
        self.ended = true;
        self.fault = fault;
    }
}

impl Raw for MemberBytes {
    fn has_ended(&self) -> bool {
        self.ended
    }

    fn delivered(&self) -> u64 {
        self.delivered
    }

    fn is_stream(&self) -> bool {
        self.members.raw().is_stream()
    }

    fn is_asked_to_stop(&self) -> bool {
        self.members.raw().is_asked_to_stop()
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    async fn wait<W: Wait>(&mut self, wait: &W) {
        self.members.wait(wait).await;
    }

    async fn fill_chunk<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk, least: usize) -> Filled {
        self.wait(wait).await;
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
        let is_stream = self.is_stream();
        let mut filled = 0;
        // Its end comes after its last byte: where that has come, there is nothing to wait for.
        while !self.ended && (filled < room || self.size == Some(self.delivered)) {
            if is_stream && filled >= least && self.size != Some(self.delivered) {
                break;
            }
            // A few bytes may hold very much.
            if self.is_asked_to_stop() {
                self.end(Some(Fault::Interrupted));
                break;
            }
            let (written, event) = self.members.step(wait, &mut buffer[filled..room]).await;
            filled += written;
            self.delivered += written as u64;
            let format = self.members.format();
            match event {
                Event::Within if filled == room && written == 0 => break,
                Event::Within | Event::Memory(_) => {}
                Event::End(fault) => self.end(fault),
                Event::Over(fault) => self.end(Some(fault.unwrap_or(Fault::Truncated { format }))),
                Event::Begin { .. } | Event::LeftOut(_) => {
                    self.end(Some(Fault::Corrupt { format }));
                }
            }
        }
        filled
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }
}
