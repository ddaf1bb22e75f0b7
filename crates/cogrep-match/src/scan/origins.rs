//! Where in a text the bytes come from that a scan is fed.
//!
//! A scan counts what it is fed: texts one after the other, folded where case is ignored,
//! with what was shown around ranges. A hit is to be found in the text itself.

use crate::text::fold::Change;

/// Where what was fed comes from, back to where hits may still begin.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    /// How many bytes were fed, over all texts.
    fed: u64,
    /// Where the correspondence changes, in order.
    marks: Vec<Mark>,
    /// Marks are dropped when there are this many.
    most: usize,
}

/// From here on what is fed is further on in the text than it was before, or less far.
#[derive(Clone, Copy, Debug)]
struct Mark {
    /// Where it is, in what was fed.
    at: u64,
    /// The bytes of the new character that begins here; 0 where a text begins or a range.
    folded_len: u64,
    /// The bytes of the character that it took the place of.
    text_len: u64,
    /// What is to be added to offsets before the character, and after it.
    shift: [i64; 2],
}

/// Marks that are kept before it is worth to look which may be dropped.
const FEW_MARKS: usize = 1024;

impl Origins {
    /// How many bytes were fed, over all texts.
    pub(crate) fn fed(&self) -> u64 {
        self.fed
    }

    /// What is fed next comes from this offset of a text.
    pub(crate) fn begin_at(&mut self, offset: u64) {
        let shift = offset.wrapping_sub(self.fed).cast_signed();
        self.marks.clear();
        self.most = FEW_MARKS;
        self.push(Mark { at: self.fed, folded_len: 0, text_len: 0, shift: [shift, shift] });
    }

    /// A piece of this length is fed, in which characters took the place of others.
    pub(crate) fn feed(&mut self, len: usize, changes: &[Change]) {
        for change in changes {
            let [_, shift] = self.marks.last().map_or([0, 0], |mark| mark.shift);
            let (folded_len, text_len) = (change.folded_len as u64, change.text_len as u64);
            let after = shift + text_len.cast_signed() - folded_len.cast_signed();
            let at = self.fed + change.at as u64;
            self.push(Mark { at, folded_len, text_len, shift: [shift, after] });
        }
        self.fed += len as u64;
    }

    /// Drops what only hits need that begin more than this many bytes before what is fed
    /// next.
    pub(crate) fn forget(&mut self, kept_bytes: usize) {
        if self.marks.len() < self.most {
            return;
        }
        let from = self.fed.saturating_sub(kept_bytes as u64);
        let needed = self.marks.partition_point(|mark| mark.at < from).saturating_sub(1);
        self.marks.drain(..needed);
        self.most = FEW_MARKS.max(2 * self.marks.len());
    }

    /// Where in the text the character begins that was fed at this offset, or that of which
    /// a part was.
    pub(crate) fn start(&self, fed: u64) -> u64 {
        let Some(mark) = self.mark(|at| at <= fed) else { return fed };
        match fed - mark.at {
            within if within < mark.folded_len => shifted(mark.at, mark.shift[0]),
            _ => shifted(fed, mark.shift[1]),
        }
    }

    /// Where in the text the character ends that was fed up to this offset, or that of which
    /// a part was.
    pub(crate) fn end(&self, fed: u64) -> u64 {
        let Some(mark) = self.mark(|at| at < fed) else { return self.start(fed) };
        match fed - mark.at {
            within if within <= mark.folded_len => shifted(mark.at, mark.shift[0]) + mark.text_len,
            _ => shifted(fed, mark.shift[1]),
        }
    }

    /// The last mark of which this is true.
    fn mark(&self, is_before: impl Fn(u64) -> bool) -> Option<&Mark> {
        let after = self.marks.partition_point(|mark| is_before(mark.at));
        self.marks[..after].last()
    }

    fn push(&mut self, mark: Mark) {
        self.marks.push(mark);
    }
}

fn shifted(offset: u64, shift: i64) -> u64 {
    offset.wrapping_add_signed(shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_back_to_the_text_before_it_was_folded() {
        let mut origins = Origins::default();
        origins.feed(7, &[]);
        origins.begin_at(100);
        // Of "ab\u{212A}cd" the Kelvin sign becomes a k.
        origins.feed(5, &[Change { at: 2, folded_len: 1, text_len: 3 }]);
        let starts: Vec<u64> = (7..12).map(|fed| origins.start(fed)).collect();
        assert_eq!(starts, [100, 101, 102, 105, 106]);
        let ends: Vec<u64> = (8..13).map(|fed| origins.end(fed)).collect();
        assert_eq!(ends, [101, 102, 105, 106, 107]);
        // \u{23A} becomes three bytes of two: a part of it counts as all of it.
        origins.feed(4, &[Change { at: 0, folded_len: 3, text_len: 2 }]);
        let starts: Vec<u64> = (12..16).map(|fed| origins.start(fed)).collect();
        assert_eq!(starts, [107, 107, 107, 109]);
        let ends: Vec<u64> = (12..17).map(|fed| origins.end(fed)).collect();
        assert_eq!(ends, [107, 109, 109, 109, 110]);
    }

    #[test]
    fn marks_are_forgotten_once_no_hit_needs_them() {
        let mut origins = Origins::default();
        origins.begin_at(0);
        for _ in 0..100 * FEW_MARKS {
            origins.feed(10, &[Change { at: 3, folded_len: 1, text_len: 2 }]);
            origins.forget(50);
        }
        assert!(origins.marks.len() <= FEW_MARKS);
        assert_eq!(origins.start(origins.fed() - 49), 11 * (origins.fed() / 10 - 5) + 1);
    }
}
