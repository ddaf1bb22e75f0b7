//! The records of a zip: what is said of a member before its bytes and in the directory, and
//! how the directory ends.

use crate::outcome::Fault;
use crate::select::Rule;

/// Before the bytes of a member.
pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
/// A member in the directory.
pub(super) const CENTRAL: &[u8; 4] = b"PK\x01\x02";
/// After the bytes of a member whose size was not known before.
pub(super) const DESCRIPTOR: &[u8; 4] = b"PK\x07\x08";
/// The end of the directory.
pub(super) const END: &[u8; 4] = b"PK\x05\x06";
/// The same, where numbers are large.
pub(super) const END_64: &[u8; 4] = b"PK\x06\x06";
/// Where the latter is.
pub(super) const LOCATOR_64: &[u8; 4] = b"PK\x06\x07";

pub(super) const LOCAL_BYTES: usize = 30;
pub(super) const CENTRAL_BYTES: usize = 46;
pub(super) const END_BYTES: usize = 22;
pub(super) const END_64_BYTES: usize = 56;
pub(super) const LOCATOR_64_BYTES: usize = 20;

/// A link leads to a path of at most this many bytes.
pub(super) const PATH_BYTES: usize = 4096;

/// The names of members are in their own headers only, if this flag is set.
const MASKED: u16 = 1 << 13;

/// The type of an extra field with large numbers.
const LARGE: u16 = 1;

/// What is said of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    flags: u16,
    pub(super) method: u16,
    /// The check sum of its bytes, the number of them, and the same packed: none if they are
    /// said only after its bytes.
    pub(super) sum: Option<u32>,
    pub(super) size: Option<u64>,
    pub(super) packed: Option<u64>,
    /// Where its header is; in the directory only.
    pub(super) offset: u64,
    /// The type of file on Unix, if that is said.
    unix_type: u32,
    /// Whether numbers after its bytes have 64 bits.
    pub(super) is_large: bool,
}

impl Entry {
    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Whether the end of data packed by LZMA is marked in it.
    #[cfg(feature = "xz")]
    pub(super) fn has_end_mark(&self) -> bool {
        self.flags & 2 != 0
    }

    /// Whether sizes and sum follow the bytes.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }

    /// Whether it is a folder: nothing that has bytes is, since the directory of a zip has no
    /// check sum, and a file whose name or type is damaged there must not be lost.
    pub(super) fn is_folder(&self) -> bool {
        let is_said = self.name.ends_with(b"/") || self.unix_type == 0o040_000;
        is_said && !self.has_bytes()
    }

    /// The rule by which it is left out, if it is no file: for the same reason, what has bytes
    /// is at most a link, and that only if they could be a path.
    pub(super) fn rule(&self) -> Option<Rule> {
        let is_short = self.size.is_some_and(|size| size <= PATH_BYTES as u64);
        match self.unix_type {
            0o120_000 => is_short.then_some(Rule::Link),
            0o010_000 | 0o020_000 | 0o060_000 | 0o140_000 => {
                (!self.has_bytes()).then_some(Rule::Special)
            }
            _ => None,
        }
    }

    /// Some write the size of a folder of the file system, and some two bytes of deflate for
    /// nothing.
    fn has_bytes(&self) -> bool {
        self.size != Some(0) && self.packed != Some(0)
    }

    /// Whether the directory gives a member another name than this, which is before its bytes.
    /// Some programs write other slashes there.
    pub(super) fn is_renamed_by(&self, directory: &Self) -> bool {
        let slashes = |name: &[u8]| -> Vec<u8> {
            name.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect()
        };
        let is_masked = (self.flags | directory.flags) & MASKED != 0;
        !is_masked && self.name != directory.name && slashes(&self.name) != slashes(&directory.name)
    }

    /// A member by what is before its bytes, and how long that is; none if more bytes are
    /// needed to tell.
    pub(super) fn local(bytes: &[u8]) -> Result<Option<(Self, usize)>, Fault> {
        let Some(fixed) = bytes.first_chunk::<LOCAL_BYTES>() else { return Ok(None) };
        if !fixed.starts_with(LOCAL) {
            return Err(corrupt());
        }
        let name_end = LOCAL_BYTES + usize::from(u16_at(fixed, 26));
        let end = name_end + usize::from(u16_at(fixed, 28));
        let Some(bytes) = bytes.get(..end) else { return Ok(None) };
        let flags = u16_at(fixed, 6);
        let mut entry = Self {
            name: bytes[LOCAL_BYTES..name_end].to_vec(),
            flags,
            method: u16_at(fixed, 8),
            sum: Some(u32_at(fixed, 14)),
            packed: Some(u32_at(fixed, 18).into()),
            size: Some(u32_at(fixed, 22).into()),
            offset: 0,
            unix_type: 0,
            is_large: false,
        };
        entry.large_numbers(&bytes[name_end..])?;
        if entry.has_descriptor() && entry.packed == Some(0) {
            (entry.sum, entry.packed, entry.size) = (None, None, None);
        }
        Ok(Some((entry, end)))
    }

    /// A member by what is in the directory, and how long that is; none if more bytes are
    /// needed to tell.
    pub(super) fn central(bytes: &[u8]) -> Result<Option<(Self, usize)>, Fault> {
        let Some(fixed) = bytes.first_chunk::<CENTRAL_BYTES>() else { return Ok(None) };
        if !fixed.starts_with(CENTRAL) {
            return Err(corrupt());
        }
        let name_end = CENTRAL_BYTES + usize::from(u16_at(fixed, 28));
        let extra_end = name_end + usize::from(u16_at(fixed, 30));
        let end = extra_end + usize::from(u16_at(fixed, 32));
        let Some(bytes) = bytes.get(..end) else { return Ok(None) };
        let is_unix = matches!(fixed[5], 3 | 19);
        let mut entry = Self {
            name: bytes[CENTRAL_BYTES..name_end].to_vec(),
            flags: u16_at(fixed, 8),
            method: u16_at(fixed, 10),
            sum: Some(u32_at(fixed, 16)),
            packed: Some(u32_at(fixed, 20).into()),
            size: Some(u32_at(fixed, 24).into()),
            offset: u32_at(fixed, 42).into(),
            unix_type: if is_unix { u32_at(fixed, 38) >> 16 & 0o170_000 } else { 0 },
            is_large: false,
        };
        entry.large_numbers(&bytes[name_end..extra_end])?;
        Ok(Some((entry, end)))
    }

    /// Takes numbers from the extra fields that have no place in the record itself.
    fn large_numbers(&mut self, mut extra: &[u8]) -> Result<(), Fault> {
        const ELSEWHERE: u64 = u32::MAX as u64;
        while let Some((head, rest)) = extra.split_first_chunk::<4>() {
            let length = usize::from(u16_at(head, 2)).min(rest.len());
            let (mut field, rest) = rest.split_at(length);
            extra = rest;
            if u16_at(head, 0) != LARGE {
                continue;
            }
            self.is_large = true;
            let mut next = |number: &mut u64| -> Result<(), Fault> {
                if *number == ELSEWHERE {
                    let (first, rest) = field.split_first_chunk().ok_or_else(corrupt)?;
                    *number = u64::from_le_bytes(*first);
                    field = rest;
                }
                Ok(())
            };
            for number in [&mut self.size, &mut self.packed].into_iter().flatten() {
                next(number)?;
            }
            next(&mut self.offset)?;
        }
        Ok(())
    }
}

/// Where the directory is, and how many members it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) members: u64,
    pub(super) bytes: u64,
    pub(super) offset: u64,
}

impl End {
    /// By the record at the end; whether its numbers may be elsewhere.
    pub(super) fn new(record: &[u8; END_BYTES]) -> (Self, bool) {
        let members = u16_at(record, 10);
        let (bytes, offset) = (u32_at(record, 12), u32_at(record, 16));
        let is_elsewhere = members == u16::MAX || bytes == u32::MAX || offset == u32::MAX;
        let end = Self { members: members.into(), bytes: bytes.into(), offset: offset.into() };
        (end, is_elsewhere)
    }

    /// By the record with large numbers.
    pub(super) fn large(record: &[u8; END_64_BYTES]) -> Option<Self> {
        record.starts_with(END_64).then(|| Self {
            members: u64_at(record, 32),
            bytes: u64_at(record, 40),
            offset: u64_at(record, 48),
        })
    }
}

/// The position of the record with large numbers, by the record that says so.
pub(super) fn large_end_offset(record: &[u8; LOCATOR_64_BYTES]) -> Option<u64> {
    record.starts_with(LOCATOR_64).then(|| u64_at(record, 8))
}

pub(super) fn corrupt() -> Fault {
    Fault::Corrupt { format: super::FORMAT }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
