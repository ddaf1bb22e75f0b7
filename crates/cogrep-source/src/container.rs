//! Containers: sources that hold many texts, such as archives.
//!
//! A [`Container`] gives its members in their order. Each [`Member`] is a source with a name
//! and an outcome of its own, and may be compressed or encoded like any other text. One that
//! is a container itself is opened in its turn, as deep as the options say, and its members
//! come in its place. A member that is damaged does not end its container.
//!
//! Ownership keeps the order: a member holds its container while it is read, and gives it
//! back at its [end](Member::end). What was not read of it is skipped.

mod built_in;
pub(crate) mod format;
mod members;
#[cfg(not(feature = "zip"))]
mod no_directory;
#[cfg(feature = "zip")]
mod range;
#[cfg(feature = "tar")]
mod tar;
mod unopened;
#[cfg(feature = "zip")]
mod zip;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::format::{ContainerFormat, Event, Formats, Recognition, Split, Splitter};
use self::members::{AnyRaw, MemberBytes, Members, READ_BYTES};
#[cfg(not(feature = "zip"))]
pub use self::no_directory::{Directory, Listed};
#[cfg(feature = "zip")]
pub use self::zip::directory::{Directory, Listed};
use crate::chunk::Chunk;
use crate::chunks::Chunks;
use crate::decode::Unpacked;
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::reader::Reader;
use crate::select::{Rule, Selection};
use crate::text::Decoded;
use crate::wait::Wait;

/// A container that is being read; made by [`Source::begin`](crate::Source::begin).
pub struct Container<W> {
    wait: W,
    /// Its own name and, before it, those of the containers that it is in.
    names: Vec<SourceName>,
    options: OpenOptions,
    members: Box<Members>,
    left_out: BTreeMap<Rule, u64>,
}

/// What comes next in a container.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once")]
pub enum Next<W> {
    /// Another member, whose first chunk was fetched.
    Member(Member<W>),
    /// A member that is a container, and was not read to its end.
    Nested {
        /// The name of the member.
        name: SourceName,
        /// How it ended.
        outcome: Outcome,
        /// The container, to be read on.
        rest: Container<W>,
    },
    /// The end of the container.
    End {
        /// How it ended.
        outcome: Outcome,
        /// How many members were left out, by rule.
        left_out: BTreeMap<Rule, u64>,
    },
}

/// A member of a container, which is read as a [`Text`](crate::Text) is.
pub struct Member<W> {
    name: SourceName,
    decoded: Decoded<MemberBytes>,
    /// The container, but for what is left of it.
    rest: Rest<W>,
}

/// A container whose bytes are elsewhere.
struct Rest<W> {
    wait: W,
    names: Vec<SourceName>,
    options: OpenOptions,
    left_out: BTreeMap<Rule, u64>,
}

impl<W> Rest<W> {
    fn with(self, members: Box<Members>) -> Container<W> {
        let Self { wait, names, options, left_out } = self;
        Container { wait, names, options, members, left_out }
    }
}

impl<W: Wait> Container<W> {
    pub(crate) fn new(
        (wait, outer): (W, Unpacked<Reader>),
        start: &[u8],
        format: &Arc<dyn ContainerFormat>,
        name: SourceName,
        options: OpenOptions,
    ) -> Self {
        let members = Members::new(outer.map(AnyRaw::Reader), start, &**format);
        Self::over(wait, name, options, members)
    }

    /// A container of this name whose members are these.
    fn over(wait: W, name: SourceName, options: OpenOptions, members: Members) -> Self {
        let left_out = BTreeMap::new();
        Self { wait, names: vec![name], options, members: Box::new(members), left_out }
    }

    /// Goes on to the next member that is selected. Its first chunk is in `chunk` then.
    pub async fn next(mut self, chunk: &mut Chunk, selection: &Selection) -> Next<W> {
        let mut skipped = Vec::new();
        loop {
            match self.members.step(&self.wait, &mut skipped).await.1 {
                Event::Begin { name, size } => {
                    if let Some(rule) = selection.leaves_out(&name, size) {
                        self.leave_out(rule);
                        continue;
                    }
                    match self.begin(&name, size, chunk).await {
                        Ok(member) => return Next::Member(member),
                        Err(container) => self = container,
                    }
                }
                Event::LeftOut(rule) => self.leave_out(rule),
                // What is left of a member that was not read to its end.
                Event::Within | Event::Memory(_) => skipped.resize(READ_BYTES, 0),
                Event::End(_) => {}
                Event::Over(_) => match self.end() {
                    Ok(container) => self = container,
                    Err(next) => return *next,
                },
            }
        }
    }

    fn leave_out(&mut self, rule: Rule) {
        *self.left_out.entry(rule).or_insert(0) += 1;
    }

    /// Begins a member. If it is a container itself, that is what is read on.
    async fn begin(
        self,
        name: &[u8],
        size: Option<u64>,
        chunk: &mut Chunk,
    ) -> Result<Member<W>, Self> {
        let Self { wait, names, options, members, left_out } = self;
        let name = names[names.len() - 1].member(name);
        let mut decoded = Decoded::new(MemberBytes::new(members, size), &options);
        let notices = Some((&name, &options.notices));
        let format = decoded.begin(&wait, chunk, &options.containers, notices).await;
        let mut rest = Rest { wait, names, options, left_out };
        let Some(format) = format else { return Ok(Member { name, decoded, rest }) };
        let is_too_deep = rest.names.len() > rest.options.nest as usize;
        rest.names.push(name);
        let outer = decoded.into_unpacked().map(|bytes| AnyRaw::Member(Box::new(bytes)));
        let members = if is_too_deep {
            Members::closed(outer, Fault::NestedTooDeep)
        } else {
            Members::new(outer, chunk.bytes(), &*format)
        };
        Err(rest.with(Box::new(members)))
    }

    /// Ends the container: that which it is in is read on, if it is in one.
    fn end(self) -> Result<Self, Box<Next<W>>> {
        let outcome = self.members.outcome();
        let Self { wait, mut names, options, members, left_out } = self;
        let name = names.pop();
        let (Some(members), Some(name)) = (members.into_outer(), name) else {
            return Err(Box::new(Next::End { outcome, left_out }));
        };
        let rest = Self { wait, names, options, members, left_out };
        if outcome.is_complete() {
            return Ok(rest);
        }
        Err(Box::new(Next::Nested { name, outcome, rest }))
    }
}

impl<W: Wait> Member<W> {
    /// Its name: that of the container and its own.
    #[must_use]
    pub fn name(&self) -> &SourceName {
        &self.name
    }

    /// The bytes of text that it will give in all, if that is known before its end.
    #[must_use]
    pub fn text_bytes(&self) -> Option<u64> {
        self.decoded.text_bytes()
    }

    /// How it ended, and the container, to be read on. To be asked after the last chunk.
    #[must_use]
    pub fn end(self) -> (Outcome, Container<W>) {
        let outcome = self.decoded.outcome();
        let members = self.decoded.into_unpacked().into_raw().into_members();
        (outcome, self.rest.with(members))
    }
}

impl<W: Wait> Chunks for Member<W> {
    async fn fetch(&mut self, chunk: &mut Chunk) {
        self.decoded.fetch(&self.rest.wait, chunk).await;
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
