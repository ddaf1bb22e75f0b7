//! The header of a member: a block of 512 bytes, in the layouts of v7, ustar and GNU.

use std::ops::Range;

/// Everything in a tar is in blocks of this many bytes.
pub(super) const BLOCK_BYTES: usize = 512;

/// What is said of a member and makes no sense.
#[derive(Debug)]
pub(super) struct Bad;

/// What a header begins, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A file.
    File,
    /// A file with holes, as GNU tar writes them.
    Sparse,
    Folder,
    HardLink,
    Link,
    /// A pipe or a device.
    Special,
    /// The name of the next member.
    LongName,
    /// Records on the next member.
    Pax,
    /// Records on all members from here on.
    GlobalPax,
    /// Something that is no member, such as the name of the volume.
    Other,
}

/// Whether a block begins like one that says by which standard it is written, and in which
/// version.
pub(super) fn is_by_standard(start: &[u8]) -> bool {
    start.get(257..265).is_some_and(|magic| magic == b"ustar\x0000" || magic == GNU_MAGIC)
}

const GNU_MAGIC: &[u8] = b"ustar  \0";

/// A header whose sum was checked.
#[derive(Clone, Copy)]
pub(super) struct Header<'a>(&'a [u8; BLOCK_BYTES]);

impl<'a> Header<'a> {
    /// A header, if its sum is right.
    pub(super) fn new(block: &'a [u8; BLOCK_BYTES]) -> Option<Self> {
        let said = number(&block[148..156])?;
        // Some programs of old summed up signed bytes.
        let (mut unsigned, mut signed) = (8 * u64::from(b' '), 8 * i64::from(b' '));
        for byte in block[..148].iter().chain(&block[156..]) {
            unsigned += u64::from(*byte);
            signed += i64::from(byte.cast_signed());
        }
        (said == unsigned || i64::try_from(said) == Ok(signed)).then_some(Self(block))
    }

    fn field(self, range: Range<usize>) -> &'a [u8] {
        &self.0[range]
    }

    /// Whether it says by which standard it is written.
    pub(super) fn has_magic(self) -> bool {
        self.field(257..262) == b"ustar"
    }

    fn is_gnu(self) -> bool {
        self.field(257..265) == GNU_MAGIC
    }

    /// The name, with what is before it.
    pub(super) fn name(self) -> Vec<u8> {
        let name = text(self.field(0..100));
        let prefix = text(self.field(345..500));
        if !self.has_magic() || self.is_gnu() || prefix.is_empty() {
            return name.to_vec();
        }
        [prefix, b"/", name].concat()
    }

    pub(super) fn type_(self) -> Type {
        match self.0[156] {
            b'1' => Type::HardLink,
            b'2' => Type::Link,
            b'3' | b'4' | b'6' => Type::Special,
            b'5' | b'D' => Type::Folder,
            b'L' => Type::LongName,
            b'x' | b'X' => Type::Pax,
            b'g' => Type::GlobalPax,
            b'S' => Type::Sparse,
            b'A' | b'K' | b'N' | b'V' => Type::Other,
            // What is not known is a file, as POSIX has it.
            _ => Type::File,
        }
    }

    /// Whether it is a folder if its name ends with a slash, as before there was a type for
    /// them.
    pub(super) fn may_be_folder(self) -> bool {
        matches!(self.0[156], 0 | b'0')
    }

    /// How many bytes follow in the archive, if that is a number.
    pub(super) fn size(self) -> Option<u64> {
        number(self.field(124..136))
    }

    /// The size of a file with holes, of GNU's type.
    pub(super) fn real_size(self) -> Option<u64> {
        number(self.field(483..495))
    }

    /// The pieces of a file with holes that are in the header itself; and whether more are
    /// in the next block.
    pub(super) fn pieces(self) -> (&'a [u8], bool) {
        (self.field(386..482), self.0[482] == 1)
    }
}

/// The bytes up to the first NUL.
fn text(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    &field[..end]
}

/// A number in octal digits, with spaces and NULs around them, or in binary, as GNU has it
/// where that is too large. An empty field is zero.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        // Its highest bit says that it is binary; the next one, that it is negative.
        let first = u64::from(field[0] & 0x7f);
        return field[1..].iter().try_fold(first, |number, byte| {
            number.checked_mul(256).map(|number| number + u64::from(*byte))
        });
    }
    let is_blank = |byte: &&u8| matches!(byte, b' ' | 0);
    let digits = field.iter().skip_while(is_blank).take_while(|byte| !is_blank(byte));
    digits.copied().try_fold(0_u64, |number, digit| match digit {
        b'0'..=b'7' => number.checked_mul(8).map(|number| number + u64::from(digit - b'0')),
        _ => None,
    })
}

/// A number in decimal digits.
pub(super) fn decimal(digits: &[u8]) -> Result<u64, Bad> {
    if digits.is_empty() {
        return Err(Bad);
    }
    let number = digits.iter().try_fold(0_u64, |number, digit| match digit {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    });
    number.ok_or(Bad)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b"  644 \0\0"), Some(0o644));
        assert_eq!(number(b"77777777777"), Some(0o77_777_777_777));
        assert_eq!(number(b"\0\0\0"), Some(0));
        assert_eq!(number(b"12x"), None);
        assert_eq!(number(b"\x80\0\0\0\0\0\x01\0\0\0\0\0"), Some(1 << 40));
        assert_eq!(number(&[0xff; 12]), None, "negative, or too large");
        assert_eq!(number(b"777777777777777777777777"), None);
    }
}
