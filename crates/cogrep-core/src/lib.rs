//! The job: text from many sources, pushed through a network of coroutines that
//! counts many patterns, added up into a [`Report`].
//!
//! Programs begin with a [`Counter`]: patterns and [`Options`] go in, then text from
//! files, folders, readers or memory, and a [`Report`] comes out.
//!
//! ```
//! use cogrep_core::{Counter, Options};
//!
//! let mut counter = Counter::new(["he", "she", "hers"], Options::default())?;
//! counter.feed(b"ushers");
//! let counts = counter.finish().patterns.into_iter().map(|pattern| pattern.count);
//! assert_eq!(counts.collect::<Vec<_>>(), [1, 1, 1]);
//! # Ok::<(), cogrep_core::PatternError>(())
//! ```
//!
//! Below it is a [`Job`], which says what to count and where. It builds a
//! network out of stages, `cat -> fold -> fanout -> [grep -> count, ...]`, sends
//! every source through it, and closes it: closing brings the counts back. Stages of
//! your own go between the text and what counts it: [`Counter::with_stage`].
//!
//! What a library user needs of the crates below is offered here again, but for
//! coroutines: stages are written with [`cosend`].
//!
//! What this crate refuses to do: print, look at the environment, or know what a
//! terminal is.
#![forbid(unsafe_code)]

mod counter;
mod job;
pub mod measure;
pub mod network;
mod progress;
mod report;
mod run;
mod schedule;
mod shard;
mod state;
pub mod table;
pub mod time;
pub mod trace;

pub use cogrep_match::{
    Counts, EngineChoice, Hit, Matching, PatternError, Patterns, Plan, Scanner, Syntax, Tally,
    Unit, line_ends,
};
pub use cogrep_source::{
    Chunk, Encoding, Fault, Input, Interrupt, Notice, OpenOptions, Outcome, Selection, SourceName,
    Text,
};
pub use counter::{Counter, Options};
pub use job::Job;
pub use measure::{Excerpt, Place};
pub use network::{Counting, Extension, Network};
pub use progress::{LiveTally, Progress};
pub use report::{Located, PatternCount, Report, SourceReport};
pub use shard::{NoSuchShard, Shard, ShardFilter, SourceDigest};
pub use state::{DIGEST_BYTES, TextState, TextStates};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
