//! Where patterns are found.

use cogrep_match::{Scan, Tally};
use cogrep_source::{Chunk, Role};
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Between two messages of what was found there is so much text.
const MESSAGE_BYTES: u64 = 4 << 20;

/// Looks for the needles of one engine, and sends its child how often it found
/// each: every few megabytes, and when it is closed.
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
        let mut unsaid_bytes = 0;
        while let Some(chunk) = text.next().await {
            match chunk.role() {
                Role::Before => scan.begin_part(chunk.bytes()),
                Role::Text => scan.feed(chunk.bytes()),
                Role::Behind => scan.end_part(chunk.bytes()),
            }
            in_text = !chunk.is_last();
            if chunk.is_last() && chunk.role() == Role::Text {
                scan.end_text();
            }
            unsaid_bytes += chunk.bytes().len() as u64;
            if unsaid_bytes >= MESSAGE_BYTES {
                unsaid_bytes = 0;
                let mut found = Tally::new();
                scan.take(&mut found);
                // A child that has stopped wants no counts, here and below.
                let _ = child.send(&found);
            }
        }
        // Closed in the middle of a text: what was seen of it counts.
        if in_text {
            scan.end_text();
        }
        let mut found = Tally::new();
        scan.take(&mut found);
        let _ = child.send(&found);
        child.close()
    });
    named(shape, body)
}
