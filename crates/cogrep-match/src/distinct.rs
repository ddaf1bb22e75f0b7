//! Which texts occur, and how often each of them: tables of distinct texts.

mod words;

pub use words::WordCounts;
