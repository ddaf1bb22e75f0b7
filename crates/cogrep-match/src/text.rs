//! What text is made of: characters in UTF-8, their case, words and lines.
//!
//! This module knows nothing of patterns. What `-i` and `-w` mean is decided here; how
//! engines use it is in [`engine`](crate::engine).

pub(crate) mod fold;
pub(crate) mod line;
pub(crate) mod utf8;
pub mod word;
pub(crate) mod words;
