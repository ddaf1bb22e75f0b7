//! The unit of the formats that have a line a count.

use crate::row::Row;

/// One count: of a row, in all sources, in one, or in a part of one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    /// `None` for a total over all sources.
    pub(crate) source: Option<&'a [u8]>,
    /// The part of the source, from 1.
    pub(crate) part: Option<usize>,
    pub(crate) row: &'a Row,
    pub(crate) count: u64,
}
