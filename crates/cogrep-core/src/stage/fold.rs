//! One folding of the text for everything that counts in it.

use cogrep_match::Folder;
use cogrep_source::{Chunk, Role};
use cosend::{Input, coroutine};

use super::{Shape, Stage, named};

/// Passes the text on with its letters folded, so that patterns that are folded
/// likewise match without regard to case.
///
/// What the folder leaves is passed on as it is. Other chunks it sends have the length of
/// the folded text, which can differ: their offsets count bytes that were sent.
pub fn fold<S: Stage>(mut folder: Folder, mut child: S) -> impl Stage<Return = S::Return> {
    let shape = Shape::new("fold", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
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
            if folder.leaves(chunk.bytes()) {
                offset = if last { 0 } else { offset + chunk.bytes().len() as u64 };
                if child.send(chunk).is_err() {
                    break;
                }
                continue;
            }
            let mut rest = chunk.bytes();
            let mut sent = Ok(());
            loop {
                let most = match role {
                    Role::Text if offset == 0 => Folder::FIRST_BYTES,
                    Role::Text => Folder::PIECE_BYTES,
                    // What stands around a part is one chunk.
                    _ => rest.len(),
                };
                let piece;
                (piece, rest) = rest.split_at(rest.len().min(most));
                let ends = rest.is_empty();
                folded.rewrite(offset, last && ends, |buffer| {
                    folder.fold(piece, buffer);
                    if ends && (last || role != Role::Text) {
                        folder.finish(buffer);
                    }
                });
                folded.set_role(role);
                offset += folded.bytes().len() as u64;
                sent = sent.and_then(|()| child.send(&folded));
                if ends || sent.is_err() {
                    break;
                }
            }
            if sent.is_err() {
                break;
            }
            if last {
                offset = 0;
            }
        }
        child.close()
    });
    named(shape, body)
}
