//! A plain reader of zips, by their directory, for those that have nothing unusual in them.

use std::io::Read;

/// A file in an archive: its name and its bytes.
pub(crate) type Plain = (Vec<u8>, Vec<u8>);

fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + length)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// The files in a zip, if all that is said of them twice is the same, none overlaps another, and
/// the bytes of each have its check sum.
pub(crate) fn plain_zip(packed: &[u8]) -> Option<Vec<Plain>> {
    let end = packed.len().checked_sub(22)?;
    let is_end = packed[end..].starts_with(b"PK\x05\x06") && packed.starts_with(b"PK");
    let (on_disks, count) = (number(packed, end + 8, 2)?, number(packed, end + 10, 2)?);
    let (bytes, start) = (number(packed, end + 12, 4)?, number(packed, end + 16, 4)?);
    let is_plain = is_end && on_disks == count && number(packed, end + 4, 4)? == 0;
    if !is_plain || number(packed, end + 20, 2)? != 0 || start + bytes != end {
        return None;
    }
    let (mut at, mut last, mut files) = (start, 0, Vec::new());
    for _ in 0..count {
        let entry = packed.get(at..end).filter(|entry| entry.starts_with(b"PK\x01\x02"))?;
        let lengths = [28, 30, 32].map(|at| number(entry, at, 2));
        let [Some(name_bytes), Some(0), Some(0)] = lengths else { return None };
        let name = entry.get(46..46 + name_bytes)?;
        at += 46 + name_bytes;
        let offset = number(entry, 42, 4)?;
        // Files of Unix may be links.
        if offset != last || matches!(entry[5], 3 | 19) {
            return None;
        }
        let file;
        (file, last) = plain_file(&packed[..start], offset, entry, name)?;
        if !(name.ends_with(b"/") && file.is_empty()) {
            files.push((name.to_vec(), file));
        }
    }
    (at == end && last == start).then_some(files)
}

/// The bytes of a file, and where they end in the zip.
fn plain_file(packed: &[u8], offset: usize, entry: &[u8], name: &[u8]) -> Option<(Vec<u8>, usize)> {
    let local = packed.get(offset..)?;
    // From the version on, both have the same fields.
    let is_same = local.starts_with(b"PK\x03\x04")
        && local.get(4..28)? == entry.get(6..30)?
        && local.get(28..30)? == b"\0\0"
        && local.get(30..30 + name.len())? == name;
    let flags = number(entry, 8, 2)?;
    // All but the flag of names in UTF-8 say that something is unusual.
    if !is_same || flags & !0x0800 != 0 {
        return None;
    }
    let (sum, length, size) = (number(entry, 16, 4)?, number(entry, 20, 4)?, number(entry, 24, 4)?);
    let start = 30 + name.len();
    let body = local.get(start..start + length)?;
    let mut file = Vec::new();
    match number(entry, 10, 2)? {
        0 => file.extend_from_slice(body),
        8 => {
            let mut decoder = flate2::read::DeflateDecoder::new(body);
            decoder.by_ref().take(1 << 20).read_to_end(&mut file).ok()?;
            if decoder.total_in() != length as u64 {
                return None;
            }
        }
        _ => return None,
    }
    let mut crc = flate2::Crc::new();
    crc.update(&file);
    let is_sound = crc.sum() as usize == sum && file.len() == size;
    is_sound.then_some((file, offset + start + length))
}
