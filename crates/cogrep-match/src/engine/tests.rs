//! What all engines are held against, and at every level of instructions.

mod levels;
pub(in crate::engine) mod reference;
