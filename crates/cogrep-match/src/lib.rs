//! Patterns and the engines that count them: bytes in, counts out.

pub mod engine;
mod fold;
mod tally;
mod utf8;
pub mod word;

pub use engine::{Engine, Scan};
pub use fold::{Folder, fold_all};
pub use tally::Tally;
