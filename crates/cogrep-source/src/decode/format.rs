//! The formats of compressed data, recognised by their first bytes.

/// A decoder is given at most this much memory for what its data may refer back to.
pub(crate) const WINDOW_BYTES: u64 = 128 << 20;

/// This many first bytes tell all formats apart, from each other and from text.
pub(crate) const MAGIC_BYTES: usize = 6;

/// The longest header that is looked at before a member is decoded, that of zstd.
pub(crate) const HEADER_BYTES: usize = 18;

/// A format of compressed data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

impl Format {
    /// The format of data that begins like this, if it is compressed.
    pub(crate) fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, 8, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Self::Lz4),
            // The header is readable; what follows it, a block or the end, is not.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, ..] => Some(Self::Bzip2),
            _ => None,
        }
    }

    /// Whether a frame begins like this that has no text: files of two formats may hold
    /// them, also as their first.
    pub(crate) fn is_skippable(start: &[u8]) -> bool {
        matches!(start, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
    }

    /// Whether files of this format may hold such frames.
    pub(crate) fn has_skippable(self) -> bool {
        matches!(self, Self::Zstd | Self::Lz4)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
        }
    }

    /// How much memory the decoder of a member will take that has this header; less
    /// than a mebibyte, or what shows only later, is nothing.
    pub(crate) fn memory_bytes(self, header: &[u8]) -> u64 {
        match self {
            Self::Gzip | Self::Xz => 0,
            Self::Zstd => zstd_window_bytes(header).unwrap_or(0),
            // A block, by the digit in the header, in words of four bytes.
            Self::Bzip2 => header.get(3).map_or(0, |digit| u64::from(digit & 15) * 400_000),
            // A block packed and a block plain, of 64 KiB to 4 MiB.
            Self::Lz4 => header.get(5).map_or(0, |bits| (2 << 8) << (2 * (bits >> 4 & 7))),
        }
    }
}

/// How far back a frame of zstd may refer, by its header (RFC 8878, 3.1.1.1).
fn zstd_window_bytes(header: &[u8]) -> Option<u64> {
    let descriptor = *header.get(4)?;
    if descriptor & 0x20 == 0 {
        let window = *header.get(5)?;
        let base = 1_u64 << (10 + (window >> 3));
        return Some(base + base / 8 * u64::from(window & 7));
    }
    // A single segment, which is all window: its size follows a dictionary's number.
    let at = 5 + [0, 1, 2, 4][usize::from(descriptor & 3)];
    let length = 1 << (descriptor >> 6);
    let mut size = [0; 8];
    size[..length].copy_from_slice(header.get(at..at + length)?);
    Some(u64::from_le_bytes(size) + if length == 2 { 256 } else { 0 })
}
