//! Where patterns are found.

use cogrep_match::{Scan, Tally};
use cogrep_source::Chunk;
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Looks for the needles of one engine, and sends its child how often it found
/// each, when it is closed.
///
/// `looked_for` names them in a drawing of the network.
pub fn grep<S: Stage<Tally>>(
    mut scan: Box<dyn Scan>,
    looked_for: &str,
    mut child: S,
) -> impl Stage<Return = S::Return> + use<S> {
    let shape = Shape::new(format!("grep {looked_for}"), [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut in_text = false;
        while let Some(chunk) = text.next().await {
            scan.feed(chunk.bytes());
            in_text = !chunk.is_last();
            if chunk.is_last() {
                scan.end_text();
            }
        }
        // Closed in the middle of a text: what was seen of it counts.
        if in_text {
            scan.end_text();
        }
        let mut found = Tally::new();
        scan.take(&mut found);
        // A child that has stopped wants no counts.
        let _ = child.send(&found);
        child.close()
    });
    named(shape, body)
}
