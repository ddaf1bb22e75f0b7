//! Decides which places count.
//!
//! An engine finds places where a needle occurs; whether such a place counts depends on
//! what is counted, on the neighbours of the place and on the places before it. All
//! engines for literals share this judgement. Where a text is counted in ranges, the
//! [speculation](crate::scan::speculation) says what follows from each possible end of the
//! text before, and the [carry](crate::scan::carry) hands it on.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use crate::pattern::Unit;
use crate::scan::carry::{Carry, FREE, Step};
use crate::scan::group::{Group, Neighbours};
use crate::scan::interface::{Hit, Output, Totals};
use crate::scan::resume::{From, Resume};
use crate::scan::speculation::Speculation;
use crate::scan::window::Window;
use crate::text::word::{begins_with_word, ends_in_word};

/// The judgement of a group as it goes through texts.
#[derive(Debug)]
pub(crate) struct Judge<O = Totals> {
    group: Arc<Group>,
    output: O,
    /// By slot, of hits that are not reported.
    counts: Vec<u64>,
    /// By slot.
    resume: Vec<Resume>,
    /// The slots that have counted the line that is not over yet.
    line_counted: Vec<usize>,
    /// A range of offsets known to have no line feed.
    line_goes_on: Range<u64>,
    /// The range that is judged, if it did not begin where a text does.
    range: Option<Started>,
    /// What was judged depends on this, and others on it, where that was a range.
    carry: Option<Carry>,
}

/// A range of a text that follows another one.
#[derive(Clone, Debug)]
struct Started {
    start: u64,
    /// The first line feed in it; looked for only where lines are counted.
    line_feed: Option<u64>,
    /// The slots whose places depend on the text before, if there are such places.
    speculations: Vec<(usize, Speculation)>,
}

impl<O: Output> Judge<O> {
    /// A judge at the start of a text.
    pub(crate) fn new(group: Arc<Group>) -> Self {
        let slots = group.len();
        Self {
            group,
            output: O::default(),
            counts: vec![0; slots],
            resume: vec![Resume::at(0); slots],
            line_counted: Vec::new(),
            line_goes_on: 0..0,
            range: None,
            carry: None,
        }
    }

    /// The needles that it judges.
    pub(crate) fn group(&self) -> &Arc<Group> {
        &self.group
    }

    /// Whether places of the needle in this slot may be [added](Self::add) up, and need
    /// not be judged one by one.
    #[inline]
    pub(crate) fn may_add(&self, slot: usize) -> bool {
        !self.output.reports(slot) && self.group.each_counts(slot)
    }

    /// Whether each hit of the needle in this slot is reported, and not just counted.
    #[inline]
    pub(crate) fn reports(&self, slot: usize) -> bool {
        self.output.reports(slot)
    }

    /// From now on hits of this needle are counted, and not reported.
    pub(crate) fn mute(&mut self, needle: usize) {
        let needles = self.group.needles().iter();
        for (slot, _) in needles.enumerate().filter(|(_, other)| **other == needle) {
            self.output.mute(slot);
        }
    }

    /// Begins a window: to be called before its places are judged.
    pub(crate) fn enter(&mut self, window: &Window<'_>) {
        if let Some(range) = &mut self.range
            && self.group.unit() == Unit::Lines
            && range.line_feed.is_none()
        {
            let found = memchr(b'\n', &window.text[window.ends.clone()]);
            let start = window.offset + window.ends.start as u64;
            range.line_feed = found.map(|at| start + at as u64);
        }
        if self.line_counted.is_empty() {
            return;
        }
        if let Some(line_feed) = self.line_feed(window, window.ends.start) {
            self.reopen(window.offset + line_feed as u64 + 1);
        }
    }

    /// Judges a place, by the index after its last byte, and says whether it counts.
    /// The places of one slot must come in order.
    #[inline]
    pub(crate) fn place(&mut self, slot: usize, window: &Window<'_>, end: usize) -> bool {
        // The start may lie before the window, if nothing around it matters.
        let start = window.offset + end as u64 - self.group.bytes()[slot].len() as u64;
        if self.resume[slot].is_after(start) {
            return self.resume[slot].is_unknown() && self.open_place(slot, window, end, start);
        }
        if !self.suits(slot, window.text, end) {
            return false;
        }
        self.record(slot, start, window.offset + end as u64);
        match self.group.unit() {
            Unit::Occurrences => self.resume[slot] = Resume::at(window.offset + end as u64),
            Unit::Overlapping | Unit::WholeLines => {}
            Unit::Lines => self.close_line(slot, window, end),
        }
        true
    }

    /// Judges a place of a needle that is [independent](Group::is_independent).
    #[inline]
    pub(crate) fn independent_place(&mut self, slot: usize, window: &Window<'_>, end: usize) {
        if !self.output.reports(slot) {
            self.counts[slot] += u64::from(self.suits(slot, window.text, end));
        } else if self.suits(slot, window.text, end) {
            let end = window.offset + end as u64;
            self.record(slot, end - self.group.bytes()[slot].len() as u64, end);
        }
    }

    /// Counts places of a needle that [may be added](Self::may_add) up.
    #[inline]
    pub(crate) fn add(&mut self, slot: usize, count: u64) {
        debug_assert!(!self.output.reports(slot) || count == 0, "a hit was not reported");
        self.counts[slot] += count;
    }

    #[inline]
    fn record(&mut self, slot: usize, start: u64, end: u64) {
        if self.output.reports(slot) {
            self.output.hit(Hit { start, end, needle: self.group.needles()[slot] });
        } else {
            self.counts[slot] += 1;
        }
    }

    /// Where in the window's text the next place that counts may start, at the least;
    /// after the text if there is none.
    pub(crate) fn next_start(&self, slot: usize, window: &Window<'_>) -> usize {
        if self.range.is_some() && self.resume[slot].is_unknown() {
            return 0;
        }
        let Some(offset) = self.resume[slot].offset() else { return usize::MAX };
        usize::try_from(offset.saturating_sub(window.offset)).unwrap_or(usize::MAX)
    }

    /// Ends the text, all of whose places have been judged, at this offset.
    pub(crate) fn end_text(&mut self, offset: u64) {
        if self.range.is_some() {
            self.end_range(offset, offset);
        }
        self.reopen(offset);
        self.line_goes_on = offset..offset;
    }

    /// Begins a range of a text at this offset: the text before it is judged elsewhere.
    pub(crate) fn begin_range(&mut self, start: u64) {
        for (slot, resume) in self.resume.iter_mut().enumerate() {
            let is_open = match self.group.unit() {
                Unit::Occurrences => self.group.may_overlap(slot),
                Unit::Lines => true,
                Unit::Overlapping | Unit::WholeLines => false,
            };
            *resume = if is_open { Resume::OPEN } else { Resume::at(0) };
        }
        self.line_goes_on = start..start;
        self.range = Some(Started { start, line_feed: None, speculations: Vec::new() });
    }

    /// Ends a range of a text, and not the text, at this offset. The next text begins at
    /// `next`.
    pub(crate) fn end_range(&mut self, end: u64, next: u64) {
        let range = self.range.take();
        if !O::REPORTS_HITS {
            self.carry = match self.group.unit() {
                Unit::Occurrences => Some(self.carry_of_places(range, end)),
                Unit::Lines => Some(self.carry_of_lines(range)),
                Unit::Overlapping | Unit::WholeLines => None,
            };
        }
        self.resume.fill(Resume::at(0));
        self.line_counted.clear();
        self.line_goes_on = next..next;
    }

    /// Hands over what was found, and starts again from zero.
    pub(crate) fn take(&mut self, found: &mut O::Found) {
        let needles = self.group.needles();
        self.output.hand_over(needles, &mut self.counts, self.carry.take(), found);
    }

    /// What depends on the text around a range in which places were counted.
    fn carry_of_places(&mut self, range: Option<Started>, end: u64) -> Carry {
        let mut carry = Carry::new(range.as_ref().map_or(FREE, |range| end - range.start));
        let group = &self.group;
        let mut insert = |slot: usize, steps| {
            let enough = group.bytes()[slot].len() as u64 - 1;
            self.counts[slot] += carry.insert(group.needles()[slot], enough, steps);
        };
        for slot in (0..group.len()).filter(|slot| group.may_overlap(*slot)) {
            if let Some(not_before) = self.resume[slot].offset() {
                let slack = end - not_before.min(end);
                insert(slot, vec![Step { least_slack: 0, extra: 0, slack }]);
            }
        }
        for (slot, speculation) in range.into_iter().flat_map(|range| range.speculations) {
            insert(slot, speculation.steps(self.resume[slot].offset(), end));
        }
        carry
    }

    /// What depends on the text around a range in which lines were counted.
    fn carry_of_lines(&mut self, range: Option<Started>) -> Carry {
        let line_ends = range.as_ref().is_none_or(|range| range.line_feed.is_some());
        let mut carry = Carry::new(u64::from(line_ends));
        let needles = self.group.needles();
        self.line_counted.sort_unstable();
        for slot in &self.line_counted {
            carry.insert(needles[*slot], 1, vec![Step { least_slack: 0, extra: 0, slack: 0 }]);
        }
        for (slot, _) in range.into_iter().flat_map(|range| range.speculations) {
            let slack = u64::from(self.line_counted.binary_search(&slot).is_err());
            let step = |least_slack| Step { least_slack, extra: least_slack, slack };
            carry.insert(needles[slot], 1, vec![step(0), step(1)]);
        }
        carry
    }

    /// Judges a place of which it depends on the text before whether it counts.
    #[cold]
    #[inline(never)]
    fn open_place(&mut self, slot: usize, window: &Window<'_>, end: usize, start: u64) -> bool {
        let From::Open(speculation) = self.resume[slot].from() else { return false };
        if !self.suits(slot, window.text, end) {
            return false;
        }
        let Some(range) = &mut self.range else { return false };
        if range.line_feed.is_some_and(|line_feed| start > line_feed) {
            self.resume[slot] = Resume::at(0);
            return self.place(slot, window, end);
        }
        let index = speculation.unwrap_or_else(|| {
            range.speculations.push((slot, Speculation::new(range.start)));
            range.speculations.len() - 1
        });
        self.resume[slot] = Resume::speculation(index);
        let end_offset = window.offset + end as u64;
        if self.group.unit() == Unit::Lines {
            // It is the line's first place here. Before the range there may be others.
            self.output.undecided(end_offset);
            self.close_line(slot, window, end);
            return true;
        }
        let len = self.group.bytes()[slot].len() as u64;
        let Some(not_before) = range.speculations[index].1.place(start, len) else {
            self.output.undecided(end_offset);
            return true;
        };
        self.resume[slot] = Resume::at(not_before);
        // Where totals are wanted, the speculation has counted the place.
        if O::REPORTS_HITS {
            self.record(slot, start, end_offset);
        }
        true
    }

    /// Whether the place has the neighbours that it must have.
    #[inline]
    fn suits(&self, slot: usize, text: &[u8], end: usize) -> bool {
        if self.group.neighbours() == Neighbours::Any {
            return true;
        }
        let needle = &self.group.bytes()[slot];
        let (before, after) = (&text[..end - needle.len()], &text[end..]);
        match self.group.neighbours() {
            Neighbours::Any => true,
            Neighbours::NoWord => !ends_in_word(before) && !begins_with_word(after),
            Neighbours::LineEnds => {
                matches!(before, [] | [.., b'\n'])
                    && match after {
                        [] | [b'\r', b'\n', ..] => true,
                        // A final `\r` of the needle would be the line's ending.
                        [b'\n', ..] => !needle.ends_with(b"\r"),
                        _ => false,
                    }
            }
        }
    }

    /// The slot has counted the line in which this index is: the next place that
    /// counts is after the line's end.
    fn close_line(&mut self, slot: usize, window: &Window<'_>, at: usize) {
        self.resume[slot] = if let Some(line_feed) = self.line_feed(window, at) {
            Resume::at(window.offset + line_feed as u64 + 1)
        } else {
            self.line_counted.push(slot);
            Resume::LINE_END
        };
    }

    /// The slots that have counted the line may count again from this offset.
    fn reopen(&mut self, offset: u64) {
        for slot in self.line_counted.drain(..) {
            self.resume[slot] = Resume::at(offset);
        }
    }

    /// The next line feed in the window, from this index on.
    ///
    /// Places come mostly in order and many in a line: what was looked through is not
    /// looked through again.
    fn line_feed(&mut self, window: &Window<'_>, from: usize) -> Option<usize> {
        let from = window.offset + from as u64;
        if !self.line_goes_on.contains(&from) {
            self.line_goes_on = from..from;
        }
        let start = usize::try_from(self.line_goes_on.end - window.offset).ok()?;
        let end = window.ends.end.max(start);
        let found = memchr(b'\n', &window.text[start..end]).map(|at| start + at);
        self.line_goes_on.end = window.offset + found.unwrap_or(end) as u64;
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Matching;
    use crate::scan::interface::{Found, Hits};

    fn judge<O: Output>(needle: &[u8], unit: Unit) -> Judge<O> {
        let matching = Matching { unit, ..Matching::default() };
        Judge::new(Arc::new(Group::new([(0, needle.into())], matching)))
    }

    #[test]
    fn the_search_goes_on_where_a_place_can_count() {
        let window = |text| Window { text, ends: 0..text.len(), offset: 10 };

        let (mut places, w) = (judge::<Totals>(b"aa", Unit::Occurrences), window(b"aaaa"));
        assert_eq!(places.next_start(0, &w), 0);
        assert!(places.place(0, &w, 2));
        assert_eq!(places.next_start(0, &w), 2);

        let (mut lines, w) = (judge::<Totals>(b"aa", Unit::Lines), window(b"aa a\naa"));
        assert!(lines.place(0, &w, 2));
        assert_eq!(lines.next_start(0, &w), 5);
        let (mut lines, w) = (judge::<Totals>(b"aa", Unit::Lines), window(b"aa aa"));
        assert!(lines.place(0, &w, 2));
        assert!(lines.next_start(0, &w) >= w.text.len(), "the line goes on");

        let (mut range, w) = (judge::<Totals>(b"aa", Unit::Lines), window(b"aa a\naa"));
        range.begin_range(10);
        assert_eq!(range.next_start(0, &w), 0);
        assert!(range.place(0, &w, 2));
        assert_eq!(range.next_start(0, &w), 5);
    }

    #[test]
    fn slack_for_a_whole_needle_but_a_byte_is_all_slack() {
        let mut judge = judge::<Totals>(b"aaa", Unit::Occurrences);
        for (text, is_all) in [(b"aaaxx", true), (b"aaaax", true), (b"xxaaa", false)] {
            let window = Window { text, ends: 0..text.len(), offset: 0 };
            judge.enter(&window);
            for end in (3..=5).filter(|end| text[..*end].ends_with(b"aaa")) {
                judge.place(0, &window, end);
            }
            judge.end_range(5, 5);
            assert_eq!(judge.carry == Some(Carry::new(FREE)), is_all, "{text:?}");
        }
    }

    #[test]
    fn hits_are_reported_once_it_is_certain_that_they_count() {
        let text = b"aaaa-aa-";
        let mut judge = judge::<Hits>(b"aa", Unit::Occurrences);
        // The range starts after the first byte: the first places depend on it.
        judge.begin_range(1);
        let window = Window { text, ends: 1..text.len(), offset: 0 };
        judge.enter(&window);
        for end in [2, 3, 4, 7] {
            judge.place(0, &window, end);
        }
        let mut found = Found::default();
        judge.take(&mut found);
        assert_eq!(found.undecided_end, 4);
        assert_eq!(found.hits, [Hit { start: 5, end: 7, needle: 0 }]);
    }
}
