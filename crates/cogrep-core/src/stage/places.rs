//! Where the patterns stand: the first places of each in one text.

use cogrep_match::{Place, PlaceFinder};
use cogrep_source::Chunk;
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Looks for the first places of each pattern in one text, and gives them, in the
/// order of the patterns, when it is closed.
///
/// It wants the text as it is, not folded. It stops when it has all that it was
/// asked for, or at a line that is too long for a regular expression.
pub fn places(mut finder: PlaceFinder) -> impl Stage<Return = Vec<Vec<Place>>> {
    let body = coroutine(async move |mut text: Input<Chunk>| {
        while !finder.is_full()
            && let Some(chunk) = text.next().await
        {
            if finder.feed(chunk.bytes()).is_err() || chunk.is_last() {
                break;
            }
        }
        finder.finish()
    });
    named(Shape::new("places", []), body)
}
