//! Blocks in four registers of NEON.
//!
//! NEON has no instruction that gathers a bit of each byte into a number. A mask is made
//! from bytes that are all ones or all zeros: each keeps the bit of its own position in
//! eight, and three rounds of pairwise addition bring eight bytes into one. Where a single
//! bit is wanted, it is cheaper to narrow one register to a number.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each is there for intrinsics, which need what the traits ask for"
)]

use std::arch::aarch64::{
    uint8x16_t, uint64x2_t, vadd_u8, vaddq_u32, vaddvq_u32, vandq_u8, vandq_u32, vbicq_u8,
    vbslq_u8, vceqq_u8, vceqq_u64, vceqzq_u8, vcltq_s8, vcltq_u8, vcltzq_s8, vcnt_u8, vcombine_u64,
    vcreate_u8, vcreate_u64, vdup_n_u8, vdupq_n_s8, vdupq_n_u8, vdupq_n_u32, veorq_u8, vextq_u8,
    vget_lane_u64, vget_low_u16, vget_low_u32, vgetq_lane_u64, vld1_u8, vld1q_u8, vld1q_u8_x4,
    vld1q_u32, vld1q_u64, vminq_u8, vmovl_high_u16, vmovl_high_u32, vmovl_u8, vmovl_u16, vmovl_u32,
    vorrq_u8, vpaddq_u8, vpmaxq_u8, vpminq_u32, vqtbl1q_u8, vqtbl4q_u8, vreinterpret_u64_u8,
    vreinterpretq_s8_u8, vreinterpretq_s64_u64, vreinterpretq_u8_u16, vreinterpretq_u16_u8,
    vreinterpretq_u32_u64, vreinterpretq_u64_u8, vshlq_u64, vshrn_n_u16, vshrq_n_u8, vshrq_n_u16,
    vst1q_u8, vst1q_u32, vsubq_u8, vtstq_u8,
};

use crate::simd::arch::bits_of::BITS_OF;
use crate::simd::arch::portable::Two;
use crate::simd::vector::{Block, ByteSet, Split, Vector, WINDOWS, WideLookup};

/// The four quarters of a block.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Quarters([uint8x16_t; 4]);

impl Quarters {
    #[inline(always)]
    fn map(self, of: impl Fn(uint8x16_t) -> uint8x16_t) -> Self {
        let [a, b, c, d] = self.0;
        Self([of(a), of(b), of(c), of(d)])
    }

    #[inline(always)]
    fn zip(self, other: Self, of: impl Fn(uint8x16_t, uint8x16_t) -> uint8x16_t) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([of(a, e), of(b, f), of(c, g), of(d, h)])
    }

    /// All quarters in one.
    #[inline(always)]
    fn fold(self, of: impl Fn(uint8x16_t, uint8x16_t) -> uint8x16_t) -> uint8x16_t {
        let [a, b, c, d] = self.0;
        of(of(a, b), of(c, d))
    }

    /// A bit for each byte, all of whose bits are set or none.
    #[inline(always)]
    unsafe fn mask(self) -> u64 {
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
        unsafe {
            let bits = vld1q_u8(BITS.as_ptr());
            let [a, b, c, d] = self.map(|quarter| vandq_u8(quarter, bits)).0;
            let all = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(all, all)))
        }
    }
}

/// The greater of each two bytes: half as many. Zero only if all of them are, and with a
/// highest bit set only if any of them has.
#[inline(always)]
unsafe fn greater_of_pairs(quarter: uint8x16_t) -> u64 {
    unsafe { vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpmaxq_u8(quarter, quarter))) }
}

impl Block for Quarters {
    // Two words of sixty-four bits are as quick as one register, and need not be brought there.
    type Short = Two;

    #[inline(always)]
    unsafe fn load(from: *const u8) -> Self {
        unsafe {
            Self([
                vld1q_u8(from),
                vld1q_u8(from.add(16)),
                vld1q_u8(from.add(32)),
                vld1q_u8(from.add(48)),
            ])
        }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut u8) {
        let [a, b, c, d] = self.0;
        unsafe {
            vst1q_u8(to, a);
            vst1q_u8(to.add(16), b);
            vst1q_u8(to.add(32), c);
            vst1q_u8(to.add(48), d);
        }
    }

    #[inline(always)]
    unsafe fn splat(byte: u8) -> Self {
        Self([unsafe { vdupq_n_u8(byte) }; 4])
    }

    #[inline(always)]
    unsafe fn equal(self, other: Self) -> u64 {
        unsafe { self.zip(other, |one, other| vceqq_u8(one, other)).mask() }
    }

    #[inline(always)]
    unsafe fn difference(self, other: Self) -> Self {
        unsafe { self.zip(other, |one, other| veorq_u8(one, other)) }
    }

    #[inline(always)]
    unsafe fn or_difference(self, one: Self, other: Self) -> Self {
        unsafe { self.or(one.difference(other)) }
    }

    #[inline(always)]
    unsafe fn either_zero(self, other: Self) -> Self {
        unsafe { self.zip(other, |one, other| vminq_u8(one, other)) }
    }

    #[inline(always)]
    unsafe fn zeros(self) -> u64 {
        unsafe { self.map(|quarter| vceqzq_u8(quarter)).mask() }
    }

    #[inline(always)]
    unsafe fn has_zero(self) -> bool {
        unsafe {
            let zeros = vceqzq_u8(self.fold(|one, other| vminq_u8(one, other)));
            // Four bits of each byte.
            let zeros = vshrn_n_u16::<4>(vreinterpretq_u16_u8(zeros));
            vget_lane_u64::<0>(vreinterpret_u64_u8(zeros)) != 0
        }
    }

    #[inline(always)]
    unsafe fn high_bits(self) -> u64 {
        unsafe { self.is_high().mask() }
    }

    #[inline(always)]
    unsafe fn is_ascii(self) -> bool {
        unsafe {
            let all = self.fold(|one, other| vorrq_u8(one, other));
            greater_of_pairs(all) & 0x8080_8080_8080_8080 == 0
        }
    }

    #[inline(always)]
    unsafe fn word_bytes(self) -> u64 {
        unsafe {
            let letters = self.set_case().minus(b'a').is_less(26);
            let digits = self.minus(b'0').is_less(10);
            letters.or(digits).or(self.is_equal(b'_')).mask()
        }
    }

    #[inline(always)]
    unsafe fn set_case(self) -> Self {
        unsafe { self.or(Self::splat(0x20)) }
    }

    #[inline(always)]
    unsafe fn lower_ascii(self) -> Self {
        unsafe {
            let upper = self.minus(b'A').is_less(26);
            self.or(upper.and(Self::splat(0x20)))
        }
    }

    #[inline(always)]
    unsafe fn write_many_bits(mask: u64, first: u32, room: *mut u32) -> usize {
        unsafe {
            let counts = vget_lane_u64::<0>(vreinterpret_u64_u8(vcnt_u8(vcreate_u8(mask))));
            let (first, mut len) = (vdupq_n_u32(first), 0);
            let bytes = mask.to_le_bytes().into_iter().zip(counts.to_le_bytes());
            for (at, (byte, count)) in (0..).step_by(8).zip(bytes) {
                let bits = vld1_u8(BITS_OF[usize::from(byte)].as_ptr());
                let bits = vmovl_u8(vadd_u8(bits, vdup_n_u8(at)));
                let lower = vaddq_u32(vmovl_u16(vget_low_u16(bits)), first);
                let upper = vaddq_u32(vmovl_high_u16(bits), first);
                vst1q_u32(room.add(len), lower);
                vst1q_u32(room.add(len + 4), upper);
                len += usize::from(count);
            }
            len
        }
    }

    #[inline(always)]
    unsafe fn equal_windows(
        windows: &[[u64; 2]; WINDOWS],
        shifts: [[u8; 2]; WINDOWS],
        [one, other]: [u64; 2],
    ) -> u32 {
        const BITS: [u32; WINDOWS] = [1, 2, 4, 8];
        unsafe {
            let text = vcombine_u64(vcreate_u64(one), vcreate_u64(other));
            let shifts = vmovl_u8(vld1_u8(shifts.as_ptr().cast()));
            let (lower, upper) = (vmovl_u16(vget_low_u16(shifts)), vmovl_high_u16(shifts));
            let equal = |window: &[u64; 2], shifts: uint64x2_t| {
                let shifted = vshlq_u64(text, vreinterpretq_s64_u64(shifts));
                vreinterpretq_u32_u64(vceqq_u64(shifted, vld1q_u64(window.as_ptr())))
            };
            // Of each window four numbers, one after the other halved to one: the least.
            let first = equal(&windows[0], vmovl_u32(vget_low_u32(lower)));
            let second = equal(&windows[1], vmovl_high_u32(lower));
            let third = equal(&windows[2], vmovl_u32(vget_low_u32(upper)));
            let fourth = equal(&windows[3], vmovl_high_u32(upper));
            let all = vpminq_u32(vpminq_u32(first, second), vpminq_u32(third, fourth));
            vaddvq_u32(vandq_u32(all, vld1q_u32(BITS.as_ptr())))
        }
    }
}

/// A [`ByteSet`] in registers.
#[derive(Clone, Copy)]
pub(in crate::simd) struct Set {
    by_lower_half: uint8x16_t,
    /// The bit of each upper half of ASCII.
    bit_of_upper_half: uint8x16_t,
    /// The highest bit, if bytes that are not ASCII are members.
    others: uint8x16_t,
}

impl Vector for Quarters {
    const SPLIT: Split = Split::Halves;
    type Tables = [uint8x16_t; 2];
    type Set = Set;
    const MANY_BITS: Option<usize> = Some(4);

    #[inline(always)]
    unsafe fn tables([lower, upper]: &[[u8; 64]; 2]) -> Self::Tables {
        unsafe { [vld1q_u8(lower.as_ptr()), vld1q_u8(upper.as_ptr())] }
    }

    #[inline(always)]
    unsafe fn classes(self, [lower, upper]: Self::Tables) -> Self {
        self.map(|quarter| unsafe {
            let lower = vqtbl1q_u8(lower, vandq_u8(quarter, vdupq_n_u8(0x0F)));
            vandq_u8(lower, vqtbl1q_u8(upper, vshrq_n_u8::<4>(quarter)))
        })
    }

    #[inline(always)]
    unsafe fn and(self, other: Self) -> Self {
        unsafe { self.zip(other, |one, other| vandq_u8(one, other)) }
    }

    #[inline(always)]
    unsafe fn or(self, other: Self) -> Self {
        unsafe { self.zip(other, |one, other| vorrq_u8(one, other)) }
    }

    #[inline(always)]
    unsafe fn second_bytes(self) -> Self {
        self.map(|quarter| unsafe {
            vreinterpretq_u8_u16(vshrq_n_u16::<8>(vreinterpretq_u16_u8(quarter)))
        })
    }

    #[inline(always)]
    unsafe fn is_any(self) -> bool {
        unsafe { greater_of_pairs(self.fold(|one, other| vorrq_u8(one, other))) != 0 }
    }

    #[inline(always)]
    unsafe fn are_in(self, classes: u8) -> u64 {
        unsafe { self.map(|quarter| vtstq_u8(quarter, vdupq_n_u8(classes))).mask() }
    }

    #[inline(always)]
    unsafe fn set(set: &ByteSet) -> Self::Set {
        /// A bit for each upper half of ASCII, none for the others.
        const BITS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
        unsafe {
            Set {
                by_lower_half: vld1q_u8(set.by_lower_half.as_ptr()),
                bit_of_upper_half: vld1q_u8(BITS.as_ptr()),
                others: vdupq_n_u8(if set.others { 0x80 } else { 0 }),
            }
        }
    }

    #[inline(always)]
    unsafe fn members(self, set: Self::Set) -> u64 {
        unsafe {
            let members = self.map(|quarter| {
                let lower_half = vandq_u8(quarter, vdupq_n_u8(0x0F));
                let bit = vqtbl1q_u8(set.bit_of_upper_half, vshrq_n_u8::<4>(quarter));
                let ascii = vtstq_u8(vqtbl1q_u8(set.by_lower_half, lower_half), bit);
                vorrq_u8(ascii, vtstq_u8(quarter, set.others))
            });
            members.mask()
        }
    }
}

impl WideLookup for Quarters {
    /// All bits of a byte are set, or none.
    type Mask = Self;

    #[inline(always)]
    unsafe fn look_up(self, table: &[u8; 64]) -> Self {
        unsafe {
            let table = vld1q_u8_x4(table.as_ptr());
            self.map(|quarter| vqtbl4q_u8(table, vandq_u8(quarter, vdupq_n_u8(0x3F))))
        }
    }

    #[inline(always)]
    unsafe fn minus(self, byte: u8) -> Self {
        self.map(|quarter| unsafe { vsubq_u8(quarter, vdupq_n_u8(byte)) })
    }

    #[inline(always)]
    unsafe fn replace(self, mask: Self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h], [i, j, k, l]) = (mask.0, other.0, self.0);
        unsafe {
            Self([vbslq_u8(a, e, i), vbslq_u8(b, f, j), vbslq_u8(c, g, k), vbslq_u8(d, h, l)])
        }
    }

    #[inline(always)]
    unsafe fn is_high(self) -> Self {
        self.map(|quarter| unsafe { vcltzq_s8(vreinterpretq_s8_u8(quarter)) })
    }

    #[inline(always)]
    unsafe fn is_equal(self, byte: u8) -> Self {
        self.map(|quarter| unsafe { vceqq_u8(quarter, vdupq_n_u8(byte)) })
    }

    #[inline(always)]
    unsafe fn is_less(self, byte: u8) -> Self {
        self.map(|quarter| unsafe { vcltq_u8(quarter, vdupq_n_u8(byte)) })
    }

    #[inline(always)]
    unsafe fn is_continuation(self) -> Self {
        // They are the least ones, as signed numbers.
        let least = 0xC0_u8.cast_signed();
        self.map(|quarter| unsafe { vcltq_s8(vreinterpretq_s8_u8(quarter), vdupq_n_s8(least)) })
    }

    #[inline(always)]
    unsafe fn empty_mask() -> Self {
        unsafe { Self::splat(0) }
    }

    #[inline(always)]
    unsafe fn is_none(mask: Self) -> bool {
        unsafe { !mask.is_any() }
    }

    #[inline(always)]
    unsafe fn both(one: Self, other: Self) -> Self {
        unsafe { one.and(other) }
    }

    #[inline(always)]
    unsafe fn either(one: Self, other: Self) -> Self {
        unsafe { one.or(other) }
    }

    #[inline(always)]
    unsafe fn except(one: Self, other: Self) -> Self {
        unsafe { one.zip(other, |one, other| vbicq_u8(one, other)) }
    }

    #[inline(always)]
    unsafe fn next_bytes(mask: Self) -> Self {
        let [a, b, c, d] = mask.0;
        unsafe {
            Self([
                vextq_u8::<15>(vdupq_n_u8(0), a),
                vextq_u8::<15>(a, b),
                vextq_u8::<15>(b, c),
                vextq_u8::<15>(c, d),
            ])
        }
    }

    #[inline(always)]
    unsafe fn first(mask: Self) -> Option<usize> {
        let bits = unsafe { mask.mask() };
        if bits == 0 { None } else { Some(bits.trailing_zeros() as usize) }
    }
}
