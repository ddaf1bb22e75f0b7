//! Frames of every kind, one after the other, as the reference tools make and read them.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use cogrep_testing::{share, skip};
use proptest::prelude::*;

use super::{Fault, Format, OpenOptions, Outcome, Text, drain, pack, plain, unpack, varied};

/// A reference tool, and what it is asked for: a kind of frame each.
const TOOLS: [(&str, &[&str]); 5] = [
    ("gzip", &["-1", "-9", "-n"]),
    ("zstd", &["-1", "--no-check", "-15 --long=24", "-1 --content-size", "-3 -B65536"]),
    (
        "xz",
        &[
            "-0",
            "-0 --check=none",
            "-0 --check=crc32",
            "-0 --check=sha256",
            "-0 --block-size=30000",
            "-0 --delta=dist=2 --lzma2=preset=0",
        ],
    ),
    ("bzip2", &["-1", "-9"]),
    (
        "lz4",
        &[
            "-1",
            "-l",
            "-B4",
            "-B5 -BD",
            "-B6 -BX",
            "-B7 --no-frame-crc",
            "-B4 -BX -BD --content-size",
            "-9 -l",
        ],
    ),
];

/// What the tool gives for a file with these bytes; none if there is no such tool.
fn run(tool: &str, flags: &str, bytes: &[u8], folder: &Path) -> Option<Vec<u8>> {
    let path = folder.join("given");
    fs::write(&path, bytes).unwrap();
    let mut command = Command::new(tool);
    command.args(flags.split(' ').filter(|flag| !flag.is_empty())).arg("-c");
    let input = fs::File::open(&path).unwrap();
    let output = command.stdin(input).stderr(Stdio::piped()).output().ok()?;
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {flags}: {words}");
    Some(output.stdout)
}

/// Texts that become frames of one block and of many, packed and as they are.
fn texts() -> Vec<Vec<u8>> {
    let mut state = 7_u64;
    let mut noise = |length: usize| {
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            state.to_be_bytes()[0]
        };
        (0..length).map(next).collect::<Vec<u8>>()
    };
    vec![
        Vec::new(),
        b"love".to_vec(),
        plain(40_000),
        varied(100_000),
        noise(3),
        noise(70_000),
        // A stored block of more than 128 KiB.
        noise(200_000),
    ]
}

#[test]
fn frames_of_all_kinds_follow_each_other() {
    let folder = tempfile::tempdir().unwrap();
    for (tool, kinds) in TOOLS {
        let mut frames = Vec::new();
        for (flags, text) in
            kinds.iter().flat_map(|kind| texts().into_iter().map(move |t| (kind, t)))
        {
            let Some(frame) = run(tool, flags, &text, folder.path()) else { break };
            assert!(Format::of(&frame).is_some(), "{tool} {flags}");
            frames.push(frame);
        }
        if frames.is_empty() {
            skip(&format!("there is no {tool}"));
            continue;
        }
        if matches!(tool, "zstd" | "lz4") {
            frames.push(b"\x53\x2a\x4d\x18\x05\0\0\0abcde".to_vec());
        }
        let mut state = 1_usize;
        let mut next = |most: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % most
        };
        for _ in 0..share(100) {
            let packed: Vec<u8> =
                (0..=next(5)).flat_map(|_| frames[next(frames.len())].clone()).collect();
            let expected = run(tool, "-d", &packed, folder.path()).unwrap_or_default();
            let piece = [13, 1000, 4096, 65_536, usize::MAX][next(5)];
            let (text, outcome) = unpack(&packed, piece);
            assert!(outcome.is_complete(), "{tool} by {piece}: {outcome:?}");
            assert!(text == expected, "{tool} by {piece}: {} {}", text.len(), expected.len());
            let garbage = [&packed[..], b"no frame"].concat();
            let (text, outcome) = unpack(&garbage, piece);
            assert!(text == expected, "{tool} by {piece}: garbage follows");
            assert!(matches!(outcome, Outcome::Partial(Fault::Trailing { .. })), "{outcome:?}");
        }
    }
}

/// Frames as they were before the format of frames: they have no end of their own.
#[test]
fn legacy_frames_of_lz4_are_unpacked() {
    let block = |text: &[u8]| {
        let packed = lz4::block::compress(text, None, false).unwrap();
        let length = u32::try_from(packed.len()).unwrap().to_le_bytes();
        [&length[..], &packed].concat()
    };
    let magic = &b"\x02\x21\x4c\x18"[..];
    let (one, two) = (plain(8 << 20), varied(3_000_000));
    let one = &one[..8 << 20];
    let whole = [magic, &block(one), &block(&two)].concat();
    let text = [one, &two].concat();
    for piece in [4096, usize::MAX] {
        let (found, outcome) = unpack(&whole, piece);
        assert!(outcome.is_complete() && found == text, "{outcome:?}");
    }
    // Padding, another frame of its kind, and one with an end.
    let small = [magic, &block(b"love ")].concat();
    let frames = [&small[..], &small, &pack(Format::Lz4, b"and "), &small, &[0; 9]].concat();
    for piece in [1, 2, 3, 1000] {
        let (found, outcome) = unpack(&frames, piece);
        assert_eq!(found, b"love love and love ");
        assert!(outcome.is_complete(), "{outcome:?}");
    }
    for kept in 5..small.len() {
        let (found, outcome) = unpack(&small[..kept], 7);
        assert!(found.is_empty() && !outcome.is_complete(), "cut at {kept}: {outcome:?}");
    }
    let mut wrong = small.clone();
    wrong[8] = 0xff;
    assert!(matches!(unpack(&wrong, 5).1, Outcome::Partial(Fault::Corrupt { .. })));
}

#[test]
fn a_dictionary_that_is_missing_is_named() {
    // A window, a number of a dictionary, and an empty block.
    let mut named = b"\x28\xb5\x2f\xfd\x03\x40\x01\0\0\x30\x01\0\0".to_vec();
    for piece in [1, 5, 100] {
        let (text, outcome) = unpack(&named, piece);
        assert!(text.is_empty());
        assert!(matches!(outcome, Outcome::Partial(Fault::Dictionary { .. })), "{outcome:?}");
    }
    named[6..10].fill(0);
    assert!(unpack(&named, 100).1.is_complete());

    let folder = tempfile::tempdir().unwrap();
    let dictionary = folder.path().join("dictionary");
    let text = varied(5000);
    fs::write(&dictionary, &text[..4000]).unwrap();
    for (tool, format) in [("zstd", Format::Zstd), ("lz4", Format::Lz4)] {
        let flags = format!("-9 -D {}", dictionary.display());
        let Some(packed) = run(tool, &flags, &text[1000..], folder.path()) else {
            skip(&format!("there is no {tool}"));
            continue;
        };
        assert_eq!(Format::of(&packed), Some(format));
        let (_, outcome) = unpack(&packed, 100);
        let is_named = matches!(outcome, Outcome::Partial(Fault::CorruptOrDictionary { .. }));
        assert!(is_named, "{tool}: {outcome:?}");
    }
}

/// What a pipe has is given, though its writer goes on: also what did not fit into a chunk.
#[test]
#[cfg(unix)]
fn a_large_block_from_a_pipe_is_not_held_back() {
    use std::io::Write;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use crate::chunk::Chunk;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
    let text = varied(600_000);
    for format in super::FORMATS {
        let mut packed = pack(format, &text);
        if format == Format::Lz4 {
            let mut builder = lz4::EncoderBuilder::new();
            builder.block_size(lz4::BlockSize::Max1MB);
            let mut encoder = builder.build(Vec::new()).unwrap();
            encoder.write_all(&text).unwrap();
            packed = encoder.finish().0;
        }
        let mut source = Text::open(&path.as_path().into(), &OpenOptions::default()).unwrap();
        let mut writer = fs::OpenOptions::new().write(true).open(&path).unwrap();
        let (go_on, gone_on) = std::sync::mpsc::channel::<()>();
        let writing = std::thread::spawn(move || {
            writer.write_all(&packed).unwrap();
            let _ = gone_on.recv();
        });
        let (mut chunk, mut length) = (Chunk::new(), 0);
        while length < text.len() {
            source.read(&mut chunk);
            assert!(!chunk.is_last(), "{format:?}");
            length += chunk.bytes().len();
        }
        drop(go_on);
        writing.join().unwrap();
        assert!(drain(source).1.is_complete(), "{format:?}");
    }
}

proptest! {
    #![proptest_config(cogrep_testing::cases(100))]

    /// What a damaged frame of lz4 gives is the same however it is read, and so is what is
    /// said. Other decoders give nothing of the step in which they fail.
    #[test]
    fn damage_gives_the_same_by_any_pieces(
        is_stored in any::<bool>(),
        length in 1..300_000usize,
        at in 0.0..1.0f64,
        flip in 1..=255u8,
    ) {
        let plain = if is_stored { texts().swap_remove(6) } else { varied(length) };
        let format = Format::Lz4;
        let mut packed = pack(format, &plain);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a share of a small number")]
        let at = 6 + (at * (packed.len() - 6) as f64) as usize;
        if let Some(byte) = packed.get_mut(at) {
            *byte ^= flip;
        }
        if Format::of(&packed) == Some(format) {
            let (text, outcome) = unpack(&packed, usize::MAX);
            for piece in [1, 1000, 65_536] {
                let (found, how) = unpack(&packed, piece);
                prop_assert_eq!(how.as_str(), outcome.as_str());
                prop_assert!(found == text, "{:?} by {}: {} {}", format, piece, found.len(), text.len());
            }
        }
    }
}
