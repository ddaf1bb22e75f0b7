//! The inner loops that vector instructions make fast: the ground floor of this crate.
//!
//! Each kernel is a safe function over slices. It is written once, over the traits in
//! [`vector`]; [`arch`] implements these for each instruction set, and the macro in
//! [`dispatch`] compiles a kernel for all of them and runs the one of a [`SimdLevel`].
//!
//! All unsafe code of this crate is in this folder, for two reasons only: vector
//! instructions that the CPU must have, and loads and stores whose bounds are checked for a
//! whole loop instead of for each of its steps.
//!
//! What the kernels refuse to do: read a byte outside of the slices they are given,
//! remember anything, or decide what an occurrence is.
//!
//! To read on: [`level`], then [`lower`], the shortest kernel.

#![allow(unsafe_code, reason = "vector instructions, and bounds checked once a loop")]
#![allow(clippy::inline_always, reason = "a vector function not inlined loses its registers")]

mod arch;
pub(crate) mod bits;
pub(crate) mod bloom;
pub(crate) mod bounds;
pub(crate) mod buckets;
mod dispatch;
pub(crate) mod find_byte;
pub(crate) mod grams;
pub(crate) mod hashed;
pub(crate) mod level;
pub(crate) mod lower;
mod padded;
pub(crate) mod pairs;
pub(crate) mod runs;
pub(crate) mod shapes;
pub(crate) mod short_words;
mod tables;
mod vector;
pub(crate) mod windows;

pub(crate) use level::SimdLevel;

/// Whether upper-case letters of ASCII in the text equal lower-case ones. Needles have only
/// lower-case ones if so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Matters,
    Ignored,
}

impl Case {
    /// Whether the text equals the needle.
    #[inline(always)]
    fn equal(self, text: &[u8], needle: &[u8]) -> bool {
        match self {
            Self::Matters => text == needle,
            Self::Ignored => text.eq_ignore_ascii_case(needle),
        }
    }
}

/// The bit that tells lower-case letters of ASCII from upper-case ones.
const CASE_BIT: u8 = 0x20;
