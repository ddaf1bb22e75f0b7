//! Tables of distinct texts, as a job fills them.

use std::collections::BTreeMap;
use std::io;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cogrep_core::measure::{AnyMeasure, DistinctTexts, Layout};
use cogrep_core::table::{Order, Table};
use cogrep_core::{Input, Job, Plan, Report};
use cogrep_source::SourceName;

use crate::pieces::Source;

/// How often each text occurs in each row, and where first.
pub(crate) type Counts = BTreeMap<(usize, Vec<u8>), (u64, u64)>;

/// How a text is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reading<'a> {
    /// In pieces of lengths that are chosen by these bytes.
    Pieces(&'a [u8]),
    /// In ranges of so many bytes, by several workers.
    Ranges(NonZeroU64),
}

/// The table of a job over one text.
pub(crate) fn tabulate(
    text: &[u8],
    plan: &Arc<Plan>,
    (layout, keeps_first): (Layout, bool),
    reading: Reading<'_>,
    measure: impl FnOnce(&Arc<Table>) -> AnyMeasure,
) -> (Counts, Report) {
    let (source, range_bytes) = match reading {
        Reading::Pieces(choices) => (Source::Stream(text.to_vec(), choices.to_vec()), None),
        Reading::Ranges(bytes) => (Source::Object(text.to_vec().into(), usize::MAX), Some(bytes)),
    };
    let table = Arc::new(Table::with_first(keeps_first));
    let inputs = [Input::Name(SourceName::memory("text"))];
    let job = Job {
        open: source.raw(),
        workers: NonZeroUsize::new(if range_bytes.is_some() { 2 } else { 1 }),
        range_bytes,
        measures: vec![measure(&table)],
        ..Job::new(plan, &inputs)
    };
    let report = job.run(|_| {});
    assert!(report.is_complete(), "memory can be read");
    let order = if keeps_first { Order::First } else { Order::Count };
    let texts = DistinctTexts::new(&table, layout, order, NonZeroUsize::MIN);
    let texts = texts.expect("nothing is in a temporary file");
    let mut counts = Counts::new();
    let each = texts.for_each(|text| {
        let first = if keeps_first { text.first.offset } else { 0 };
        let before = counts.insert((text.row, text.text.to_vec()), (text.count, first));
        assert!(before.is_none(), "a text is there twice");
        io::Result::Ok(())
    });
    each.expect("nothing is in a temporary file");
    (counts, report)
}

/// The table of a list of texts, each with its row and its place.
pub(crate) fn plainly(found: impl IntoIterator<Item = (usize, usize, Vec<u8>)>) -> Counts {
    let mut counts = Counts::new();
    for (row, start, text) in found {
        counts.entry((row, text)).or_insert((0, start as u64)).0 += 1;
    }
    counts
}

/// A table without places.
pub(crate) fn without_places(counts: Counts) -> Counts {
    counts.into_iter().map(|(text, (count, _))| (text, (count, 0))).collect()
}
