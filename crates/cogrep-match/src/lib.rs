//! Patterns and the engines that count them: bytes in, counts out.
//!
//! [`Patterns`] are what was given and how it is meant. A [`Plan`] chooses how to
//! count them. An [`Engine`] is a group of patterns made ready to be counted; it never
//! changes and is shared between cores. A [`Scan`] is its state on the way through
//! texts, which it is fed in pieces cut anywhere. What was counted ends up in a
//! [`Tally`]. A [`Counter`] does all of this for text in memory:
//!
//! ```
//! use cogrep_match::{Counter, EngineChoice, Matching, Patterns, Plan};
//!
//! let patterns = Patterns::new(["aa", "b"], Matching::default())?;
//! let plan = Plan::new(&patterns, EngineChoice::Auto)?;
//! assert_eq!(Counter::new(&plan).count(b"aaaaab")?, [2, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What this crate refuses to do: read anything, start a thread, or know where a
//! text comes from.

mod carry;
mod counter;
pub mod engine;
mod pattern;
mod places;
mod plan;
mod simd;
mod tally;
mod text;

pub use counter::Counter;
pub use engine::window::Context;
pub use engine::{Engine, Scan};
pub use pattern::{Matching, PatternError, Patterns, Syntax, Unit, parse_list};
pub use places::{Excerpt, Locator, Place, PlaceFinder};
pub use plan::{EngineChoice, Plan, UnknownEngine, Warning};
pub use tally::Tally;
pub use text::fold::{Folder, fold_all};
pub use text::line::{LineGrouper, LineTooLong, line_ends};
pub use text::word;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
