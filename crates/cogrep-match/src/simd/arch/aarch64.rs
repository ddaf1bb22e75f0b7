//! The instruction sets of ARM in 64 bits.

pub(in crate::simd) mod neon;

/// Whether the CPU has NEON, as all but a few special ones do.
pub(super) fn has_neon() -> bool {
    std::arch::is_aarch64_feature_detected!("neon")
}
