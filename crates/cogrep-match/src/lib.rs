//! Patterns and the engines that count them: bytes in, counts out.
//!
//! An [`Engine`] is a group of patterns made ready to be counted; it never changes
//! and is shared between cores. A [`Scan`] is its state on the way through texts,
//! which it is fed in pieces cut anywhere. What was counted ends up in a [`Tally`].
//!
//! What this crate refuses to do: read anything, start a thread, or know where a
//! text comes from.

pub mod engine;
mod tally;

pub use engine::{Engine, Scan};
pub use tally::Tally;
