//! What the kernels ask of an instruction set.
//!
//! Every kernel is written once, over one of these traits. A block is sixty-four bytes,
//! whatever the width of a register. A mask holds a bit for each of its bytes, the first
//! byte in the lowest bit.
//!
//! # Safety
//!
//! All unsafe methods may be called only where the CPU has the instruction set of the
//! implementation, and only from functions compiled for it, by
//! [`dispatch`](super::dispatch). What else a method needs is said at the method.

/// The bytes of a [`Block`].
pub(super) const BLOCK_BYTES: usize = 64;

/// Windows that [`Block::equal_windows`] compares.
pub(super) const WINDOWS: usize = 4;

/// Sixty-four bytes in registers.
///
/// # Safety
///
/// See the head of the module. `load` and `store` access sixty-four bytes from the pointer
/// on, at any alignment.
pub(super) trait Block: Copy {
    /// What the instruction set does with short words.
    type Short: Short;

    unsafe fn load(from: *const u8) -> Self;
    unsafe fn store(self, to: *mut u8);
    unsafe fn splat(byte: u8) -> Self;

    /// Where both are equal.
    unsafe fn equal(self, other: Self) -> u64;

    /// Zero where both blocks are equal.
    unsafe fn difference(self, other: Self) -> Self;

    /// Keeps a byte zero only where both blocks are equal.
    unsafe fn or_difference(self, one: Self, other: Self) -> Self;

    /// Zero where a byte of either is zero, and not zero elsewhere.
    unsafe fn either_zero(self, other: Self) -> Self;

    /// Where the bytes are zero.
    unsafe fn zeros(self) -> u64;

    /// Whether any byte is zero.
    #[inline(always)]
    unsafe fn has_zero(self) -> bool {
        // SAFETY: the caller has the instructions.
        unsafe { self.zeros() != 0 }
    }

    /// Where the highest bit is set: the bytes that are not ASCII.
    unsafe fn high_bits(self) -> u64;

    /// Whether all bytes are ASCII.
    #[inline(always)]
    unsafe fn is_ascii(self) -> bool {
        // SAFETY: the caller has the instructions.
        unsafe { self.high_bits() == 0 }
    }

    /// Where the bytes are word characters of ASCII: letters, digits and `_`.
    unsafe fn word_bytes(self) -> u64;

    /// Sets bit 5 of every byte: letters become lower case, other bytes something else.
    unsafe fn set_case(self) -> Self;

    /// Sets bit 5 of the bytes from `A` to `Z`.
    unsafe fn lower_ascii(self) -> Self;

    /// Writes `first + i` for each bit `i` of a mask and returns how many these are; best
    /// where most masks have few bits.
    ///
    /// # Safety
    ///
    /// There must be room for 64 numbers.
    #[inline(always)]
    unsafe fn write_few_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        /// Written for every mask, whether it has as many bits or not: most have no more,
        /// and then there is no branch to predict.
        const ALWAYS: usize = 2;
        let (mut left, count) = (mask, mask.count_ones() as usize);
        // SAFETY: the caller answers for the room.
        unsafe {
            for at in 0..ALWAYS {
                room.add(at).write(first.wrapping_add(left.trailing_zeros()));
                left &= left.wrapping_sub(1);
            }
            for at in ALWAYS..count {
                room.add(at).write(first.wrapping_add(left.trailing_zeros()));
                left &= left.wrapping_sub(1);
            }
        }
        count
    }

    /// The same, best where most masks have more than ten.
    ///
    /// # Safety
    ///
    /// There must be room for 64 numbers.
    #[inline(always)]
    unsafe fn write_many_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        /// Written at once, whether there are as many or not.
        const AT_ONCE: usize = 8;
        let (mut left, mut written) = (mask, 0);
        while left != 0 {
            for at in written..written + AT_ONCE {
                // SAFETY: the caller answers for the room.
                unsafe { room.add(at).write(first.wrapping_add(left.trailing_zeros())) };
                left &= left.wrapping_sub(1);
            }
            written += AT_ONCE;
        }
        mask.count_ones() as usize
    }

    /// Which of four windows a text shows on its two sides of a place: bit `i` is set if
    /// each side of the text, shifted up by this many bits, equals that side of window `i`.
    /// Shifts are at most 64, and by 64 everything is shifted out.
    #[inline(always)]
    unsafe fn equal_windows(
        windows: &[[u64; 2]; WINDOWS],
        shifts: [[u8; 2]; WINDOWS],
        text: [u64; 2],
    ) -> u32 {
        let equals = |window: u64, text: u64, bits: u8| {
            window == text.checked_shl(u32::from(bits)).unwrap_or(0)
        };
        let mut equal = 0;
        for nth in 0..WINDOWS {
            let (window, bits) = (windows[nth], shifts[nth]);
            let is_equal =
                equals(window[0], text[0], bits[0]) & equals(window[1], text[1], bits[1]);
            equal |= u32::from(is_equal) << nth;
        }
        equal
    }
}

/// Sixteen bytes: a short word, and zeros after it.
///
/// # Safety
///
/// See the head of the module. `load` reads sixteen bytes from the pointer on, at any
/// alignment.
pub(super) trait Short: Copy {
    unsafe fn load(from: *const u8) -> Self;

    /// The bits that both have.
    unsafe fn and(self, other: Self) -> Self;

    /// Whether all bytes are ASCII.
    unsafe fn is_ascii(self) -> bool;

    unsafe fn equals(self, other: Self) -> bool;

    /// A number that depends on all bytes. Which one is up to the instruction set.
    unsafe fn hash(self) -> u32;
}

/// How a byte is split into entries of the two tables in which it is looked up.
#[allow(dead_code, reason = "an architecture may split all in one way")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// Its lower half, and its upper half: sixteen entries each.
    Halves,
    /// Its lowest six bits: sixty-four entries of the first table. The second one is not
    /// looked at.
    LowBits,
}

/// A set of bytes. Those that are not ASCII are all in it, or none of them.
#[derive(Clone, Debug)]
pub(super) struct ByteSet {
    /// For each ASCII character, whether it is in the set: the highest bit.
    pub(super) ascii: [u8; 128],
    /// The same by the lower half of a byte: bit `i` is for the upper half `i`.
    pub(super) by_lower_half: [u8; 16],
    /// Whether the bytes that are not ASCII are in the set.
    pub(super) others: bool,
}

impl ByteSet {
    pub(super) const EMPTY: Self = Self { ascii: [0; 128], by_lower_half: [0; 16], others: false };

    pub(super) fn insert(&mut self, byte: u8) {
        match self.ascii.get_mut(usize::from(byte)) {
            Some(is_member) => {
                *is_member = 0x80;
                self.by_lower_half[usize::from(byte % 16)] |= 1 << (byte / 16);
            }
            None => self.others = true,
        }
    }

    pub(super) fn has(&self, byte: u8) -> bool {
        self.ascii.get(usize::from(byte)).map_or(self.others, |is_member| *is_member != 0)
    }
}

/// Blocks whose bytes can all be looked up at once, in small tables.
///
/// The result of a lookup is a byte of *classes*, a bit for each of eight.
///
/// # Safety
///
/// See the head of the module.
pub(super) trait Vector: Block {
    /// How bytes are looked up.
    const SPLIT: Split;
    /// Two tables of classes in registers.
    type Tables: Copy;
    /// A [`ByteSet`] in registers.
    type Set: Copy;
    /// Masks with more bits than this, on average, are worth
    /// [`write_many_bits`](Block::write_many_bits), if it differs.
    const MANY_BITS: Option<usize>;

    unsafe fn tables(tables: &[[u8; 64]; 2]) -> Self::Tables;

    /// The classes that both tables give for each byte.
    unsafe fn classes(self, tables: Self::Tables) -> Self;

    /// The classes in both.
    unsafe fn and(self, other: Self) -> Self;

    /// The classes in either.
    unsafe fn or(self, other: Self) -> Self;

    /// In the first byte of each pair of bytes, what is in the second.
    unsafe fn second_bytes(self) -> Self;

    /// Whether any byte is in any class.
    unsafe fn is_any(self) -> bool;

    /// Which bytes are in any of these classes.
    unsafe fn are_in(self, classes: u8) -> u64;

    unsafe fn set(set: &ByteSet) -> Self::Set;

    /// Which bytes are in the set.
    unsafe fn members(self, set: Self::Set) -> u64;

    /// Writes `first + i` for each bit `i` of a mask and returns how many these are.
    ///
    /// # Safety
    ///
    /// There must be room for 64 numbers.
    #[inline(always)]
    unsafe fn write_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        /// Written at once, whether there are as many or not.
        const AT_ONCE: usize = 4;
        let (mut left, mut written) = (mask, 0);
        while left != 0 {
            for at in written..written + AT_ONCE {
                // SAFETY: the caller answers for the room.
                unsafe { room.add(at).write(first.wrapping_add(left.trailing_zeros())) };
                left &= left.wrapping_sub(1);
            }
            written += AT_ONCE;
        }
        mask.count_ones() as usize
    }
}

/// Blocks whose bytes can be looked up in tables of sixty-four, and replaced where a mask
/// says so.
///
/// # Safety
///
/// See the head of the module.
pub(super) trait WideLookup: Vector {
    /// Whether something is true, for each byte of a block: in the form that this level has
    /// instructions for.
    type Mask: Copy;

    /// For each byte, the entry at its lowest six bits.
    unsafe fn look_up(self, table: &[u8; 64]) -> Self;

    /// Subtracts from each byte, wrapping.
    unsafe fn minus(self, byte: u8) -> Self;

    /// The other block where the mask is true.
    unsafe fn replace(self, mask: Self::Mask, other: Self) -> Self;

    /// Whether the highest bit is set.
    unsafe fn is_high(self) -> Self::Mask;

    unsafe fn is_equal(self, byte: u8) -> Self::Mask;

    unsafe fn is_less(self, byte: u8) -> Self::Mask;

    /// Whether the byte is `10xxxxxx` in binary, and so continues a character of UTF-8.
    unsafe fn is_continuation(self) -> Self::Mask;

    /// False everywhere.
    unsafe fn empty_mask() -> Self::Mask;

    /// Whether it is false everywhere.
    unsafe fn is_none(mask: Self::Mask) -> bool;

    unsafe fn both(one: Self::Mask, other: Self::Mask) -> Self::Mask;

    unsafe fn either(one: Self::Mask, other: Self::Mask) -> Self::Mask;

    /// The first mask where the second one is false.
    unsafe fn except(one: Self::Mask, other: Self::Mask) -> Self::Mask;

    /// The mask moved up by a byte: what it said of a byte it says of the next one.
    unsafe fn next_bytes(mask: Self::Mask) -> Self::Mask;

    /// The first byte where the mask is true.
    unsafe fn first(mask: Self::Mask) -> Option<usize>;
}

#[cfg(test)]
mod tests;
