//! JSON (RFC 8259): recursive descent, over text that comes in pieces.
//!
//! No input of its own and no standard library: the program that has bytes sends them.

#![allow(unreachable_pub, reason = "it is part of a library too")]

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use cosend::{Input, ReadError, Reader, Sink, coroutine};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it is written: no digit of it is lost.
    Number(String),
    /// A text.
    Text(String),
    /// `[...]`
    Array(Vec<Json>),
    /// `{...}`, in the order in which it came.
    Object(Vec<(String, Json)>),
}

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonError {
    /// It ended too early.
    Read(ReadError),
    /// This is not what comes here.
    Unexpected(u8),
    /// A `\` is followed by something else than an escape.
    Escape,
    /// A text is not UTF-8.
    Utf8,
    /// Arrays and objects are nested too deep.
    TooDeep,
}

impl From<ReadError> for JsonError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

/// How deep arrays and objects may be nested.
const DEPTH: usize = 127;

/// A parser of one value, with nothing around it but white space.
pub fn json() -> impl Sink<[u8], Return = Result<Json, JsonError>> + Send {
    coroutine(async |bytes: Input<[u8]>| {
        let mut reader = Reader::new(bytes);
        let value = value(&mut reader, DEPTH).await?;
        match blank(&mut reader).await {
            None => Ok(value),
            Some(byte) => Err(JsonError::Unexpected(byte)),
        }
    })
}

/// Reads over white space; gives the byte after it, which stays.
async fn blank(reader: &mut Reader<'_>) -> Option<u8> {
    loop {
        match reader.peek().await? {
            b' ' | b'\t' | b'\r' | b'\n' => reader.skip(1).await.ok()?,
            byte => return Some(byte),
        }
    }
}

/// Reads one byte after white space, which must be this.
async fn expect(reader: &mut Reader<'_>, expected: u8) -> Result<(), JsonError> {
    blank(reader).await;
    let byte = reader.byte().await?;
    if byte == expected { Ok(()) } else { Err(JsonError::Unexpected(byte)) }
}

async fn value(reader: &mut Reader<'_>, depth: usize) -> Result<Json, JsonError> {
    match blank(reader).await.ok_or(ReadError::Ended)? {
        b'n' => word(reader, b"null", Json::Null).await,
        b't' => word(reader, b"true", Json::Bool(true)).await,
        b'f' => word(reader, b"false", Json::Bool(false)).await,
        b'"' => Ok(Json::Text(text(reader).await?)),
        b'-' | b'0'..=b'9' => number(reader).await,
        b'[' | b'{' if depth == 0 => Err(JsonError::TooDeep),
        b'[' => Box::pin(array(reader, depth - 1)).await,
        b'{' => Box::pin(object(reader, depth - 1)).await,
        byte => Err(JsonError::Unexpected(byte)),
    }
}

async fn word(reader: &mut Reader<'_>, word: &[u8], value: Json) -> Result<Json, JsonError> {
    for &letter in word {
        let byte = reader.byte().await?;
        if byte != letter {
            return Err(JsonError::Unexpected(byte));
        }
    }
    Ok(value)
}

/// Reads `,`, and gives true, or the end of the list, and gives false.
async fn more(reader: &mut Reader<'_>, end: u8) -> Result<bool, JsonError> {
    blank(reader).await;
    match reader.byte().await? {
        b',' => Ok(true),
        byte if byte == end => Ok(false),
        byte => Err(JsonError::Unexpected(byte)),
    }
}

async fn array(reader: &mut Reader<'_>, depth: usize) -> Result<Json, JsonError> {
    let mut values = Vec::new();
    reader.skip(1).await?;
    if blank(reader).await == Some(b']') {
        reader.skip(1).await?;
        return Ok(Json::Array(values));
    }
    loop {
        values.push(value(reader, depth).await?);
        if !more(reader, b']').await? {
            return Ok(Json::Array(values));
        }
    }
}

async fn object(reader: &mut Reader<'_>, depth: usize) -> Result<Json, JsonError> {
    let mut members = Vec::new();
    reader.skip(1).await?;
    if blank(reader).await == Some(b'}') {
        reader.skip(1).await?;
        return Ok(Json::Object(members));
    }
    loop {
        match blank(reader).await.ok_or(ReadError::Ended)? {
            b'"' => {}
            byte => return Err(JsonError::Unexpected(byte)),
        }
        let name = text(reader).await?;
        expect(reader, b':').await?;
        members.push((name, value(reader, depth).await?));
        if !more(reader, b'}').await? {
            return Ok(Json::Object(members));
        }
    }
}

async fn number(reader: &mut Reader<'_>) -> Result<Json, JsonError> {
    let mut number = String::new();
    if reader.peek().await == Some(b'-') {
        reader.skip(1).await?;
        number.push('-');
    }
    if reader.peek().await == Some(b'0') {
        reader.skip(1).await?;
        number.push('0');
    } else {
        digits(reader, &mut number).await?;
    }
    if reader.peek().await == Some(b'.') {
        reader.skip(1).await?;
        number.push('.');
        digits(reader, &mut number).await?;
    }
    if let Some(b'e' | b'E') = reader.peek().await {
        reader.skip(1).await?;
        number.push('e');
        if let Some(sign @ (b'+' | b'-')) = reader.peek().await {
            reader.skip(1).await?;
            number.push(char::from(sign));
        }
        digits(reader, &mut number).await?;
    }
    Ok(Json::Number(number))
}

/// Reads at least one digit.
async fn digits(reader: &mut Reader<'_>, number: &mut String) -> Result<(), JsonError> {
    let first = reader.byte().await?;
    if !first.is_ascii_digit() {
        return Err(JsonError::Unexpected(first));
    }
    number.push(char::from(first));
    while let Some(digit @ b'0'..=b'9') = reader.peek().await {
        reader.skip(1).await?;
        number.push(char::from(digit));
    }
    Ok(())
}

async fn text(reader: &mut Reader<'_>) -> Result<String, JsonError> {
    let mut bytes = Vec::new();
    reader.skip(1).await?;
    loop {
        match reader.byte().await? {
            b'"' => return String::from_utf8(bytes).map_err(|_| JsonError::Utf8),
            b'\\' => {
                let letter = escape(reader).await?;
                bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
            byte @ 0..0x20 => return Err(JsonError::Unexpected(byte)),
            byte => bytes.push(byte),
        }
    }
}

async fn escape(reader: &mut Reader<'_>) -> Result<char, JsonError> {
    Ok(match reader.byte().await? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        letter @ (b'"' | b'\\' | b'/') => char::from(letter),
        b'u' => return unicode(reader).await,
        _ => return Err(JsonError::Escape),
    })
}

/// Four hexadecimal digits, or twice as many where a letter needs two of UTF-16.
async fn unicode(reader: &mut Reader<'_>) -> Result<char, JsonError> {
    let mut units = [hex(reader).await?, 0];
    let mut used = 1;
    if (0xd800..0xdc00).contains(&units[0]) {
        for expected in *b"\\u" {
            if reader.byte().await? != expected {
                return Err(JsonError::Escape);
            }
        }
        units[1] = hex(reader).await?;
        used = 2;
    }
    match char::decode_utf16(units[..used].iter().copied()).next() {
        Some(Ok(letter)) => Ok(letter),
        _ => Err(JsonError::Escape),
    }
}

async fn hex(reader: &mut Reader<'_>) -> Result<u16, JsonError> {
    let digits = reader.exact(4).await?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(JsonError::Escape);
    }
    let digits = core::str::from_utf8(digits).map_err(|_| JsonError::Escape)?;
    u16::from_str_radix(digits, 16).map_err(|_| JsonError::Escape)
}
