//! Archives that are told by their first bytes, and not opened: what they hold is not
//! counted, and what they are made of is not taken for a text.

#[cfg(not(all(feature = "tar", feature = "zip")))]
use super::format::{ContainerFormat, Recognition};
use super::format::{Event, Split, Splitter};
use crate::outcome::Fault;

/// A format of archives that this program was built without.
#[cfg(not(all(feature = "tar", feature = "zip")))]
#[derive(Debug)]
pub(super) struct Unopened {
    name: &'static str,
    magic: &'static [u8],
    /// Where the magic is.
    offset: usize,
}

#[cfg(not(all(feature = "tar", feature = "zip")))]
impl Unopened {
    #[cfg(not(feature = "tar"))]
    pub(super) const TAR: Self = Self { name: "tar", magic: b"ustar", offset: 257 };
    #[cfg(not(feature = "zip"))]
    pub(super) const ZIP: Self = Self { name: "zip", magic: b"PK\x03\x04", offset: 0 };
}

#[cfg(not(all(feature = "tar", feature = "zip")))]
impl ContainerFormat for Unopened {
    fn name(&self) -> &'static str {
        self.name
    }

    fn start_bytes(&self) -> usize {
        self.offset + self.magic.len()
    }

    fn recognise(&self, start: &[u8]) -> Recognition {
        let end = start.len().min(self.start_bytes());
        let seen = start.get(self.offset..end).unwrap_or_default();
        if !self.magic.starts_with(seen) {
            return Recognition::Not;
        }
        if seen.len() == self.magic.len() { Recognition::Is } else { Recognition::Unsure }
    }

    fn split(&self) -> Box<dyn Splitter> {
        Box::new(Closed(Fault::NotBuiltIn { format: self.name }))
    }
}

/// What is not taken apart.
pub(super) struct Closed(pub(super) Fault);

impl Splitter for Closed {
    fn step(&mut self, _: &[u8], _: bool, _: &mut [u8]) -> Split {
        Split { taken: 0, written: 0, event: Event::Over(Some(self.0.clone())) }
    }
}
