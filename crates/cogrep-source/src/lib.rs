//! Where text comes from: files, trees and pipes, opened, decoded and handed out
//! in chunks. It is the only door to text: no other crate reads it.
//!
//! An [`Input`] is what the user names. [`Selection`] turns inputs into sources, a
//! [`Text`] is a source that is open, and a [`Chunk`] is a piece of its text. A
//! source always ends in an [`Outcome`]: nothing is skipped in silence.
//!
//! What this crate refuses to do: look for anything in the text, or decide by
//! content whether a source is worth reading.

mod buffer;
mod bytes;
mod chunk;
mod encoding;
mod errands;
mod event_loop;
mod input;
mod interrupt;
mod left_out;
mod length;
mod outcome;
mod part;
mod select;
pub mod spent;
mod stand_in;
mod system;
mod text;
mod unpack;

pub use chunk::{CHUNK_BYTES, Chunk, LONG_CHUNK_BYTES, Role};
pub use encoding::{Encoding, UnknownEncoding};
pub use event_loop::{EventLoop, Io};
pub use input::{Input, SourceName};
pub use interrupt::Interrupt;
pub use left_out::Rule;
pub use length::text_length;
pub use outcome::{Fault, Outcome};
pub use part::{Cut, Divisible, Division, PartText};
pub use select::{BadRule, Selected, Selection};
pub use stand_in::{StandIn, StandIns};
pub use text::{OpenOptions, Text, read_all};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
