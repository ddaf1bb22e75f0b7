//! Where the text comes in.

use cogrep_source::{Chunk, Text};
use cosend::{Sink, Stopped};

/// Reads a source to its end and pushes it into a network, chunk by chunk.
///
/// The chunk is only a buffer to read into; handing it in lets it serve one source
/// after the other.
///
/// # Errors
///
/// [`Stopped`] when the network takes no more; the rest of the source is not read.
pub fn cat<S: Sink<Chunk> + ?Sized>(
    text: &mut Text,
    chunk: &mut Chunk,
    child: &mut S,
) -> Result<(), Stopped> {
    loop {
        text.read(chunk);
        child.send(chunk)?;
        if chunk.is_last() {
            return Ok(());
        }
    }
}
