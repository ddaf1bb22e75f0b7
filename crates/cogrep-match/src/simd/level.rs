//! Which instructions the kernels use.
//!
//! A token such as [`Avx512`] exists only where the CPU has the instructions: to hold
//! one is the proof that the functions compiled for them may be called.

use std::sync::OnceLock;

/// The variable that forces a level: `portable`, `avx2` or `avx512`.
const VARIABLE: &str = "COGREP_SIMD";

/// The instructions that the kernels use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// Those that every CPU has.
    Portable,
    /// AVX2, with the bit manipulations that came with it.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    /// AVX-512 as in Ice Lake and Zen 4.
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
}

/// The CPU has AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2(());

#[cfg(target_arch = "x86_64")]
impl Avx2 {
    fn new() -> Option<Self> {
        let has = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("popcnt")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt");
        has.then_some(Self(()))
    }
}

/// The CPU has AVX-512 F, BW, VL, VBMI and VBMI2, and the Galois field instructions.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512 {
    _proof: (),
}

#[cfg(target_arch = "x86_64")]
impl Avx512 {
    fn new() -> Option<Self> {
        let has = Avx2::new().is_some()
            && is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vl")
            && is_x86_feature_detected!("avx512vbmi")
            && is_x86_feature_detected!("avx512vbmi2")
            && is_x86_feature_detected!("gfni");
        has.then_some(Self { _proof: () })
    }
}

/// The CPU has registers of many bytes, and can permute them.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vectors {
    /// By tables of sixteen entries.
    Avx2(Avx2),
    /// By tables of sixty-four and more.
    Avx512(Avx512),
}

impl Level {
    /// The instructions for many bytes at once, beyond what every CPU has.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn vectors(self) -> Option<Vectors> {
        match self {
            Self::Portable => None,
            Self::Avx2(token) => Some(Vectors::Avx2(token)),
            Self::Avx512(token) => Some(Vectors::Avx512(token)),
        }
    }

    /// The highest level of this CPU, or the one that `COGREP_SIMD` names if the CPU
    /// has it.
    pub(crate) fn chosen() -> Self {
        static CHOSEN: OnceLock<Level> = OnceLock::new();
        *CHOSEN.get_or_init(|| {
            let name = std::env::var(VARIABLE).unwrap_or_default();
            let available = Self::available();
            let named = available.iter().find(|level| level.name() == name);
            *named.or(available.last()).unwrap_or(&Self::Portable)
        })
    }

    /// The levels that this CPU has, the highest last.
    pub(crate) fn available() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), allow(unused_mut))]
        let mut levels = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        {
            levels.extend(Avx2::new().map(Self::Avx2));
            levels.extend(Avx512::new().map(Self::Avx512));
        }
        levels
    }

    /// The name, as in `COGREP_SIMD`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cpu_has_the_portable_level_and_some_have_more() {
        let levels = Level::available();
        let names: Vec<_> = levels.iter().map(|level| level.name()).collect();
        assert_eq!(names, ["portable", "avx2", "avx512"][..names.len()]);
        assert!(names.contains(&"portable"));
        #[cfg(target_arch = "x86_64")]
        {
            let all_of_avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("popcnt")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt");
            assert_eq!(names.contains(&"avx2"), all_of_avx2);
            let some_of_avx512 = is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("gfni");
            assert_eq!(names.contains(&"avx512"), all_of_avx2 && some_of_avx512);
        }
        let named = std::env::var(VARIABLE);
        let chosen = named.as_deref().ok().filter(|name| names.contains(name));
        assert_eq!(Some(Level::chosen().name()), chosen.or(names.last().copied()));
    }
}
