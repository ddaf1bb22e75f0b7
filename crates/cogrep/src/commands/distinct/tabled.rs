//! A table when all is counted: sorted, and gone through row by row.

use std::io;
use std::num::NonZeroUsize;
use std::thread;

use cogrep_core::measure::{DistinctText, DistinctTexts, Layout};
use cogrep_core::table::{Order, Table};
use cogrep_core::time::Step;
use cogrep_report::Sort;

use crate::error::Error;

/// A table, sorted, and what it is of.
pub(in crate::commands) struct Tabled {
    pub(in crate::commands) texts: DistinctTexts,
    pub(in crate::commands) layout: Layout,
    /// Whether texts are counted, and not only patterns.
    pub(in crate::commands) has_texts: bool,
    /// The length of the steps of time, if there are any.
    pub(in crate::commands) step: Option<Step>,
}

impl Tabled {
    /// Sorts a table.
    pub(in crate::commands) fn new(
        table: &Table,
        layout: Layout,
        order: Order,
        (has_texts, step): (bool, Option<Step>),
        workers: Option<NonZeroUsize>,
    ) -> Result<Self, Error> {
        let cores = workers.or_else(|| thread::available_parallelism().ok());
        let cores = cores.unwrap_or(NonZeroUsize::MIN);
        let texts = DistinctTexts::new(table, layout, order, cores);
        let texts = texts.map_err(|error| not_kept(&error))?;
        Ok(Self { texts, layout, has_texts, step })
    }
}

/// In which order texts are.
pub(in crate::commands) fn order(sort: Sort) -> Order {
    match sort {
        Sort::Count => Order::Count,
        Sort::Name => Order::Text,
        Sort::Input => Order::First,
    }
}

/// Why a text is not gone through to the end.
enum Stopped {
    /// What is in a temporary file cannot be read.
    Lost(io::Error),
    /// The output takes no more.
    Output(io::Error),
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Lost(error)
    }
}

/// Goes through all texts.
pub(in crate::commands) fn each(
    texts: &DistinctTexts,
    mut show: impl FnMut(DistinctText<'_>) -> io::Result<()>,
) -> Result<(), Error> {
    texts.for_each(|text| show(text).map_err(Stopped::Output)).map_err(|stopped| match stopped {
        Stopped::Lost(error) => not_kept(&error),
        Stopped::Output(error) => error.into(),
    })
}

/// A table that found no room in memory could not be kept in a file either.
fn not_kept(error: &io::Error) -> Error {
    Error::input(format!("the table is lost: {error}"))
        .hint("let it have more of --max-memory, or set TMPDIR to a folder with more room")
}
