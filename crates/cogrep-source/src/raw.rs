//! Raw bytes: what decoders are fed from.

use crate::buffer::Buffer;
use crate::chunk::Chunk;
use crate::outcome::Fault;
use crate::wait::Wait;

/// How many bytes at the beginning of a chunk's memory were filled.
pub(crate) struct Filled(pub(crate) usize);

/// Raw bytes in their order: of a source, or of a member of a container.
pub(crate) trait Raw: Send + 'static {
    /// Whether all bytes were given.
    fn has_ended(&self) -> bool;

    /// The number of bytes given so far.
    fn delivered(&self) -> u64;

    /// Whether a read may wait for ever, and not only for a disk or a network.
    fn is_stream(&self) -> bool;

    /// Whether a stop is requested.
    fn is_asked_to_stop(&self) -> bool;

    /// The number of bytes that will be given in all, if that is known.
    fn size(&self) -> Option<u64>;

    /// Waits until a stream has something to read, or ends.
    async fn wait<W: Wait>(&mut self, wait: &W);

    /// Fills the memory of a chunk from its beginning with at least this many bytes, or up
    /// to the end, or to a fault; with fewer, if they can only be text and a pipe has no more
    /// for now; of a file, with as many more as are in memory and have
    /// room.
    async fn fill_chunk<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk, least: usize) -> Filled;

    /// The same, with a buffer that has this much room.
    async fn fill<W: Wait>(
        &mut self,
        wait: &W,
        buffer: &mut Buffer,
        room: usize,
        least: usize,
    ) -> usize;

    /// Why not all bytes were given. To be asked after the end.
    fn fault(&self) -> Option<Fault>;
}
