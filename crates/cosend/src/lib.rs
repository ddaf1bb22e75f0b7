//! Coroutines on stable Rust: send borrowed values in, close them, and get a
//! result back.
//!
//! ```
//! use cosend::{Input, Sink, coroutine, fanout};
//!
//! /// Counts the lines that contain a word.
//! fn grep(word: &str) -> impl Sink<str, Return = usize> {
//!     coroutine(async move |mut lines: Input<str>| {
//!         let mut found = 0;
//!         while let Some(line) = lines.next().await {
//!             found += usize::from(line.contains(word));
//!         }
//!         found
//!     })
//! }
//!
//! let mut network = fanout(["love", "hate"].map(grep));
//! for line in ["love and hate", "hope", "love"] {
//!     network.send(line)?;
//! }
//! assert_eq!(network.close(), [2, 1]);
//! # Ok::<(), cosend::Stopped>(())
//! ```
//!
//! A body is an `async` closure; a pause is an `.await`; there is no executor, no
//! macro, no thread-local and no dependency. What it refuses to do: await anything
//! but its own input or output, and leave its thread.
#![no_std]
#![warn(unreachable_pub)]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod body;
mod coroutine;
mod fallible;
mod fanout;
mod generator;
mod lend;
#[cfg(feature = "std")]
mod owned;
mod resumable;
mod shared;
mod sink;
mod stages;

pub use coroutine::{Coroutine, Unstarted, coroutine, coroutine_unstarted};
pub use fallible::{Fallible, FallibleInput, NextOrError, fallible};
pub use fanout::{Fanout, fanout};
pub use generator::{Generator, Output, Yield, generator};
pub use lend::{Input, Next};
#[cfg(feature = "std")]
pub use owned::{
    OwnedCoroutine, OwnedGenerator, OwnedInput, OwnedNext, OwnedOutput, OwnedYield,
    owned_coroutine, owned_generator,
};
pub use resumable::{Port, Resumable, Step, UnstartedResumable, resumable, resumable_unstarted};
pub use shared::{Shared, SharedError, shared};
pub use sink::{Sink, Stopped};
pub use stages::{
    Collect, Count, Filter, Fold, Inspect, Map, Take, collect, count, filter, fold, inspect, map,
    take,
};
