//! Instruction sets: which ones the CPU has, and which one the kernels use.
//!
//! A token such as [`Avx512`] exists only where the CPU has the instructions. Holding one
//! proves that functions compiled for these instructions may be called, so no caller of a
//! kernel needs `unsafe`. The tokens of another architecture have no value at all: code
//! that asks for one compiles everywhere and is left out where it cannot run.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use super::arch;

/// The vector instructions that the kernels of this crate use.
///
/// Counts do not depend on the level, only the time does. A value exists only for a level
/// that this CPU has.
///
/// ```
/// use cogrep_match::{SimdLevel, SimdLevelError};
///
/// let best = SimdLevel::best();
/// assert_eq!(best.name().parse(), Ok(best));
/// assert_eq!("sse".parse::<SimdLevel>(), Err(SimdLevelError::Unknown("sse".into())));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimdLevel(pub(super) Level);

/// What a [`SimdLevel`] holds: the token of its instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Portable,
    Avx2(Avx2),
    Avx512(Avx512),
    Neon(Neon),
}

/// Proves that the CPU has AVX2, and the bit manipulations that came with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx2 {
    proof: arch::X86Proof,
}

/// Proves that the CPU has AVX-512 as in Ice Lake and Zen 4: F, BW, VL, VBMI, VBMI2, and the
/// instructions for Galois fields and AES.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Avx512 {
    proof: arch::X86Proof,
}

/// Proves that the CPU has NEON, the vectors of ARM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Neon {
    proof: arch::ArmProof,
}

/// Proves that the CPU looks up many bytes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vectors {
    Avx2(Avx2),
    Avx512(Avx512),
    Neon(Neon),
}

/// Proves that the CPU looks up many bytes at once in a table of sixty-four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WideTables {
    Avx512(Avx512),
    Neon(Neon),
}

/// Why there is no such [`SimdLevel`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimdLevelError {
    /// No level has this name.
    #[error("{0}: no such SIMD level; there are {known}", known = SimdLevel::NAMES.join(", "))]
    Unknown(String),
    /// The level exists, but this CPU lacks its instructions.
    #[error("{0}: this CPU lacks the instructions; it has {has}", has = SimdLevel::available_names())]
    Unsupported(&'static str),
    /// The default has been set or used already.
    #[error("the default SIMD level is in use")]
    InUse,
}

static DEFAULT: OnceLock<SimdLevel> = OnceLock::new();

impl SimdLevel {
    /// The names of all levels, whatever CPU this is.
    pub const NAMES: [&'static str; 4] = ["portable", "avx2", "avx512", "neon"];

    /// The instructions that every CPU has.
    pub const PORTABLE: Self = Self(Level::Portable);

    /// The highest level that this CPU has.
    #[must_use]
    pub fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::PORTABLE)
    }

    /// The levels that this CPU has, the lowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let levels = [
            Some(Level::Portable),
            Avx2::detect().map(Level::Avx2),
            Avx512::detect().map(Level::Avx512),
            Neon::detect().map(Level::Neon),
        ];
        levels.into_iter().flatten().map(Self).collect()
    }

    fn available_names() -> String {
        Self::available().iter().map(|level| level.name()).collect::<Vec<_>>().join(", ")
    }

    /// The default level of plans in this process, and of everything else that counts or
    /// folds without a plan: the one that was [set](Self::set_default), else the
    /// [best](Self::best) one. From the first call on it stays as it is.
    #[must_use]
    pub fn process_default() -> Self {
        *DEFAULT.get_or_init(Self::best)
    }

    /// Makes this level the default of the process.
    ///
    /// A program that lets its user choose the level calls this once, before it plans
    /// anything. Libraries leave it alone.
    ///
    /// # Errors
    ///
    /// [`SimdLevelError::InUse`] if the default was set or used before.
    pub fn set_default(self) -> Result<(), SimdLevelError> {
        DEFAULT.set(self).map_err(|_| SimdLevelError::InUse)
    }

    /// The name, as [`from_str`](Self::from_str) reads it.
    #[must_use]
    pub fn name(self) -> &'static str {
        let [portable, avx2, avx512, neon] = Self::NAMES;
        match self.0 {
            Level::Portable => portable,
            Level::Avx2(_) => avx2,
            Level::Avx512(_) => avx512,
            Level::Neon(_) => neon,
        }
    }

    /// The instructions that look up many bytes at once, if the level has any.
    pub(crate) fn vectors(self) -> Option<Vectors> {
        match self.0 {
            Level::Portable => None,
            Level::Avx2(token) => Some(Vectors::Avx2(token)),
            Level::Avx512(token) => Some(Vectors::Avx512(token)),
            Level::Neon(token) => Some(Vectors::Neon(token)),
        }
    }

    /// The instructions that look up in tables of sixty-four bytes, if the level has any.
    pub(crate) fn wide_tables(self) -> Option<WideTables> {
        match self.0 {
            Level::Portable | Level::Avx2(_) => None,
            Level::Avx512(token) => Some(WideTables::Avx512(token)),
            Level::Neon(token) => Some(WideTables::Neon(token)),
        }
    }
}

impl fmt::Display for SimdLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for SimdLevel {
    type Err = SimdLevelError;

    fn from_str(name: &str) -> Result<Self, SimdLevelError> {
        let Some(name) = Self::NAMES.into_iter().find(|known| *known == name) else {
            return Err(SimdLevelError::Unknown(name.to_owned()));
        };
        let level = Self::available().into_iter().find(|level| level.name() == name);
        level.ok_or(SimdLevelError::Unsupported(name))
    }
}

impl Avx2 {
    fn detect() -> Option<Self> {
        arch::avx2().map(|proof| Self { proof })
    }
}

impl Avx512 {
    fn detect() -> Option<Self> {
        arch::avx512().map(|proof| Self { proof })
    }
}

impl Neon {
    fn detect() -> Option<Self> {
        arch::neon().map(|proof| Self { proof })
    }
}

/// What [`dispatch`](super::dispatch) does with a token of another architecture.
macro_rules! absent {
    ($condition:meta: $($token:ty),+) => {$(
        #[cfg(not($condition))]
        impl $token {
            /// Needs no code, since there is no such token.
            pub(super) fn absent(self) -> ! {
                match self.proof {}
            }
        }
    )+};
}
absent!(target_arch = "x86_64": Avx2, Avx512);
absent!(all(target_arch = "aarch64", target_endian = "little"): Neon);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_needs_all_its_instructions() {
        let names: Vec<_> = SimdLevel::available().iter().map(|level| level.name()).collect();
        assert_eq!(names[0], "portable");
        #[cfg(target_arch = "x86_64")]
        {
            let has_avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("popcnt")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("bmi2")
                && is_x86_feature_detected!("lzcnt");
            assert_eq!(names.contains(&"avx2"), has_avx2);
            let has_avx512 = has_avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vbmi")
                && is_x86_feature_detected!("avx512vbmi2")
                && is_x86_feature_detected!("gfni");
            assert_eq!(names.contains(&"avx512"), has_avx512);
        }
        assert_eq!(
            names.contains(&"neon"),
            cfg!(all(target_arch = "aarch64", target_endian = "little"))
        );
        assert_eq!(SimdLevel::best().name(), names[names.len() - 1]);
    }

    #[test]
    fn a_level_is_parsed_from_its_name_if_the_cpu_has_it() {
        for name in SimdLevel::NAMES {
            let expected = SimdLevel::available().into_iter().find(|level| level.name() == name);
            assert_eq!(name.parse(), expected.ok_or(SimdLevelError::Unsupported(name)));
        }
        for name in ["", "AVX2", "sse2", "avx"] {
            assert_eq!(name.parse::<SimdLevel>(), Err(SimdLevelError::Unknown(name.to_owned())));
        }
        let lacking = SimdLevelError::Unsupported("neon").to_string();
        assert!(lacking.starts_with("neon: this CPU lacks the instructions; it has portable"));
    }

    #[test]
    fn the_default_is_set_once_and_not_after_its_use() {
        let default = SimdLevel::process_default();
        assert_eq!(SimdLevel::PORTABLE.set_default(), Err(SimdLevelError::InUse));
        assert_eq!(SimdLevel::process_default(), default);
    }
}
