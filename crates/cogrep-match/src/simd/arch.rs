//! The instruction sets, by architecture.
//!
//! Each implements the traits of [`vector`](super::vector) and detects whether the CPU has
//! it. Nothing here knows what the kernels are for.

#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
pub(super) mod aarch64;
#[cfg(any(target_arch = "x86_64", all(target_arch = "aarch64", target_endian = "little")))]
mod bits_of;
pub(super) mod portable;
#[cfg(target_arch = "x86_64")]
pub(super) mod x86_64;

/// What would prove that the CPU has instructions of another architecture.
#[allow(dead_code, reason = "an architecture needs it for the tokens of the others")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Never {}

/// What the tokens of x86-64 hold.
#[cfg(target_arch = "x86_64")]
pub(super) type X86Proof = ();
#[cfg(not(target_arch = "x86_64"))]
pub(super) type X86Proof = Never;

/// What the token of ARM holds. The kernels take the first byte of a register to be that of
/// the lowest address, so there is none where memory is big-endian.
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
pub(super) type ArmProof = ();
#[cfg(not(all(target_arch = "aarch64", target_endian = "little")))]
pub(super) type ArmProof = Never;

pub(super) fn avx2() -> Option<X86Proof> {
    #[cfg(target_arch = "x86_64")]
    return x86_64::has_avx2().then_some(());
    #[cfg(not(target_arch = "x86_64"))]
    None
}

pub(super) fn avx512() -> Option<X86Proof> {
    #[cfg(target_arch = "x86_64")]
    return x86_64::has_avx512().then_some(());
    #[cfg(not(target_arch = "x86_64"))]
    None
}

pub(super) fn neon() -> Option<ArmProof> {
    #[cfg(all(target_arch = "aarch64", target_endian = "little"))]
    return aarch64::has_neon().then_some(());
    #[cfg(not(all(target_arch = "aarch64", target_endian = "little")))]
    None
}
