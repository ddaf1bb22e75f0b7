//! Containers: sources that hold many texts, such as archives.
//!
//! A [`Container`] gives its members in their order. Each [`Member`] is a source with a name
//! and an outcome of its own, and may be compressed or encoded like any other text. A member
//! that is damaged does not end its container.
//!
//! Ownership keeps the order: a member holds its container while it is read, and gives it
//! back at its [end](Member::end). What was not read of it is skipped.

pub(crate) mod format;

use std::sync::Arc;

pub use self::format::{ContainerFormat, Event, Formats, Split, Splitter};
use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::chunks::Chunks;
use crate::decode::Unpacked;
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::raw::{Filled, Raw};
use crate::reader::Reader;
use crate::text::Decoded;
use crate::wait::Wait;

/// How many bytes of a container are read at once.
const READ_BYTES: usize = 64 << 10;

/// A container that is being read; made by [`Source::begin`](crate::Source::begin).
pub struct Container<W> {
    wait: W,
    name: SourceName,
    options: OpenOptions,
    members: Box<Members>,
}

/// What comes next in a container.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once")]
pub enum Next<W> {
    /// Another member.
    Member(Member<W>),
    /// The end of the container, and how it ended.
    End(Outcome),
}

/// A member of a container, which is read as a [`Text`](crate::Text) is.
pub struct Member<W> {
    wait: W,
    container: SourceName,
    name: SourceName,
    options: OpenOptions,
    decoded: Decoded<MemberBytes>,
}

impl<W: Wait> Container<W> {
    pub(crate) fn new(
        (wait, outer): (W, Unpacked<Reader>),
        start: &[u8],
        format: &Arc<dyn ContainerFormat>,
        name: SourceName,
        options: OpenOptions,
    ) -> Self {
        let members = Members {
            outer,
            format: format.name(),
            splitter: format.split(),
            bytes: start.to_vec(),
            taken: 0,
            has_ended: false,
            fault: None,
        };
        Self { wait, name, options, members: Box::new(members) }
    }

    /// Goes on to the next member.
    pub async fn next(mut self) -> Next<W> {
        let mut skipped = Vec::new();
        while !self.members.has_ended {
            match self.members.step(&self.wait, &mut skipped).await.1 {
                Event::Begin { name, size } => {
                    let Self { wait, name: container, options, members } = self;
                    let name = container.member(&name);
                    let bytes =
                        MemberBytes { members, size, delivered: 0, ended: false, fault: None };
                    let decoded = Decoded::new(bytes, &options).named(name.clone(), &options);
                    return Next::Member(Member { wait, container, name, options, decoded });
                }
                // What is left of a member that was not read to its end.
                Event::Within => skipped.resize(READ_BYTES, 0),
                Event::End(_) | Event::Over(_) => {}
            }
        }
        Next::End(self.members.outcome())
    }
}

impl<W: Wait> Member<W> {
    /// Its name: that of the container and its own.
    #[must_use]
    pub fn name(&self) -> &SourceName {
        &self.name
    }

    /// The bytes of text that it will give in all, if that is known before its end. To be
    /// asked when the first chunk has been fetched.
    #[must_use]
    pub fn text_bytes(&self) -> Option<u64> {
        self.decoded.text_bytes()
    }

    /// How it ended, and the container, to be read on. To be asked after the last chunk.
    #[must_use]
    pub fn end(self) -> (Outcome, Container<W>) {
        let outcome = self.decoded.outcome();
        let members = self.decoded.into_unpacked().into_raw().members;
        let Self { wait, container: name, options, .. } = self;
        (outcome, Container { wait, name, options, members })
    }
}

impl<W: Wait> Chunks for Member<W> {
    async fn fetch(&mut self, chunk: &mut Chunk) {
        self.decoded.fetch(&self.wait, chunk).await;
    }
}

/// The bytes of a container, and what takes them apart.
struct Members {
    outer: Unpacked<Reader>,
    format: &'static str,
    splitter: Box<dyn Splitter>,
    /// What was read; the first `taken` of it are done with.
    bytes: Vec<u8>,
    taken: usize,
    has_ended: bool,
    /// Why it ended too early, if it did.
    fault: Option<Fault>,
}

impl Members {
    /// Goes on until something happens, or some bytes of a member are written, or there is
    /// no room for them. Gives how many were written.
    async fn step<W: Wait>(&mut self, wait: &W, member: &mut [u8]) -> (usize, Event) {
        loop {
            let is_all = self.outer.has_ended();
            let bytes = &self.bytes[self.taken..];
            let Split { taken, written, event } = self.splitter.step(bytes, is_all, member);
            self.taken += taken;
            match event {
                Event::Within if written > 0 || (taken == 0 && self.needs_room(member)) => {}
                Event::Within if taken > 0 => continue,
                Event::Within if is_all => return (0, self.over(None, true)),
                Event::Within => {
                    self.read(wait).await;
                    continue;
                }
                Event::Over(fault) => return (written, self.over(fault, false)),
                Event::Begin { .. } | Event::End(_) => {}
            }
            return (written, event);
        }
    }

    /// Whether a step may have done nothing because it had no room to write to.
    fn needs_room(&self, member: &[u8]) -> bool {
        member.is_empty() && self.taken < self.bytes.len()
    }

    /// Notes that the container has ended. If its bytes have ended too early, that is the
    /// reason.
    fn over(&mut self, fault: Option<Fault>, is_cut: bool) -> Event {
        let cut = is_cut.then_some(Fault::Truncated { format: self.format });
        let read_fault = self.outer.has_ended().then(|| self.outer.fault()).flatten();
        let fault = read_fault.or(fault).or(cut);
        self.has_ended = true;
        self.fault.clone_from(&fault);
        Event::Over(fault)
    }

    /// Reads more, and appends it to what is not taken yet.
    async fn read<W: Wait>(&mut self, wait: &W) {
        self.outer.wait(wait).await;
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let mut room = Buffer::default();
        room.make_room(READ_BYTES);
        let read = self.outer.fill(wait, &mut room, READ_BYTES, 1).await;
        self.bytes.extend_from_slice(&room[..read]);
    }

    fn outcome(&self) -> Outcome {
        self.fault.clone().map_or(Outcome::Complete, Outcome::Partial)
    }
}

/// The bytes of a member.
struct MemberBytes {
    members: Box<Members>,
    size: Option<u64>,
    delivered: u64,
    ended: bool,
    fault: Option<Fault>,
}

impl Raw for MemberBytes {
    fn has_ended(&self) -> bool {
        self.ended
    }

    fn delivered(&self) -> u64 {
        self.delivered
    }

    fn is_stream(&self) -> bool {
        self.members.outer.raw().is_stream()
    }

    fn is_asked_to_stop(&self) -> bool {
        self.members.outer.raw().is_asked_to_stop()
    }

    fn size(&self) -> Option<u64> {
        self.size
    }

    async fn wait<W: Wait>(&mut self, wait: &W) {
        if self.members.taken == self.members.bytes.len() && !self.members.outer.has_ended() {
            self.members.outer.wait(wait).await;
        }
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
        while !self.ended && filled < room && (filled < least || !is_stream) {
            let (written, event) = self.members.step(wait, &mut buffer[filled..room]).await;
            filled += written;
            self.delivered += written as u64;
            match event {
                Event::Within => {}
                Event::End(fault) => {
                    self.ended = true;
                    self.fault = fault;
                }
                Event::Over(fault) => {
                    self.ended = true;
                    let format = self.members.format;
                    self.fault = Some(fault.unwrap_or(Fault::Truncated { format }));
                }
                Event::Begin { .. } => {
                    self.ended = true;
                    self.fault = Some(Fault::Corrupt { format: self.members.format });
                }
            }
        }
        filled
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }
}

#[cfg(test)]
mod tests;
