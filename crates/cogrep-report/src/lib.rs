//! Writes what was counted: text, CSV, JSON and JSON lines.
//!
//! Each format has a module of its own, with its schema. [`Printer`] chooses among
//! them. What this crate refuses to do: count, read, or ask the environment
//! whether there is a terminal; it is told.
#![forbid(unsafe_code)]

mod csv;
mod escape;
mod json;
mod jsonl;
mod printer;
mod text;

pub use escape::escape;
pub use printer::{Format, Printer};
pub use text::{Separator, TextStyle};
