//! Every instruction set does with a block what a loop over its bytes does.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::simd::dispatch::dispatch;
use crate::simd::{SimdLevel, tables};

type Bytes = [u8; BLOCK_BYTES];

/// The mask of the bytes for which this is true.
fn mask(of: impl Fn(usize) -> bool) -> u64 {
    (0..BLOCK_BYTES).fold(0, |mask, at| mask | u64::from(of(at)) << at)
}

fn bytes_of<B: Block>(block: B) -> Bytes {
    let mut bytes = [0; BLOCK_BYTES];
    // SAFETY: there is room for a block, and the caller has its instructions.
    unsafe { block.store(bytes.as_mut_ptr()) };
    bytes
}

/// Blocks in which a few bytes are frequent: those at which something begins or ends.
fn block() -> impl Strategy<Value = Vec<u8>> {
    let edges = b"\0\x01\x1F /09:@AZ[_`az{\x7F\x80\xBF\xC0\xDF\xE0\xFF";
    let byte = prop_oneof![select(&edges[..]), any::<u8>()];
    let few = vec(select(&b"aA"[..]), BLOCK_BYTES);
    prop_oneof![vec(byte, BLOCK_BYTES), few, any::<u8>().prop_map(|byte| vec![byte; BLOCK_BYTES])]
}

fn mask_of_any_kind() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), Just(!0), any::<u64>(), (0..64_u32).prop_map(|bit| 1 << bit)]
}

/// The numbers that are written for a mask.
fn written(mask: u64, first: u32, write: impl Fn(*mut u32) -> usize) -> bool {
    let mut room = [0; BLOCK_BYTES];
    let count = write(room.as_mut_ptr());
    let bits = (0..64).filter(|bit| mask >> bit & 1 == 1);
    bits.map(|bit| first + bit).eq(room[..count].iter().copied())
}

proptest! {
    #[test]
    fn blocks_do_what_their_bytes_do(
        one in block(),
        other in block(),
        shift in 0_usize..8,
        bits in mask_of_any_kind(),
        first in 0_u32..1000,
    ) {
        // The bytes begin at any alignment.
        let padded = [&vec![0; shift], &one[..]].concat();
        let one = padded[shift..].first_chunk().unwrap();
        let other = other.first_chunk().unwrap();
        for level in SimdLevel::available() {
            dispatch!(SimdLevel: level, fn<B>(one: &Bytes, other: &Bytes, bits: u64, first: u32) {
                // SAFETY: compiled for the instructions of `B`; the bytes are whole blocks.
                unsafe { check_block::<B>(one, other, bits, first) }
            });
        }
    }

    #[test]
    fn windows_are_equal_if_both_sides_are(
        text in any::<[u64; 2]>(),
        windows in prop::array::uniform4((prop::array::uniform2(0..=8_u8), any::<[bool; 2]>())),
    ) {
        // By a whole number of bytes, each side of the text or another.
        let shifts = windows.map(|(bytes, _)| bytes.map(|bytes| 8 * bytes));
        let window = |nth: usize, side: usize| {
            let value = text[side].checked_shl(shifts[nth][side].into()).unwrap_or(0);
            if windows[nth].1[side] { value } else { value ^ 1 << 63 }
        };
        let values = [0, 1, 2, 3].map(|nth| [window(nth, 0), window(nth, 1)]);
        let expected = (0..WINDOWS).filter(|nth| windows[*nth].1 == [true; 2]);
        let expected = expected.fold(0, |mask, nth| mask | 1 << nth);
        let values = &values;
        for level in SimdLevel::available() {
            let equal = dispatch!(SimdLevel: level,
                fn<B>(values: &[[u64; 2]; 4], shifts: [[u8; 2]; 4], text: [u64; 2]) -> u32 {
                    // SAFETY: compiled for the instructions of `B`.
                    unsafe { B::equal_windows(values, shifts, text) }
                }
            );
            prop_assert_eq!(equal, expected, "{}", level);
        }
    }

    #[test]
    fn lookups_give_what_the_tables_hold(
        one in block(),
        other in block(),
        tables in prop::array::uniform2(vec(any::<u8>(), 64)),
        classes in any::<u8>(),
        members in vec(any::<u8>(), 0..9),
        bits in mask_of_any_kind(),
        first in 0_u32..1000,
    ) {
        let (one, other) = (one.first_chunk().unwrap(), other.first_chunk().unwrap());
        let tables = tables.map(|table| *table.first_chunk().unwrap());
        let mut set = ByteSet::EMPTY;
        for byte in members {
            set.insert(byte);
        }
        let (tables, set) = (&tables, &set);
        for vectors in SimdLevel::available().into_iter().filter_map(SimdLevel::vectors) {
            dispatch!(Vectors: vectors,
                fn<B>(one: &Bytes, other: &Bytes, tables: &[Bytes; 2], classes: u8, set: &ByteSet) {
                    // SAFETY: compiled for the instructions of `B`; these are whole blocks.
                    unsafe { check_lookups::<B>(one, other, tables, classes, set) }
                }
            );
            dispatch!(Vectors: vectors, fn<B>(bits: u64, first: u32) {
                // SAFETY: as above, and there is room for a block of numbers.
                unsafe {
                    assert!(written(bits, first, |room| B::write_bits(bits, first, room)));
                }
            });
        }
    }

    #[test]
    fn wide_lookups_give_what_the_table_holds(
        one in block(),
        other in block(),
        table in vec(any::<u8>(), 64),
        byte in any::<u8>(),
    ) {
        let (one, other) = (one.first_chunk().unwrap(), other.first_chunk().unwrap());
        let table = table.first_chunk().unwrap();
        for tables in SimdLevel::available().into_iter().filter_map(SimdLevel::wide_tables) {
            dispatch!(WideTables: tables, fn<B>(one: &Bytes, other: &Bytes, table: &Bytes, byte: u8) {
                // SAFETY: compiled for the instructions of `B`; these are whole blocks.
                unsafe { check_wide_lookups::<B>(one, other, table, byte) }
            });
        }
    }
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn check_block<B: Block>(one: &Bytes, other: &Bytes, bits: u64, first: u32) {
    // SAFETY: the caller answers for the instructions, and these are whole blocks.
    unsafe {
        let (a, b) = (B::load(one.as_ptr()), B::load(other.as_ptr()));
        assert_eq!(bytes_of(a), *one);
        assert_eq!(bytes_of(B::splat(one[0])), [one[0]; BLOCK_BYTES]);
        assert_eq!(a.equal(b), mask(|at| one[at] == other[at]));
        let differs = bytes_of(a.difference(b));
        assert_eq!(mask(|at| differs[at] == 0), a.equal(b));
        let differs = bytes_of(a.or_difference(b, B::splat(other[0])));
        let is_same = |at: usize| one[at] == 0 && other[at] == other[0];
        assert_eq!(mask(|at| differs[at] == 0), mask(is_same));
        let either = bytes_of(a.either_zero(b));
        assert_eq!(mask(|at| either[at] == 0), mask(|at| one[at] == 0 || other[at] == 0));
        assert_eq!(a.zeros(), mask(|at| one[at] == 0));
        assert_eq!(a.has_zero(), one.contains(&0));
        assert_eq!(a.high_bits(), mask(|at| !one[at].is_ascii()));
        assert_eq!(a.is_ascii(), one.is_ascii());
        let is_word = |at: usize| one[at].is_ascii_alphanumeric() || one[at] == b'_';
        assert_eq!(a.word_bytes(), mask(is_word));
        assert_eq!(bytes_of(a.set_case()), one.map(|byte| byte | 0x20));
        assert_eq!(bytes_of(a.lower_ascii()), one.map(|byte| byte.to_ascii_lowercase()));
        assert!(written(bits, first, |room| B::write_few_bits(bits, first, room)));
        assert!(written(bits, first, |room| B::write_many_bits(bits, first, room)));
    }
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn check_lookups<B: Vector>(
    one: &Bytes,
    other: &Bytes,
    tables: &[Bytes; 2],
    classes: u8,
    set: &ByteSet,
) {
    let all = one.map(|byte| {
        let [first, second] = tables::entries(B::SPLIT, byte);
        // The second table is looked at only where there are two entries.
        tables[0][first] & if B::SPLIT == Split::Halves { tables[1][second] } else { !0 }
    });
    // SAFETY: the caller answers for the instructions, and these are whole blocks.
    unsafe {
        let (a, b) = (B::load(one.as_ptr()), B::load(other.as_ptr()));
        assert_eq!(bytes_of(a.classes(B::tables(tables))), all);
        let by_byte = |of: &dyn Fn(u8, u8) -> u8| {
            std::array::from_fn::<_, BLOCK_BYTES, _>(|at| of(one[at], other[at]))
        };
        assert_eq!(bytes_of(a.and(b)), by_byte(&|one, other| one & other));
        assert_eq!(bytes_of(a.or(b)), by_byte(&|one, other| one | other));
        let seconds = bytes_of(a.second_bytes());
        assert!((0..BLOCK_BYTES).step_by(2).all(|at| seconds[at] == one[at + 1]));
        assert_eq!(a.is_any(), *one != [0; BLOCK_BYTES]);
        assert_eq!(a.are_in(classes), mask(|at| one[at] & classes != 0));
        assert_eq!(a.members(B::set(set)), mask(|at| set.has(one[at])));
    }
}

/// # Safety
///
/// The CPU must have the instructions of `B`.
#[inline(always)]
unsafe fn check_wide_lookups<B: WideLookup>(one: &Bytes, other: &Bytes, table: &Bytes, byte: u8) {
    // SAFETY: the caller answers for the instructions, and these are whole blocks.
    unsafe {
        let (a, b) = (B::load(one.as_ptr()), B::load(other.as_ptr()));
        assert_eq!(bytes_of(a.look_up(table)), one.map(|byte| table[usize::from(byte) % 64]));
        assert_eq!(bytes_of(a.minus(byte)), one.map(|other| other.wrapping_sub(byte)));
        // A mask shows in what it replaces.
        let bits = |mask: B::Mask| {
            let (none, all) = (B::splat(0), B::splat(0xFF));
            none.replace(mask, all).high_bits()
        };
        assert_eq!(bits(a.is_high()), mask(|at| one[at] >= 0x80));
        assert_eq!(bits(a.is_equal(byte)), mask(|at| one[at] == byte));
        assert_eq!(bits(a.is_less(byte)), mask(|at| one[at] < byte));
        assert_eq!(bits(a.is_continuation()), mask(|at| one[at] & 0xC0 == 0x80));
        assert_eq!(bits(B::empty_mask()), 0);
        let (less, high) = (a.is_less(byte), b.is_high());
        let replaced = bytes_of(a.replace(less, b));
        assert!(
            (0..BLOCK_BYTES)
                .all(|at| { replaced[at] == if one[at] < byte { other[at] } else { one[at] } })
        );
        assert_eq!(bits(B::both(less, high)), bits(less) & bits(high));
        assert_eq!(bits(B::either(less, high)), bits(less) | bits(high));
        assert_eq!(bits(B::except(less, high)), bits(less) & !bits(high));
        assert_eq!(bits(B::next_bytes(less)), bits(less) << 1);
        assert_eq!(B::is_none(less), bits(less) == 0);
        let first = (0..BLOCK_BYTES).find(|at| bits(less) >> at & 1 == 1);
        assert_eq!(B::first(less), first);
    }
}
