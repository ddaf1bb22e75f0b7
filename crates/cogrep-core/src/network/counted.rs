//! What comes back when a network is closed.

use cogrep_match::Tally;
use cogrep_source::Fault;

use crate::measure::Findings;

/// What was counted in a text, or in several, and what measures made of it.
#[derive(Debug, Default)]
pub struct Counted {
    /// How often each needle was found.
    pub tally: Tally,
    /// What the measures found out.
    pub findings: Findings,
    /// Whether some hits of a range may be others, depending on the text before it.
    pub is_undecided: bool,
    /// Why a stage could not go on, if one could not: what was counted before is kept.
    pub fault: Option<Fault>,
}

impl From<Tally> for Counted {
    fn from(tally: Tally) -> Self {
        Self { tally, ..Self::default() }
    }
}
