//! A source that is open: its bytes are read, unpacked, converted, and handed out as text.

use std::io::Read;
use std::sync::Arc;

use crate::buffer::Buffer;
use crate::chunk::{CHUNK_BYTES, Chunk};
use crate::chunks::Chunks;
use crate::container::format::{ContainerFormat, Formats};
use crate::decode::{
    Encoding, Feed, LONGEST_MARK_BYTES, Transcoding, Unpacked, decode, suspect_source, transcoding,
};
use crate::name::SourceName;
use crate::notice::Notices;
use crate::options::OpenOptions;
use crate::outcome::{Fault, Outcome};
use crate::range::Divisible;
use crate::raw::{Filled, Raw};
use crate::reader::Reader;
use crate::trace::decoding;
use crate::wait::{Blocking, Wait, block_on};

/// How many bytes are read at once for a decoder: less than a chunk, since text tends to
/// grow when it becomes UTF-8.
const UNDECODED_BYTES: usize = CHUNK_BYTES / 2;

/// A source that is being read.
///
/// [`fetch`](Chunks::fetch) hands out one chunk after the other, and so does
/// [`read`](Self::read) for a text that blocks its thread. After the last one,
/// [`outcome`](Self::outcome) says whether that was all.
pub struct Text<W = Blocking> {
    wait: W,
    /// In a box, since a text is moved through the states of several futures.
    decoded: Box<Decoded<Reader>>,
}

impl Text {
    /// Opens a source by its name, to be read on this thread. A container is a text like
    /// any other here.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or the name is that of a folder.
    pub fn open(name: &SourceName, options: &OpenOptions) -> Result<Self, Fault> {
        block_on(Self::open_on(name, options, Blocking(())))
    }

    /// Reads from any reader, as from a pipe.
    ///
    /// ```
    /// use cogrep_source::{Chunk, OpenOptions, Text};
    ///
    /// let mut text = Text::from_reader(&b"\xFF\xFEh\0i\0"[..], &OpenOptions::default());
    /// let mut chunk = Chunk::new();
    /// text.read(&mut chunk);
    /// assert_eq!(chunk.bytes(), b"hi");
    /// ```
    pub fn from_reader(reader: impl Read + Send + 'static, options: &OpenOptions) -> Self {
        let reader = Reader::from_reader(reader, &options.interrupt);
        Self { wait: Blocking(()), decoded: Box::new(Decoded::new(reader, options)) }
    }

    /// [Fetches](Chunks::fetch) the next piece of the text, and blocks the thread meanwhile.
    pub fn read(&mut self, chunk: &mut Chunk) {
        block_on(self.fetch(chunk));
    }
}

impl<W: Wait> Text<W> {
    /// Opens a source by its name, and waits in this way.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, or the name is that of a folder.
    pub async fn open_on(name: &SourceName, options: &OpenOptions, wait: W) -> Result<Self, Fault> {
        let mut text = Self::open_unnamed(name, options, wait).await?;
        text.decoded.notices = Some((name.clone(), options.notices.clone()));
        Ok(text)
    }

    /// The same for a source that is [begun](Self::begin) with its name.
    pub(crate) async fn open_unnamed(
        name: &SourceName,
        options: &OpenOptions,
        wait: W,
    ) -> Result<Self, Fault> {
        let reader = Reader::open(name, options, &wait).await?;
        Ok(Self { wait, decoded: Box::new(Decoded::new(reader, options)) })
    }

    /// Reads the first piece into the chunk, unless the source is a container of one of
    /// the formats in the options.
    pub(crate) async fn begin(
        &mut self,
        chunk: &mut Chunk,
        name: &SourceName,
        options: &OpenOptions,
    ) -> Option<Arc<dyn ContainerFormat>> {
        let notices = Some((name, &options.notices));
        self.decoded.begin(&self.wait, chunk, &options.containers, notices).await
    }

    /// What the text comes from, and how it waits.
    pub(crate) fn into_parts(self) -> (W, Unpacked<Reader>) {
        (self.wait, self.decoded.into_unpacked())
    }

    /// Whether the source is compressed, there is more of it, and it is decoded on the
    /// thread that fetches it. Known when the first chunk has been fetched.
    #[must_use]
    pub fn can_read_ahead(&self) -> bool {
        self.decoded.feed.can_go_ahead()
    }

    /// Decodes compressed data on a thread of its own from now on, if it
    /// [can](Self::can_read_ahead) and the system gives one: the next pieces while one is
    /// looked at. Text and outcome are the same.
    ///
    /// From then on a fetch blocks the thread, and the decoder asks no loop for memory: a
    /// source that is read ahead should be alone on its loop.
    pub fn read_ahead(&mut self) {
        let step_bytes = match &self.decoded.transcoding {
            Some(Transcoding::Decoded(_)) => UNDECODED_BYTES,
            Some(Transcoding::Plain { .. }) | None => CHUNK_BYTES,
        };
        self.decoded.feed.go_ahead(step_bytes, self.wait.spare());
    }

    /// Whether the next fetch may wait for ever, and not only for a disk or a network. The
    /// chunk's buffer is of better use elsewhere then.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.decoded.feed.is_stream()
    }

    /// The size of the source in bytes, if it is one of which any range can be read.
    #[must_use]
    pub fn divisible_bytes(&self) -> Option<u64> {
        self.decoded.plain()?.positional_bytes()
    }

    /// The same source, to be read in ranges, if its text can be: if its bytes are its text.
    /// To be asked when the first chunk has been fetched.
    #[must_use]
    pub fn divisible(&self) -> Option<Divisible> {
        let mark_bytes = self.decoded.mark_bytes()?;
        let (bytes, size) = self.decoded.plain()?.positional()?;
        Some(Divisible::new(bytes, mark_bytes, size))
    }

    /// The bytes of text that the source will give in all, if that is known before its end:
    /// not of streams, and not of what is compressed or converted. To be asked when the first
    /// chunk has been fetched.
    #[must_use]
    pub fn text_bytes(&self) -> Option<u64> {
        self.decoded.text_bytes()
    }

    /// The bytes read from the source so far, before unpacking and decoding; of one that is
    /// [read ahead](Self::read_ahead), those that the text so far came from.
    #[must_use]
    pub fn read_bytes(&self) -> u64 {
        self.decoded.feed.read_bytes()
    }

    /// How the source ended. To be asked after the last chunk.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.decoded.outcome()
    }
}

impl<W: Wait> Chunks for Text<W> {
    async fn fetch(&mut self, chunk: &mut Chunk) {
        self.decoded.fetch(&self.wait, chunk).await;
    }
}

/// Raw bytes that become text. How it waits is handed to each call.
pub(crate) struct Decoded<R> {
    feed: Feed<R>,
    encoding: Option<Encoding>,
    no_decompress: bool,
    /// What it is called, and where it is said that its text looks like none, if it is not
    /// begun with these.
    notices: Option<(SourceName, Notices)>,
    /// `None` until the first bytes are there.
    transcoding: Option<Transcoding>,
    /// Bytes that were read and not yet decoded, when there is a decoder.
    undecoded: Vec<u8>,
    /// The bytes of text handed out.
    offset: u64,
}

impl<R: Raw> Decoded<R> {
    pub(crate) fn new(raw: R, options: &OpenOptions) -> Self {
        Self {
            feed: Feed::new(raw),
            encoding: options.encoding,
            no_decompress: options.no_decompress,
            notices: None,
            transcoding: None,
            undecoded: Vec::new(),
            offset: 0,
        }
    }

    /// What the bytes come from, where they are not compressed.
    fn plain(&self) -> Option<&R> {
        self.feed.here()?.plain()
    }

    /// The bytes of the mark before the text, if the rest of the bytes is the text.
    fn mark_bytes(&self) -> Option<u64> {
        match self.transcoding {
            Some(Transcoding::Plain { mark_bytes }) => Some(mark_bytes as u64),
            _ => None,
        }
    }

    /// The bytes of text in all, if that is known.
    pub(crate) fn text_bytes(&self) -> Option<u64> {
        self.plain()?.size()?.checked_sub(self.mark_bytes()?)
    }

    /// How the source ended. To be asked after the last chunk.
    pub(crate) fn outcome(&self) -> Outcome {
        self.feed.outcome()
    }

    /// Gives back what unpacks the bytes, which is on this thread.
    pub(crate) fn into_unpacked(self) -> Unpacked<R> {
        let Some(unpacked) = self.feed.into_here() else {
            unreachable!("nothing that has just begun, and no member, is read ahead");
        };
        unpacked
    }

    /// Reads the next piece of the text into the chunk.
    pub(crate) async fn fetch<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk) {
        let (start, end, last) = match &self.transcoding {
            None => {
                let named = self.notices.take();
                let notices = named.as_ref().map(|(name, notices)| (name, notices));
                self.begin(wait, chunk, &Formats::default(), notices).await;
                return;
            }
            Some(Transcoding::Plain { .. }) => {
                let Filled(end) = self.feed.fill_chunk(wait, chunk, 1).await;
                (0, end, self.feed.has_ended())
            }
            Some(Transcoding::Decoded(_)) => self.read_decoded(wait, chunk).await,
        };
        self.hand_out(chunk, (start, end, last));
    }

    /// Reads the first piece, and decides by it how the source is encoded. A container
    /// leaves its first bytes in the chunk's memory, as many as the chunk says. Under the
    /// name, if there is one, it is noted what the text looks like.
    pub(crate) async fn begin<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        containers: &Formats,
        notices: Option<(&SourceName, &Notices)>,
    ) -> Option<Arc<dyn ContainerFormat>> {
        // A stream that is asked for more than is needed may be waited for for ever.
        let is_stream = self.feed.is_stream();
        let wanted = if is_stream || self.no_decompress { 0 } else { containers.start_bytes() };
        let least = LONGEST_MARK_BYTES.max(wanted);
        let Filled(mut end) = self.feed.begin(wait, chunk, least, self.no_decompress).await;
        if is_stream && !self.no_decompress {
            end = self.begin_stream(wait, chunk, containers, end).await;
        }
        let start = &chunk.memory()[..end];
        if !self.no_decompress
            && let Some(format) = containers.detect(start)
        {
            chunk.set(0, end, 0, false);
            return Some(Arc::clone(format));
        }
        if let Some((name, notices)) = notices
            && let Some(notice) = suspect_source(start, self.encoding.is_some(), self.no_decompress)
        {
            notices.add(name, notice);
        }
        let transcoding = self.transcoding.insert(transcoding(start, self.encoding));
        let piece = if let Transcoding::Plain { mark_bytes } = *transcoding {
            (mark_bytes, end, self.feed.has_ended())
        } else {
            self.undecoded.extend_from_slice(start);
            self.read_decoded(wait, chunk).await
        };
        self.hand_out(chunk, piece);
        None
    }

    /// Reads on as long as the beginning of a stream, in the chunk's memory, does not tell
    /// whether it is a container; gives how long it is then.
    async fn begin_stream<W: Wait>(
        &mut self,
        wait: &W,
        chunk: &mut Chunk,
        containers: &Formats,
        mut end: usize,
    ) -> usize {
        while !self.feed.has_ended() && containers.wants_more(&chunk.memory()[..end]) {
            let start = chunk.memory()[..end].to_vec();
            let Filled(more) = self.feed.fill_chunk(wait, chunk, 1).await;
            let all = [&start, &chunk.memory()[..more]].concat();
            end = all.len();
            chunk.set_memory(all.into());
        }
        end
    }

    fn hand_out(&mut self, chunk: &mut Chunk, (start, end, last): (usize, usize, bool)) {
        chunk.set(start, end, self.offset, last);
        self.offset += (end - start) as u64;
    }

    /// Decodes until there is a piece of text to hand out, or the source ends.
    async fn read_decoded<W: Wait>(&mut self, wait: &W, chunk: &mut Chunk) -> (usize, usize, bool) {
        wait.lend(chunk);
        loop {
            if self.undecoded.is_empty() && !self.feed.has_ended() {
                self.undecoded.resize(UNDECODED_BYTES, 0);
                let mut room = Buffer::from(std::mem::take(&mut self.undecoded));
                let read = self.feed.fill(wait, &mut room, UNDECODED_BYTES, 1).await;
                self.undecoded = room.into();
                self.undecoded.truncate(read);
            }
            let Some(Transcoding::Decoded(decoder)) = &mut self.transcoding else {
                unreachable!("called where there is a decoder");
            };
            let text = &mut chunk.buffer_mut(CHUNK_BYTES)[..CHUNK_BYTES];
            let ended = self.feed.has_ended();
            let (taken, end, all) =
                decoding(wait.trace(), || decode(decoder, &self.undecoded, text, ended));
            self.undecoded.drain(..taken);
            let last = all && ended;
            if last || end > 0 {
                return (0, end, last);
            }
        }
    }
}

/// Reads a whole small text, such as a list of patterns: UTF-8, or UTF-16 by its mark, and
/// not unpacked.
///
/// # Errors
///
/// When it cannot be read to its end.
pub fn read_all(name: &SourceName) -> Result<Vec<u8>, Fault> {
    let options = OpenOptions { no_decompress: true, ..OpenOptions::default() };
    let mut text = Text::open(name, &options)?;
    let mut chunk = Chunk::new();
    let mut all = Vec::new();
    while !chunk.is_last() {
        text.read(&mut chunk);
        all.extend_from_slice(chunk.bytes());
    }
    match text.outcome() {
        Outcome::Complete => Ok(all),
        Outcome::Partial(fault) | Outcome::Failed(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use proptest::prelude::*;

    use super::*;

    /// Hands out its bytes in pieces of these lengths, then fails or ends.
    struct Pieces {
        bytes: Vec<u8>,
        lengths: Vec<usize>,
        failure: Option<io::ErrorKind>,
    }

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let wanted = self.lengths.pop().unwrap_or(usize::MAX);
            if wanted == 0 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = wanted.min(self.bytes.len()).min(buffer.len());
            if length == 0
                && let Some(kind) = self.failure.take()
            {
                return Err(kind.into());
            }
            buffer[..length].copy_from_slice(&self.bytes[..length]);
            self.bytes.drain(..length);
            Ok(length)
        }
    }

    fn drain(mut text: Text) -> (Vec<u8>, Outcome) {
        let mut chunk = Chunk::new();
        let mut all = Vec::new();
        while !chunk.is_last() {
            text.read(&mut chunk);
            assert_eq!(chunk.offset(), all.len() as u64, "chunks follow each other");
            all.extend_from_slice(chunk.bytes());
        }
        (all, text.outcome())
    }

    fn pieces(bytes: &[u8], lengths: &[usize], options: &OpenOptions) -> Vec<u8> {
        let reader = Pieces { bytes: bytes.to_vec(), lengths: lengths.to_vec(), failure: None };
        let (text, outcome) = drain(Text::from_reader(reader, options));
        assert!(outcome.is_complete());
        text
    }

    fn named(name: &str) -> OpenOptions {
        OpenOptions { encoding: Some(name.parse().unwrap()), ..OpenOptions::default() }
    }

    #[test]
    fn a_mark_selects_the_encoding_and_is_no_text() {
        let read = |bytes: &[u8]| pieces(bytes, &[1, 1, 1, 1], &OpenOptions::default());
        assert_eq!(read(b"\xEF\xBB\xBFabc"), b"abc");
        assert_eq!(read(b"\xEF\xBBabc"), b"\xEF\xBBabc");
        assert_eq!(read(b"\xFF\xFEa\0b\0"), b"ab");
        assert_eq!(read(b"\xFE\xFF\0a\0b"), b"ab");
        assert_eq!(read(b"\xFF\xFE\x3d\xd8\x00\xde"), "😀".as_bytes());
        assert_eq!(read(b"\xFF\xFEa"), "\u{FFFD}".as_bytes());
        assert_eq!(read(b"a\xEF\xBB\xBF"), b"a\xEF\xBB\xBF");
        assert_eq!(read(b"\xEF\xBB\xBF"), b"");
        assert_eq!(read(b"\xFF\xFE"), b"");
        assert_eq!(read(b""), b"");
        assert_eq!(read(b"\xff\0\xfe"), b"\xff\0\xfe");
    }

    #[test]
    fn a_name_beats_the_mark_and_removes_its_own() {
        let read = |bytes: &[u8], name| pieces(bytes, &[], &named(name));
        assert_eq!(read(b"caf\xe9", "latin1"), "café".as_bytes());
        assert_eq!(read(b"\xFF\xFEa\0", "utf-16le"), b"a");
        assert_eq!(read(b"\xFE\xFFa\0", "utf-16le"), "\u{FFFE}a".as_bytes());
        assert_eq!(read(b"\xEF\xBB\xBFa\xff", "utf-8"), b"a\xff");
        assert_eq!(read(b"\xFF\xFEa", "utf-8"), b"\xFF\xFEa");
        assert_eq!(read(b"\xEF\xBB\xBFa", "latin1"), "ï»¿a".as_bytes());
        assert_eq!(read(b"\x82\xa0\x82", "shift_jis"), "あ\u{FFFD}".as_bytes());
        assert!("klingon".parse::<Encoding>().is_err());
        assert!("iso-2022-kr".parse::<Encoding>().is_err());
    }

    #[test]
    fn what_came_before_a_failure_counts() {
        let fail = |bytes: &[u8]| {
            let reader = Pieces {
                bytes: bytes.to_vec(),
                lengths: vec![3, 0],
                failure: Some(io::ErrorKind::PermissionDenied),
            };
            drain(Text::from_reader(reader, &OpenOptions::default()))
        };
        let (text, outcome) = fail(b"abcdef");
        assert_eq!(text, b"abcdef");
        assert!(matches!(outcome, Outcome::Partial(Fault::Io(_))));
        let (text, outcome) = fail(b"");
        assert_eq!(text, b"");
        assert!(matches!(outcome, Outcome::Failed(Fault::Io(_))));
    }

    #[test]
    fn a_request_to_stop_ends_the_text() {
        let options = OpenOptions::default();
        options.interrupt.request();
        let (text, outcome) = drain(Text::from_reader(&b"abc"[..], &options));
        assert_eq!(text, b"");
        assert!(matches!(outcome, Outcome::Failed(Fault::Interrupted)));
    }

    #[test]
    fn files_are_read_whole_and_checked_for_their_size() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let bytes: Vec<u8> = (0..=250).cycle().take(3 * CHUNK_BYTES + 17).collect();
        std::fs::write(file.path(), &bytes).unwrap();
        let name = SourceName::from(file.path());
        let (text, outcome) = drain(Text::open(&name, &OpenOptions::default()).unwrap());
        assert!(text == bytes && outcome.is_complete());

        let opened = Text::open(&name, &OpenOptions::default()).unwrap();
        std::fs::write(file.path(), b"short").unwrap();
        let (text, outcome) = drain(opened);
        assert_eq!(text, b"short");
        assert!(matches!(outcome, Outcome::Partial(Fault::Shrank { read: 5, .. })));

        let opened = Text::open(&name, &OpenOptions::default()).unwrap();
        std::fs::write(file.path(), b"longer by a bit").unwrap();
        let (text, outcome) = drain(opened);
        assert_eq!(text, b"longer by a bit");
        assert!(outcome.is_complete());
    }

    #[test]
    fn folders_and_missing_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let open = |name: &SourceName| Text::open(name, &OpenOptions::default());
        let refusal = |name: &SourceName| open(name).err().map(|fault| fault.to_string());
        assert_eq!(refusal(&folder.path().into()), Some("is a directory".to_owned()));
        let missing = folder.path().join("missing");
        assert_eq!(refusal(&missing.as_path().into()), Some("no such file".to_owned()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_size_of_zero_is_not_taken_for_the_length() {
        let name = SourceName::from(std::path::Path::new("/proc/self/status"));
        let (text, outcome) = drain(Text::open(&name, &OpenOptions::default()).unwrap());
        assert!(text.starts_with(b"Name:"));
        assert!(outcome.is_complete());
    }

    proptest! {
        #[test]
        fn text_does_not_depend_on_the_pieces(
            mark in prop::sample::select(vec![&b""[..], b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"]),
            units in prop::collection::vec(prop::sample::select(
                vec![&b"a"[..], b"\0", b"\xd8", b"\xdc", b"\x3d", b"\xff", b"\xc3\xa9", b"\n\0"]), 0..40),
            lengths in prop::collection::vec(0..5usize, 0..60),
            encoding in prop::sample::select(vec!["", "utf-8", "utf-16le", "utf-16be", "gbk"]),
        ) {
            let bytes = [mark, &units.concat()].concat();
            let options = if encoding.is_empty() { OpenOptions::default() } else { named(encoding) };
            let expected = match (encoding, mark) {
                ("", b"\xFF\xFE") | ("utf-16le", _) => encoding_rs::UTF_16LE.decode_with_bom_removal(&bytes).0.into_owned().into_bytes(),
                ("", b"\xFE\xFF") | ("utf-16be", _) => encoding_rs::UTF_16BE.decode_with_bom_removal(&bytes).0.into_owned().into_bytes(),
                ("gbk", _) => encoding_rs::GBK.decode_with_bom_removal(&bytes).0.into_owned().into_bytes(),
                ("" | "utf-8", b"\xEF\xBB\xBF") => bytes[3..].to_vec(),
                // Two units of the text may look like a mark.
                ("", b"") if encoding_rs::Encoding::for_bom(&bytes).is_some() => return Ok(()),
                _ => bytes.clone(),
            };
            prop_assert_eq!(pieces(&bytes, &lengths, &options), expected);
        }
    }
}
