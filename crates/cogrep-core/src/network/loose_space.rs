//! One space for each run of white space.

use cogrep_source::Chunk;
use cosend::{Input, Sink, coroutine};

use crate::network::Counting;
use crate::network::shape::Shape;
use crate::network::stage::{Stage, named};

/// Passes the text on with one space in place of each run of white space, line ends too, so
/// that a phrase is found however it is laid out. Places are then those in the text that is
/// passed on. It is an [`Extension`](super::Extension) as it stands.
#[must_use]
pub fn loose_space(mut child: Counting) -> Counting {
    let shape = Shape::new("loose space", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut spaces = LooseSpace::default();
        let (mut passed, mut loose, mut offset) = (Chunk::new(), Vec::new(), 0);
        while let Some(chunk) = text.next().await {
            loose.clear();
            spaces.feed(chunk.bytes(), &mut loose);
            if chunk.is_last() {
                spaces.end_text(&mut loose);
            }
            passed.refill(&loose, offset, chunk.is_last());
            offset = if chunk.is_last() { 0 } else { offset + loose.len() as u64 };
            if child.send(&passed).is_err() {
                break;
            }
        }
        child.close()
    });
    Box::new(named(shape, body))
}

/// A pattern, or a whole text, with one space in place of each run of white space.
///
/// ```
/// use cogrep_core::network::with_loose_space;
///
/// assert_eq!(with_loose_space(" a\r\n\tb\u{3000}c".as_bytes()), b" a b c");
/// ```
#[must_use]
pub fn with_loose_space(text: &[u8]) -> Vec<u8> {
    let (mut spaces, mut loose) = (LooseSpace::default(), Vec::new());
    spaces.feed(text, &mut loose);
    spaces.end_text(&mut loose);
    loose
}

/// What is to be known of the text so far.
#[derive(Debug, Default)]
struct LooseSpace {
    /// Whether it ends in white space, for which there is a space already.
    is_in_run: bool,
    /// The beginning of what may be a character of white space.
    begun: Vec<u8>,
}

impl LooseSpace {
    /// Appends what a piece of text becomes.
    fn feed(&mut self, piece: &[u8], loose: &mut Vec<u8>) {
        let mut rest = piece;
        // At most two bytes were begun; one or two more tell what they are.
        while !self.begun.is_empty() {
            let Some((byte, after)) = rest.split_first() else { return };
            let mut begun = std::mem::take(&mut self.begun);
            begun.push(*byte);
            rest = after;
            self.go_on(&begun, loose);
        }
        self.go_on(rest, loose);
    }

    /// Appends what is left of a text that has ended.
    fn end_text(&mut self, loose: &mut Vec<u8>) {
        loose.append(&mut self.begun);
        self.is_in_run = false;
    }

    /// Goes through a piece, and keeps what may go on in the next one.
    fn go_on(&mut self, piece: &[u8], loose: &mut Vec<u8>) {
        let mut at = 0;
        while at < piece.len() {
            match white_space(&piece[at..]) {
                White::Space(bytes) => {
                    if !self.is_in_run {
                        loose.push(b' ');
                    }
                    self.is_in_run = true;
                    at += bytes;
                }
                White::Begun => break,
                White::None => {
                    let rest = &piece[at + 1..];
                    let more = rest.iter().position(|byte| may_begin(*byte)).unwrap_or(rest.len());
                    loose.extend_from_slice(&piece[at..=at + more]);
                    self.is_in_run = false;
                    at += 1 + more;
                }
            }
        }
        self.begun.extend_from_slice(&piece[at..]);
    }
}

/// Whether a text begins with white space.
enum White {
    /// With a character of this many bytes.
    Space(usize),
    /// Perhaps: it is too short to tell.
    Begun,
    /// No.
    None,
}

/// Whether a character of white space begins with this byte.
fn may_begin(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0xC2 | 0xE1..=0xE3)
}

fn white_space(text: &[u8]) -> White {
    match text {
        [b'\t'..=b'\r' | b' ', ..] => White::Space(1),
        [0xC2, 0x85 | 0xA0, ..] => White::Space(2),
        [0xE1, 0x9A, 0x80, ..]
        | [0xE2, 0x80, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF, ..]
        | [0xE2, 0x81, 0x9F, ..]
        | [0xE3, 0x80, 0x80, ..] => White::Space(3),
        [0xC2 | 0xE1..=0xE3] | [0xE1, 0x9A] | [0xE2, 0x80 | 0x81] | [0xE3, 0x80] => White::Begun,
        _ => White::None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same with a list of characters.
    fn slow(text: &str) -> String {
        let mut loose = String::new();
        for char in text.chars() {
            if !char.is_whitespace() {
                loose.push(char);
            } else if !loose.ends_with(' ') {
                loose.push(' ');
            }
        }
        loose
    }

    #[test]
    fn every_character_of_white_space_is_one() {
        for char in (0..=u32::from(char::MAX)).filter_map(char::from_u32) {
            let mut bytes = [0; 4];
            let text = char.encode_utf8(&mut bytes).as_bytes();
            let is_space = matches!(white_space(text), White::Space(len) if len == text.len());
            assert_eq!(is_space, char.is_whitespace(), "{char:?}");
        }
    }

    proptest! {
        #[test]
        fn text_in_pieces_becomes_what_it_is_as_a_whole(
            text in "([ \n\r\t\u{85}\u{a0}\u{1680}\u{2003}\u{205f}\u{3000}]|[a\u{2010}\u{3001}éс])*",
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let (mut spaces, mut loose) = (LooseSpace::default(), Vec::new());
            for cut in cuts.windows(2) {
                spaces.feed(&text.as_bytes()[cut[0]..cut[1]], &mut loose);
            }
            spaces.end_text(&mut loose);
            prop_assert_eq!(String::from_utf8(loose).unwrap(), slow(&text));
        }

        #[test]
        fn bytes_that_are_no_text_stay(bytes in prop::collection::vec(
            prop::sample::select(&[0xC2_u8, 0xE1, 0xE2, 0xE3, 0x80, 0x81, 0x9A, 0x9F, 0xA8, b'a'][..]),
            0..20,
        )) {
            let slow: Vec<u8> = bytes
                .utf8_chunks()
                .flat_map(|chunk| [slow(chunk.valid()).as_bytes(), chunk.invalid()].concat())
                .collect();
            // A space on either side of bytes that are none is not of one run.
            prop_assert_eq!(with_loose_space(&bytes), slow);
        }
    }
}
