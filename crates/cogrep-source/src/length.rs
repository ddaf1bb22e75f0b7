//! How long a text is, where that can be told before it is read.

use std::fs::File;
use std::io::Read;

use crate::encoding::{LONGEST_MARK_BYTES, Transcoding, transcoding};
use crate::input::SourceName;
use crate::text::OpenOptions;
use crate::unpack::{MAGIC_BYTES, is_compressed};

/// Enough to tell all marks and formats.
const START_BYTES: usize =
    if MAGIC_BYTES > LONGEST_MARK_BYTES { MAGIC_BYTES } else { LONGEST_MARK_BYTES };

/// The bytes of text that a source will give: the size of a regular file, less its
/// mark.
///
/// It is `None` where the length shows only at the end: for pipes and standard
/// input, for what is compressed or decoded, and for what cannot be opened at all.
#[must_use]
pub fn text_length(name: &SourceName, options: &OpenOptions) -> Option<u64> {
    let SourceName::Path(path) = name else { return None };
    // Opening a pipe would take part in it.
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mut start = Vec::with_capacity(START_BYTES);
    let file = File::open(path).ok()?;
    file.take(START_BYTES as u64).read_to_end(&mut start).ok()?;
    if !options.no_decompress && is_compressed(&start) {
        return None;
    }
    match transcoding(&start, options.encoding) {
        Transcoding::Plain { mark_bytes } => metadata.len().checked_sub(mark_bytes as u64),
        Transcoding::Decoded(_) => None,
    }
}
