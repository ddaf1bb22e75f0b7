//! The bytes of a member, which may have holes: a hole is zeros that the archive leaves out.

use super::header::{Bad, decimal, number};

/// A file has at most this many pieces between its holes: they are kept in memory.
const MOST_PIECES: usize = 1 << 20;

/// Holes of this many bytes in all are read; reading more would take as long as the bytes
/// themselves, for a header of a few.
const MOST_HOLE_BYTES: u64 = 1 << 40;

/// Where a file with holes has bytes: offset and length, as the archive says.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces(Vec<(u64, u64)>);

impl Pieces {
    pub(super) fn push(&mut self, offset: u64, bytes: u64) -> Result<(), Bad> {
        if self.0.len() == MOST_PIECES {
            return Err(Bad);
        }
        self.0.push((offset, bytes));
        Ok(())
    }

    /// Adds those that a block has in GNU's layout: two numbers of 12 bytes each.
    pub(super) fn push_all(&mut self, block: &[u8]) -> Result<(), Bad> {
        for piece in block.as_chunks::<24>().0 {
            if piece[0] == 0 || piece[12] == 0 {
                break;
            }
            let (offset, bytes) = (number(&piece[..12]), number(&piece[12..]));
            self.push(offset.ok_or(Bad)?, bytes.ok_or(Bad)?)?;
        }
        Ok(())
    }
}

/// The map before the bytes of a member: numbers in lines of their own, how many pieces
/// there are and then each. It is fed, and ends with a block.
#[derive(Debug, Default)]
pub(super) struct Map {
    pieces: Pieces,
    /// The digits of the number that has begun.
    digits: Vec<u8>,
    /// How many numbers are still to come, if that is known.
    left: Option<u64>,
    offset: Option<u64>,
    taken: u64,
}

impl Map {
    /// Takes bytes up to the end of the numbers, if it is there; says how many, and whether
    /// it is.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(usize, bool), Bad> {
        for (nth, byte) in bytes.iter().enumerate() {
            if *byte != b'\n' {
                if self.digits.len() == 20 {
                    return Err(Bad);
                }
                self.digits.push(*byte);
                continue;
            }
            let number = decimal(&self.digits)?;
            self.digits.clear();
            let left = match self.left {
                None => number.checked_mul(2).ok_or(Bad)?,
                Some(left) => {
                    match self.offset.take() {
                        None => self.offset = Some(number),
                        Some(offset) => self.pieces.push(offset, number)?,
                    }
                    left - 1
                }
            };
            self.left = Some(left);
            if left == 0 {
                self.taken += nth as u64 + 1;
                return Ok((nth + 1, true));
            }
        }
        self.taken += bytes.len() as u64;
        Ok((bytes.len(), false))
    }

    /// How many bytes it took.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    pub(super) fn into_pieces(self) -> Pieces {
        self.pieces
    }
}

/// The bytes of a member, as they are written out.
#[derive(Debug)]
pub(super) struct Body {
    pieces: std::vec::IntoIter<(u64, u64)>,
    /// The piece that comes next, or that has begun: its beginning and its end.
    piece: (u64, u64),
    at: u64,
    size: u64,
    /// How many bytes of the archive are left of it.
    packed: u64,
}

impl Body {
    /// A file without holes.
    pub(super) fn whole(size: u64) -> Self {
        Self { pieces: Vec::new().into_iter(), piece: (0, size), at: 0, size, packed: size }
    }

    /// A file of this size with holes between its pieces, which are this many bytes of the
    /// archive.
    pub(super) fn sparse(pieces: Pieces, size: u64, packed: u64) -> Result<Self, Bad> {
        let (mut end, mut bytes) = (0, 0);
        for (offset, length) in &pieces.0 {
            if *offset < end {
                return Err(Bad);
            }
            end = offset.checked_add(*length).ok_or(Bad)?;
            bytes += length;
        }
        if end > size || bytes > packed || size - bytes > MOST_HOLE_BYTES {
            return Err(Bad);
        }
        let mut body = Self { pieces: pieces.0.into_iter(), piece: (0, 0), at: 0, size, packed };
        body.next_piece();
        Ok(body)
    }

    fn next_piece(&mut self) {
        while self.piece.1 <= self.at {
            match self.pieces.next() {
                Some((_, 0)) => {}
                Some((offset, length)) => self.piece = (offset, offset + length),
                None => {
                    self.piece = (self.size, self.size);
                    break;
                }
            }
        }
    }

    /// Its size, with its holes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn has_ended(&self) -> bool {
        self.at == self.size
    }

    /// How many bytes of the archive are left of it.
    pub(super) fn packed(&self) -> u64 {
        self.packed
    }

    /// Writes what there is and has room; says how many bytes it took, and how many it wrote.
    pub(super) fn write(&mut self, bytes: &[u8], room: &mut [u8]) -> (usize, usize) {
        let (mut taken, mut written) = (0, 0);
        while written < room.len() && !self.has_ended() {
            let room = &mut room[written..];
            let length = if self.at < self.piece.0 {
                let length = least(self.piece.0 - self.at, room.len());
                room[..length].fill(0);
                length
            } else {
                let bytes = &bytes[taken..];
                let length = least(self.piece.1 - self.at, room.len().min(bytes.len()));
                room[..length].copy_from_slice(&bytes[..length]);
                taken += length;
                self.packed -= length as u64;
                length
            };
            if length == 0 {
                break;
            }
            written += length;
            self.at += length as u64;
            self.next_piece();
        }
        (taken, written)
    }
}

fn least(bytes: u64, room: usize) -> usize {
    usize::try_from(bytes).map_or(room, |bytes| bytes.min(room))
}
