//! The instruction sets of x86-64.

pub(in crate::simd) mod avx2;
pub(in crate::simd) mod avx512;
pub(in crate::simd) mod galois;
mod sixteen;

/// Whether the CPU has AVX2, and the bit manipulations that came with it: what the kernels
/// for AVX2 are compiled with.
pub(super) fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
}

/// Whether the CPU has AVX-512 as in Ice Lake and Zen 4: what the kernels for AVX-512 are
/// compiled with.
pub(super) fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("gfni")
        && is_x86_feature_detected!("aes")
}
