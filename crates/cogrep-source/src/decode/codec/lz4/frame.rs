//! Where the parts of an LZ4 frame begin and end.
//!
//! What is in them is the decoder's subject. A frame that breaks the rules of its format is
//! not followed further than to where it does: the decoder refuses it there.

/// How far a frame was read.
#[derive(Debug)]
pub(super) struct Frame {
    part: Part,
    /// The bytes of the part that were not read yet.
    left: usize,
    /// The bytes of a part that says how long others are.
    word: Vec<u8>,
    has_block_checksums: bool,
    has_checksum: bool,
    /// The number of blocks that began, up to two.
    blocks: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The magic number and the flags, or the length of a frame without text.
    Start,
    /// The rest of the header.
    Header,
    BlockSize,
    Block,
    BlockChecksum,
    Checksum,
    /// What a frame without text has instead.
    Skipped,
    Over,
}

/// The magic number, and what follows it: the flags, of one byte.
const START_BYTES: usize = 5;
/// A magic number, and a length.
const SKIPPABLE_BYTES: usize = 8;
const WORD_BYTES: usize = 4;

impl Default for Frame {
    fn default() -> Self {
        Self {
            part: Part::Start,
            left: START_BYTES,
            word: Vec::new(),
            has_block_checksums: false,
            has_checksum: false,
            blocks: 0,
        }
    }
}

impl Frame {
    /// How many more bytes the current part has; none only after the frame.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Whether only the first of its blocks was begun, and nothing after it.
    pub(super) fn is_at_first_block(&self) -> bool {
        self.blocks == 1 && matches!(self.part, Part::Block | Part::BlockSize)
    }

    /// Goes on by bytes that were read, which are no more than there are [left](Self::left).
    pub(super) fn advance(&mut self, bytes: &[u8]) {
        if matches!(self.part, Part::Start | Part::BlockSize) {
            self.word.extend_from_slice(bytes);
        }
        self.left -= bytes.len();
        // A block may be empty.
        while self.left == 0 && self.part != Part::Over {
            self.go_on();
        }
    }

    /// Begins the part after the current one.
    fn go_on(&mut self) {
        let word = std::mem::take(&mut self.word);
        let (part, left) = match self.part {
            Part::Start if word[1..4] == [0x2a, 0x4d, 0x18] && word.len() < SKIPPABLE_BYTES => {
                self.word = word;
                (Part::Start, SKIPPABLE_BYTES - START_BYTES)
            }
            Part::Start if word.len() == SKIPPABLE_BYTES => (Part::Skipped, number(&word[4..])),
            Part::Start => {
                let flags = word[4];
                self.has_block_checksums = flags & 0x10 != 0;
                self.has_checksum = flags & 0x04 != 0;
                let size = if flags & 0x08 != 0 { 8 } else { 0 };
                let dictionary = if flags & 0x01 != 0 { 4 } else { 0 };
                // Another byte of flags, and a check of all.
                (Part::Header, 2 + size + dictionary)
            }
            Part::BlockSize => match number(&word) {
                0 if self.has_checksum => (Part::Checksum, WORD_BYTES),
                0 => (Part::Over, 0),
                size => {
                    self.blocks = (self.blocks + 1).min(2);
                    // The highest bit says that it is not packed.
                    (Part::Block, size & 0x7fff_ffff)
                }
            },
            Part::Block if self.has_block_checksums => (Part::BlockChecksum, WORD_BYTES),
            Part::Header | Part::Block | Part::BlockChecksum => (Part::BlockSize, WORD_BYTES),
            Part::Checksum | Part::Skipped | Part::Over => (Part::Over, 0),
        };
        (self.part, self.left) = (part, left);
    }
}

/// The number in four bytes.
fn number(word: &[u8]) -> usize {
    word.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_frame_ends_where_it_ends_whatever_follows() {
        for (length, size, check) in
            [(0, false, false), (1, true, true), (70_000, true, false), (300_000, false, true)]
        {
            let mut packed = Vec::new();
            let mut builder = lz4::EncoderBuilder::new();
            if size {
                builder.content_size(length);
            }
            if !check {
                builder.checksum(lz4::ContentChecksum::NoChecksum);
            }
            let mut encoder = builder.build(&mut packed).unwrap();
            let plain = crate::decode::tests::varied(usize::try_from(length).unwrap());
            encoder.write_all(&plain).unwrap();
            encoder.finish().1.unwrap();
            let end = packed.len();
            packed.extend_from_slice(b"\x04\x22\x4d\x18\x40 and more");
            for piece in [1, 3, usize::MAX] {
                let (mut frame, mut at) = (Frame::default(), 0);
                while frame.left() > 0 {
                    let length = frame.left().min(piece);
                    frame.advance(&packed[at..at + length]);
                    at += length;
                }
                assert_eq!(at, end);
            }
        }
    }

    #[test]
    fn a_frame_without_text_has_a_length() {
        let mut frame = Frame::default();
        frame.advance(b"\x5f\x2a\x4d\x18\x03");
        frame.advance(b"\0\0\0");
        assert_eq!(frame.left(), 3);
        frame.advance(b"abc");
        assert_eq!(frame.left(), 0);
    }
}
