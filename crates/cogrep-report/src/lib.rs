//! Writes what was counted: text, tables, JSON, Parquet, plots and a page.
//!
//! [`Rows`] are what is printed, [`View`] says which of them and how they are broken down,
//! and [`Printer`] writes them in a [`Format`]; each format has a file of its own, with its
//! schema. [`plots`] are drawings as SVG, [`timeline`] draws what a run spent its time on, and
//! [`page`] is a report to look at in a browser. [`Saved`] is a result in a file, which
//! [`merge`] adds to others. What this crate refuses to do: count, read, or ask the
//! environment whether there is a terminal; the caller says.
#![forbid(unsafe_code)]

mod collection;
mod escape;
mod formats;
mod number;
mod page;
pub mod plots;
mod printer;
mod row;
mod saved;
mod sparkline;
pub mod timeline;
mod view;

pub use collection::Collection;
pub use escape::escape;
pub use formats::Format;
pub use formats::distinct::{DistinctColumn, DistinctPrinter, DistinctSummary};
pub use formats::text::{Separator, TextStyle};
pub use number::separated;
pub use page::{About, page};
pub use printer::{Layout, Printer};
pub use row::{Row, Rows};
pub use saved::{
    MergeError, Merged, MergedTable, NotSaved, Saved, SavedPattern, SavedRow, SavedTable,
    TableFacts, merge,
};
pub use sparkline::sparkline;
pub use view::{By, Names, Sort, View};
