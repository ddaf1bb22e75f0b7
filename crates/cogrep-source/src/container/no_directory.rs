//! What stands for directories where no format that has one was compiled in: there are none.

use std::convert::Infallible;
use std::sync::Arc;

use super::{Container, ContainerFormat};
use crate::decode::Unpacked;
use crate::name::SourceName;
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::reader::Reader;
use crate::select::{Rule, Selection};
use crate::wait::Wait;

/// An archive whose members are known; there is none.
pub struct Directory(Infallible);

/// What a part of a directory has.
pub enum Listed<W> {
    /// A member, or what is in it.
    Container(Container<W>),
    /// A member that is left out by a rule.
    LeftOut(Rule),
}

#[expect(missing_docs, reason = "it is documented where there is one")]
impl Directory {
    #[expect(clippy::unused_async, reason = "where there is one, it is read")]
    pub(crate) async fn of<W: Wait>(
        _: &Unpacked<Reader>,
        _: &dyn ContainerFormat,
        _: &SourceName,
        _: &OpenOptions,
        _: &W,
    ) -> Option<Self> {
        None
    }

    #[must_use]
    pub fn name(&self) -> &SourceName {
        match self.0 {}
    }

    #[must_use]
    pub fn part_count(&self) -> usize {
        match self.0 {}
    }

    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match self.0 {}
    }

    #[expect(clippy::missing_errors_doc, clippy::unused_async, reason = "there is none")]
    pub async fn part<W: Wait>(
        self: &Arc<Self>,
        _: usize,
        _: &Selection,
        _: &W,
    ) -> Result<Vec<Listed<W>>, Fault> {
        match self.0 {}
    }
}
