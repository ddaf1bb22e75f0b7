//! What all engines share as they go through a text: pieces are joined to windows, places
//! are judged, and the state at the end of a range is carried to the next.
//!
//! Read next: [`interface`], what an engine is; [`literal`], which puts the parts of a scan
//! for literals together; [`lines`], which does it for regular expressions.

pub(crate) mod carry;
pub(crate) mod cost;
pub(crate) mod group;
pub(crate) mod interface;
pub(crate) mod judge;
pub(crate) mod lines;
pub(crate) mod literal;
pub(crate) mod origins;
mod resume;
mod speculation;
pub(crate) mod window;
