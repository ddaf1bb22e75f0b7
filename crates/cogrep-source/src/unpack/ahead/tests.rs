//! Text that is decoded ahead is that which is decoded on the spot, and ends in the same
//! way; and no thread is in anybody's way.

use std::fs::File;
use std::io::Write;

use proptest::prelude::*;
use tempfile::NamedTempFile;

use super::*;
use crate::chunk::CHUNK_BYTES;
use crate::outcome::{Fault, Outcome};
use crate::text::{OpenOptions, Text};
use crate::unpack::format::Format;
use crate::unpack::tests::{FORMATS, pack, plain, varied};
use crate::unpack::{Unpacked, Way};

fn file(bytes: &[u8]) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    file
}

fn open(file: &NamedTempFile) -> Text {
    Text::open(&file.path().into(), &OpenOptions::default()).unwrap()
}

/// All chunks of a text that is read ahead behind so many of them, or never; and how it
/// ended.
fn drain(mut text: Text, behind: usize) -> (Vec<Vec<u8>>, Outcome) {
    let mut chunk = Chunk::new();
    let mut all = Vec::new();
    while !chunk.is_last() {
        if all.len() == behind {
            text.read_ahead();
        }
        text.read(&mut chunk);
        assert!(chunk.bytes().len() <= PIECE_BYTES, "memory is bounded");
        all.push(chunk.bytes().to_vec());
    }
    (all, text.outcome())
}

/// Reads it ahead behind so many chunks, and holds that against reading on the spot.
fn compare(packed: &[u8], behind: usize) -> Outcome {
    let file = file(packed);
    let (expected, on_the_spot) = drain(open(&file), usize::MAX);
    let (text, outcome) = drain(open(&file), behind);
    assert!(text.concat() == expected.concat());
    assert_eq!(format!("{outcome:?}"), format!("{on_the_spot:?}"));
    outcome
}

#[test]
fn it_is_the_same_text_and_the_same_outcome() {
    let text = varied(5 * PIECE_BYTES + 17);
    for format in FORMATS {
        let packed = pack(format, &text);
        for behind in [0, 1, 2, 19, 20, 21] {
            assert!(compare(&packed, behind).is_complete());
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
fn other_encodings_are_decoded_behind_it() {
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

#[test]
fn what_may_not_leave_its_thread_is_read_on_the_spot() {
    let packed = pack(Format::Xz, &plain(CHUNK_BYTES));
    let text = Text::from_reader(std::io::Cursor::new(packed), &OpenOptions::default());
    let (text, outcome) = drain(text, 1);
    assert!(text.concat() == plain(CHUNK_BYTES) && outcome.is_complete());
}

/// Without a thread all goes on as it was.
#[test]
fn without_a_thread_the_work_comes_back() {
    let packed = pack(Format::Zstd, &plain(CHUNK_BYTES));
    let file = file(&packed);
    let (name, options) = (file.path().into(), OpenOptions::default());
    let bytes = on_the_spot(Bytes::open(&name, &options, None));
    let mut unpacked = Unpacked::new(bytes.unwrap());
    let mut chunk = Chunk::new();
    let mut read = on_the_spot(unpacked.begin(&mut chunk, 1));
    let Way::Unpacking(unpacking) = std::mem::replace(&mut unpacked.way, Way::Plain) else {
        unreachable!("it is compressed");
    };
    let moving = unpacked.bytes.leave().unwrap();
    let thread = Builder::new().stack_size(1 << 60);
    let work = Ahead::begin_on(
        thread,
        Box::new(Work { unpacking, moving, step_bytes: CHUNK_BYTES }),
        Arc::default(),
    )
    .err();
    unpacked.come_back(*work.unwrap());
    while !unpacked.has_ended() {
        read += on_the_spot(unpacked.fill_chunk(&mut chunk, 1));
    }
    assert!(read == plain(CHUNK_BYTES).len() && unpacked.outcome().is_complete());
}

#[test]
fn who_wants_to_stop_gets_what_was_decoded_until_then() {
    let file = file(&pack(Format::Zstd, &vec![b'a'; 50 << 20]));
    let options = OpenOptions::default();
    let mut text = Text::open(&file.path().into(), &options).unwrap();
    let mut chunk = Chunk::new();
    text.read(&mut chunk);
    text.read_ahead();
    text.read(&mut chunk);
    options.interrupt.request();
    let (rest, outcome) = drain(text, usize::MAX);
    assert!(rest.len() <= PIECES + 2, "{} chunks are on the way", rest.len());
    assert!(rest.concat().iter().all(|byte| *byte == b'a'));
    assert!(matches!(outcome, Outcome::Partial(Fault::Interrupted)), "{outcome:?}");
}

/// Pieces are bounded by what is on the way, also where the buffers are a loop's.
#[test]
fn a_bomb_takes_no_more_buffers_than_others() {
    use std::rc::Rc;

    use crate::event_loop::{EventLoop, Io};

    let file = file(&pack(Format::Gzip, &vec![b'a'; 20 << 20]));
    let options = OpenOptions::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().unwrap();
    runtime.block_on(async {
        let on = Rc::new(EventLoop::new(Io::Auto, &options.interrupt));
        let name = file.path().into();
        let opening = Text::begin(&name, &options, Some(Rc::clone(&on)));
        let set_out = async { on.set_out(&options.interrupt) };
        let mut text = futures_util::future::join(opening, set_out).await.0.unwrap();
        let mut chunk = Chunk::new();
        let mut bytes = 0;
        while !chunk.is_last() {
            text.fetch(&mut chunk).await;
            text.read_ahead();
            bytes += chunk.bytes().len();
            on.take_back(&mut chunk);
        }
        assert!(text.outcome().is_complete() && bytes == 20 << 20);
        // Beside those that wait: one that is filled, one that is handed out.
        assert!((1..=PIECES + 2).contains(&on.spare().count()), "{}", on.spare().count());
    });
}

/// A named pipe, for a text that is read from it.
#[cfg(unix)]
struct Pipe {
    _folder: tempfile::TempDir,
    text: Text,
    writer: File,
    /// Who else reads from it.
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
            // The writer stays: whoever waits for more waits for ever.
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
fn nobody_waits_for_a_thread_that_waits() {
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
fn a_wish_to_stop_wakes_a_thread_that_waits() {
    let (bell, mut rope) = std::io::pipe().unwrap();
    let wanted = Arc::default();
    let interrupt = crate::interrupt::Interrupt::with_bell(Arc::clone(&wanted), bell.into());
    let Pipe { text, writer, .. } =
        Pipe::ahead(&OpenOptions { interrupt, ..OpenOptions::default() });
    let ringer = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(30));
        wanted.store(true, Ordering::Relaxed);
        rope.write_all(b"!").unwrap();
    });
    let (rest, outcome) = drain(text, usize::MAX);
    assert!(rest.concat().is_empty());
    assert!(matches!(outcome, Outcome::Partial(Fault::Interrupted)), "{outcome:?}");
    ringer.join().unwrap();
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
        behind in 1..5usize,
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
        compare(&packed, behind);
    }

    /// From a pipe, in pieces of any length.
    #[test]
    #[cfg(unix)]
    fn pipes_are_the_same(
        format in prop::sample::select(FORMATS.to_vec()),
        length in 1..600_000usize,
        behind in 1..5usize,
        cut in prop::option::of(6..1_000_000usize),
        pieces in prop::collection::vec(1..200_000usize, 0..9),
    ) {
        let mut packed = pack(format, &varied(length));
        if let Some(cut) = cut {
            packed.truncate(cut);
        }
        let (expected, on_the_spot) = drain(open(&file(&packed)), usize::MAX);
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
        let (text, outcome) = drain(text, behind);
        prop_assert!(text.concat() == expected.concat());
        prop_assert_eq!(format!("{outcome:?}"), format!("{on_the_spot:?}"));
        writing.join().unwrap();
    }
}
