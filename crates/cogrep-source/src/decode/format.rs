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
            // The second as it was before there was a frame format.
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Some(Self::Lz4),
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
            // A block packed and a block plain, of 8 MiB.
            Self::Lz4 if header.first() == Some(&0x02) => 16 << 20,
            // The same, of 64 KiB to 4 MiB.
            Self::Lz4 => header.get(5).map_or(0, |bits| (2 << 8) << (2 * (bits >> 4 & 7))),
        }
    }
}

/// Whether data that begins like this may turn out to be something else than UTF-8 without a
/// mark: when there is more of it, and it is not known yet.
pub(crate) fn may_be_no_text(start: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 10] = [
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0",
        b"\x04\x22\x4d\x18",
        b"\x02\x21\x4c\x18",
        b"BZh",
        b"PK",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
    ];
    let may_become = |beginning: &&[u8]| {
        let length = start.len().min(beginning.len());
        start[..length] == beginning[..length]
    };
    let is_skippable = matches!(start, [0x50..=0x5f] | [0x50..=0x5f, 0x2a, ..]);
    // A header of an archive has zeros, and text has none.
    BEGINNINGS.iter().any(may_become) || is_skippable || start.contains(&0)
}

/// Whether a frame of zstd says by its header that it was packed with a dictionary.
#[cfg(feature = "zstd")]
pub(super) fn names_dictionary(header: &[u8]) -> bool {
    let [0x28, 0xb5, 0x2f, 0xfd, descriptor, ..] = header else { return false };
    let at = if descriptor & 0x20 == 0 { 6 } else { 5 };
    let length = [0, 1, 2, 4][usize::from(descriptor & 3)];
    header.get(at..at + length).is_some_and(|number| number.iter().any(|byte| *byte != 0))
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
