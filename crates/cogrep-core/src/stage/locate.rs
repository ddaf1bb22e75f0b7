//! Where the patterns stand: every place in one text.

use cogrep_match::Locator;
use cogrep_source::Chunk;
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};
use crate::dispersion::Record;

/// Looks for every place in one text, and records where it starts; closing it gives
/// the record.
///
/// It wants the text as it is, not folded. It stops at a line that is too long for a
/// regular expression.
pub fn locate<R: Record>(mut locator: Locator, mut record: R) -> impl Stage<Return = R> {
    let body = coroutine(async move |mut text: Input<Chunk>| {
        while let Some(chunk) = text.next().await {
            let fed = locator.feed(chunk.bytes(), |needle, place| record.add(needle, place.start));
            if fed.is_err() || chunk.is_last() {
                break;
            }
        }
        locator.end_text(|needle, place| record.add(needle, place.start));
        record
    });
    named(Shape::new("locate", []), body)
}
