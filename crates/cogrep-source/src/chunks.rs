//! What hands out text, chunk by chunk.

use crate::chunk::Chunk;

/// Text that is read chunk by chunk: a whole text, or a range of one.
#[expect(async_fn_in_trait, reason = "a text is read on one thread")]
pub trait Chunks {
    /// Reads the next piece of the text into the chunk, in place of what it held.
    ///
    /// The last chunk says that it is; it is also the last when something went wrong, and
    /// holds what came before that. After it, chunks are empty.
    async fn fetch(&mut self, chunk: &mut Chunk);
}
