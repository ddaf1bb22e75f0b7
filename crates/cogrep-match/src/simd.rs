//! The inner loops that vector instructions make fast.
//!
//! Each kernel is a safe function over slices. Its algorithm is written once, over
//! [`block::Block`], and compiled for every [`Level`]; which one runs is decided at
//! run time. All unsafe code of this crate is in this folder, for two reasons only:
//! vector instructions that the CPU must have, and loads whose bounds were checked
//! for a whole loop instead of for each of its steps.
//!
//! What the kernels refuse to do: read a byte outside of the slices they are given,
//! remember anything, or decide what an occurrence is.

#![allow(unsafe_code, reason = "vector instructions, and loads with bounds checked once a loop")]
#![allow(clippy::inline_always, reason = "a vector function not inlined loses its registers")]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
pub(crate) mod bits;
mod block;
#[cfg(target_arch = "x86_64")]
pub(crate) mod bloom;
#[cfg(target_arch = "x86_64")]
pub(crate) mod buckets;
pub(crate) mod grams;
pub(crate) mod hashed;
pub(crate) mod level;
pub(crate) mod lower;
#[cfg(target_arch = "x86_64")]
mod padded;
pub(crate) mod pairs;
pub(crate) mod places;
mod portable;
#[cfg(target_arch = "x86_64")]
pub(crate) mod runs;
#[cfg(target_arch = "x86_64")]
mod tables;
pub(crate) mod windows;

pub(crate) use level::Level;

/// Whether capital letters of ASCII in the text are as good as small ones. Needles have
/// none then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Matters,
    Ignored,
}

impl Case {
    /// Whether a needle stands there.
    #[inline(always)]
    fn same(self, text: &[u8], needle: &[u8]) -> bool {
        match self {
            Self::Matters => text == needle,
            Self::Ignored => text.eq_ignore_ascii_case(needle),
        }
    }
}

/// The bit that tells small letters of ASCII from capital ones.
const CASE_BIT: u8 = 0x20;
