//! Patterns that were made ready, with all that counting needs to know of them.

use std::borrow::Cow;
use std::sync::Arc;

use cogrep_core::network::with_loose_space;
use cogrep_match::Plan;

use crate::labels::Labels;

/// Patterns that were made ready.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) plan: Arc<Plan>,
    pub(crate) labels: Labels,
    /// The longest line that regular expressions may hold.
    pub(crate) max_line_bytes: usize,
    /// Whether any run of white space is one space, in patterns and in texts.
    pub(crate) loose_space: bool,
}

impl Prepared {
    /// A text as it is searched.
    pub(crate) fn searched<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        if self.loose_space { with_loose_space(text).into() } else { text.into() }
    }
}
