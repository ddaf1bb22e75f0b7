//! zip, also with large numbers (zip64): stored, or packed by deflate, deflate64, bzip2,
//! zstd, LZMA or xz.
//!
//! A zip has a directory at its end. Where any position can be read, that is where its
//! members are found, and each can be read by itself: see [`directory`]. A zip that comes as
//! a stream is read member by member, as far as that goes: see [`stream`].
//!
//! The libraries there read a zip from a `Read` or a slice, and wait; here the directory may
//! be that of an object in a store, and must not take memory for being large.

mod body;
pub(super) mod directory;
mod method;
mod one;
mod record;
mod stream;

use super::format::{ContainerFormat, Recognition, Splitter};
use crate::outcome::Fault;

const FORMAT: &str = "zip";

/// The format.
#[derive(Debug)]
pub(super) struct Zip;

impl ContainerFormat for Zip {
    fn name(&self) -> &'static str {
        FORMAT
    }

    fn start_bytes(&self) -> usize {
        4
    }

    fn recognise(&self, start: &[u8]) -> Recognition {
        let magics = [record::LOCAL, record::END];
        if start.len() >= 4 {
            return magics.iter().any(|magic| start.starts_with(*magic)).into();
        }
        let may_be = magics.iter().any(|magic| magic.starts_with(start));
        if may_be && !start.is_empty() { Recognition::Unsure } else { Recognition::Not }
    }

    fn split(&self) -> Box<dyn Splitter> {
        Box::new(stream::Unzip::default())
    }

    fn has_directory(&self) -> bool {
        true
    }
}

fn window() -> Fault {
    Fault::Window { format: FORMAT }
}

fn not_built_in() -> Fault {
    Fault::NotBuiltIn { format: FORMAT }
}

/// At most this many bytes of those that are left.
fn least(left: u64, bytes: usize) -> usize {
    usize::try_from(left).map_or(bytes, |left| left.min(bytes))
}

#[cfg(test)]
mod tests;
