//! What a source has to say: its bytes, or what they were before they were
//! compressed.

mod format;

use self::format::{Decoder, Format, MAGIC_BYTES, State, Step, Trouble};
use crate::bytes::Bytes;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::outcome::{Fault, Outcome};

/// How many compressed bytes are read at once.
const PACKED_BYTES: usize = 64 << 10;

/// The bytes of a source, unpacked where they are compressed.
pub(crate) struct Unpacked {
    bytes: Bytes,
    unpacking: Option<Unpacking>,
}

/// Compressed data on its way through a decoder.
struct Unpacking {
    format: Format,
    /// `None` between the members of a file.
    decoder: Option<Box<dyn Decoder>>,
    /// Read and, from `start` on, not yet decoded.
    packed: Vec<u8>,
    start: usize,
    has_ended: bool,
    fault: Option<Fault>,
}

impl Unpacked {
    pub(crate) fn new(bytes: Bytes) -> Self {
        Self { bytes, unpacking: None }
    }

    /// The bytes read from the source so far, compressed if they are.
    pub(crate) fn read_bytes(&self) -> u64 {
        self.bytes.delivered()
    }

    /// Whether a read may wait for somebody, not only for a disk.
    pub(crate) fn is_stream(&self) -> bool {
        self.bytes.is_stream()
    }

    /// Whether all that will come has come.
    pub(crate) fn has_ended(&self) -> bool {
        match &self.unpacking {
            Some(unpacking) => unpacking.has_ended,
            None => self.bytes.has_ended(),
        }
    }

    /// Reads the beginning, and tells by it whether it is compressed; otherwise as
    /// [`fill_chunk`](Self::fill_chunk).
    pub(crate) async fn begin(&mut self, chunk: &mut Chunk, least: usize) -> usize {
        let end = self.bytes.fill_chunk(chunk, least.max(MAGIC_BYTES)).await;
        let start = &chunk.buffer_mut(CHUNK_BYTES)[..end];
        let Some(format) = Format::of(start) else { return end };
        self.unpacking = Some(Unpacking::new(format, start.to_vec()));
        self.fill_chunk(chunk, least).await
    }

    /// Reads at least this many bytes into the chunk's buffer, or up to the end, or to
    /// a fault; what waits for nobody fills the buffer. Gives how many they were.
    pub(crate) async fn fill_chunk(&mut self, chunk: &mut Chunk, least: usize) -> usize {
        match &mut self.unpacking {
            None => self.bytes.fill_chunk(chunk, least).await,
            Some(unpacking) => {
                self.bytes.lend_buffer(chunk);
                let buffer = chunk.buffer_mut(CHUNK_BYTES);
                unpacking.fill(&mut self.bytes, buffer, CHUNK_BYTES, least).await
            }
        }
    }

    /// As [`fill_chunk`](Self::fill_chunk), with a buffer that has room for so much.
    pub(crate) async fn fill(&mut self, buffer: &mut Vec<u8>, room: usize, least: usize) -> usize {
        match &mut self.unpacking {
            None => self.bytes.fill(buffer, room, least).await,
            Some(unpacking) => unpacking.fill(&mut self.bytes, buffer, room, least).await,
        }
    }

    /// How the source ended. To be asked after its end.
    pub(crate) fn outcome(self) -> Outcome {
        match (self.bytes.outcome(), self.unpacking.and_then(|unpacking| unpacking.fault)) {
            (Outcome::Complete, Some(fault)) => Outcome::Partial(fault),
            (outcome, _) => outcome,
        }
    }
}

impl Unpacking {
    fn new(format: Format, packed: Vec<u8>) -> Self {
        Self { format, decoder: None, packed, start: 0, has_ended: false, fault: None }
    }

    async fn fill(
        &mut self,
        bytes: &mut Bytes,
        buffer: &mut [u8],
        room: usize,
        least: usize,
    ) -> usize {
        let fills = !bytes.is_stream();
        let mut filled = 0;
        while !self.has_ended && filled < room && (fills || filled < least) {
            if self.decoder.is_none() {
                self.begin_member(bytes).await;
                continue;
            }
            if self.start == self.packed.len() {
                self.read(bytes).await;
            }
            filled += self.decode(bytes.has_ended(), &mut buffer[filled..room]);
        }
        filled
    }

    /// Reads more, behind what is not yet decoded.
    async fn read(&mut self, bytes: &mut Bytes) {
        if bytes.has_ended() {
            return;
        }
        let rest = self.packed.len() - self.start;
        let mut more = Vec::new();
        if rest == 0 {
            // The usual case: the buffer serves again.
            std::mem::swap(&mut more, &mut self.packed);
        }
        more.resize(PACKED_BYTES, 0);
        let read = bytes.fill(&mut more, PACKED_BYTES, 1).await;
        more.truncate(read);
        if rest == 0 {
            self.packed = more;
        } else {
            self.packed.drain(..self.start);
            self.packed.append(&mut more);
        }
        self.start = 0;
    }

    /// Goes on to the next member, if there is one.
    async fn begin_member(&mut self, bytes: &mut Bytes) {
        // Zeros may stand between members and at the end, as on tapes.
        loop {
            let rest = &self.packed[self.start..];
            self.start += rest.iter().take_while(|byte| **byte == 0).count();
            let is_enough = self.packed.len() - self.start >= MAGIC_BYTES;
            if is_enough || bytes.has_ended() {
                break;
            }
            self.read(bytes).await;
        }
        let rest = &self.packed[self.start..];
        if rest.is_empty() {
            self.has_ended = true;
        } else if self.format.begins(rest) {
            match self.format.decoder() {
                Ok(decoder) => self.decoder = Some(decoder),
                Err(trouble) => self.fail(trouble),
            }
        } else {
            self.end(Fault::Trailing { format: self.format.name() });
        }
    }

    /// Decodes what there is; gives how many bytes came of it.
    fn decode(&mut self, is_all: bool, plain: &mut [u8]) -> usize {
        let packed = &self.packed[self.start..];
        let Some(decoder) = &mut self.decoder else { return 0 };
        let Step { taken, written, state } = decoder.step(packed, is_all, plain);
        let is_stuck = taken == 0 && written == 0;
        let has_more = !packed.is_empty();
        self.start += taken;
        match state {
            State::Ended => self.decoder = None,
            State::Failed(trouble) => self.fail(trouble),
            State::Within if is_stuck && has_more => self.fail(Trouble::Corrupt),
            State::Within if is_stuck && is_all => {
                self.end(Fault::Truncated { format: self.format.name() });
            }
            State::Within => {}
        }
        written
    }

    fn fail(&mut self, trouble: Trouble) {
        let format = self.format.name();
        self.end(match trouble {
            Trouble::Corrupt => Fault::Corrupt { format },
            Trouble::Window => Fault::Window { format },
        });
    }

    fn end(&mut self, fault: Fault) {
        self.fault = Some(fault);
        self.has_ended = true;
        self.decoder = None;
        self.packed = Vec::new();
        self.start = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use proptest::prelude::*;

    use super::format::Format;
    use crate::chunk::{CHUNK_BYTES, Chunk};
    use crate::outcome::{Fault, Outcome};
    use crate::text::{OpenOptions, Text};

    const FORMATS: [Format; 5] =
        [Format::Gzip, Format::Zstd, Format::Xz, Format::Bzip2, Format::Lz4];

    fn pack(format: Format, plain: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        match format {
            Format::Gzip => {
                let level = flate2::Compression::fast();
                let mut encoder = flate2::write::GzEncoder::new(&mut packed, level);
                encoder.write_all(plain).unwrap();
                encoder.finish().unwrap();
            }
            Format::Zstd => packed = zstd::encode_all(plain, 1).unwrap(),
            Format::Xz => {
                let mut encoder = liblzma::write::XzEncoder::new(&mut packed, 0);
                encoder.write_all(plain).unwrap();
                encoder.finish().unwrap();
            }
            Format::Bzip2 => {
                let level = bzip2::Compression::fast();
                let mut encoder = bzip2::write::BzEncoder::new(&mut packed, level);
                encoder.write_all(plain).unwrap();
                encoder.finish().unwrap();
            }
            Format::Lz4 => {
                let mut encoder = lz4::EncoderBuilder::new().build(&mut packed).unwrap();
                encoder.write_all(plain).unwrap();
                encoder.finish().1.unwrap();
            }
        }
        packed
    }

    fn unpack(packed: &[u8], piece: usize) -> (Vec<u8>, Outcome) {
        let reader = std::io::Cursor::new(packed.to_vec());
        let options = OpenOptions::default();
        let mut text = Text::from_reader(Short(reader, piece), &options);
        let mut chunk = Chunk::new();
        let mut all = Vec::new();
        while !chunk.is_last() {
            text.read(&mut chunk);
            assert!(chunk.bytes().len() <= CHUNK_BYTES, "memory is bounded");
            all.extend_from_slice(chunk.bytes());
        }
        (all, text.outcome())
    }

    /// Hands out its bytes in pieces of at most this length.
    struct Short<R>(R, usize);

    impl<R: Read> Read for Short<R> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let length = self.1.min(buffer.len());
            self.0.read(&mut buffer[..length])
        }
    }

    fn plain(length: usize) -> Vec<u8> {
        let words = [&b"love "[..], b"hate ", b"hope\n", b"\0\xff", b"War and Peace "];
        let word = |at: usize| words[(at * at / 7 + at / 3) % words.len()];
        (0..length).flat_map(word).copied().collect()
    }

    #[test]
    fn every_format_is_told_by_its_first_bytes_and_unpacked() {
        for format in FORMATS {
            for length in [0, 1, 1000, 100_000] {
                let plain = plain(length);
                let packed = pack(format, &plain);
                assert_eq!(Format::of(&packed), Some(format));
                for piece in [1, 7, 4096, usize::MAX] {
                    if piece > 1 || length < 10_000 {
                        let (text, outcome) = unpack(&packed, piece);
                        assert!(outcome.is_complete(), "{format:?} {length} {outcome:?}");
                        assert!(text == plain, "{format:?} {length} by {piece}");
                    }
                }
            }
        }
    }

    #[test]
    fn members_follow_each_other_with_zeros_between() {
        for format in FORMATS {
            let members = [pack(format, b"one "), pack(format, b""), pack(format, b"two")];
            let whole = members.concat();
            assert_eq!(unpack(&whole, 5).0, b"one two", "{format:?}");
            let padded = [&whole[..], &[0; 512]].concat();
            let (text, outcome) = unpack(&padded, 100);
            assert!(text == b"one two" && outcome.is_complete(), "{format:?}");
            let garbage = [&whole[..], b"garbage"].concat();
            let (text, outcome) = unpack(&garbage, 100);
            assert_eq!(text, b"one two");
            assert!(matches!(outcome, Outcome::Partial(Fault::Trailing { .. })), "{format:?}");
        }
    }

    #[test]
    fn no_decompress_leaves_all_as_it_is() {
        let packed = pack(Format::Gzip, b"love");
        let options = OpenOptions { no_decompress: true, ..OpenOptions::default() };
        let mut text = Text::from_reader(std::io::Cursor::new(packed.clone()), &options);
        let mut chunk = Chunk::new();
        text.read(&mut chunk);
        assert_eq!(chunk.bytes(), packed);
    }

    #[test]
    fn a_bomb_takes_no_more_memory_than_any_other_file() {
        let packed = pack(Format::Gzip, &vec![b'a'; 50 << 20]);
        assert!(packed.len() < 1 << 20);
        // That no chunk is larger than another is asserted where it is read.
        let (text, outcome) = unpack(&packed, usize::MAX);
        assert!(text.len() == 50 << 20 && outcome.is_complete());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// What comes before a cut is text, and the outcome says that it is not all.
        #[test]
        fn what_is_cut_off_is_partial(
            format in prop::sample::select(FORMATS.to_vec()),
            length in 1..20_000usize,
            cut in 0.0..1.0f64,
            piece in 1..5000usize,
        ) {
            let plain = plain(length);
            let packed = pack(format, &plain);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small number")]
            let kept = super::format::MAGIC_BYTES
                + (cut * (packed.len() - super::format::MAGIC_BYTES) as f64) as usize;
            let (text, outcome) = unpack(&packed[..kept], piece);
            prop_assert!(plain.starts_with(&text));
            prop_assert!(matches!(outcome, Outcome::Partial(Fault::Truncated { .. })), "{outcome:?}");
        }

        /// A wrong byte never hangs, never panics, and is never taken for the whole: all
        /// formats carry a check of their text, or the byte was one that they skip.
        #[test]
        fn what_is_corrupt_is_said_or_harmless(
            format in prop::sample::select(FORMATS.to_vec()),
            length in 1..20_000usize,
            at in 6..10_000usize,
            flip in 1..=255u8,
        ) {
            let plain = plain(length);
            let mut packed = pack(format, &plain);
            let at = super::format::MAGIC_BYTES.max(at % packed.len());
            if let Some(byte) = packed.get_mut(at) {
                *byte ^= flip;
            }
            let (text, outcome) = unpack(&packed, usize::MAX);
            prop_assert!(!outcome.is_complete() || text == plain || !has_check(format));
        }
    }

    /// Whether the data made here carries a check of its text.
    fn has_check(format: Format) -> bool {
        matches!(format, Format::Gzip | Format::Xz | Format::Bzip2)
    }
}
