//! What the bytes of a container come from.

use std::pin::Pin;

use super::bytes::MemberBytes;
use crate::buffer::Buffer;
use crate::chunk::Chunk;
#[cfg(feature = "zip")]
use crate::container::range::Range;
use crate::outcome::Fault;
use crate::raw::{Filled, Raw};
use crate::reader::Reader;
use crate::wait::Wait;

/// What the bytes of a container come from.
pub(in crate::container) enum AnyRaw {
    /// A source.
    Reader(Reader),
    /// A range of one.
    #[cfg(feature = "zip")]
    Range(Range),
    /// A member of another container.
    Member(Box<MemberBytes>),
}

/// A call of itself, in the end.
type Again<'a, R> = Pin<Box<dyn Future<Output = R> + 'a>>;

impl Raw for AnyRaw {
    fn has_ended(&self) -> bool {
        match self {
            Self::Reader(reader) => reader.has_ended(),
            #[cfg(feature = "zip")]
            Self::Range(range) => range.has_ended(),
            Self::Member(member) => member.has_ended(),
        }
    }

    fn delivered(&self) -> u64 {
        match self {
            Self::Reader(reader) => reader.delivered(),
            #[cfg(feature = "zip")]
            Self::Range(range) => range.delivered(),
            Self::Member(member) => member.delivered(),
        }
    }

    fn is_stream(&self) -> bool {
        match self {
            Self::Reader(reader) => reader.is_stream(),
            #[cfg(feature = "zip")]
            Self::Range(range) => range.is_stream(),
            Self::Member(member) => member.is_stream(),
        }
    }

    fn is_asked_to_stop(&self) -> bool {
        match self {
            Self::Reader(reader) => reader.is_asked_to_stop(),
            #[cfg(feature = "zip")]
            Self::Range(range) => range.is_asked_to_stop(),
            Self::Member(member) => member.is_asked_to_stop(),
        }
    }

    fn size(&self) -> Option<u64> {
        match self {
            Self::Reader(reader) => reader.size(),
            #[cfg(feature = "zip")]
            Self::Range(range) => range.size(),
            Self::Member(member) => member.size(),
        }
    }

    async fn wait<W: Wait>(&mut self, wait: &W) {
        match self {
            Self::Reader(reader) => reader.wait(wait).await,
            #[cfg(feature = "zip")]
            Self::Range(range) => range.wait(wait).await,
            Self::Member(member) => {
                let again: Again<'_, ()> = Box::pin(member.wait(wait));
                again.await;
            }
        }
    }

    async fn fill_chunk<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk, least: usize) -> Filled {
        match self {
            Self::Reader(reader) => reader.fill_chunk(wait, chunk, least).await,
            #[cfg(feature = "zip")]
            Self::Range(range) => range.fill_chunk(wait, chunk, least).await,
            Self::Member(member) => {
                let again: Again<'_, Filled> = Box::pin(member.fill_chunk(wait, chunk, least));
                again.await
            }
        }
    }

    async fn fill<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        room: usize,
        least: usize,
    ) -> usize {
        match self {
            Self::Reader(reader) => reader.fill(wait, buffer, room, least).await,
            #[cfg(feature = "zip")]
            Self::Range(range) => range.fill(wait, buffer, room, least).await,
            Self::Member(member) => {
                let again: Again<'_, usize> = Box::pin(member.fill(wait, buffer, room, least));
                again.await
            }
        }
    }

    fn fault(&self) -> Option<Fault> {
        match self {
            Self::Reader(reader) => reader.fault(),
            #[cfg(feature = "zip")]
            Self::Range(range) => range.fault(),
            Self::Member(member) => member.fault(),
        }
    }
}
