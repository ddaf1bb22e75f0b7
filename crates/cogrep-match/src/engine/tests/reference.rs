//! What the tests of engines hold them against: the naive engine, a needle after the other.

use std::sync::Arc;

use crate::engine::Naive;
use crate::scan::group::Group;
use crate::scan::interface::Engine;
use crate::{Matching, Tally};

/// What an engine counts in texts that come in pieces of this length.
pub(in crate::engine) fn counted<T: AsRef<[u8]>>(
    engine: Arc<dyn Engine>,
    texts: &[T],
    len: usize,
) -> Tally {
    let (mut scan, mut tally) = (engine.scan(), Tally::new());
    for text in texts {
        text.as_ref().chunks(len).for_each(|piece| scan.feed(piece));
        scan.end_text();
        scan.take(&mut tally);
    }
    tally
}

/// What is to be counted. Where case is ignored, needles and texts must have no letters
/// but those of ASCII that have a case.
pub(in crate::engine) fn expected<T: AsRef<[u8]>>(
    needles: &[(usize, Box<[u8]>)],
    matching: Matching,
    texts: &[T],
) -> Tally {
    let lowered = |text: &T| {
        let text = text.as_ref();
        if matching.ignore_case { text.to_ascii_lowercase() } else { text.to_vec() }
    };
    let texts: Vec<_> = texts.iter().map(lowered).collect();
    let mut expected = Tally::new();
    for needle in needles {
        let naive = Naive::new(Group::new([needle.clone()], matching));
        expected.merge(&counted(Arc::new(naive), &texts, usize::MAX));
    }
    expected
}
