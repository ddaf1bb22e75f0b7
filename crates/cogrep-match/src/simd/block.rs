//! What the kernels ask of an instruction set: blocks of sixty-four bytes.

/// The bytes of a [`Block`]: one bit of a mask each.
pub(super) const BLOCK_BYTES: usize = 64;

/// Sixty-four bytes in registers.
///
/// Every kernel is written once over this trait. A mask holds a bit a byte, the
/// first byte in the lowest bit.
///
/// # Safety
///
/// All methods may be called only where the CPU has the instruction set of the
/// implementation. `load` and `store` access sixty-four bytes from the pointer
/// on, at any alignment.
pub(super) trait Block: Copy {
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
    /// Where the highest bit is set: the bytes that are not ASCII.
    unsafe fn high_bits(self) -> u64;
    /// Where the bytes are word characters of ASCII: letters, digits and `_`.
    unsafe fn words(self) -> u64;
    /// Sets bit 5 of every byte: letters become small ones, other bytes something else.
    unsafe fn set_case(self) -> Self;
    /// Sets bit 5 of the bytes from `A` to `Z`.
    unsafe fn lower_ascii(self) -> Self;
}
