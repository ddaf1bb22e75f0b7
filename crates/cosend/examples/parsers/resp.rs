//! RESP, in which Redis answers: both versions, as far as commands go.
//!
//! No input of its own and no standard library: the program that has bytes sends them.

#![allow(unreachable_pub, reason = "it is part of a library too")]

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use cosend::{Input, ReadError, Reader, Sink, coroutine};

/// An answer, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// `+OK`
    Simple(String),
    /// `-ERR ...`
    Error(String),
    /// `:42`
    Integer(i64),
    /// `,2.5`
    Double(f64),
    /// `#t`
    Bool(bool),
    /// `$3`, and as many bytes; also a verbatim text and a long error.
    Bulk(Vec<u8>),
    /// Nothing: `$-1`, `*-1` or `_`.
    Null,
    /// `*2`, and as many answers; also a set, and a push.
    Array(Vec<Reply>),
    /// `%2`, and as many pairs.
    Map(Vec<(Reply, Reply)>),
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RespError {
    /// It ended too early, or is too long.
    Read(ReadError),
    /// No answer begins like this.
    Kind(u8),
    /// A number is none.
    Number,
    /// What should end does not.
    End,
}

impl From<ReadError> for RespError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// A parser of answers, each of which goes on to a child as soon as it is there.
///
/// Its result is that of the child, and `Ended` in the midst of an answer is an error.
pub fn replies<S: Sink<Reply>>(
    mut child: S,
) -> impl Sink<[u8], Return = Result<S::Return, RespError>> {
    coroutine(async move |bytes: Input<[u8]>| {
        let mut reader = Reader::with_limit(bytes, 1 << 29);
        while !reader.is_at_end().await {
            if child.pass(&reply(&mut reader).await?).is_err() {
                break;
            }
        }
        Ok(child.close())
    })
}

/// Reads one answer.
///
/// # Errors
///
/// With what is wrong with it.
pub async fn reply(reader: &mut Reader<'_>) -> Result<Reply, RespError> {
    let kind = reader.byte().await?;
    let line = reader.line().await?;
    Ok(match kind {
        b'+' => Reply::Simple(text(line)),
        b'-' => Reply::Error(text(line)),
        b':' => Reply::Integer(number(line)?),
        b'(' => Reply::Bulk(line.to_owned()),
        b',' => Reply::Double(text(line).parse().map_err(|_| RespError::Number)?),
        b'#' => Reply::Bool(line == b"t"),
        b'_' => Reply::Null,
        b'$' | b'=' | b'!' => match length(line)? {
            None => Reply::Null,
            Some(length) => bulk(reader, length).await?,
        },
        b'*' | b'~' | b'>' => match length(line)? {
            None => Reply::Null,
            Some(length) => Box::pin(array(reader, length)).await?,
        },
        b'%' => {
            let length = length(line)?.unwrap_or(0);
            Box::pin(map(reader, length)).await?
        }
        kind => return Err(RespError::Kind(kind)),
    })
}

async fn bulk(reader: &mut Reader<'_>, length: usize) -> Result<Reply, RespError> {
    let bytes = reader.exact(length).await?.to_owned();
    if reader.exact(2).await? != b"\r\n" {
        return Err(RespError::End);
    }
    Ok(Reply::Bulk(bytes))
}

async fn array(reader: &mut Reader<'_>, length: usize) -> Result<Reply, RespError> {
    let mut replies = Vec::new();
    for _ in 0..length {
        replies.push(reply(reader).await?);
    }
    Ok(Reply::Array(replies))
}

async fn map(reader: &mut Reader<'_>, length: usize) -> Result<Reply, RespError> {
    let mut pairs = Vec::new();
    for _ in 0..length {
        pairs.push((reply(reader).await?, reply(reader).await?));
    }
    Ok(Reply::Map(pairs))
}

/// A length, which `-1` says is missing.
fn length(line: &[u8]) -> Result<Option<usize>, RespError> {
    match number(line)? {
        -1 => Ok(None),
        length => usize::try_from(length).map(Some).map_err(|_| RespError::Number),
    }
}

fn number(line: &[u8]) -> Result<i64, RespError> {
    text(line).parse().map_err(|_| RespError::Number)
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

/// A command, as it is sent to the server.
pub fn command<'a>(
    words: impl IntoIterator<Item = &'a [u8], IntoIter: ExactSizeIterator>,
) -> Vec<u8> {
    let words = words.into_iter();
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend_from_slice(format!("${}\r\n", word.len()).as_bytes());
        bytes.extend_from_slice(word);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}
