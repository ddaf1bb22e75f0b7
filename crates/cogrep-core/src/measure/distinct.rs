//! Which texts occur, and how often each: what matched, words, or whole lines.
//!
//! All of these add to a [`Table`] that the whole job shares; it has the answer when the job
//! has ended.

mod by_line;
mod held;
mod layout;
mod lines;
mod matches;
mod ngrams;
#[cfg(feature = "unicode-words")]
mod unicode_words;
mod words;

pub use by_line::{DistinctByLine, LineFields, LineText, Times};
pub use layout::{DistinctText, DistinctTexts, Layout};
pub use lines::{LineKind, Lines};
pub use matches::Distinct;
pub use ngrams::{NgramTexts, Ngrams};
#[cfg(feature = "unicode-words")]
pub use unicode_words::UnicodeWords;
pub use words::Words;

use super::Rank;
use crate::table::First;

/// What is seen here, of a source with this rank.
fn first(rank: Rank, offset: u64) -> First {
    let number = |number| u32::try_from(number).unwrap_or(u32::MAX);
    First { source: [number(rank.ordinal), number(rank.member)], offset }
}
