//! A file that several read at once, each a part of its text.
//!
//! Any range of a file whose bytes are its text can be read by itself. Where exactly a
//! part begins and ends, the text decides: nothing that must stay together is cut. The
//! parts of ranges that follow each other follow each other, too, whoever reads them.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use memchr::memchr;

use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk, LONG_CHUNK_BYTES, Role};
use crate::event_loop::{EventLoop, Io};
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::system;

/// A file that can be read in parts; made by [`Text::divisible`](crate::Text::divisible).
#[derive(Clone, Debug)]
pub struct Divisible {
    file: Arc<File>,
    /// The bytes of the mark before the text.
    mark_bytes: u64,
    /// The size of the file at its opening.
    size: u64,
}

/// Where a text may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Between any two bytes.
    Anywhere,
    /// Not within a character of UTF-8.
    Characters,
    /// Behind line feeds only. A part that begins in one range ends where its last line
    /// ends, however far that is; a range in which no line begins has an empty part.
    Lines,
}

/// How a text is divided, and what is shown of it around a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Where it may be cut.
    pub cut: Cut,
    /// So many bytes before a part are shown, and three less or more where characters
    /// are not cut.
    pub before: usize,
    /// So many bytes behind it.
    pub behind: usize,
}

/// So many bytes at most are looked at to see where a character begins: the longest has
/// four, so what goes on longer is none.
const CHARACTER_REST: usize = 3;

/// The text that is cut into parts is long.
const CHUNK: u64 = LONG_CHUNK_BYTES as u64;

impl Divisible {
    pub(crate) fn new(file: &Arc<File>, mark_bytes: u64, size: u64) -> Self {
        Self { file: Arc::clone(file), mark_bytes, size }
    }

    /// The bytes of the text, when the file was opened.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        self.size.saturating_sub(self.mark_bytes)
    }

    /// The part that a range of the text has, which must not be empty; without an end,
    /// up to the end of the text, wherever that is by then.
    ///
    /// It waits for a disk on the loop, or on the spot if there is none.
    #[must_use]
    pub fn part(
        &self,
        start: u64,
        end: Option<u64>,
        division: Division,
        interrupt: &Interrupt,
        event_loop: Option<Rc<EventLoop>>,
    ) -> PartText {
        PartText {
            source: self.clone(),
            division,
            start,
            end,
            at: start,
            phase: if start == 0 { Phase::Text } else { Phase::Before },
            behind: Vec::new(),
            interrupt: interrupt.clone(),
            event_loop,
            fault: None,
        }
    }
}

/// A part of a text that is being read.
///
/// [`fetch`](Self::fetch) hands out its chunks, each with its [`Role`].
#[derive(Debug)]
pub struct PartText {
    source: Divisible,
    division: Division,
    start: u64,
    end: Option<u64>,
    /// Where in the text to read on.
    at: u64,
    phase: Phase,
    /// What was read of the text behind the part.
    behind: Vec<u8>,
    interrupt: Interrupt,
    event_loop: Option<Rc<EventLoop>>,
    fault: Option<Fault>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Text,
    Behind,
    Over,
}

/// What a read gave: which bytes of the buffer are handed out, and whether they end the
/// text.
struct Piece {
    bytes: Range<usize>,
    role: Role,
    last: bool,
}

impl Piece {
    fn text(bytes: Range<usize>) -> Self {
        Self { bytes, role: Role::Text, last: false }
    }

    /// The text ends here, of itself or by a fault.
    const END: Self = Self { bytes: 0..0, role: Role::Text, last: true };
}

impl PartText {
    /// Reads the next piece into the chunk, in place of what it held.
    ///
    /// The last chunk has the role [`Behind`](Role::After), or the text ends with it.
    pub async fn fetch(&mut self, chunk: &mut Chunk) {
        if let (Some(on), false) = (&self.event_loop, chunk.has_buffer()) {
            chunk.give_buffer(on.buffer());
        }
        let buffer = chunk.buffer_mut(CHUNK_BYTES);
        let piece = match self.next(buffer).await {
            Ok(piece) => piece,
            Err(fault) => {
                self.fault = Some(fault);
                Piece::END
            }
        };
        if piece.last {
            self.phase = Phase::Over;
        }
        let len = if piece.role == Role::After { 0 } else { piece.bytes.len() as u64 };
        chunk.set(piece.bytes.start, piece.bytes.end, self.at - len, piece.last);
        chunk.set_role(piece.role);
    }

    /// Why the text ended within the part, if it did though it was longer at first.
    /// To be asked after the last chunk.
    #[must_use]
    pub fn fault(self) -> Option<Fault> {
        self.fault
    }

    async fn next(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        match self.phase {
            Phase::Before if self.division.cut == Cut::Lines => self.first_line(buffer).await,
            Phase::Before => self.before(buffer).await,
            Phase::Text if self.division.cut == Cut::Lines => self.lines(buffer).await,
            Phase::Text => self.text(buffer).await,
            Phase::Behind => {
                buffer[..self.behind.len()].copy_from_slice(&self.behind);
                Ok(Piece { bytes: 0..self.behind.len(), role: Role::After, last: true })
            }
            Phase::Over => Ok(Piece::END),
        }
    }

    /// What stands before the part, which begins where the next character does.
    async fn before(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        let from = self.start.saturating_sub(self.division.before as u64);
        // No more than the bytes asked for.
        let before = usize::try_from(self.start - from).unwrap_or(usize::MAX);
        let read = self.fill(buffer, before + CHARACTER_REST, from).await?;
        if read < before {
            return self.end_of_text(from + read as u64);
        }
        let cut = |text: &[u8]| self.division.cut.next(text);
        // The text itself may begin with anything.
        let first = if from == 0 { 0 } else { cut(&buffer[..read]).min(before) };
        let end = before + cut(&buffer[before..read]);
        self.at = from + end as u64;
        self.phase = Phase::Text;
        Ok(Piece { bytes: first..end, role: Role::Before, last: false })
    }

    /// The next bytes of a part that ends where a character begins, or anywhere.
    async fn text(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        let Some(end) = self.end.filter(|end| *end <= self.at) else {
            let room = self.room(self.end.map(|end| end - self.at));
            let read = self.fill(buffer, room, self.at).await?;
            self.at += read as u64;
            return if read == 0 { self.end_of_text(self.at) } else { Ok(Piece::text(0..read)) };
        };
        let room = CHARACTER_REST + self.division.behind;
        let read = self.fill(buffer, room, end).await?;
        let cut = self.division.cut.next(&buffer[..read]);
        let behind = cut..read.min(cut + self.division.behind);
        self.behind = buffer[behind].to_vec();
        self.phase = Phase::Behind;
        // The beginning of the part is such a place, too: it is not behind this one.
        let first = usize::try_from(self.at - end).unwrap_or(cut).min(cut);
        self.at = end + cut as u64;
        Ok(Piece::text(first..cut))
    }

    /// The first bytes of a part that begins where a line does.
    async fn first_line(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        // The line feed before may be the last byte of the range before.
        self.at = self.start - 1;
        loop {
            // One at the end of this range is the next one's.
            let room = self.room(self.end.map(|end| (end - 1).saturating_sub(self.at)));
            if room == 0 {
                self.phase = Phase::Behind;
                return Ok(Piece { bytes: 0..0, role: Role::Before, last: false });
            }
            let read = self.fill(buffer, room, self.at).await?;
            if read == 0 {
                return self.end_of_text(self.at);
            }
            let line_feed = memchr(b'\n', &buffer[..read]);
            self.at += line_feed.map_or(read, |at| at + 1) as u64;
            if line_feed.is_some() {
                // The rest is read again: as one chunk that begins with a line.
                self.phase = Phase::Text;
                return Ok(Piece { bytes: 0..0, role: Role::Before, last: false });
            }
        }
    }

    /// The next bytes of a part that ends where a line does.
    async fn lines(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        let until_end = self.end.map(|end| (end - 1).saturating_sub(self.at));
        let is_inside = until_end.is_none_or(|left| left > 0);
        let room = self.room(until_end.filter(|left| *left > 0));
        let read = self.fill(buffer, room, self.at).await?;
        if read == 0 {
            return self.end_of_text(self.at);
        }
        let line_feed = if is_inside { None } else { memchr(b'\n', &buffer[..read]) };
        if line_feed.is_some() {
            self.phase = Phase::Behind;
        }
        let end = line_feed.map_or(read, |at| at + 1);
        self.at += end as u64;
        Ok(Piece::text(0..end))
    }

    /// How much to read next, of so much that is left: up to where a chunk would end if
    /// the file were read from its start. From a place within a page, or into one, the
    /// system copies at half the speed.
    fn room(&self, left: Option<u64>) -> usize {
        let until_aligned = CHUNK - (self.source.mark_bytes + self.at) % CHUNK;
        let room = left.map_or(until_aligned, |left| left.min(until_aligned));
        usize::try_from(room).unwrap_or(LONG_CHUNK_BYTES)
    }

    /// The text has ended here, and that is a fault if it was longer.
    fn end_of_text(&self, at: u64) -> Result<Piece, Fault> {
        let read = self.source.mark_bytes + at;
        if read < self.source.size {
            return Err(Fault::Shrank { read, expected: self.source.size });
        }
        Ok(Piece::END)
    }

    /// Reads so much of the text from this place on, less only where it ends.
    async fn fill(&mut self, buffer: &mut Buffer, room: usize, from: u64) -> Result<usize, Fault> {
        buffer.make_room(room);
        let mut filled = 0;
        while filled < room {
            if self.interrupt.is_requested() {
                return Err(Fault::Interrupted);
            }
            let offset = self.source.mark_bytes + from + filled as u64;
            match self.read(buffer, filled..room, offset).await? {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(filled)
    }

    /// One read: at once if it can be, else where it may wait.
    async fn read(
        &self,
        buffer: &mut Buffer,
        range: Range<usize>,
        offset: u64,
    ) -> Result<io::Result<usize>, Fault> {
        let file = &self.source.file;
        let Some(on) = &self.event_loop else {
            return Ok(system::read_at(file, &mut buffer[range], offset));
        };
        if on.io() == Io::Auto {
            match system::read_cached_at(file, &mut buffer[range.clone()], offset) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                result => return Ok(result),
            }
        }
        let (file, mut away) = (Arc::clone(file), std::mem::take(buffer));
        let read = move || {
            let result = system::read_at(&file, &mut away[range], offset);
            (away, result)
        };
        let (back, result) = on.elsewhere(read).await?;
        *buffer = back;
        Ok(result)
    }
}

impl Cut {
    /// How many bytes of these to skip to where the text may be cut.
    fn next(self, text: &[u8]) -> usize {
        match self {
            Self::Characters => {
                let first = &text[..text.len().min(CHARACTER_REST)];
                first.iter().take_while(|byte| **byte & 0xC0 == 0x80).count()
            }
            Self::Anywhere | Self::Lines => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::on_the_spot;
    use crate::{OpenOptions, Text};

    fn open(file: &tempfile::NamedTempFile) -> Divisible {
        let mut text = Text::open(&file.path().into(), &OpenOptions::default()).unwrap();
        text.read(&mut Chunk::new());
        text.divisible().unwrap()
    }

    /// A part as it was handed out.
    #[derive(Debug, Default)]
    struct Read {
        before: Option<Vec<u8>>,
        text: Vec<u8>,
        behind: Option<Vec<u8>>,
        fault: Option<Fault>,
    }

    fn read(mut part: PartText) -> Read {
        let (mut read, mut chunk) = (Read::default(), Chunk::new());
        while !chunk.is_last() {
            on_the_spot(part.fetch(&mut chunk));
            match chunk.role() {
                Role::Before => read.before = Some(chunk.bytes().to_vec()),
                Role::Text => read.text.extend_from_slice(chunk.bytes()),
                Role::After => read.behind = Some(chunk.bytes().to_vec()),
            }
        }
        read.fault = part.fault();
        read
    }

    fn parts(source: &Divisible, cuts: &[u64], division: Division) -> Vec<Read> {
        let interrupt = Interrupt::default();
        let ends = cuts.iter().map(|cut| Some(*cut)).chain([None]);
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let parts = starts.zip(ends);
        parts
            .map(|(start, end)| read(source.part(start, end, division, &interrupt, None)))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn parts_follow_each_other_and_show_what_is_around(
            marked: bool,
            units in prop::collection::vec(prop::sample::select(
                vec!["a", "\n", "\r\n", "é", "漢", "𐐀", "abc"]), 1..30),
            stray in any::<prop::sample::Index>(),
            strays in 0..8_usize,
            cuts in prop::collection::btree_set(1..60_u64, 0..9),
            cut in prop::sample::select(vec![Cut::Anywhere, Cut::Characters, Cut::Lines]),
            before in 0..9_usize,
            behind in 0..5_usize,
        ) {
            let mut text = units.concat().into_bytes();
            let at = stray.index(text.len());
            text.splice(at..at, std::iter::repeat_n(0x80, strays));
            let file = tempfile::NamedTempFile::new().unwrap();
            let mark = if marked { &b"\xEF\xBB\xBF"[..] } else { b"" };
            std::fs::write(file.path(), [mark, &text].concat()).unwrap();

            let cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < text.len() as u64).collect();
            let read = parts(&open(&file), &cuts, Division { cut, before, behind });
            let mut start = 0;
            for (nth, part) in read.iter().enumerate() {
                prop_assert!(part.fault.is_none());
                let end = start + part.text.len();
                prop_assert_eq!(&part.text, &text[start..end]);
                if cut != Cut::Lines || !part.text.is_empty() {
                    prop_assert_eq!(part.before.is_some(), nth > 0);
                }
                let ends_text = part.behind.is_none();
                let least = if ends_text { text.len() as u64 } else { cuts[nth] };
                prop_assert!(end as u64 >= least);
                if let (Some(shown), false) = (&part.before, cut == Cut::Lines) {
                    prop_assert!(text[..start].ends_with(shown));
                    let most = if cut == Cut::Characters { 3 } else { 0 };
                    prop_assert!(shown.len() + most >= before.min(start));
                }
                if let (Some(shown), false) = (&part.behind, cut == Cut::Lines) {
                    prop_assert!(text[end..].starts_with(shown));
                    prop_assert_eq!(shown.len(), behind.min(text.len() - end));
                }
                if cut == Cut::Lines && end < text.len() && !part.text.is_empty() {
                    prop_assert_eq!(part.text.last(), Some(&b'\n'));
                }
                if cut == Cut::Characters && end < text.len() && strays == 0 {
                    prop_assert!(text[end] & 0xC0 != 0x80);
                }
                start = end;
            }
            prop_assert_eq!(start, text.len());
        }
    }

    const ANYWHERE: Division = Division { cut: Cut::Anywhere, before: 2, behind: 2 };
    const LINES: Division = Division { cut: Cut::Lines, before: 0, behind: 0 };

    #[test]
    fn a_line_may_go_over_many_ranges() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let line = "a".repeat(3 * CHUNK_BYTES);
        std::fs::write(file.path(), format!("{line}\nb\n{line}")).unwrap();
        let cuts: Vec<_> = (1..6).map(|nth| nth * CHUNK_BYTES as u64).collect();
        let read = parts(&open(&file), &cuts, LINES);
        let lens: Vec<_> = read.iter().map(|part| part.text.len()).collect();
        assert_eq!(lens, [line.len() + 1, 0, 0, 2 + line.len(), 0, 0]);
    }

    #[test]
    fn a_file_that_becomes_shorter_or_longer_is_not_taken_for_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for division in [ANYWHERE, LINES] {
            std::fs::write(file.path(), "one\ntwo\nthree\n").unwrap();
            let source = open(&file);
            std::fs::write(file.path(), "one\ntw").unwrap();
            let read = parts(&source, &[4, 8], division);
            assert_eq!(read[0].text, b"one\n");
            assert!(read[0].fault.is_none());
            assert_eq!(read[1].text, b"tw");
            let is_shrunk = |fault: &Option<Fault>| {
                matches!(fault, Some(Fault::Shrank { read: 6, expected: 14 }))
            };
            assert!(is_shrunk(&read[1].fault), "{division:?} {:?}", read[1]);
            assert!(read[2].text.is_empty() && read[2].fault.is_some());

            std::fs::write(file.path(), "one\ntwo\nthree\nfour").unwrap();
            let read = parts(&source, &[4, 8], division);
            assert_eq!(read[2].text, b"three\nfour");
            assert!(read[2].fault.is_none());
        }
    }

    #[test]
    fn a_wish_to_stop_ends_a_part() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "text").unwrap();
        let interrupt = Interrupt::default();
        let part = open(&file).part(2, None, ANYWHERE, &interrupt, None);
        interrupt.request();
        let read = read(part);
        assert!(matches!(read.fault, Some(Fault::Interrupted)));
        assert!(read.text.is_empty());
    }
}
