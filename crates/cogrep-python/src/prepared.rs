//! Patterns that were made ready, with all that counting needs to know of them.

use std::sync::Arc;

use cogrep_match::Plan;

use crate::labels::Labels;

/// Patterns that were made ready.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) plan: Arc<Plan>,
    pub(crate) labels: Labels,
    /// The longest line that regular expressions may hold.
    pub(crate) max_line_bytes: usize,
}
