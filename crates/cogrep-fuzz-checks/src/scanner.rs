//! The scanner, with each engine and cut anywhere, against a loop over the bytes.

use std::sync::Arc;

use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Tally, Unit};

/// How a text is counted in.
struct Case {
    patterns: Vec<Vec<u8>>,
    text: Vec<u8>,
    matching: Matching,
    choice: EngineChoice,
    lengths: [usize; 3],
}

impl Case {
    fn new(data: &[u8]) -> Option<Self> {
        let (&[options, count, repeat, engine, a, b, c], rest) = data.split_first_chunk()?;
        let unit = match options & 7 {
            0..=3 => Unit::Occurrences,
            4 | 5 => Unit::Overlapping,
            6 => Unit::Lines,
            _ => Unit::WholeLines,
        };
        let matching = Matching {
            ignore_case: options & 8 != 0,
            whole_words: options & 16 != 0,
            unit,
            ..Matching::default()
        };
        // A byte that is in no UTF-8 separates the patterns, and the text comes last.
        let parts = rest.splitn(usize::from(count % 24) + 2, |byte| *byte == 0xfe);
        let mut parts: Vec<_> = parts.map(<[u8]>::to_vec).collect();
        let piece = parts.pop()?;
        let times = [1, 1, 3, 70, 400, 2000][usize::from(repeat % 6)];
        let text = piece.iter().copied().cycle().take((piece.len() * times).min(100_000)).collect();
        parts.retain(|pattern| !pattern.is_empty());
        let choice = match engine % 8 {
            0..=2 => EngineChoice::Auto,
            3 => EngineChoice::Sieve,
            4 => EngineChoice::Compare,
            5 => EngineChoice::Automaton,
            6 => EngineChoice::Histogram,
            _ => EngineChoice::Memmem,
        };
        let lengths = [usize::from(a) + 1, usize::from(b) * 17 + 1, usize::from(c) * 301 + 1];
        Some(Self { patterns: parts, text, matching, choice, lengths })
    }

    fn plan(&self, choice: EngineChoice) -> Option<Arc<Plan>> {
        let patterns = Patterns::new(self.patterns.clone(), self.matching).ok()?;
        Plan::new(&patterns, choice).ok().map(Arc::new)
    }
}

fn count(plan: &Arc<Plan>, pieces: impl Iterator<Item = impl AsRef<[u8]>>) -> Vec<u64> {
    let mut scanner: Scanner = Scanner::new(Arc::clone(plan));
    for (nth, piece) in pieces.enumerate() {
        scanner.feed(piece.as_ref()).expect("literals hold no lines");
        if nth % 3 == 1 {
            scanner.catch_up();
        }
    }
    scanner.end_text();
    totals(plan, scanner.take())
}

fn totals(plan: &Plan, mut tally: Tally) -> Vec<u64> {
    tally.settle();
    plan.totals(&tally).collect()
}

/// How often a pattern occurs, by the contract and nothing else.
fn plainly(pattern: &[u8], text: &[u8], unit: Unit) -> u64 {
    let (mut count, mut at) = (0, 0);
    while at + pattern.len() <= text.len() {
        let is_here = text[at..].starts_with(pattern);
        count += u64::from(is_here);
        at += if is_here && unit == Unit::Occurrences { pattern.len() } else { 1 };
    }
    count
}

/// Counts patterns in a text, with an engine of its choice.
///
/// # Panics
///
/// When the counts are not those of the slow engine, or depend on how the text is cut.
pub fn scanner(data: &[u8]) {
    let Some(case) = Case::new(data) else { return };
    let (Some(plan), Some(slow)) = (case.plan(case.choice), case.plan(EngineChoice::Naive)) else {
        return;
    };
    let expected = count(&slow, std::iter::once(&case.text));
    let is_plain = !case.matching.ignore_case && !case.matching.whole_words;
    if is_plain && matches!(case.matching.unit, Unit::Occurrences | Unit::Overlapping) {
        let patterns = case.patterns.iter();
        let plain = patterns.map(|pattern| plainly(pattern, &case.text, case.matching.unit));
        assert!(expected.iter().copied().eq(plain), "the slow engine is wrong");
    }
    assert_eq!(count(&plan, std::iter::once(&case.text)), expected, "in one piece");
    let mut rest = &case.text[..];
    let mut lengths = case.lengths.iter().cycle();
    let pieces = std::iter::from_fn(|| {
        let length = rest.len().min(*lengths.next()?);
        let (piece, more) = rest.split_at(length);
        rest = more;
        (length > 0).then_some(piece)
    });
    assert_eq!(count(&plan, pieces), expected, "in pieces of {:?}", case.lengths);
    in_ranges(&case, &plan, &expected);
}

/// Counts in two ranges, if the text may be cut anywhere.
fn in_ranges(case: &Case, plan: &Arc<Plan>, expected: &[u64]) {
    let needs = Scanner::<cogrep_match::Totals>::range_needs(plan);
    let cut = case.lengths[2].min(case.text.len());
    if needs.cut != cogrep_match::Cut::Anywhere || cut == 0 || cut == case.text.len() {
        return;
    }
    let (first, second) = case.text.split_at(cut);
    let mut left: Scanner = Scanner::new(Arc::clone(plan));
    left.feed(first).expect("literals hold no lines");
    left.end_range(&second[..needs.after.min(second.len())]);
    let mut right: Scanner = Scanner::new(Arc::clone(plan));
    right.begin_range(cut as u64, &first[first.len().saturating_sub(needs.before)..]);
    right.feed(second).expect("literals hold no lines");
    right.end_text();
    let mut tally = left.take();
    tally.join(&right.take());
    assert_eq!(totals(plan, tally), expected, "in two ranges, cut at {cut}");
}
