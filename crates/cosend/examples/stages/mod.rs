//! The stages that `grep` and `mgrep` are put together from. Each holds the next
//! one, its child, and pushes into it; none knows what network it stands in.

mod cat;
mod count;
mod grep;

pub(crate) use cat::cat;
pub(crate) use count::count;
pub(crate) use grep::grep;

/// The lower case of what is valid UTF-8 in some bytes; other bytes stay.
fn lowercase(bytes: &[u8]) -> Vec<u8> {
    let mut lower = Vec::with_capacity(bytes.len());
    for piece in bytes.utf8_chunks() {
        lower.extend(piece.valid().to_lowercase().bytes());
        lower.extend(piece.invalid());
    }
    lower
}
