//! One folding of the text for everything that counts in it.

use cogrep_match::Folder;
use cogrep_source::{Chunk, Role};
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Passes the text on with its letters folded, so that patterns that are folded
/// likewise match without regard to case.
///
/// The chunks it sends have the length of the folded text, which can differ: their
/// offsets count folded bytes.
pub fn fold<S: Stage>(mut child: S) -> impl Stage<Return = S::Return> {
    let shape = Shape::new("fold", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut folder = Folder::new();
        let mut folded = Chunk::new();
        let mut offset = 0;
        while let Some(chunk) = text.next().await {
            let (last, role) = (chunk.is_last(), chunk.role());
            if role == Role::Behind {
                // The part has ended, and with it what looked like half a character.
                folded.rewrite(offset, false, |buffer| folder.finish(buffer));
                offset += folded.bytes().len() as u64;
                if child.send(&folded).is_err() {
                    break;
                }
            }
            folded.rewrite(offset, last, |buffer| {
                folder.fold(chunk.bytes(), buffer);
                if last || role != Role::Text {
                    folder.finish(buffer);
                }
            });
            folded.set_role(role);
            offset = if last { 0 } else { offset + folded.bytes().len() as u64 };
            if child.send(&folded).is_err() {
                break;
            }
        }
        child.close()
    });
    named(shape, body)
}
