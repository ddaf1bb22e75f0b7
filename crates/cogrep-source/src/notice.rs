//! What a user should know of a source that was read: it changes no count and no outcome.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::name::SourceName;

/// Something that looks like a mistake, and may be none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Notice {
    /// The bytes look like text of an encoding that they were not taken for.
    #[error("this looks like {encoding}, and was read as {read_as}")]
    Encoding {
        /// What they look like.
        encoding: &'static str,
        /// What they were taken for.
        read_as: &'static str,
    },
    /// The bytes are packed in a way that is not unpacked here.
    #[error("this is {format} data, which is not unpacked here; it was read as it is")]
    Packed {
        /// The name of the format.
        format: &'static str,
    },
    /// A member of a zip has another name before its bytes than in the directory.
    #[error("the header before its bytes calls it {0}")]
    OtherName(String),
    /// A rule of a file with ignore rules has no meaning, and is passed over.
    #[error("{0}")]
    IgnoreRule(String),
}

/// Collects notices, from many threads. Clones share what they collect.
#[derive(Clone, Debug, Default)]
pub struct Notices(Arc<Mutex<BTreeSet<(SourceName, Notice)>>>);

impl Notices {
    /// At most this many are kept.
    pub const MOST: usize = 1000;

    /// Collects one, unless it is known.
    pub(crate) fn add(&self, name: &SourceName, notice: Notice) {
        let mut notices = self.lock();
        if notices.len() < Self::MOST {
            notices.insert((name.clone(), notice));
        }
    }

    /// Takes what was collected, by name.
    #[must_use]
    pub fn take(&self) -> Vec<(SourceName, Notice)> {
        std::mem::take(&mut *self.lock()).into_iter().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(SourceName, Notice)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
