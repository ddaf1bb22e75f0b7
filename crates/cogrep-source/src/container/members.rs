//! The bytes of a container, and what takes them apart.

mod bytes;
mod raw;

use tokio::sync::OwnedSemaphorePermit;

pub(super) use self::bytes::MemberBytes;
pub(super) use self::raw::AnyRaw;
use super::format::{ContainerFormat, Event, Split, Splitter};
use super::unopened::Closed;
use crate::buffer::Buffer;
use crate::decode::Unpacked;
use crate::outcome::{Fault, Outcome};
use crate::raw::Raw;
use crate::wait::Wait;

/// How many bytes of a container are read at once.
pub(super) const READ_BYTES: usize = 64 << 10;

/// The bytes of a container, and what takes them apart.
pub(super) struct Members {
    outer: Unpacked<AnyRaw>,
    format: &'static str,
    /// None when it has ended.
    splitter: Option<Box<dyn Splitter>>,
    /// What was read: of the first `filled` bytes, the first `taken` are done with.
    bytes: Buffer,
    taken: usize,
    filled: usize,
    /// For what the decoder of a member remembers.
    memory: Option<OwnedSemaphorePermit>,
    /// Whether a member has begun.
    has_members: bool,
    /// Why it ended too early, if it did.
    fault: Option<Fault>,
}

impl Members {
    /// A container of this format, of which the first bytes were read.
    pub(super) fn new(outer: Unpacked<AnyRaw>, start: &[u8], format: &dyn ContainerFormat) -> Self {
        Self {
            bytes: start.to_vec().into(),
            filled: start.len(),
            ..Self::with(outer, format.name(), format.split())
        }
    }

    /// A container that this takes apart, of which nothing was read.
    pub(super) fn with(
        outer: Unpacked<AnyRaw>,
        format: &'static str,
        splitter: Box<dyn Splitter>,
    ) -> Self {
        Self {
            outer,
            format,
            splitter: Some(splitter),
            bytes: Buffer::default(),
            taken: 0,
            filled: 0,
            memory: None,
            has_members: false,
            fault: None,
        }
    }

    /// A container that is not opened.
    pub(super) fn closed(outer: Unpacked<AnyRaw>, fault: Fault) -> Self {
        Self { fault: Some(fault.clone()), ..Self::with(outer, "", Box::new(Closed(fault))) }
    }

    /// The name of its format.
    pub(super) fn format(&self) -> &'static str {
        self.format
    }

    /// What the bytes come from.
    pub(super) fn raw(&self) -> &AnyRaw {
        self.outer.raw()
    }

    /// The container that this one is a member of.
    pub(super) fn into_outer(self) -> Option<Box<Self>> {
        match self.outer.into_raw() {
            AnyRaw::Member(bytes) => Some(bytes.into_members()),
            AnyRaw::Reader(_) => None,
            #[cfg(feature = "zip")]
            AnyRaw::Range(_) => None,
        }
    }

    /// Goes on until something happens, or some bytes of a member are written, or there is
    /// no room for them. Gives how many were written.
    pub(super) async fn step<W: Wait>(&mut self, wait: &W, member: &mut [u8]) -> (usize, Event) {
        loop {
            let Some(splitter) = &mut self.splitter else {
                return (0, Event::Over(self.fault.clone()));
            };
            let is_all = self.outer.has_ended();
            let bytes = &self.bytes[self.taken..self.filled];
            let Split { taken, written, event } = splitter.step(bytes, is_all, member);
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
                Event::Memory(bytes) => {
                    // What held some while it waits for more could wait for ever; a stream
                    // might never return it.
                    self.memory = None;
                    if !self.outer.raw().is_stream() {
                        self.memory = wait.memory(bytes).await;
                    }
                    if written == 0 {
                        continue;
                    }
                    return (written, Event::Within);
                }
                Event::Begin { .. } => self.has_members = true,
                Event::End(_) => self.memory = None,
                Event::LeftOut(_) => {}
            }
            return (written, event);
        }
    }

    /// Whether a step may have done nothing because it had no room to write to.
    fn needs_room(&self, member: &[u8]) -> bool {
        member.is_empty() && (self.taken < self.filled || self.outer.has_ended())
    }

    /// Notes that the container has ended. If its bytes have ended too early, that is the
    /// reason.
    fn over(&mut self, fault: Option<Fault>, is_cut: bool) -> Event {
        let cut = is_cut.then_some(Fault::Truncated { format: self.format });
        let read_fault = self.outer.has_ended().then(|| self.outer.fault()).flatten();
        let fault = read_fault.or(fault).or(cut);
        self.splitter = None;
        self.fault.clone_from(&fault);
        Event::Over(fault)
    }

    /// Waits until a stream has what is needed to go on.
    pub(super) async fn wait<W: Wait>(&mut self, wait: &W) {
        if self.taken == self.filled && !self.outer.has_ended() {
            self.outer.wait(wait).await;
        }
    }

    /// Reads more, and appends it to what is not taken yet.
    async fn read<W: Wait>(&mut self, wait: &W) {
        self.outer.wait(wait).await;
        let rest = self.bytes[self.taken..self.filled].to_vec();
        self.bytes.make_room(READ_BYTES);
        let room = self.bytes.len();
        let read = self.outer.fill(wait, &mut self.bytes, room, 1).await;
        self.taken = 0;
        self.filled = read;
        if !rest.is_empty() {
            let all = [&rest, &self.bytes[..read]].concat();
            self.filled = all.len();
            self.bytes = all.into();
        }
    }

    /// How the container ended.
    pub(super) fn outcome(&self) -> Outcome {
        match &self.fault {
            None => Outcome::Complete,
            Some(fault) if self.has_members => Outcome::Partial(fault.clone()),
            Some(fault) => Outcome::Failed(fault.clone()),
        }
    }
}
