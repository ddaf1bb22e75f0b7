//! Frames of LZ4 as it was before its frame format: blocks of up to 8 MiB, each with its
//! length before it and without a check. `lz4 -l` makes them, and so do kernels.
//!
//! Such a frame has no end of its own: it ends where the data does, or where no length can
//! follow, as before the magic number of another frame.

use super::super::{Decoder, State, Step, Trouble};

/// What such a frame begins with.
pub(super) const MAGIC: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// What a block holds, unpacked; the last has less.
const BLOCK_BYTES: usize = 8 << 20;

/// The longest that a block may be when packed: what cannot be packed takes a little more.
const MOST_PACKED_BYTES: usize = BLOCK_BYTES + BLOCK_BYTES / 255 + 16;

const WORD_BYTES: usize = 4;

/// Decodes one frame.
pub(super) struct Legacy {
    /// Whether the magic number was taken.
    has_begun: bool,
    /// The length of the block that is being taken; none between blocks.
    block_bytes: Option<usize>,
    packed: Vec<u8>,
    plain: Vec<u8>,
    /// How much there is of the plain block, and how much of it was given.
    length: usize,
    given: usize,
}

impl Legacy {
    pub(super) fn new() -> Self {
        Self {
            has_begun: false,
            block_bytes: None,
            packed: Vec::new(),
            plain: Vec::new(),
            length: 0,
            given: 0,
        }
    }

    /// Takes the magic number or a length; says what comes of it.
    fn take_word(&mut self, packed: &[u8], is_all: bool) -> (usize, Option<State>) {
        let Some(word) = packed.first_chunk::<WORD_BYTES>() else {
            // A few bytes at the end are no length: they follow the frame.
            let is_end = is_all && self.has_begun;
            return (0, Some(if is_end { State::Ended } else { State::Within }));
        };
        if !self.has_begun {
            self.has_begun = true;
            return (WORD_BYTES, None);
        }
        match usize::try_from(u32::from_le_bytes(*word)) {
            Ok(bytes @ 1..=MOST_PACKED_BYTES) => {
                self.block_bytes = Some(bytes);
                (WORD_BYTES, None)
            }
            // Another frame, or padding.
            _ => (0, Some(State::Ended)),
        }
    }

    /// Unpacks the block that was taken.
    fn unpack(&mut self) -> Result<(), Trouble> {
        let blank = BLOCK_BYTES - self.plain.len();
        self.plain.try_reserve_exact(blank).map_err(|_| Trouble::Memory)?;
        self.plain.resize(BLOCK_BYTES, 0);
        let most = i32::try_from(BLOCK_BYTES).ok();
        let result = ::lz4::block::decompress_to_buffer(&self.packed, most, &mut self.plain);
        self.length = result.map_err(|_| Trouble::Corrupt)?;
        self.given = 0;
        self.packed.clear();
        self.block_bytes = None;
        Ok(())
    }
}

impl Decoder for Legacy {
    fn least(&self) -> usize {
        if self.block_bytes.is_none() && self.given == self.length { WORD_BYTES } else { 1 }
    }

    fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step {
        let (mut taken, mut written) = (0, 0);
        loop {
            let give = (self.length - self.given).min(plain.len() - written);
            plain[written..written + give]
                .copy_from_slice(&self.plain[self.given..self.given + give]);
            self.given += give;
            written += give;
            if self.given < self.length {
                return Step { taken, written, state: State::Within };
            }
            let Some(block_bytes) = self.block_bytes else {
                let (word, state) = self.take_word(&packed[taken..], is_all);
                taken += word;
                match state {
                    // What was written is given before the end is told.
                    Some(State::Ended) if written > 0 => {
                        return Step { taken, written, state: State::Within };
                    }
                    Some(state) => return Step { taken, written, state },
                    None => continue,
                }
            };
            let more = (block_bytes - self.packed.len()).min(packed.len() - taken);
            self.packed.extend_from_slice(&packed[taken..taken + more]);
            taken += more;
            if self.packed.len() < block_bytes {
                return Step { taken, written, state: State::Within };
            }
            if let Err(trouble) = self.unpack() {
                return Step { taken, written, state: State::Failed(trouble) };
            }
        }
    }
}
