//! The job: text from many sources, pushed through a network of coroutines that
//! counts many patterns, added up into a [`Report`].
//!
//! A [`Job`] says what to count and where. It builds a network out of [`stage`]s,
//! `cat -> fold -> fanout -> [grep -> count, ...]`, sends every source through it,
//! and closes it: closing brings the counts back.
//!
//! What this crate refuses to do: print, look at the environment, or know what a
//! terminal is.
#![forbid(unsafe_code)]

mod beside;
mod crew;
pub mod dispersion;
mod job;
mod ledger;
mod network;
mod progress;
mod queue;
mod report;
pub mod stage;
mod worker;

pub use cogrep_source::SourceName;
pub use job::Job;
pub use network::Network;
pub use progress::{LiveTally, Progress};
pub use report::{Located, PatternCount, Report, SourceReport};
