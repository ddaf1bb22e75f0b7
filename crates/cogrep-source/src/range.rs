//! A file that several workers read at once, each a range of its text.
//!
//! Any range of a file, or of an object, whose bytes are its text can be read by itself.
//! Where exactly the text of a range begins and ends, the text decides: nothing that must
//! stay together is cut. The texts of neighbouring ranges follow each other without a gap.

use std::fmt;
use std::ops::Range;

use memchr::memchr;

use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk, LONG_CHUNK_BYTES, Role};
use crate::chunks::Chunks;
use crate::interrupt::Interrupt;
use crate::outcome::Fault;
use crate::positional::Positional;
use crate::wait::Wait;

/// A source that can be read in ranges; made by [`Text::divisible`](crate::Text::divisible).
#[derive(Clone)]
pub struct Divisible {
    bytes: Positional,
    /// The bytes of the mark before the text.
    mark_bytes: u64,
    /// The size of the source at its opening.
    size: u64,
}

/// Where a text may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Between any two bytes.
    Anywhere,
    /// Not within a character of UTF-8.
    Characters,
    /// After line feeds only. A range has the lines that begin in it, and ends where the
    /// last of them ends, however far that is; it is empty if no line begins in it.
    Lines,
}

/// How a text is divided, and what is shown of it around a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// Where it may be cut.
    pub cut: Cut,
    /// The number of bytes that are shown before a range; three less or more where
    /// characters are not cut.
    pub before: usize,
    /// The number of bytes that are shown after it.
    pub after: usize,
}

/// At most this many bytes are skipped to find where a character begins: the longest has
/// four bytes, so what goes on for longer is none.
const CHARACTER_REST: usize = 3;

/// So much is read at once to find where the last line of a range ends. Most lines are shorter,
/// and what is read after the line is of no use here.
pub(crate) const LINE_REST: u64 = 64 << 10;

/// A text that is divided is long, and so are its chunks.
const CHUNK: u64 = LONG_CHUNK_BYTES as u64;

impl Divisible {
    pub(crate) fn new(bytes: Positional, mark_bytes: u64, size: u64) -> Self {
        Self { bytes, mark_bytes, size }
    }

    /// The bytes of the text, when the source was opened.
    #[must_use]
    pub fn text_bytes(&self) -> u64 {
        self.size.saturating_sub(self.mark_bytes)
    }

    /// The text of a range, which must not be empty; without an end, up to the end of the
    /// text, wherever that is by then.
    #[must_use]
    pub fn range<W: Wait>(
        &self,
        start: u64,
        end: Option<u64>,
        division: Division,
        interrupt: &Interrupt,
        wait: W,
    ) -> RangeText<W> {
        // Lines are looked for from the byte before on.
        let before = (division.before as u64).max(1);
        let from = self.mark_bytes + start.saturating_sub(before);
        let to = end.map_or(self.size, |end| (self.mark_bytes + end).min(self.size));
        let bytes = self.bytes.in_order(from..to.max(from));
        let source = Self { bytes, ..self.clone() };
        source.into_range((start, end), division, interrupt, wait)
    }

    fn into_range<W: Wait>(
        self,
        (start, end): (u64, Option<u64>),
        division: Division,
        interrupt: &Interrupt,
        wait: W,
    ) -> RangeText<W> {
        RangeText {
            source: self,
            division,
            start,
            end,
            at: start,
            phase: if start == 0 { Phase::Text } else { Phase::Before },
            after: Vec::new(),
            interrupt: interrupt.clone(),
            wait,
            fault: None,
        }
    }
}

impl Divisible {
    /// The bytes of a short range of the text, less only where it ends.
    ///
    /// # Errors
    ///
    /// When they cannot be read.
    pub async fn read<W: Wait>(
        &self,
        range: Range<u64>,
        interrupt: &Interrupt,
        wait: W,
    ) -> Result<Vec<u8>, Fault> {
        let room = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let division = Division { cut: Cut::Anywhere, before: 0, after: 0 };
        let mut text = self.clone().into_range((range.start, None), division, interrupt, wait);
        let mut buffer = Buffer::default();
        let read = text.fill(&mut buffer, room, range.start).await?;
        Ok(buffer[..read].to_vec())
    }
}

impl fmt::Debug for Divisible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Divisible").field("size", &self.size).finish_non_exhaustive()
    }
}

/// A range of a text that is being read.
///
/// [`fetch`](Chunks::fetch) hands out its chunks, each with its [`Role`]. The last one has
/// the role [`After`](Role::After), or the text ends with it.
pub struct RangeText<W> {
    source: Divisible,
    division: Division,
    start: u64,
    end: Option<u64>,
    /// Where in the text to read on.
    at: u64,
    phase: Phase,
    /// What was read of the text after the range.
    after: Vec<u8>,
    interrupt: Interrupt,
    wait: W,
    fault: Option<Fault>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Text,
    After,
    Over,
}

/// What a read gave: the bytes of the buffer that are handed out, and whether the text ends
/// with them.
struct Piece {
    bytes: Range<usize>,
    role: Role,
    last: bool,
}

impl Piece {
    fn text(bytes: Range<usize>) -> Self {
        Self { bytes, role: Role::Text, last: false }
    }

    /// The text ends here, as it should or by a fault.
    const END: Self = Self { bytes: 0..0, role: Role::Text, last: true };
}

impl<W: Wait> Chunks for RangeText<W> {
    async fn fetch(&mut self, chunk: &mut Chunk) {
        self.wait.lend(chunk);
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
}

impl<W: Wait> RangeText<W> {
    /// Why the text ended within the range, if it did though it was longer at first. To be
    /// asked after the last chunk.
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
            Phase::After => {
                buffer[..self.after.len()].copy_from_slice(&self.after);
                Ok(Piece { bytes: 0..self.after.len(), role: Role::After, last: true })
            }
            Phase::Over => Ok(Piece::END),
        }
    }

    /// The bytes before the range, which begins where the next character does.
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

    /// The next bytes of a range that ends where a character begins, or anywhere.
    async fn text(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        let Some(end) = self.end.filter(|end| *end <= self.at) else {
            let room = self.room(self.end.map(|end| end - self.at));
            let read = self.fill(buffer, room, self.at).await?;
            self.at += read as u64;
            return if read == 0 { self.end_of_text(self.at) } else { Ok(Piece::text(0..read)) };
        };
        let room = CHARACTER_REST + self.division.after;
        let read = self.fill(buffer, room, end).await?;
        let cut = self.division.cut.next(&buffer[..read]);
        let after = cut..read.min(cut + self.division.after);
        self.after = buffer[after].to_vec();
        self.phase = Phase::After;
        // The beginning of the range is such a place, too: it does not come after this one.
        let first = usize::try_from(self.at - end).unwrap_or(cut).min(cut);
        self.at = end + cut as u64;
        Ok(Piece::text(first..cut))
    }

    /// The first bytes of a range that begins where a line does.
    async fn first_line(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        // The line feed before may be the last byte of the range before.
        self.at = self.start - 1;
        loop {
            // One at the end of this range is the next one's.
            let room = self.room(self.end.map(|end| (end - 1).saturating_sub(self.at)));
            if room == 0 {
                self.phase = Phase::After;
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

    /// The next bytes of a range that ends where a line does.
    async fn lines(&mut self, buffer: &mut Buffer) -> Result<Piece, Fault> {
        let until_end = self.end.map(|end| (end - 1).saturating_sub(self.at));
        let is_inside = until_end.is_none_or(|left| left > 0);
        let room = self.room(until_end.map(|left| if is_inside { left } else { LINE_REST }));
        let read = self.fill(buffer, room, self.at).await?;
        if read == 0 {
            return self.end_of_text(self.at);
        }
        let line_feed = if is_inside { None } else { memchr(b'\n', &buffer[..read]) };
        if line_feed.is_some() {
            self.phase = Phase::After;
        }
        let end = line_feed.map_or(read, |at| at + 1);
        self.at += end as u64;
        Ok(Piece::text(0..end))
    }

    /// How much to read next, of what is left: up to where a chunk would end if the file
    /// were read from its start. From a position within a page, or to one, the system copies
    /// at half the speed.
    fn room(&self, left: Option<u64>) -> usize {
        let until_aligned = CHUNK - (self.source.mark_bytes + self.at) % CHUNK;
        let room = left.map_or(until_aligned, |left| left.min(until_aligned));
        usize::try_from(room).unwrap_or(LONG_CHUNK_BYTES)
    }

    /// The text has ended here, and that is a fault if it was longer.
    fn end_of_text(&self, at: u64) -> Result<Piece, Fault> {
        let read = self.source.mark_bytes + at;
        if read < self.source.size && !self.source.bytes.has_still(self.source.size) {
            return Err(Fault::Shrank { read, expected: self.source.size });
        }
        Ok(Piece::END)
    }

    /// Reads this much of the text from here on, less only where it ends.
    async fn fill(&mut self, buffer: &mut Buffer, room: usize, from: u64) -> Result<usize, Fault> {
        buffer.make_room(room);
        let mut filled = 0;
        while filled < room {
            let offset = self.source.mark_bytes + from + filled as u64;
            let on = (&self.wait, &self.interrupt);
            match self.source.bytes.read(buffer, filled..room, offset, on).await? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(filled)
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
    use crate::{Blocking, OpenOptions, Text, block_on};

    fn open(file: &tempfile::NamedTempFile) -> Divisible {
        let mut text = Text::open(&file.path().into(), &OpenOptions::default()).unwrap();
        text.read(&mut Chunk::new());
        text.divisible().unwrap()
    }

    /// A range as it was handed out.
    #[derive(Debug, Default)]
    struct Read {
        before: Option<Vec<u8>>,
        text: Vec<u8>,
        after: Option<Vec<u8>>,
        fault: Option<Fault>,
    }

    fn read(mut range: RangeText<Blocking>) -> Read {
        let (mut read, mut chunk) = (Read::default(), Chunk::new());
        while !chunk.is_last() {
            block_on(range.fetch(&mut chunk));
            match chunk.role() {
                Role::Before => read.before = Some(chunk.bytes().to_vec()),
                Role::Text => read.text.extend_from_slice(chunk.bytes()),
                Role::After => read.after = Some(chunk.bytes().to_vec()),
            }
        }
        read.fault = range.fault();
        read
    }

    fn ranges(source: &Divisible, cuts: &[u64], division: Division) -> Vec<Read> {
        let interrupt = Interrupt::default();
        let ends = cuts.iter().map(|cut| Some(*cut)).chain([None]);
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        starts
            .zip(ends)
            .map(|(start, end)| read(source.range(start, end, division, &interrupt, Blocking(()))))
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn ranges_follow_each_other_and_show_the_text_around(
            marked: bool,
            units in prop::collection::vec(prop::sample::select(
                vec!["a", "\n", "\r\n", "é", "漢", "𐐀", "abc"]), 1..30),
            stray in any::<prop::sample::Index>(),
            strays in 0..8_usize,
            cuts in prop::collection::btree_set(1..60_u64, 0..9),
            cut in prop::sample::select(vec![Cut::Anywhere, Cut::Characters, Cut::Lines]),
            before in 0..9_usize,
            after in 0..5_usize,
        ) {
            let mut text = units.concat().into_bytes();
            let at = stray.index(text.len());
            text.splice(at..at, std::iter::repeat_n(0x80, strays));
            let file = tempfile::NamedTempFile::new().unwrap();
            let mark = if marked { &b"\xEF\xBB\xBF"[..] } else { b"" };
            std::fs::write(file.path(), [mark, &text].concat()).unwrap();

            let cuts: Vec<_> = cuts.into_iter().filter(|cut| *cut < text.len() as u64).collect();
            let read = ranges(&open(&file), &cuts, Division { cut, before, after });
            let mut start = 0;
            for (nth, range) in read.iter().enumerate() {
                prop_assert!(range.fault.is_none());
                let end = start + range.text.len();
                prop_assert_eq!(&range.text, &text[start..end]);
                if cut != Cut::Lines || !range.text.is_empty() {
                    prop_assert_eq!(range.before.is_some(), nth > 0);
                }
                let ends_text = range.after.is_none();
                let least = if ends_text { text.len() as u64 } else { cuts[nth] };
                prop_assert!(end as u64 >= least);
                if let (Some(shown), false) = (&range.before, cut == Cut::Lines) {
                    prop_assert!(text[..start].ends_with(shown));
                    let most = if cut == Cut::Characters { 3 } else { 0 };
                    prop_assert!(shown.len() + most >= before.min(start));
                }
                if let (Some(shown), false) = (&range.after, cut == Cut::Lines) {
                    prop_assert!(text[end..].starts_with(shown));
                    prop_assert_eq!(shown.len(), after.min(text.len() - end));
                }
                if cut == Cut::Lines && end < text.len() && !range.text.is_empty() {
                    prop_assert_eq!(range.text.last(), Some(&b'\n'));
                }
                if cut == Cut::Characters && end < text.len() && strays == 0 {
                    prop_assert!(text[end] & 0xC0 != 0x80);
                }
                start = end;
            }
            prop_assert_eq!(start, text.len());
        }
    }

    const ANYWHERE: Division = Division { cut: Cut::Anywhere, before: 2, after: 2 };
    const LINES: Division = Division { cut: Cut::Lines, before: 0, after: 0 };

    #[test]
    fn a_line_may_go_over_many_ranges() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let line = "a".repeat(3 * CHUNK_BYTES);
        std::fs::write(file.path(), format!("{line}\nb\n{line}")).unwrap();
        let cuts: Vec<_> = (1..6).map(|nth| nth * CHUNK_BYTES as u64).collect();
        let read = ranges(&open(&file), &cuts, LINES);
        let lens: Vec<_> = read.iter().map(|range| range.text.len()).collect();
        assert_eq!(lens, [line.len() + 1, 0, 0, 2 + line.len(), 0, 0]);
    }

    #[test]
    fn a_file_that_becomes_shorter_or_longer_is_not_taken_for_whole() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for division in [ANYWHERE, LINES] {
            std::fs::write(file.path(), "one\ntwo\nthree\n").unwrap();
            let source = open(&file);
            std::fs::write(file.path(), "one\ntw").unwrap();
            let read = ranges(&source, &[4, 8], division);
            assert_eq!(read[0].text, b"one\n");
            assert!(read[0].fault.is_none());
            assert_eq!(read[1].text, b"tw");
            let is_shrunk = |fault: &Option<Fault>| {
                matches!(fault, Some(Fault::Shrank { read: 6, expected: 14 }))
            };
            assert!(is_shrunk(&read[1].fault), "{division:?} {:?}", read[1]);
            assert!(read[2].text.is_empty() && read[2].fault.is_some());

            std::fs::write(file.path(), "one\ntwo\nthree\nfour").unwrap();
            let read = ranges(&source, &[4, 8], division);
            assert_eq!(read[2].text, b"three\nfour");
            assert!(read[2].fault.is_none());
        }
    }

    #[test]
    fn a_request_to_stop_ends_a_range() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "text").unwrap();
        let interrupt = Interrupt::default();
        let range = open(&file).range(2, None, ANYWHERE, &interrupt, Blocking(()));
        interrupt.request();
        let read = read(range);
        assert!(matches!(read.fault, Some(Fault::Interrupted)));
        assert!(read.text.is_empty());
    }
}
