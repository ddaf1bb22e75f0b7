//! A source in which several workers count, each in ranges of its own.
//!
//! Ranges are claimed from the beginning on, and become smaller towards the end, so that
//! the workers end together. The tallies of neighbouring ranges are joined at once: there
//! is never more than one tally a worker, and one.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cogrep_match::{RangeNeeds, Tally};
use cogrep_source::{
    Cut, Divisible, Division, Fault, Interrupt, Outcome, RangeText, SourceName, Wait,
};

use crate::network::Counted;
use crate::report::SourceReport;
use crate::state::{DIGEST_BYTES, TextState, digest};

/// How large the ranges are in which workers count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranges {
    division: Division,
    /// A source is divided only if it has more bytes than this.
    pub(crate) undivided_bytes: u64,
    least_bytes: u64,
    most_bytes: u64,
    workers: u64,
}

/// One worker reads this much faster than others can be started to help.
const UNDIVIDED_BYTES: u64 = 4 << 20;

/// A range is long enough to be worth the beginning of a scan.
const LEAST_BYTES: u64 = 1 << 20;

/// When a job is interrupted, each worker loses at most what it has counted in this much
/// text: the counts are those of the text up to some position.
const MOST_BYTES: u64 = 64 << 20;

/// Text that makes up for what a range costs for each needle: numbers to be set and
/// added.
const BYTES_A_NEEDLE: u64 = 64;

impl Ranges {
    /// Ranges that suit what must be seen around them; of a fixed size, if that is given.
    pub(crate) fn new(
        needs: RangeNeeds,
        needles: usize,
        workers: usize,
        fixed_bytes: Option<u64>,
    ) -> Self {
        let cut = match needs.cut {
            cogrep_match::Cut::Anywhere => Cut::Anywhere,
            cogrep_match::Cut::Characters => Cut::Characters,
            _ => Cut::Lines,
        };
        let least = (needles as u64 * BYTES_A_NEEDLE).max(16 * needs.before as u64);
        let least = fixed_bytes.unwrap_or_else(|| least.max(LEAST_BYTES));
        Self {
            division: Division { cut, before: needs.before, after: needs.after },
            undivided_bytes: fixed_bytes.unwrap_or(UNDIVIDED_BYTES.max(2 * least)),
            least_bytes: least,
            most_bytes: fixed_bytes.unwrap_or(MOST_BYTES.max(least)),
            workers: workers as u64,
        }
    }

    /// How many of the bytes that are left the next range has: half of what would be a
    /// worker's fair share. This is Polychronopoulos and Kuck, *Guided self-scheduling*
    /// (1987).
    fn next_bytes(&self, left: u64) -> u64 {
        let bytes = left.div_ceil(2 * self.workers).clamp(self.least_bytes, self.most_bytes);
        if left - bytes.min(left) < self.least_bytes { left } else { bytes }
    }
}

/// A source in which all workers count.
pub(crate) struct Divided {
    name: SourceName,
    /// Its place among all sources.
    ordinal: u64,
    source: Divisible,
    ranges: Ranges,
    /// Whether the last range is kept apart, so that the count can be continued there.
    keeps_last_apart: bool,
    state: Mutex<State>,
}

struct State {
    /// Where the next range begins, if there is one.
    next: Option<u64>,
    claimed: usize,
    /// What was counted in ranges next to each other, by the number of the first.
    counted: BTreeMap<usize, InRanges>,
    /// What was counted in the last range, and where it begins, if it is kept apart.
    last: Option<(u64, InRanges)>,
}

/// What was counted in a range, or in several neighbouring ones.
pub(crate) struct InRanges {
    pub(crate) counted: Counted,
    pub(crate) text_bytes: u64,
    /// Why the text ends here.
    pub(crate) fault: Option<Fault>,
    /// The number of the range after them.
    after: usize,
    /// What was counted before the last range, if the count can be continued there.
    pub(crate) before_last: Option<BeforeLast>,
}

/// What was counted before the last range.
pub(crate) struct BeforeLast {
    position: u64,
    text_bytes: u64,
    tally: Tally,
}

impl BeforeLast {
    /// Where the last range begins.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The state of the text, recognised by this digest.
    pub(crate) fn with_digest(self, digest: u64) -> TextState {
        let Self { position, text_bytes, tally } = self;
        TextState { position, text_bytes, digest, tally }
    }
}

impl InRanges {
    fn join(&mut self, next: Self) {
        self.after = next.after;
        // The text ends where its first range does that could not be read to the end.
        if self.fault.is_none() {
            self.counted.tally.join(&next.counted.tally);
            self.counted.findings.join(next.counted.findings);
            self.counted.is_undecided |= next.counted.is_undecided;
            self.text_bytes += next.text_bytes;
            self.fault = next.fault;
        }
    }
}

/// A range that one worker counts in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    number: usize,
    start: u64,
    /// `None` if it goes on to the end of the text.
    end: Option<u64>,
}

impl Claim {
    /// Where the range begins.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }
}

impl Divided {
    pub(crate) fn new(name: SourceName, source: Divisible, ranges: Ranges) -> Self {
        let state = State { next: Some(0), claimed: 0, counted: BTreeMap::new(), last: None };
        let keeps_last_apart = false;
        Self { name, ordinal: 0, source, ranges, keeps_last_apart, state: Mutex::new(state) }
    }

    /// The same, with what can be continued kept.
    pub(crate) fn keeping_last_apart(self, keeps_last_apart: bool) -> Self {
        Self { keeps_last_apart, ..self }
    }

    /// The same, with this much counted already.
    pub(crate) fn continued_from(mut self, state: &TextState) -> Self {
        let before = InRanges {
            counted: state.tally.clone().into(),
            text_bytes: state.text_bytes,
            fault: None,
            after: 1,
            before_last: None,
        };
        let ranges = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        ranges.counted.insert(0, before);
        (ranges.next, ranges.claimed) = (Some(state.position), 1);
        self
    }

    /// The same, with its place among all sources.
    pub(crate) fn with_ordinal(self, ordinal: u64) -> Self {
        Self { ordinal, ..self }
    }

    /// Claims the next range, if there is one.
    pub(crate) fn claim(&self) -> Option<Claim> {
        let mut state = self.lock();
        let start = state.next?;
        let left = self.source.text_bytes().saturating_sub(start);
        let bytes = self.ranges.next_bytes(left);
        let end = Some(start + bytes).filter(|_| bytes < left);
        state.next = end;
        let number = state.claimed;
        state.claimed += 1;
        Some(Claim { number, start, end })
    }

    /// Whether there is a range to be claimed.
    pub(crate) fn has_more(&self) -> bool {
        self.lock().next.is_some()
    }

    /// The text of a range, to be read.
    pub(crate) fn text<W: Wait>(
        &self,
        claim: Claim,
        interrupt: &Interrupt,
        wait: W,
    ) -> RangeText<W> {
        self.source.range(claim.start, claim.end, self.ranges.division, interrupt, wait)
    }

    /// Records what was counted in a range, up to where its text ended, and why if that was
    /// too early. With the last range, it gives what was counted in all of them.
    pub(crate) fn record(
        &self,
        claim: Claim,
        counted: Counted,
        text_bytes: u64,
        fault: Option<Fault>,
    ) -> Option<InRanges> {
        let mut state = self.lock();
        // There is no point in going on where all is to be counted anew.
        if fault.is_some() || counted.is_undecided {
            state.next = None;
        }
        let after = claim.number + 1;
        let mut counted = InRanges { counted, text_bytes, fault, after, before_last: None };
        if self.keeps_last_apart && claim.end.is_none() {
            state.last = Some((claim.start, counted));
            return self.take_all(&mut state);
        }
        if let Some(next) = state.counted.remove(&counted.after) {
            counted.join(next);
        }
        let before = state.counted.range_mut(..claim.number).next_back();
        match before.filter(|(_, before)| before.after == claim.number) {
            Some((_, before)) => before.join(counted),
            None => drop(state.counted.insert(claim.number, counted)),
        }
        self.take_all(&mut state)
    }

    /// What was counted in all ranges, once that is known.
    fn take_all(&self, state: &mut State) -> Option<InRanges> {
        let joined = state.claimed - usize::from(state.last.is_some());
        let is_joined = joined == 0 || state.counted.get(&0).is_some_and(|all| all.after == joined);
        if state.next.is_some() || !is_joined {
            return None;
        }
        let mut all = match (state.counted.remove(&0), state.last.take()) {
            (Some(mut before), Some((start, last))) => {
                let can_go_on = before.fault.is_none() && self.is_long_enough(last.text_bytes);
                let before_last = can_go_on.then(|| BeforeLast {
                    position: start,
                    text_bytes: before.text_bytes,
                    tally: before.counted.tally.clone(),
                });
                before.join(last);
                InRanges { before_last, ..before }
            }
            (Some(all), None) | (None, Some((_, all))) => all,
            (None, None) => return None,
        };
        all.counted.tally.settle();
        Some(all)
    }

    /// Whether what is appended to a last range of this many bytes changes nothing of what
    /// was counted before it: it has all that was shown after the range before it, or a line
    /// begins in it, so that the last line before it has ended.
    fn is_long_enough(&self, text_bytes: u64) -> bool {
        let character = 4;
        text_bytes > self.ranges.division.after as u64 + character
    }

    /// The digest of the text before a position, by which it is recognised.
    pub(crate) async fn digest<W: Wait>(
        &self,
        position: u64,
        interrupt: &Interrupt,
        wait: W,
    ) -> Result<u64, Fault> {
        let start = position.saturating_sub(DIGEST_BYTES);
        let bytes = self.source.read(start..position, interrupt, wait).await?;
        Ok(digest(&bytes))
    }

    /// The name of the source.
    pub(crate) fn name(&self) -> &SourceName {
        &self.name
    }

    /// The bytes of its text.
    pub(crate) fn text_bytes(&self) -> u64 {
        self.source.text_bytes()
    }

    /// The place of the source among all.
    pub(crate) fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// The report of the source, without counts.
    pub(crate) fn report(&self, counted: &mut InRanges) -> SourceReport {
        let outcome = match counted.fault.take() {
            None => Outcome::Complete,
            Some(fault) if counted.text_bytes == 0 => Outcome::Failed(fault),
            Some(fault) => Outcome::Partial(fault),
        };
        SourceReport::new(self.name.clone(), outcome, counted.text_bytes)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(least_bytes: u64, most_bytes: u64, workers: u64) -> Ranges {
        let division = Division { cut: Cut::Anywhere, before: 0, after: 0 };
        Ranges { division, undivided_bytes: 0, least_bytes, most_bytes, workers }
    }

    #[test]
    fn ranges_shrink_towards_the_end_and_cover_everything() {
        for (least, most, workers, bytes) in
            [(1, 64, 2, 1000), (10, 10, 3, 1001), (7, 90, 1, 1), (100, 100, 4, 199)]
        {
            let ranges = ranges(least, most, workers);
            let (mut left, mut last) = (bytes, u64::MAX);
            while left > 0 {
                let next = ranges.next_bytes(left);
                assert!(next <= left && next >= least.min(left), "{next} of {left}");
                assert!(next <= last || next == left, "{next} after {last}");
                assert!(next < most + least);
                left -= next;
                last = next;
            }
        }
    }

    fn divided(file: &tempfile::NamedTempFile) -> Divided {
        std::fs::write(file.path(), [b'a'; 100]).unwrap();
        let name = SourceName::from(file.path());
        let mut text =
            cogrep_source::Text::open(&name, &cogrep_source::OpenOptions::default()).unwrap();
        text.read(&mut cogrep_source::Chunk::new());
        Divided::new(name, text.divisible().unwrap(), ranges(10, 10, 2))
    }

    fn tally(count: u64) -> Counted {
        let mut tally = cogrep_match::Tally::new();
        tally.add(0, count);
        tally.into()
    }

    #[test]
    fn neighbours_are_joined_at_once_and_all_are_given_at_the_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let divided = divided(&file);
        let claims: Vec<_> = std::iter::from_fn(|| divided.claim()).collect();
        assert_eq!(claims.len(), 10);
        assert!(!divided.has_more());
        for number in [1, 3, 2, 9, 0, 5, 6, 8, 4] {
            assert!(divided.record(claims[number], tally(1), 10, None).is_none());
            assert!(divided.lock().counted.len() <= 4);
        }
        let mut all = divided.record(claims[7], tally(1), 10, None).unwrap();
        assert_eq!((all.counted.tally.count(0), all.text_bytes), (10, 100));
        assert!(divided.report(&mut all).outcome.is_complete());
    }

    #[test]
    fn what_comes_after_a_fault_does_not_count() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let divided = divided(&file);
        let claims: Vec<_> = (0..4).map_while(|_| divided.claim()).collect();
        assert!(divided.record(claims[3], tally(1000), 10, None).is_none());
        assert!(divided.record(claims[0], tally(1), 10, None).is_none());
        assert!(divided.record(claims[2], tally(100), 10, Some(Fault::Interrupted)).is_none());
        assert!(divided.claim().is_none(), "nothing is claimed after a fault");
        let mut all = divided.record(claims[1], tally(10), 4, Some(Fault::NoLength)).unwrap();
        assert_eq!((all.counted.tally.count(0), all.text_bytes), (11, 14));
        let report = divided.report(&mut all);
        assert!(matches!(report.outcome, Outcome::Partial(Fault::NoLength)));
    }
}
