//! Writes what was counted: text, tables, JSON, Parquet and pictures.
//!
//! [`Rows`] are what is printed, [`View`] says which of them and how broken down, and
//! [`Printer`] writes them in one of the formats. Each format has a module of its own,
//! with its schema. [`picture`] draws them, [`timeline`] draws what a run spent its
//! time on, and [`page`] is a report to look at in a browser. [`Saved`] is a result in a
//! file, which [`merge`] adds to others. What this crate refuses to do: count, read, or
//! ask the environment whether there is a terminal; it is told.
#![forbid(unsafe_code)]

mod collection;
mod delimited;
mod escape;
mod json;
mod jsonl;
mod page;
mod parquet;
pub mod picture;
mod printer;
mod record;
mod row;
mod saved;
mod table;
mod text;
pub mod timeline;
mod view;

pub use collection::{Collection, Source};
pub use escape::escape;
pub use page::page;
pub use printer::{Format, Layout, Printer};
pub use row::{Row, Rows};
pub use saved::{MergeError, Merged, NotSaved, Saved, SavedPattern, merge};
pub use table::separated;
pub use text::{Separator, TextStyle};
pub use view::{By, Sort, View};
