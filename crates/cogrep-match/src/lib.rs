//! Patterns and the engines that count them: bytes in, counts and hits out.
//!
//! [`Patterns`] are what was given and how it is meant. A [`Plan`] chooses how to count
//! them. A [`Scanner`] goes through texts, which it is fed in pieces cut anywhere, and gives
//! [`Counts`], or each [`Hit`]:
//!
//! ```
//! use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner};
//!
//! let patterns = Patterns::new(["aa", "b"], Matching::default())?;
//! let plan = Plan::new(&patterns, EngineChoice::Auto)?;
//! assert_eq!(Scanner::new(plan).count(b"aaaaab")?.to_vec(2), [2, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What this crate refuses to do: read anything, start a thread, or know where a
//! text comes from.

mod counts;
mod distinct;
mod engine;
mod expansion;
mod line_key;
mod pattern;
mod plan;
mod rows;
mod scan;
mod scanner;
mod simd;
mod tally;
mod text;

pub use counts::Counts;
pub use distinct::WordCounts;
pub use expansion::{Expansion, ExpansionCache};
pub use line_key::{LineKey, LineKeyCache};
pub use pattern::{Matching, PatternError, Patterns, Syntax, Unit, parse_list};
pub use plan::{EngineChoice, Plan, UnknownEngine, Warning};
pub use rows::{RowCount, RowOutput, RowScanner};
pub use scan::cost::{Cost, Costs};
pub use scan::interface::{Hit, Hits, Output, Totals};
pub use scanner::{Cut, RangeNeeds, Scanner, Undecided};
pub use simd::level::{SimdLevel, SimdLevelError};
pub use tally::Tally;
pub use text::fold::{Folder, fold_all};
pub use text::line::{LineGrouper, LineTooLong, line_ends};
pub use text::word;
pub use text::words::{Words, word_breaks};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
