//! Formats of containers, and how they are taken apart.
//!
//! A format is recognised by the first bytes of a source, after unpacking: so an archive in a
//! compressed stream is one, too. A [`Splitter`] is fed the container's bytes in their order,
//! as a decoder is, and never waits. It finds the members and hands out their bytes.

use std::fmt;
use std::sync::Arc;

use crate::outcome::Fault;
use crate::select::Rule;

/// A format of containers.
pub trait ContainerFormat: fmt::Debug + Send + Sync {
    /// Its name, for messages.
    fn name(&self) -> &'static str;

    /// How many first bytes tell whether a source is such a container.
    fn start_bytes(&self) -> usize;

    /// Whether a source that begins like this is such a container. Of a stream there may be
    /// fewer bytes than [`start_bytes`](Self::start_bytes), and more to come.
    fn recognise(&self, start: &[u8]) -> Recognition;

    /// Begins to take a container apart.
    fn split(&self) -> Box<dyn Splitter>;

    /// Whether it has a directory, by which its members can be found where any position can
    /// be read. Only zip has.
    #[doc(hidden)]
    fn has_directory(&self) -> bool {
        false
    }
}

/// Whether some first bytes are those of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// They are.
    Is,
    /// They are not.
    Not,
    /// More bytes would tell; if there are none, they are not.
    Unsure,
}

impl From<bool> for Recognition {
    fn from(is_one: bool) -> Self {
        if is_one { Self::Is } else { Self::Not }
    }
}

/// Takes one container apart, as its bytes come.
pub trait Splitter: Send {
    /// Looks at the bytes that follow those it has taken; they are all that is left if
    /// `is_all`. Writes bytes of the member it is in, as far as there is room.
    ///
    /// A splitter that neither takes nor writes anything, and says [`Event::Within`], needs
    /// more bytes or more room; if it was given all bytes, and has room, the container is cut
    /// off. A member [ends](Event::End) before the next one begins.
    fn step(&mut self, bytes: &[u8], is_all: bool, member: &mut [u8]) -> Split;
}

/// What a splitter did.
#[derive(Debug)]
pub struct Split {
    /// How many bytes of the container it is done with.
    pub taken: usize,
    /// How many bytes of the member it wrote.
    pub written: usize,
    /// What comes after them.
    pub event: Event,
}

/// What happens in a container.
#[derive(Debug)]
pub enum Event {
    /// More of the same.
    Within,
    /// A member begins.
    Begin {
        /// Its name in the container.
        name: Vec<u8>,
        /// How many bytes it has, if that is known.
        size: Option<u64>,
    },
    /// The member ends; with a fault if it is damaged, in which case the next one may still
    /// be whole.
    End(Option<Fault>),
    /// From here on the member takes this much memory, in bytes. The container is asked to go
    /// on when there is so much.
    Memory(u64),
    /// What follows is no text, such as a link: it is left out.
    LeftOut(Rule),
    /// The container ends; with a fault if this is not where it should end.
    Over(Option<Fault>),
}

/// The formats of containers that are taken apart.
///
/// The first one that fits is taken. By default there are none, and every source is a text.
#[derive(Clone, Debug, Default)]
pub struct Formats(Arc<[Arc<dyn ContainerFormat>]>);

impl Formats {
    /// The first bytes that all formats together want to see.
    pub(crate) fn start_bytes(&self) -> usize {
        self.0.iter().map(|format| format.start_bytes()).max().unwrap_or(0)
    }

    /// The format of a container that begins like this.
    pub(crate) fn detect(&self, start: &[u8]) -> Option<&Arc<dyn ContainerFormat>> {
        self.0.iter().find(|format| format.recognise(start) == Recognition::Is)
    }

    /// Whether more bytes of a stream are waited for, which would tell. They are not where the
    /// bytes look like text: there may be no more for long.
    pub(crate) fn wants_more(&self, start: &[u8]) -> bool {
        let is_unsure =
            |format: &Arc<dyn ContainerFormat>| format.recognise(start) == Recognition::Unsure;
        let is_text = !start.contains(&0) || start.contains(&b'\n');
        !is_text && self.detect(start).is_none() && self.0.iter().any(is_unsure)
    }
}

impl FromIterator<Arc<dyn ContainerFormat>> for Formats {
    fn from_iter<I: IntoIterator<Item = Arc<dyn ContainerFormat>>>(formats: I) -> Self {
        Self(formats.into_iter().collect())
    }
}
