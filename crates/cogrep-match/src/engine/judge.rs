//! Decides which places count.
//!
//! An engine finds places where a needle stands; whether such a place counts depends
//! on what is counted, on the neighbours of the place and on the places before it.
//! All engines for literals share this judgement.

use std::sync::Arc;

use memchr::memchr;

use crate::Tally;
use crate::carry::{Carry, FREE, Step};
use crate::engine::opening::Opening;
use crate::engine::window::{Context, Window};
use crate::pattern::{Matching, Unit};
use crate::simd::Case;
use crate::text::word::{begins_with_word, ends_in_word};

/// The needles of an engine, and how they are meant. A needle's place in it is its
/// *slot*.
#[derive(Debug)]
pub struct Group {
    /// The needles, as indices into a [`Tally`].
    needles: Vec<usize>,
    /// Their bytes, folded if case is ignored.
    bytes: Vec<Box<[u8]>>,
    /// Whether no place of the needle depends on another.
    count_alone: Vec<bool>,
    may_overlap: Vec<bool>,
    unit: Unit,
    neighbours: Neighbours,
    case: Case,
}

/// What must stand around a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Neighbours {
    Any,
    /// No word characters.
    NoWord,
    /// The ends of a line.
    LineEnds,
}

impl Group {
    /// Groups needles: each with its index into a tally and its bytes, not empty.
    pub fn new(needles: impl IntoIterator<Item = (usize, Box<[u8]>)>, matching: Matching) -> Self {
        let (needles, bytes): (Vec<_>, Vec<_>) = needles.into_iter().unzip();
        let neighbours = match (matching.unit, matching.whole_words) {
            (Unit::WholeLines, _) => Neighbours::LineEnds,
            (_, true) => Neighbours::NoWord,
            (_, false) => Neighbours::Any,
        };
        let may_overlap: Vec<_> = bytes.iter().map(|bytes| has_border(bytes)).collect();
        let count_alone = may_overlap
            .iter()
            .map(|may_overlap| match matching.unit {
                Unit::Occurrences => !may_overlap,
                Unit::Overlapping | Unit::WholeLines => true,
                Unit::Lines => false,
            })
            .collect();
        // Where no needle has a letter of ASCII, the case of such letters does not matter.
        let mut letters =
            bytes.iter().flat_map(|bytes| bytes.iter().filter(|byte| byte.is_ascii_lowercase()));
        let ignores_case = matching.ignore_case && letters.next().is_some();
        let case = if ignores_case { Case::Ignored } else { Case::Matters };
        let unit = matching.unit;
        Self { needles, bytes, count_alone, may_overlap, unit, neighbours, case }
    }

    /// The needles, as indices into a [`Tally`].
    pub fn needles(&self) -> &[usize] {
        &self.needles
    }

    /// The bytes of the needles, by slot.
    pub fn bytes(&self) -> &[Box<[u8]>] {
        &self.bytes
    }

    /// Whether the letters of ASCII in the text may differ from those of the needles in
    /// their case. Other letters never do: where case is ignored, they are folded before.
    pub(crate) fn case(&self) -> Case {
        self.case
    }

    /// Whether each place of the needle in this slot counts: then an engine need not
    /// have them judged one by one.
    pub fn each_counts(&self, slot: usize) -> bool {
        self.neighbours == Neighbours::Any && self.count_alone[slot]
    }

    /// Whether each place of the needle in this slot counts that has no word character
    /// before it or behind it.
    pub fn counts_words(&self, slot: usize) -> bool {
        self.neighbours == Neighbours::NoWord && self.count_alone[slot]
    }

    /// Whether a place of the needle in this slot counts or not whatever other places there
    /// are, so that they may be judged in any order; see [`Judge::place_alone`].
    pub fn count_alone(&self, slot: usize) -> bool {
        self.count_alone[slot]
    }

    /// Whether places of the needle in this slot can overlap: whether it has a border,
    /// a proper prefix that is also its suffix.
    pub fn may_overlap(&self, slot: usize) -> bool {
        self.may_overlap[slot]
    }

    /// What the judge must see around the end of a place, beside the place itself.
    fn margins(&self) -> Context {
        match self.neighbours {
            Neighbours::Any => Context { before: 0, after: 0 },
            // The longest characters.
            Neighbours::NoWord => Context { before: 4, after: 4 },
            // The line feed before; `\r\n` behind.
            Neighbours::LineEnds => Context { before: 1, after: 2 },
        }
    }

    /// What an engine must see that finds a place by its bytes.
    pub fn context(&self) -> Context {
        let longest = self.bytes.iter().map(|bytes| bytes.len()).max().unwrap_or(1);
        let margins = self.margins();
        Context { before: longest - 1 + margins.before, after: margins.after }
    }

    /// What must be seen for an engine that remembers the bytes before a window.
    pub fn context_with_memory(&self) -> Context {
        if self.margins() == Context::default() { Context::default() } else { self.context() }
    }
}

/// Whether a proper prefix of the bytes is also their suffix: only such a needle can
/// overlap itself.
///
/// This is the failure function of Knuth, Morris and Pratt, *Fast pattern matching in
/// strings* (1977), at the last byte.
pub fn has_border(bytes: &[u8]) -> bool {
    let mut borders = vec![0; bytes.len()];
    for at in 1..bytes.len() {
        let mut len = borders[at - 1];
        while len > 0 && bytes[at] != bytes[len] {
            len = borders[len - 1];
        }
        borders[at] = len + usize::from(bytes[at] == bytes[len]);
    }
    borders.last().is_some_and(|len| *len > 0)
}

/// The counts of a group on its way through texts.
#[derive(Clone, Debug)]
pub struct Judge {
    group: Arc<Group>,
    counts: Vec<u64>,
    /// Where the next place that counts may start, as offsets over all texts: so
    /// nothing is to be set back when a text ends.
    not_before: Vec<u64>,
    /// The slots that have counted the line that is not over yet.
    line_counted: Vec<usize>,
    /// A range of offsets known to have no line feed.
    line_goes_on: std::ops::Range<u64>,
    /// The part that is judged, if it did not begin where a text does.
    part: Option<Part>,
    /// What was judged depends on this, and others on it, where that was a part.
    carry: Option<Carry>,
}

/// A part of a text that another part stands before.
#[derive(Clone, Debug)]
struct Part {
    start: u64,
    /// The first line feed in it; looked for only where lines are counted.
    line_feed: Option<u64>,
    /// The slots whose places depend on the text before, if there are such places.
    openings: Vec<(usize, Opening)>,
}

/// The line goes on: no place counts until its end is known.
const NOWHERE: u64 = u64::MAX;

/// Where the next place may start depends on the text before. No offset is as large; what
/// is added is the number of the opening that knows more, counted from 1.
const OPEN: u64 = 1 << 63;

impl Judge {
    /// A judge at the start of a text.
    #[must_use]
    pub fn new(group: Arc<Group>) -> Self {
        let slots = group.needles.len();
        Self {
            group,
            counts: vec![0; slots],
            not_before: vec![0; slots],
            line_counted: Vec::new(),
            line_goes_on: 0..0,
            part: None,
            carry: None,
        }
    }

    /// Begins a window: to be called before its places are judged.
    pub fn enter(&mut self, window: &Window<'_>) {
        if let Some(part) = &mut self.part
            && self.group.unit == Unit::Lines
            && part.line_feed.is_none()
        {
            let found = memchr(b'\n', &window.text[window.ends.clone()]);
            let start = window.offset + window.ends.start as u64;
            part.line_feed = found.map(|at| start + at as u64);
        }
        if self.line_counted.is_empty() {
            return;
        }
        if let Some(line_feed) = self.line_feed(window, window.ends.start) {
            self.reopen(window.offset + line_feed as u64 + 1);
        }
    }

    /// Judges a place, by the index behind its last byte, and says whether it counts.
    /// Those of one slot must come in order.
    #[inline]
    pub fn place(&mut self, slot: usize, window: &Window<'_>, end: usize) -> bool {
        // The start may lie before the window, if nothing around it matters.
        let start = window.offset + end as u64 - self.group.bytes[slot].len() as u64;
        if start < self.not_before[slot] {
            let may_be_open = self.not_before[slot] >= OPEN;
            return may_be_open && self.open_place(slot, window, end, start);
        }
        if !self.suits(slot, window.text, end) {
            return false;
        }
        self.counts[slot] += 1;
        match self.group.unit {
            Unit::Occurrences => self.not_before[slot] = window.offset + end as u64,
            Unit::Overlapping | Unit::WholeLines => {}
            Unit::Lines => self.close_line(slot, window, end),
        }
        true
    }

    /// Judges a place that does not depend on others; see [`Group::count_alone`].
    #[inline]
    pub fn place_alone(&mut self, slot: usize, window: &Window<'_>, end: usize) {
        self.counts[slot] += u64::from(self.suits(slot, window.text, end));
    }

    /// Counts places that need no judgement; see [`Group::each_counts`].
    #[inline]
    pub fn add(&mut self, slot: usize, count: u64) {
        self.counts[slot] += count;
    }

    /// Where in the window's text the next place that counts may start, at the least;
    /// behind it if there is none.
    pub fn next_start(&self, slot: usize, window: &Window<'_>) -> usize {
        if self.part.is_some() && self.not_before[slot] >= OPEN {
            return 0;
        }
        let behind = self.not_before[slot].saturating_sub(window.offset);
        usize::try_from(behind).unwrap_or(usize::MAX)
    }

    /// Ends the text, all of whose places have been judged, at this offset.
    pub fn end_text(&mut self, offset: u64) {
        if self.part.is_some() {
            self.end_part(offset, offset);
        }
        self.reopen(offset);
        self.line_goes_on = offset..offset;
    }

    /// Begins a part of a text at this offset: what stands before it is judged elsewhere.
    pub fn begin_part(&mut self, start: u64) {
        for (slot, not_before) in self.not_before.iter_mut().enumerate() {
            let is_open = match self.group.unit {
                Unit::Occurrences => self.group.may_overlap[slot],
                Unit::Lines => true,
                Unit::Overlapping | Unit::WholeLines => false,
            };
            *not_before = if is_open { OPEN } else { 0 };
        }
        self.line_goes_on = start..start;
        self.part = Some(Part { start, line_feed: None, openings: Vec::new() });
    }

    /// Ends a part of a text, and not the text, at this offset. What comes next begins at
    /// `next`.
    pub fn end_part(&mut self, end: u64, next: u64) {
        let part = self.part.take();
        self.carry = match self.group.unit {
            Unit::Occurrences => Some(self.carry_of_places(part, end)),
            Unit::Lines => Some(self.carry_of_lines(part)),
            Unit::Overlapping | Unit::WholeLines => None,
        };
        self.not_before.fill(0);
        self.line_counted.clear();
        self.line_goes_on = next..next;
    }

    /// What depends on the text around a part in which places were counted.
    fn carry_of_places(&mut self, part: Option<Part>, end: u64) -> Carry {
        let mut carry = Carry::new(part.as_ref().map_or(FREE, |part| end - part.start));
        let group = &self.group;
        let mut insert = |slot: usize, steps| {
            let enough = group.bytes[slot].len() as u64 - 1;
            self.counts[slot] += carry.insert(group.needles[slot], enough, steps);
        };
        for slot in (0..group.needles.len()).filter(|slot| group.may_overlap[*slot]) {
            let not_before = self.not_before[slot];
            if not_before < OPEN {
                let room = end - not_before.min(end);
                insert(slot, vec![Step { least_room: 0, extra: 0, room }]);
            }
        }
        for (slot, opening) in part.into_iter().flat_map(|part| part.openings) {
            let not_before = Some(self.not_before[slot]).filter(|not_before| *not_before < OPEN);
            insert(slot, opening.steps(not_before, end));
        }
        carry
    }

    /// What depends on the text around a part in which lines were counted.
    fn carry_of_lines(&mut self, part: Option<Part>) -> Carry {
        let line_ends = part.as_ref().is_none_or(|part| part.line_feed.is_some());
        let mut carry = Carry::new(u64::from(line_ends));
        let needles = &self.group.needles;
        self.line_counted.sort_unstable();
        for slot in &self.line_counted {
            carry.insert(needles[*slot], 1, vec![Step { least_room: 0, extra: 0, room: 0 }]);
        }
        for (slot, _) in part.into_iter().flat_map(|part| part.openings) {
            let room = u64::from(self.line_counted.binary_search(&slot).is_err());
            let step = |least_room| Step { least_room, extra: least_room, room };
            carry.insert(needles[slot], 1, vec![step(0), step(1)]);
        }
        carry
    }

    /// Judges a place of which it depends on the text before whether it counts.
    #[cold]
    #[inline(never)]
    fn open_place(&mut self, slot: usize, window: &Window<'_>, end: usize, start: u64) -> bool {
        let not_before = self.not_before[slot];
        if not_before == NOWHERE || !self.suits(slot, window.text, end) {
            return false;
        }
        let Some(part) = &mut self.part else { return false };
        if part.line_feed.is_some_and(|line_feed| start > line_feed) {
            self.not_before[slot] = 0;
            return self.place(slot, window, end);
        }
        let mut number = usize::try_from(not_before - OPEN).unwrap_or(usize::MAX);
        if number == 0 {
            part.openings.push((slot, Opening::new(part.start)));
            number = part.openings.len();
            self.not_before[slot] = OPEN + number as u64;
        }
        if self.group.unit == Unit::Lines {
            // It is the line's first place here. Before the part there may be others.
            self.close_line(slot, window, end);
            return true;
        }
        let len = self.group.bytes[slot].len() as u64;
        if let Some(not_before) = part.openings[number - 1].1.place(start, len) {
            self.not_before[slot] = not_before;
        }
        true
    }

    /// Adds the counts to the tally, and starts again from zero.
    pub fn take(&mut self, tally: &mut Tally) {
        for (needle, count) in self.group.needles.iter().zip(&mut self.counts) {
            tally.add(*needle, std::mem::take(count));
        }
        if let Some(carry) = self.carry.take() {
            tally.carry(&carry);
        }
    }

    /// Whether the right things stand around the place.
    #[inline]
    fn suits(&self, slot: usize, text: &[u8], end: usize) -> bool {
        if self.group.neighbours == Neighbours::Any {
            return true;
        }
        let (before, after) = (&text[..end - self.group.bytes[slot].len()], &text[end..]);
        match self.group.neighbours {
            Neighbours::Any => true,
            Neighbours::NoWord => !ends_in_word(before) && !begins_with_word(after),
            Neighbours::LineEnds => {
                matches!(before, [] | [.., b'\n'])
                    && match after {
                        [] | [b'\r', b'\n', ..] => true,
                        // A final `\r` of the needle would be the line's ending.
                        [b'\n', ..] => !self.group.bytes[slot].ends_with(b"\r"),
                        _ => false,
                    }
            }
        }
    }

    /// The slot has counted the line in which this index is: the next place that
    /// counts is behind the line's end.
    fn close_line(&mut self, slot: usize, window: &Window<'_>, at: usize) {
        self.not_before[slot] = if let Some(line_feed) = self.line_feed(window, at) {
            window.offset + line_feed as u64 + 1
        } else {
            self.line_counted.push(slot);
            NOWHERE
        };
    }

    /// The slots that have counted the line may count again from this offset.
    fn reopen(&mut self, offset: u64) {
        for slot in self.line_counted.drain(..) {
            self.not_before[slot] = offset;
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

    #[test]
    fn only_needles_that_depend_on_nothing_are_counted_unjudged() {
        let group = |unit, whole_words| {
            let matching = Matching { whole_words, unit, ..Matching::default() };
            Group::new([(7, b"ab"[..].into()), (9, b"aa"[..].into())], matching)
        };
        for (unit, whole_words, expected) in [
            (Unit::Occurrences, false, [true, false]),
            (Unit::Occurrences, true, [true, false]),
            (Unit::Overlapping, false, [true, true]),
            (Unit::Overlapping, true, [true, true]),
            (Unit::Lines, false, [false, false]),
            (Unit::WholeLines, false, [true, true]),
        ] {
            let group = group(unit, whole_words);
            assert_eq!([0, 1].map(|slot| group.count_alone(slot)), expected, "{unit:?}");
            let any = !whole_words && unit != Unit::WholeLines;
            let expected = expected.map(|alone| any && alone);
            assert_eq!([0, 1].map(|slot| group.each_counts(slot)), expected, "{unit:?}");
            assert_eq!([0, 1].map(|slot| group.may_overlap(slot)), [false, true]);
        }
    }

    #[test]
    fn the_search_goes_on_where_a_place_can_count() {
        let judge = |unit| {
            let matching = Matching { unit, ..Matching::default() };
            Judge::new(Arc::new(Group::new([(0, b"aa"[..].into())], matching)))
        };
        let window = |text| Window { text, ends: 0..text.len(), offset: 10 };

        let (mut places, w) = (judge(Unit::Occurrences), window(b"aaaa"));
        assert_eq!(places.next_start(0, &w), 0);
        assert!(places.place(0, &w, 2));
        assert_eq!(places.next_start(0, &w), 2);

        let (mut lines, w) = (judge(Unit::Lines), window(b"aa a\naa"));
        assert!(lines.place(0, &w, 2));
        assert_eq!(lines.next_start(0, &w), 5);
        let (mut lines, w) = (judge(Unit::Lines), window(b"aa aa"));
        assert!(lines.place(0, &w, 2));
        assert!(lines.next_start(0, &w) >= w.text.len(), "the line goes on");

        let (mut part, w) = (judge(Unit::Lines), window(b"aa a\naa"));
        part.begin_part(10);
        assert_eq!(part.next_start(0, &w), 0);
        assert!(part.place(0, &w, 2));
        assert_eq!(part.next_start(0, &w), 5);
    }

    #[test]
    fn room_for_a_whole_needle_but_a_byte_is_all_room() {
        let group = Group::new([(0, b"aaa"[..].into())], Matching::default());
        let mut judge = Judge::new(Arc::new(group));
        for (text, is_all) in [(b"aaaxx", true), (b"aaaax", true), (b"xxaaa", false)] {
            let window = Window { text, ends: 0..text.len(), offset: 0 };
            judge.enter(&window);
            for end in (3..=5).filter(|end| text[..*end].ends_with(b"aaa")) {
                judge.place(0, &window, end);
            }
            judge.end_part(5, 5);
            assert_eq!(judge.carry == Some(Carry::new(FREE)), is_all, "{text:?}");
        }
    }

    #[test]
    fn borders() {
        for bordered in ["aa", "aba", "abab", "abcab", "aabaa"] {
            assert!(has_border(bordered.as_bytes()), "{bordered}");
        }
        for borderless in ["", "a", "ab", "aab", "abc", "aabab", "abcabd"] {
            assert!(!has_border(borderless.as_bytes()), "{borderless}");
        }
    }
}
