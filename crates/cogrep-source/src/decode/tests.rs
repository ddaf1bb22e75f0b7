//! Every format, whole, cut off, corrupt, and in any pieces.

mod frames;

use std::io::{Read, Write};

use proptest::prelude::*;

use super::{Format, MAGIC_BYTES};
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::text::Text;

pub(super) const FORMATS: [Format; 5] =
    [Format::Gzip, Format::Zstd, Format::Xz, Format::Bzip2, Format::Lz4];

pub(super) fn pack(format: Format, plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    match format {
        Format::Gzip => {
            let level = flate2::Compression::fast();
            let mut encoder = flate2::write::GzEncoder::new(&mut packed, level);
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap();
        }
        Format::Zstd => {
            let mut encoder = zstd::Encoder::new(&mut packed, 1).unwrap();
            encoder.include_checksum(true).unwrap();
            encoder.write_all(plain).unwrap();
            encoder.finish().unwrap();
        }
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
    drain(Text::from_reader(Short(reader, piece), &options))
}

fn drain(mut text: Text) -> (Vec<u8>, Outcome) {
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

pub(super) fn plain(length: usize) -> Vec<u8> {
    let words = [&b"love "[..], b"hate ", b"hope\n", b"\0\xff", b"War and Peace "];
    let word = |at: usize| words[(at * at / 7 + at / 3) % words.len()];
    (0..length).flat_map(word).copied().collect()
}

/// Text that is hardly smaller when packed.
pub(super) fn varied(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + (state >> 28) as u8
    };
    (0..length).map(|_| next()).collect()
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

/// Frames without text may come before, between and after those with text.
#[test]
fn frames_without_text_are_skipped() {
    let skipped = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";
    for format in [Format::Zstd, Format::Lz4] {
        let (one, two) = (pack(format, b"one "), pack(format, b"two"));
        let whole = [skipped, &one[..], skipped, skipped, &two, skipped].concat();
        for piece in [1, 5, 1000] {
            let (text, outcome) = unpack(&whole, piece);
            assert!(text == b"one two" && outcome.is_complete(), "{format:?} {outcome:?}");
        }
    }
    let (text, outcome) = unpack(&[skipped, &pack(Format::Gzip, b"one")[..]].concat(), 100);
    assert!(text == b"one" && outcome.is_complete(), "nothing was certain before");
    let (text, outcome) = unpack(&[&pack(Format::Gzip, b"one")[..], skipped].concat(), 100);
    assert!(text == b"one" && !outcome.is_complete(), "gzip has no such frames");
}

#[test]
fn what_is_cut_off_anywhere_is_partial() {
    let plain = plain(300);
    for format in FORMATS {
        let packed = pack(format, &plain);
        for kept in 0..packed.len() {
            let (text, outcome) = unpack(&packed[..kept], 64);
            if Format::of(&packed[..kept]).is_some() {
                assert!(plain.starts_with(&text), "{format:?} cut at {kept}");
                let is_said = matches!(outcome, Outcome::Partial(Fault::Truncated { .. }));
                assert!(is_said, "{format:?} cut at {kept}: {outcome:?}");
            } else {
                // Too short to be recognised: it is text as it is.
                assert!(kept < MAGIC_BYTES && text == packed[..kept] && outcome.is_complete());
            }
        }
    }
}

#[test]
fn what_comes_before_a_wrong_byte_counts() {
    let plain = varied(1 << 20);
    for format in FORMATS {
        let mut packed = pack(format, &plain);
        let middle = packed.len() / 2;
        packed[middle..middle + 8].fill(0xa5);
        let (text, outcome) = unpack(&packed, usize::MAX);
        assert!(
            matches!(outcome, Outcome::Partial(Fault::Corrupt { .. })),
            "{format:?} {outcome:?}"
        );
        let good = text.iter().zip(&plain).take_while(|(found, right)| found == right).count();
        assert!(good > plain.len() / 4, "{format:?}: {good} good bytes of {}", text.len());
    }
}

#[test]
fn a_corrupt_file_has_not_shrunk() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut packed = pack(Format::Zstd, &varied(1 << 20));
    let middle = packed.len() / 2;
    packed[middle..middle + 8].fill(0xa5);
    std::fs::write(file.path(), &packed).unwrap();
    let text = Text::open(&file.path().into(), &OpenOptions::default()).unwrap();
    assert!(matches!(drain(text).1, Outcome::Partial(Fault::Corrupt { .. })));

    // One that has, is cut off for this reason.
    let text = Text::open(&file.path().into(), &OpenOptions::default()).unwrap();
    std::fs::write(file.path(), &packed[..100]).unwrap();
    assert!(matches!(drain(text).1, Outcome::Partial(Fault::Shrank { .. })));
}

#[test]
fn a_mark_is_looked_for_in_what_was_packed() {
    for format in FORMATS {
        assert_eq!(unpack(&pack(format, b"\xFF\xFEh\0i\0"), 1).0, b"hi", "{format:?}");
        assert_eq!(unpack(&pack(format, b"\xEF\xBB\xBFhi"), 1).0, b"hi", "{format:?}");
    }
}

#[test]
fn what_was_packed_twice_is_unpacked_once() {
    let once = pack(Format::Gzip, b"love");
    assert_eq!(unpack(&pack(Format::Zstd, &once), 100).0, once);
}

#[test]
fn a_window_that_is_too_large_is_refused() {
    let mut zstd = b"\x28\xb5\x2f\xfd\0".to_vec();
    zstd.push(17 << 3 | 1);
    zstd.extend_from_slice(b"\x21\0\0love");
    let (text, outcome) = unpack(&zstd, 100);
    assert!(text.is_empty() && matches!(outcome, Outcome::Partial(Fault::Window { .. })));
    zstd[5] = 17 << 3;
    let (text, outcome) = unpack(&zstd, 100);
    assert!(text == b"love" && outcome.is_complete(), "128 MiB are allowed: {outcome:?}");

    // The size of the window is in the fifth byte of a block's header, before
    // padding and a check.
    let mut xz = pack(Format::Xz, b"love");
    let end = 12 + (usize::from(xz[12]) + 1) * 4 - 4;
    let mut of_window = |bits: u8| {
        xz[16] = bits;
        let mut check = flate2::Crc::new();
        check.update(&xz[12..end]);
        xz[end..end + 4].copy_from_slice(&check.sum().to_le_bytes());
        unpack(&xz, 100)
    };
    let (text, outcome) = of_window(31);
    assert!(text.is_empty() && matches!(outcome, Outcome::Partial(Fault::Window { .. })));
    let (text, outcome) = of_window(30);
    assert!(text == b"love" && outcome.is_complete(), "128 MiB are allowed: {outcome:?}");
}

#[test]
fn who_wants_to_stop_does_not_wait_for_the_end_of_a_bomb() {
    let packed = pack(Format::Zstd, &vec![0; 50 << 20]);
    assert!(packed.len() < super::PACKED_BYTES, "it is read at once");
    let options = OpenOptions::default();
    let mut text = Text::from_reader(std::io::Cursor::new(packed), &options);
    let mut chunk = Chunk::new();
    text.read(&mut chunk);
    assert!(!chunk.is_last());
    options.interrupt.request();
    text.read(&mut chunk);
    assert!(chunk.is_last() && chunk.bytes().is_empty());
    assert!(matches!(text.outcome(), Outcome::Partial(Fault::Interrupted)));
}

/// Text is handed out when it is there, not when there is more; and no source that waits
/// holds a buffer.
#[test]
#[cfg(unix)]
fn packed_text_from_a_pipe_is_not_held_back() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
    for format in FORMATS {
        let mut text = Text::open(&path.as_path().into(), &OpenOptions::default()).unwrap();
        let mut writer = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let mut chunk = Chunk::new();
        for word in [&b"love "[..], b"and ", b"hate"] {
            writer.write_all(&pack(format, word)).unwrap();
            // The writer stays: a read that waits for more waits for ever.
            text.read(&mut chunk);
            assert_eq!((chunk.bytes(), chunk.is_last()), (word, false), "{format:?}");
        }
        drop(writer);
        text.read(&mut chunk);
        assert!(chunk.is_last() && text.outcome().is_complete());
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
        let kept = MAGIC_BYTES
            + (cut * (packed.len() - MAGIC_BYTES) as f64) as usize;
        let (text, outcome) = unpack(&packed[..kept], piece);
        prop_assert!(plain.starts_with(&text));
        prop_assert!(matches!(outcome, Outcome::Partial(Fault::Truncated { .. })), "{outcome:?}");
    }

    /// What is wrong with the bytes is wrong with the text, and said as it was; who is
    /// interrupted or has nothing now is asked again.
    #[test]
    fn faults_of_the_bytes_are_those_of_the_text(
        format in prop::sample::select(FORMATS.to_vec()),
        length in 1..20_000usize,
        kept in 0..5000usize,
        pauses in prop::collection::vec(prop::option::of(1..500usize), 0..30),
    ) {
        let plain = plain(length);
        let mut bytes = pack(format, &plain);
        bytes.truncate(kept);
        let reader = Broken { bytes, pauses };
        let (text, outcome) = drain(Text::from_reader(reader, &OpenOptions::default()));
        if kept >= MAGIC_BYTES {
            prop_assert!(plain.starts_with(&text));
        }
        match outcome {
            Outcome::Partial(Fault::Io(error)) => prop_assert!(kept > 0 && error.kind() == std::io::ErrorKind::Other),
            Outcome::Failed(Fault::Io(_)) => prop_assert_eq!(kept, 0),
            outcome => prop_assert!(false, "{:?}", outcome),
        }
    }

    /// A wrong byte never hangs, never panics, and is never taken for the whole: all
    /// the data made here carries a check, or the byte was one that they skip.
    #[test]
    fn what_is_corrupt_is_said_or_harmless(
        format in prop::sample::select(FORMATS.to_vec()),
        length in 1..20_000usize,
        at in 6..10_000usize,
        flip in 1..=255u8,
    ) {
        let plain = plain(length);
        let mut packed = pack(format, &plain);
        let at = MAGIC_BYTES.max(at % packed.len());
        if let Some(byte) = packed.get_mut(at) {
            *byte ^= flip;
        }
        let (text, outcome) = unpack(&packed, usize::MAX);
        prop_assert!(!outcome.is_complete() || text == plain);
    }
}

/// Gives its bytes in pieces, with interruptions, and then fails.
struct Broken {
    bytes: Vec<u8>,
    pauses: Vec<Option<usize>>,
}

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = match self.pauses.pop() {
            Some(Some(most)) => most,
            Some(None) => return Err(std::io::ErrorKind::Interrupted.into()),
            None => usize::MAX,
        };
        if self.bytes.is_empty() {
            return Err(std::io::Error::other("the disk is broken"));
        }
        let length = most.min(buffer.len()).min(self.bytes.len());
        buffer[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes.drain(..length);
        Ok(length)
    }
}
