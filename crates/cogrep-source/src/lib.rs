//! Where text comes from: files, trees, pipes and anything else that a backend can open,
//! decoded and handed out in chunks. It is the only door to text: no other crate reads it.
//!
//! An [`Input`] is what the user names. [`Selection`] turns inputs into sources, a
//! [`Backend`](backend::Backend) opens them, a [`Text`] is a source that is being read, and a
//! [`Chunk`] is a piece of its text. A [`Container`] is a source that holds many. A source
//! always ends in an [`Outcome`]: nothing is skipped in silence.
//!
//! A text is read in one of two ways, which the types tell apart: it blocks its thread
//! ([`Blocking`]), or it gives way to others on an [`EventLoop`]; see [`Wait`].
//!
//! Each format of compressed data is a feature: `bzip2`, `gzip`, `lz4`, `xz`, `zstd`; and so
//! is each format of archives: `tar`, `zip`. Data of a format that is not compiled in is a
//! [fault](Fault::NotBuiltIn), and not a text.
//!
//! The feature `remote` has a backend for what is read over the network; see
//! `backend::Remote`.
//!
//! What this crate refuses to do: look for anything in the text, or decide by content
//! whether a source is worth reading.

pub mod backend;
mod batch_open;
mod buffer;
mod chunk;
mod chunks;
pub mod container;
mod decode;
mod event_loop;
mod input;
mod interrupt;
mod name;
mod notice;
mod options;
mod outcome;
mod pipe;
mod positional;
mod range;
mod raw;
mod reader;
mod remote_name;
mod select;
mod source;
mod system;
mod text;
mod threads;
mod trace;
mod wait;

pub use bytes::Bytes;

pub use chunk::{CHUNK_BYTES, Chunk, LONG_CHUNK_BYTES, Role};
pub use chunks::Chunks;
pub use container::{Container, Member};
pub use decode::{Encoding, UnknownEncoding, suspect};
pub use event_loop::EventLoop;
pub use input::Input;
pub use interrupt::Interrupt;
pub use name::{MemberName, SourceName};
pub use notice::{Notice, Notices};
pub use options::{Io, OpenOptions};
pub use outcome::{Fault, Outcome};
pub use range::{Cut, Divisible, Division, RangeText};
pub use remote_name::{RemoteName, Version};
pub use select::{BadRule, Rule, Selected, Selection, TypeChoice, is_starting_walkers, walkers};
pub use source::{Content, Source};
pub use system::descriptor_limit;
pub use text::{Text, read_all};
pub use trace::Trace;
pub use wait::{Blocking, Wait, block_on};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
