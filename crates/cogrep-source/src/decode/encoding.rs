//! From the bytes of a source to text: byte order marks and named encodings.

mod names;

use std::fmt;
use std::str::FromStr;

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE};

/// An encoding named by the user, which holds for every source and beats any byte
/// order mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(Named);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    /// The bytes are the text, a mark among them.
    Raw,
    /// UTF-16 in the order that its mark says; without one, the lower byte comes first.
    Utf16,
    Of(&'static encoding_rs::Encoding),
}

/// There is no encoding of that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0}: no such encoding; use a name of the WHATWG Encoding Standard, such as utf-8, utf-16le, latin1, gbk, shift_jis"
)]
pub struct UnknownEncoding(String);

impl Encoding {
    /// The names of the encodings that there are, one each.
    pub fn names() -> impl Iterator<Item = &'static str> {
        names::ALL.iter().copied()
    }
}

impl fmt::Display for Encoding {
    /// Its name in the standard, whichever of its names it was asked for by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Named::Raw => "none",
            Named::Utf16 => "UTF-16",
            Named::Of(encoding) => encoding.name(),
        })
    }
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;

    /// Knows the labels of the standard, and what Python, iconv and Windows call the same
    /// encodings; `utf-16`, whose mark says the order; and `none`.
    fn from_str(name: &str) -> Result<Self, UnknownEncoding> {
        let unknown = || UnknownEncoding(name.to_owned());
        let plain = names::plain(name);
        Ok(Self(match plain.as_str() {
            "none" => Named::Raw,
            "utf16" => Named::Utf16,
            _ => Named::Of(names::find(name, &plain).ok_or_else(unknown)?),
        }))
    }
}

/// How the bytes of one source become text, decided on its first bytes.
pub(crate) enum Transcoding {
    /// They are text already, but for a mark of this many bytes at the start.
    Plain { mark_bytes: usize },
    /// They go through a decoder.
    Decoded(Box<Decoder>),
}

/// How many bytes must be seen, unless the source ends before, to know its mark.
pub(crate) const LONGEST_MARK_BYTES: usize = 3;

/// Chooses by the first bytes of a source, or by the name that the user gave.
pub(crate) fn transcoding(start: &[u8], named: Option<Encoding>) -> Transcoding {
    let marked = encoding_rs::Encoding::for_bom(start);
    let by_mark = marked.map(|(encoding, _)| encoding);
    let encoding = match named {
        None => by_mark.unwrap_or(UTF_8),
        Some(Encoding(Named::Raw)) => return Transcoding::Plain { mark_bytes: 0 },
        Some(Encoding(Named::Utf16)) if by_mark == Some(UTF_16BE) => UTF_16BE,
        Some(Encoding(Named::Utf16)) => UTF_16LE,
        Some(Encoding(Named::Of(encoding))) => encoding,
    };
    if encoding == UTF_8 {
        // UTF-8 is passed through as it is, invalid bytes too.
        let mark_bytes =
            marked.map_or(0, |(by_mark, length)| if by_mark == UTF_8 { length } else { 0 });
        return Transcoding::Plain { mark_bytes };
    }
    Transcoding::Decoded(Box::new(encoding.new_decoder_with_bom_removal()))
}

/// Decodes as much as fits; malformed input becomes U+FFFD.
///
/// Gives the bytes taken, the bytes written, and whether all input was taken.
pub(crate) fn decode(
    decoder: &mut Decoder,
    raw: &[u8],
    text: &mut [u8],
    last: bool,
) -> (usize, usize, bool) {
    let (result, taken, written, _) = decoder.decode_to_utf8(raw, text, last);
    (taken, written, matches!(result, CoderResult::InputEmpty))
}
