//! One member, of which the directory says what and where it is.

use super::body::{Body, Happened};
use super::record::{Entry, corrupt};
use crate::container::format::{Event, Split, Splitter};
use crate::name::SourceName;
use crate::notice::{Notice, Notices};
use crate::outcome::Fault;

/// A member that is taken out by itself: its header comes first.
pub(super) struct One {
    entry: Entry,
    /// Why it cannot be read, if there is a reason.
    refused: Option<Fault>,
    /// The zip, and where it is said that its header calls it otherwise.
    notices: (SourceName, Notices),
    state: State,
}

enum State {
    Start,
    Header,
    Body(Box<Body>),
    Over,
}

impl One {
    /// A member by what the directory says; refused, if there is a reason.
    pub(super) fn new(
        entry: Entry,
        refused: Option<Fault>,
        notices: (SourceName, Notices),
    ) -> Self {
        Self { entry, refused, notices, state: State::Start }
    }

    /// Says so if the header gives it another name. Which of the two is damaged, if one is,
    /// cannot be known, and sound zips have names in two encodings.
    fn compare(&self, header: &Entry) {
        if header.is_renamed_by(&self.entry) {
            let (zip, notices) = &self.notices;
            let shown = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
            let name = String::from_utf8_lossy(&header.name).chars().map(shown).collect();
            notices.add(&zip.member(&self.entry.name), Notice::OtherName(name));
        }
    }
}

impl Splitter for One {
    fn step(&mut self, bytes: &[u8], _: bool, member: &mut [u8]) -> Split {
        let split = |taken, written, event| Split { taken, written, event };
        match &mut self.state {
            State::Start => {
                self.state = State::Header;
                let (name, size) = (self.entry.name.clone(), self.entry.size);
                split(0, 0, Event::Begin { name, size })
            }
            State::Header if self.refused.is_some() => {
                self.state = State::Over;
                split(0, 0, Event::End(self.refused.take()))
            }
            State::Header => match Entry::local(bytes) {
                Ok(None) => split(0, 0, Event::Within),
                Ok(Some((header, length))) => {
                    self.compare(&header);
                    match Body::new(&self.entry) {
                        Ok(body) => self.state = State::Body(Box::new(body)),
                        Err(fault) => self.refused = Some(fault),
                    }
                    split(length, 0, Event::Within)
                }
                Err(_) => {
                    self.state = State::Over;
                    split(0, 0, Event::End(Some(corrupt())))
                }
            },
            State::Body(body) => {
                let (taken, written, happened) = body.step(bytes, member);
                let event = match happened {
                    Happened::Within => Event::Within,
                    Happened::Memory(memory) => Event::Memory(memory),
                    Happened::Ended(fault) => {
                        self.state = State::Over;
                        Event::End(fault)
                    }
                };
                split(taken, written, event)
            }
            State::Over => split(0, 0, Event::Over(None)),
        }
    }
}
