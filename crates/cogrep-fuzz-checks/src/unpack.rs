//! Unpacking in pieces against each format's own crate, which reads the whole.

use std::io::Read;

use cogrep_source::OpenOptions;

use crate::pieces::read;

/// What a whole file unpacks to by its own crate, if that says that it is whole. Not all of
/// them say so of a file that something else follows.
fn whole(packed: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::new();
    let read = match packed {
        [0x1f, 0x8b, 8, ..] => flate2::read::MultiGzDecoder::new(packed).read_to_end(&mut plain),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            zstd::Decoder::new(packed).and_then(|mut decoder| decoder.read_to_end(&mut plain))
        }
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            liblzma::read::XzDecoder::new_multi_decoder(packed).read_to_end(&mut plain)
        }
        [b'B', b'Z', b'h', ..] => bzip2::read::MultiBzDecoder::new(packed).read_to_end(&mut plain),
        _ => return None,
    };
    read.ok().map(|_| plain)
}

/// Unpacks bytes in pieces.
///
/// # Panics
///
/// When the text or its outcome depends on the pieces, or is not what the whole unpacks to.
pub fn unpack(data: &[u8]) {
    let Some((choices, packed)) = data.split_first_chunk::<4>() else { return };
    // A mark of UTF-16 in the text would have it decoded.
    let options = OpenOptions { encoding: "none".parse().ok(), ..OpenOptions::default() };
    let (text, outcome) = read(packed, &[], &options);
    let (again, how) = read(packed, choices, &options);
    assert_eq!(outcome.as_str(), how.as_str(), "the outcome depends on the pieces");
    if outcome.is_complete() {
        assert_eq!(text, again, "the text depends on the pieces");
    }
    if let Some(plain) = whole(packed)
        && outcome.is_complete()
    {
        assert_eq!(text, plain, "it unpacks to something else");
    }
}
