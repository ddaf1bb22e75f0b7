//! Text that is decoded ahead is the text that is decoded here, and ends in the same way;
//! and its thread holds up nothing.

use std::fs::File;
use std::io::Write;

use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::*;
use crate::chunk::CHUNK_BYTES;
use crate::chunks::Chunks;
use crate::decode::format::Format;
use crate::decode::tests::{FORMATS, pack, plain, varied};
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::reader::Reader;
use crate::text::Text;

fn file(bytes: &[u8]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

fn open(file: &NamedTempFile) -> Text {
    Text::open(&file.path().into(), &OpenOptions::default()).unwrap()
}

/// All chunks of a text that is read ahead after this many of them, or never; and how it
/// ended.
fn drain(mut text: Text, after: usize) -> (Vec<Vec<u8>>, Outcome) {
    let mut chunk = Chunk::new();
    let mut all = Vec::new();
    while !chunk.is_last() {
        if all.len() == after {
            text.read_ahead();
        }
        text.read(&mut chunk);
        assert!(chunk.bytes().len() <= PIECE_BYTES, "memory is bounded");
        all.push(chunk.bytes().to_vec());
    }
    (all, text.outcome())
}

/// Reads it ahead after this many chunks, and compares that with decoding it here.
fn compare(packed: &[u8], after: usize) -> Outcome {
    let file = file(packed);
    let (expected, here) = drain(open(&file), usize::MAX);
    let (text, outcome) = drain(open(&file), after);
    assert!(text.concat() == expected.concat());
    assert_eq!(format!("{outcome:?}"), format!("{here:?}"));
    outcome
}

#[test]
fn it_is_the_same_text_and_the_same_outcome() {
    let text = varied(5 * PIECE_BYTES + 17);
    for format in FORMATS {
        let packed = pack(format, &text);
        for after in [0, 1, 2, 19, 20, 21] {
            assert!(compare(&packed, after).is_complete());
        }
        assert!(compare(&[&packed[..], &[0; 512], &packed].concat(), 1).is_complete());
        let garbage = compare(&[&packed[..], b"garbage"].concat(), 1);
        assert!(matches!(garbage, Outcome::Partial(Fault::Trailing { .. })), "{format:?}");
        let cut = compare(&packed[..packed.len() - 9], 1);
        assert!(matches!(cut, Outcome::Partial(Fault::Truncated { .. })), "{format:?}");
    }
}

#[test]
fn it_can_once_it_is_known_to_be_compressed() {
    let packed = pack(Format::Gzip, &plain(CHUNK_BYTES));
    let file = file(&packed);
    let (mut text, mut chunk) = (open(&file), Chunk::new());
    assert!(!text.can_read_ahead());
    text.read(&mut chunk);
    assert!(text.can_read_ahead());
    text.read_ahead();
    assert!(!text.can_read_ahead(), "it does");
    while !chunk.is_last() {
        text.read(&mut chunk);
        assert!(text.read_bytes() <= packed.len() as u64);
    }
    assert!(!text.can_read_ahead(), "it has ended");
    assert_eq!(text.read_bytes(), packed.len() as u64);
}

#[test]
fn a_file_that_shrinks_is_said_to_have_shrunk() {
    let packed = pack(Format::Zstd, &varied(5 << 20));
    let file = file(&packed);
    let mut text = open(&file);
    let mut chunk = Chunk::new();
    text.read(&mut chunk);
    std::fs::write(file.path(), &packed[..packed.len() / 2]).unwrap();
    let (_, outcome) = drain(text, 0);
    assert!(matches!(outcome, Outcome::Partial(Fault::Shrank { .. })), "{outcome:?}");
}

#[test]
fn other_encodings_are_converted_after_it() {
    let utf16: Vec<u8> = std::iter::once('\u{FEFF}')
        .chain("наука and love\n".chars().cycle().take(1_000_000))
        .flat_map(|letter| (letter as u16).to_le_bytes())
        .collect();
    for format in FORMATS {
        let mut packed = pack(format, &utf16);
        assert!(compare(&packed, 1).is_complete());
        let end = packed.len() - packed.len() / 5;
        packed[end..end + 8].fill(0xa5);
        assert!(!compare(&packed, 1).is_complete());
    }
}

/// A reader goes to the thread with the rest.
#[test]
fn a_reader_is_decoded_ahead_too() {
    let packed = pack(Format::Xz, &plain(CHUNK_BYTES));
    let text = Text::from_reader(std::io::Cursor::new(packed), &OpenOptions::default());
    let (text, outcome) = drain(text, 1);
    assert!(text.concat() == plain(CHUNK_BYTES) && outcome.is_complete());
}

#[test]
fn without_a_thread_the_source_comes_back() {
    let packed = pack(Format::Zstd, &plain(CHUNK_BYTES));
    let file = file(&packed);
    let (name, options) = (file.path().into(), OpenOptions::default());
    let reader = block_on(Reader::open(&name, &options, &Blocking(()))).unwrap();
    let mut unpacked = Unpacked::new(reader);
    let mut chunk = Chunk::new();
    let mut read = block_on(unpacked.begin(&Blocking(()), &mut chunk, 1)).0;
    let thread = Builder::new().stack_size(1 << 60);
    let mut unpacked =
        *Ahead::begin_on(thread, unpacked, CHUNK_BYTES, Arc::default()).err().unwrap();
    while !unpacked.has_ended() {
        read += block_on(unpacked.fill_chunk(&Blocking(()), &mut chunk, 1)).0;
    }
    assert!(read == plain(CHUNK_BYTES).len() && unpacked.outcome().is_complete());
}

#[test]
fn a_request_to_stop_leaves_what_was_decoded_until_then() {
    let file = file(&pack(Format::Zstd, &vec![b'a'; 50 << 20]));
    let options = OpenOptions::default();
    let mut text = Text::open(&file.path().into(), &options).unwrap();
    let mut chunk = Chunk::new();
    text.read(&mut chunk);
    text.read_ahead();
    text.read(&mut chunk);
    options.interrupt.request();
    let (rest, outcome) = drain(text, usize::MAX);
    assert!(rest.len() <= PIECES + 2, "{} chunks are left", rest.len());
    assert!(rest.concat().iter().all(|byte| *byte == b'a'));
    assert!(matches!(outcome, Outcome::Partial(Fault::Interrupted)), "{outcome:?}");
}

/// The number of buffers is bounded, also where they are those of a loop.
#[test]
fn a_bomb_takes_no_more_buffers_than_others() {
    use std::rc::Rc;

    use crate::event_loop::EventLoop;
    use crate::options::Io;
    use crate::wait::Wait;

    let file = file(&pack(Format::Gzip, &vec![b'a'; 20 << 20]));
    let options = OpenOptions::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    runtime.block_on(async {
        let on = Rc::new(EventLoop::new(Io::Auto, &options.interrupt));
        let name = file.path().into();
        let opening = Text::open_on(&name, &options, Rc::clone(&on));
        let flush = async { on.flush(&options.interrupt) };
        let mut text = futures_util::future::join(opening, flush).await.0.unwrap();
        let mut chunk = Chunk::new();
        let mut bytes = 0;
        while !chunk.is_last() {
            text.fetch(&mut chunk).await;
            text.read_ahead();
            bytes += chunk.bytes().len();
            on.take_back(&mut chunk);
        }
        assert!(text.outcome().is_complete() && bytes == 20 << 20);
        // Besides those that wait: one that is filled, one that is handed out.
        assert!((1..=PIECES + 2).contains(&on.spare().count()), "{}", on.spare().count());
    });
}

/// A named pipe, for a text that is read from it.
#[cfg(unix)]
struct Pipe {
    _folder: tempfile::TempDir,
    text: Text,
    writer: File,
    /// Another reader of it.
    reader: File,
}

#[cfg(unix)]
impl Pipe {
    fn new(options: &OpenOptions) -> Self {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RWXU, 0).unwrap();
        let text = Text::open(&path.as_path().into(), options).unwrap();
        let writer = File::options().write(true).open(&path).unwrap();
        let reader = File::open(&path).unwrap();
        Self { _folder: folder, text, writer, reader }
    }

    /// One of which some text has been read, and which is read ahead.
    fn ahead(options: &OpenOptions) -> Self {
        let mut pipe = Self::new(options);
        pipe.writer.write_all(&pack(Format::Gzip, b"love ")).unwrap();
        let mut chunk = Chunk::new();
        pipe.text.read(&mut chunk);
        assert_eq!((chunk.bytes(), chunk.is_last()), (&b"love "[..], false));
        pipe.text.read_ahead();
        pipe
    }
}

#[test]
#[cfg(unix)]
fn text_from_a_pipe_is_not_held_back() {
    for format in FORMATS {
        let Pipe { mut text, mut writer, .. } = Pipe::new(&OpenOptions::default());
        let mut chunk = Chunk::new();
        for word in [&b"love "[..], b"and ", b"more ", b"hate"] {
            writer.write_all(&pack(format, word)).unwrap();
            // The writer stays: a read that waits for more waits for ever.
            text.read(&mut chunk);
            assert_eq!((chunk.bytes(), chunk.is_last()), (word, false), "{format:?}");
            text.read_ahead();
        }
        drop(writer);
        text.read(&mut chunk);
        assert!(chunk.is_last() && text.outcome().is_complete());
    }
}

/// A thread that waits for a writer is left alone, and takes nothing when it wakes.
#[test]
#[cfg(unix)]
fn a_thread_that_waits_is_not_waited_for() {
    use std::io::Read;

    let Pipe { text, mut writer, mut reader, .. } = Pipe::ahead(&OpenOptions::default());
    drop(text);
    writer.write_all(b"hate").unwrap();
    drop(writer);
    let mut left = Vec::new();
    reader.read_to_end(&mut left).unwrap();
    assert_eq!(left, b"hate");
}

#[test]
#[cfg(unix)]
fn a_request_to_stop_wakes_a_thread_that_waits() {
    let (wake, mut waker) = std::io::pipe().unwrap();
    let requested = Arc::default();
    let interrupt = crate::interrupt::Interrupt::with_wake(
        Arc::clone(&requested),
        Arc::new(std::fs::File::from(std::os::fd::OwnedFd::from(wake))),
    );
    let Pipe { text, writer, .. } =
        Pipe::ahead(&OpenOptions { interrupt, ..OpenOptions::default() });
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        requested.store(true, Ordering::Relaxed);
        waker.write_all(b"!").unwrap();
    });
    let (rest, outcome) = drain(text, usize::MAX);
    assert!(rest.concat().is_empty());
    assert!(matches!(outcome, Outcome::Partial(Fault::Interrupted)), "{outcome:?}");
    stopper.join().unwrap();
    drop(writer);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whole, cut off, or with a wrong byte.
    #[test]
    fn files_are_the_same(
        format in prop::sample::select(FORMATS.to_vec()),
        is_varied: bool,
        length in 1..2_000_000usize,
        after in 1..5usize,
        cut in prop::option::of(0..2_000_000usize),
        flip in prop::option::of((0..2_000_000usize, 1..=255u8)),
    ) {
        let text = if is_varied { varied(length) } else { plain(length / 5) };
        let mut packed = pack(format, &text);
        if let Some(cut) = cut {
            packed.truncate(cut % packed.len());
        }
        if let (Some((at, flip)), length @ 1..) = (flip, packed.len()) {
            packed[at % length] ^= flip;
        }
        compare(&packed, after);
    }

    /// From a pipe, in pieces of any length.
    #[test]
    #[cfg(unix)]
    fn pipes_are_the_same(
        format in prop::sample::select(FORMATS.to_vec()),
        length in 1..600_000usize,
        after in 1..5usize,
        cut in prop::option::of(6..1_000_000usize),
        pieces in prop::collection::vec(1..200_000usize, 0..9),
    ) {
        let mut packed = pack(format, &varied(length));
        if let Some(cut) = cut {
            packed.truncate(cut);
        }
        let (expected, here) = drain(open(&file(&packed)), usize::MAX);
        let Pipe { text, mut writer, reader, .. } = Pipe::new(&OpenOptions::default());
        drop(reader);
        let writing = std::thread::spawn(move || {
            let mut rest = &packed[..];
            for piece in pieces {
                let (now, later) = rest.split_at(piece.min(rest.len()));
                writer.write_all(now).unwrap();
                rest = later;
            }
            writer.write_all(rest).unwrap();
        });
        let (text, outcome) = drain(text, after);
        prop_assert!(text.concat() == expected.concat());
        prop_assert_eq!(format!("{outcome:?}"), format!("{here:?}"));
        writing.join().unwrap();
    }
}
