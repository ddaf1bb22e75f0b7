//! What a parser reads from that is fed with bytes in pieces of any size.
//!
//! A parser that is fed does no input of its own: it is a coroutine, and the
//! program that has bytes sends them, from a file, a socket, a test, or an interrupt. Its body reads as if all
//! bytes were there, and pauses where they are not.

use alloc::vec::Vec;
use core::error::Error;
use core::fmt;

use crate::Input;

/// Why a [`Reader`] has not what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReadError {
    /// The coroutine was closed before all of it had come.
    Ended,
    /// It is longer than the reader's [limit](Reader::with_limit).
    TooLong,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ended => "the input ended too early",
            Self::TooLong => "the input has a piece that is longer than the limit",
        })
    }
}

impl Error for ReadError {}

/// Reads bytes, lines and pieces from an input of bytes, however these are cut.
///
/// What is sent is copied once, into a buffer that is no longer than what was asked for and
/// what was sent last, so that the parser can hold it across pauses. What a method gives is
/// borrowed from that buffer until the next one.
///
/// ```
/// use cosend::{Input, ReadError, Reader, Sink, coroutine};
///
/// /// A length in a line of its own, and as many bytes.
/// fn netstring() -> impl Sink<[u8], Return = Result<Vec<u8>, ReadError>> {
///     coroutine(async |bytes: Input<[u8]>| {
///         let mut reader = Reader::new(bytes);
///         let length = reader.line().await?;
///         let length = std::str::from_utf8(length).ok().and_then(|text| text.parse().ok());
///         Ok(reader.exact(length.unwrap_or(0)).await?.to_vec())
///     })
/// }
///
/// let mut parser = netstring();
/// for piece in ["1", "1\nto be ", "or n"] {
///     parser.send(piece.as_bytes())?;
/// }
/// assert_eq!(parser.close(), Err(ReadError::Ended), "one byte is missing");
///
/// let whole = netstring().run([b"11\nto be or no".as_slice()]);
/// assert_eq!(whole, Ok(b"to be or no".to_vec()));
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Reader<'id> {
    input: Input<'id, [u8]>,
    buffer: Vec<u8>,
    /// How much of the buffer has been read.
    read: usize,
    limit: usize,
    /// The input has ended.
    ended: bool,
}

impl<'id> Reader<'id> {
    /// Reads from an input, without a limit.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let first = coroutine(async |bytes: Input<[u8]>| Reader::new(bytes).byte().await);
    /// assert_eq!(first.run([b"ab".as_slice()]), Ok(b'a'));
    /// ```
    pub fn new(input: Input<'id, [u8]>) -> Self {
        Self::with_limit(input, usize::MAX)
    }

    /// Reads from an input of which no single piece may be longer than this many bytes.
    ///
    /// It is for input that is not trusted: a line without an end would fill the memory.
    ///
    /// ```
    /// use cosend::{Input, ReadError, Reader, Sink, coroutine};
    ///
    /// let line = coroutine(async |bytes: Input<[u8]>| {
    ///     Reader::with_limit(bytes, 80).line().await.map(<[u8]>::len)
    /// });
    /// assert_eq!(line.run([[b'a'; 50]; 3]), Err(ReadError::TooLong));
    /// ```
    pub fn with_limit(input: Input<'id, [u8]>, limit: usize) -> Self {
        Self { input, buffer: Vec::new(), read: 0, limit, ended: false }
    }

    /// The next byte, which stays; `None` at the end.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let digits = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     let mut number = 0;
    ///     while let Some(digit @ b'0'..=b'9') = reader.peek().await {
    ///         number = number * 10 + u32::from(digit - b'0');
    ///         reader.skip(1).await?;
    ///     }
    ///     Ok::<_, cosend::ReadError>(number)
    /// });
    /// assert_eq!(digits.run(["4", "2 apples"].map(str::as_bytes)), Ok(42));
    /// ```
    pub async fn peek(&mut self) -> Option<u8> {
        while self.buffered().is_empty() {
            if !self.fill().await {
                return None;
            }
        }
        self.buffered().first().copied()
    }

    /// The next byte.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let pair = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     Ok::<_, cosend::ReadError>((reader.byte().await?, reader.byte().await?))
    /// });
    /// assert_eq!(pair.run(["a", "b"].map(str::as_bytes)), Ok((b'a', b'b')));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError::Ended`] at the end.
    pub async fn byte(&mut self) -> Result<u8, ReadError> {
        let byte = self.peek().await.ok_or(ReadError::Ended)?;
        self.read += 1;
        Ok(byte)
    }

    /// The next `length` bytes.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let number = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     let bytes = reader.exact(4).await?.try_into().unwrap();
    ///     Ok::<_, cosend::ReadError>(u32::from_be_bytes(bytes))
    /// });
    /// assert_eq!(number.run([[0, 0], [1, 2]]), Ok(258));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError::TooLong`] at once when that is more than the limit, and
    /// [`ReadError::Ended`] when fewer come; these can be read still.
    pub async fn exact(&mut self, length: usize) -> Result<&[u8], ReadError> {
        if length > self.limit {
            return Err(ReadError::TooLong);
        }
        while self.buffered().len() < length {
            if !self.fill().await {
                return Err(ReadError::Ended);
            }
        }
        Ok(self.take(length))
    }

    /// All bytes up to this one, which is read too, and not given.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let name = coroutine(async |bytes: Input<[u8]>| {
    ///     Reader::new(bytes).until(b'=').await.map(<[u8]>::to_vec)
    /// });
    /// assert_eq!(name.run(["col", "or=red"].map(str::as_bytes)), Ok(b"color".to_vec()));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError::TooLong`] when the byte is not among as many as the limit, and
    /// [`ReadError::Ended`] when it does not come at all; what came can be read still.
    pub async fn until(&mut self, end: u8) -> Result<&[u8], ReadError> {
        let length = self.find(end).await?;
        let piece = self.take(length + 1);
        Ok(&piece[..length])
    }

    /// The next line, without its end, which is `\n` or `\r\n`.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let lines = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     let mut lengths = Vec::new();
    ///     while let Ok(line) = reader.line().await {
    ///         lengths.push(line.len());
    ///     }
    ///     (lengths, reader.rest().len())
    /// });
    /// assert_eq!(lines.run(["a\r", "\n\nbc\nd"].map(str::as_bytes)), (vec![1, 0, 2], 1));
    /// ```
    ///
    /// # Errors
    ///
    /// As [`until`](Reader::until): a last line without an end is one that has not come
    /// whole, and can be read by [`rest`](Reader::rest).
    pub async fn line(&mut self) -> Result<&[u8], ReadError> {
        let line = self.until(b'\n').await?;
        Ok(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// Reads over `length` bytes, and keeps none of them.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let third = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     reader.skip(2).await?;
    ///     reader.byte().await
    /// });
    /// assert_eq!(third.run(["a", "bc"].map(str::as_bytes)), Ok(b'c'));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError::Ended`] when there are fewer; these have been read.
    pub async fn skip(&mut self, mut length: usize) -> Result<(), ReadError> {
        while length > 0 {
            let piece = self.piece(length).await.ok_or(ReadError::Ended)?;
            length -= piece.len();
        }
        Ok(())
    }

    /// What has come and is not read yet, if it is no more than `most` bytes, and otherwise
    /// as many; `None` at the end.
    ///
    /// It is for bytes that go on as they come, so that nobody keeps all of them.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let pieces = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     let mut pieces = Vec::new();
    ///     while let Some(piece) = reader.piece(3).await {
    ///         pieces.push(String::from_utf8_lossy(piece).into_owned());
    ///     }
    ///     pieces
    /// });
    /// assert_eq!(pieces.run(["abcde", "f"].map(str::as_bytes)), ["abc", "de", "f"]);
    /// ```
    pub async fn piece(&mut self, most: usize) -> Option<&[u8]> {
        self.peek().await?;
        let length = self.buffered().len().min(most);
        Some(self.take(length))
    }

    /// What has come and is not read yet. It is given without a pause.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let rest = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     let line = reader.line().await.is_ok();
    ///     (line, reader.rest().to_vec())
    /// });
    /// assert_eq!(rest.run([b"no end".as_slice()]), (false, b"no end".to_vec()));
    /// ```
    pub fn rest(&mut self) -> &[u8] {
        self.take(self.buffered().len())
    }

    /// Whether all has been read and nothing more comes.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let nothing = coroutine(async |bytes: Input<[u8]>| Reader::new(bytes).is_at_end().await);
    /// assert!(nothing.run([b"".as_slice()]));
    /// ```
    pub async fn is_at_end(&mut self) -> bool {
        self.peek().await.is_none()
    }

    /// The input, for what comes next. What has come and is not read is lost.
    ///
    /// ```
    /// use cosend::{Input, Reader, Sink, coroutine};
    ///
    /// let after_header = coroutine(async |bytes: Input<[u8]>| {
    ///     let mut reader = Reader::new(bytes);
    ///     reader.line().await.ok()?;
    ///     let mut total = reader.rest().len();
    ///     let mut bytes = reader.into_input();
    ///     while let Some(chunk) = bytes.next().await {
    ///         total += chunk.len();
    ///     }
    ///     Some(total)
    /// });
    /// assert_eq!(after_header.run(["header\nbo", "dy"].map(str::as_bytes)), Some(4));
    /// ```
    pub fn into_input(self) -> Input<'id, [u8]> {
        self.input
    }

    /// Where the next such byte is, counted from here.
    async fn find(&mut self, byte: u8) -> Result<usize, ReadError> {
        let mut searched = 0;
        loop {
            let buffered = self.buffered();
            let found = buffered[searched..].iter().position(|&it| it == byte);
            searched = found.map_or(buffered.len(), |at| searched + at);
            if searched > self.limit {
                return Err(ReadError::TooLong);
            }
            if found.is_some() {
                return Ok(searched);
            }
            if !self.fill().await {
                return Err(ReadError::Ended);
            }
        }
    }

    fn buffered(&self) -> &[u8] {
        &self.buffer[self.read..]
    }

    fn take(&mut self, length: usize) -> &[u8] {
        let from = self.read;
        self.read += length;
        &self.buffer[from..self.read]
    }

    /// Waits for more; `false` when there is none.
    async fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        // What has been read makes room for what comes; it is moved only when that is less
        // than what goes, so that a byte is moved once on average.
        if self.read >= self.buffer.len() - self.read {
            self.buffer.drain(..self.read);
            self.read = 0;
        }
        match self.input.next().await {
            Some(chunk) => self.buffer.extend_from_slice(chunk),
            None => self.ended = true,
        }
        !self.ended
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("buffered", &self.buffered().len())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
