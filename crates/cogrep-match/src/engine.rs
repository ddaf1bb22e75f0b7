//! The ways to count.
//!
//! An engine for literals is made of three parts: the windows that join pieces of text, a
//! way to find places, and the judge that decides which of them count; the module
//! [`scan`](crate::scan) has the first and the last. A new engine brings the middle part.

mod automaton;
mod compare;
mod histogram;
mod memmem;
mod naive;
mod regex;
mod regex_set;
mod sieve;
#[cfg(test)]
mod tests;
mod transducers;

pub(crate) use automaton::Automaton;
pub(crate) use compare::Compare;
pub(crate) use histogram::Histogram;
pub(crate) use memmem::Memmem;
pub(crate) use naive::Naive;
pub(crate) use regex::{DEFAULT_LIMIT_BYTES, LineRegex, Regex, wrapped};
pub(crate) use regex_set::RegexSet;
pub(crate) use sieve::Sieve;
pub(crate) use transducers::Transducers;
