//! Blocks in eight words, for any CPU.

use crate::simd::vector::{Block, Short};

/// A block as eight words, the first byte in the lowest byte of the first.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Words([u64; 8]);

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = LOW << 7;

/// Gathers the highest bit of every byte.
#[inline(always)]
fn bits(words: [u64; 8]) -> u64 {
    let mut mask = 0;
    for (at, word) in words.into_iter().enumerate() {
        // The product moves bit 8k to bit 56 + k; nothing else reaches the top byte.
        let gathered = (word >> 7 & LOW).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        mask |= gathered << (8 * at);
    }
    mask
}

/// The highest bit of every byte that is zero.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    // No carry leaves a byte, so this is exact in every byte.
    !(((word & !HIGH) + !HIGH) | word) & HIGH
}

/// The highest bit of every byte from `first` to `last`, which are ASCII.
#[inline(always)]
fn between(word: u64, first: u8, last: u8) -> u64 {
    let ascii = word & !HIGH;
    let from_first = ascii + LOW * u64::from(0x80 - first);
    let past_last = ascii + LOW * u64::from(0x80 - last - 1);
    from_first & !past_last & !word & HIGH
}

/// A short word in two words, the first byte in the lowest byte of the first.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Two([u64; 2]);

impl Short for Two {
    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller answers for the sixteen bytes.
        let words = unsafe { from.cast::<[u64; 2]>().read_unaligned() };
        Self(words.map(u64::from_le))
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        Self([self.0[0] & other.0[0], self.0[1] & other.0[1]])
    }

    #[inline(always)]
    unsafe fn is_ascii(self) -> bool {
        (self.0[0] | self.0[1]) & HIGH == 0
    }

    #[inline(always)]
    unsafe fn equals(self, other: Self) -> bool {
        self.0 == other.0
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "these bits are meant")]
    unsafe fn hash(self) -> u32 {
        // Two odd numbers without a pattern: those of SplitMix64.
        let high = self.0[1].rotate_left(29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let product = u128::from(self.0[0] ^ high) * u128::from(0x9E37_79B9_7F4A_7C15_u64);
        (product >> 64) as u32 ^ product as u32
    }
}

impl Block for Words {
    type Short = Two;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        // SAFETY: the caller answers for the sixty-four bytes.
        let words = unsafe { from.cast::<[u64; 8]>().read_unaligned() };
        Self(words.map(u64::from_le))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        // SAFETY: the caller answers for the sixty-four bytes.
        unsafe { to.cast::<[u64; 8]>().write_unaligned(self.0.map(u64::to_le)) }
    }

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        Self([LOW * u64::from(byte); 8])
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u64 {
        // SAFETY: these need no instructions that a CPU may lack.
        unsafe { Self([0; 8]).or_difference(self, other).zeros() }
    }

    #[inline(always)]
    unsafe fn difference(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word ^= other;
        }
        self
    }

    #[inline(always)]
    unsafe fn or_difference(mut self, one: Self, other: Self) -> Self {
        for ((word, one), other) in self.0.iter_mut().zip(one.0).zip(other.0) {
            *word |= one ^ other;
        }
        self
    }

    #[inline(always)]
    unsafe fn either_zero(mut self, other: Self) -> Self {
        for (word, other) in self.0.iter_mut().zip(other.0) {
            *word = HIGH & !(zero_bytes(*word) | zero_bytes(other));
        }
        self
    }

    #[inline(always)]
    unsafe fn zeros(self) -> u64 {
        bits(self.0.map(zero_bytes))
    }

    #[inline(always)]
    unsafe fn high_bits(self) -> u64 {
        bits(self.0)
    }

    #[inline(always)]
    unsafe fn word_bytes(self) -> u64 {
        bits(self.0.map(|word| {
            between(word | LOW << 5, b'a', b'z')
                | between(word, b'0', b'9')
                | between(word, b'_', b'_')
        }))
    }

    #[inline(always)]
    unsafe fn set_case(self) -> Self {
        Self(self.0.map(|word| word | LOW << 5))
    }

    #[inline(always)]
    unsafe fn lower_ascii(self) -> Self {
        Self(self.0.map(|word| word | between(word, b'A', b'Z') >> 2))
    }
}
