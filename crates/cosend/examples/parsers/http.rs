//! Requests of HTTP/1 (RFC 9112), with their bodies: by length, chunked, or none.
//!
//! No input of its own and no standard library: the program that has bytes sends them.

#![allow(unreachable_pub, reason = "it is part of a library too")]

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use cosend::{Input, ReadError, Reader, Sink, coroutine};

/// A request, whole.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET` and its like.
    pub method: String,
    /// What is asked for.
    pub target: String,
    /// The second number of the version: 0 or 1.
    pub minor: u8,
    /// Names and values, as they came.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, put together.
    pub body: Vec<u8>,
    /// What followed a chunked body.
    pub trailers: Vec<(String, Vec<u8>)>,
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// It ended too early, or has a line that is too long.
    Read(ReadError),
    /// The first line is not `METHOD TARGET HTTP/1.x`.
    RequestLine,
    /// A header is not `NAME: VALUE`.
    Header,
    /// The length of the body is not a number, or is given twice and differs.
    Length,
    /// A chunk has no size, or does not end where it says.
    Chunk,
}

impl From<ReadError> for HttpError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// The longest line, and the longest body.
const LIMIT: usize = 1 << 16;

/// A parser of one request: what comes after it is not taken.
pub fn request() -> impl Sink<[u8], Return = Result<Request, HttpError>> + Send {
    coroutine(async |bytes: Input<[u8]>| read_request(&mut Reader::with_limit(bytes, LIMIT)).await)
}

/// Reads one request. For those that follow on the same connection, call it again.
///
/// # Errors
///
/// With what is wrong with the request.
pub async fn read_request(reader: &mut Reader<'_>) -> Result<Request, HttpError> {
    let mut request = Request::default();
    read_request_line(reader, &mut request).await?;
    request.headers = read_headers(reader).await?;
    if is_chunked(&request.headers) {
        read_chunks(reader, &mut request.body).await?;
        request.trailers = read_headers(reader).await?;
    } else if let Some(length) = length(&request.headers)? {
        request.body = reader.exact(length).await?.to_owned();
    }
    Ok(request)
}

async fn read_request_line(
    reader: &mut Reader<'_>,
    request: &mut Request,
) -> Result<(), HttpError> {
    // Empty lines before a request are to be read over.
    let mut line = Vec::new();
    while line.is_empty() {
        line = reader.line().await?.to_owned();
    }
    let mut words = line.split(|&byte| byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(HttpError::RequestLine);
    };
    let is_visible = |byte: &u8| *byte > b' ' && *byte != 0x7f;
    if !is_token(method) || target.is_empty() || !target.iter().all(is_visible) {
        return Err(HttpError::RequestLine);
    }
    request.method = text(method).ok_or(HttpError::RequestLine)?;
    request.target = text(target).ok_or(HttpError::RequestLine)?;
    request.minor = match version {
        b"HTTP/1.0" => 0,
        b"HTTP/1.1" => 1,
        _ => return Err(HttpError::RequestLine),
    };
    Ok(())
}

/// Reads headers up to an empty line.
async fn read_headers(reader: &mut Reader<'_>) -> Result<Vec<(String, Vec<u8>)>, HttpError> {
    let mut headers = Vec::new();
    loop {
        let line = reader.line().await?;
        if line.is_empty() {
            return Ok(headers);
        }
        let colon = line.iter().position(|&byte| byte == b':').ok_or(HttpError::Header)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        let is_value = |byte: &u8| *byte == b'\t' || (*byte >= b' ' && *byte != 0x7f);
        if !is_token(name) || !value.iter().all(is_value) {
            return Err(HttpError::Header);
        }
        headers.push((text(name).ok_or(HttpError::Header)?, value.to_owned()));
    }
}

/// Reads a chunked body up to its last chunk, which is empty.
///
/// # Errors
///
/// With what is wrong with the chunks.
pub async fn read_chunks(reader: &mut Reader<'_>, body: &mut Vec<u8>) -> Result<(), HttpError> {
    loop {
        let line = reader.line().await?;
        // What follows a semicolon are extensions, which nobody has to understand.
        let size = line.split(|&byte| byte == b';').next().unwrap_or(line).trim_ascii();
        let size = number(size, 16).ok_or(HttpError::Chunk)?;
        if size == 0 {
            return Ok(());
        }
        if body.len().saturating_add(size) > LIMIT {
            return Err(HttpError::Read(ReadError::TooLong));
        }
        body.extend_from_slice(reader.exact(size).await?);
        if !reader.line().await?.is_empty() {
            return Err(HttpError::Chunk);
        }
    }
}

fn values<'a>(
    headers: &'a [(String, Vec<u8>)],
    name: &'a str,
) -> impl DoubleEndedIterator<Item = &'a [u8]> {
    headers.iter().filter(|header| header.0.eq_ignore_ascii_case(name)).map(|header| &*header.1)
}

/// Whether the last coding of the body is the chunked one.
fn is_chunked(headers: &[(String, Vec<u8>)]) -> bool {
    values(headers, "Transfer-Encoding").next_back().is_some_and(|codings| {
        let last = codings.rsplit(|&byte| byte == b',').next().unwrap_or(codings);
        last.trim_ascii().eq_ignore_ascii_case(b"chunked")
    })
}

/// How long the body is. Two lengths that differ are how requests are smuggled.
fn length(headers: &[(String, Vec<u8>)]) -> Result<Option<usize>, HttpError> {
    let mut length = None;
    for value in values(headers, "Content-Length") {
        let value = number(value, 10).ok_or(HttpError::Length)?;
        if length.replace(value).is_some_and(|before| before != value) {
            return Err(HttpError::Length);
        }
    }
    Ok(length)
}

/// A number that is digits and nothing else.
fn number(digits: &[u8], radix: u32) -> Option<usize> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    usize::from_str_radix(core::str::from_utf8(digits).ok()?, radix).ok()
}

fn is_token(word: &[u8]) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !word.is_empty() && word.iter().all(is_token)
}

fn text(bytes: &[u8]) -> Option<String> {
    core::str::from_utf8(bytes).ok().map(str::to_owned)
}
