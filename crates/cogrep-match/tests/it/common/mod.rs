//! The reference for the tests of this crate: a counter written straight from the
//! rules, one byte after the other, sharing nothing with the engines but the folding.

pub(crate) mod random;
pub(crate) mod strategy;

use cogrep_match::word::is_word;
use std::ops::Range;
use std::sync::Arc;

use cogrep_match::{
    Cut, EngineChoice, Hits, Matching, Output, Patterns, Plan, Scanner, Totals, Undecided, Unit,
    fold_all,
};
/// The counts of literals in a text, by the letter of the rules.
pub(crate) fn reference(text: &[u8], patterns: &[Vec<u8>], matching: Matching) -> Vec<u64> {
    let hits = reference_hits(text, patterns, matching);
    hits.iter().map(|hits| hits.len() as u64).collect()
}

/// Where literals occur in a text, by the letter of the rules: the hits of each pattern.
pub(crate) fn reference_hits(
    text: &[u8],
    patterns: &[Vec<u8>],
    matching: Matching,
) -> Vec<Vec<Range<usize>>> {
    let text = if matching.ignore_case { Mapped::folded(text) } else { Mapped::unchanged(text) };
    let pattern = |pattern: &Vec<u8>| {
        let folded = if matching.ignore_case { fold_all(pattern) } else { pattern.clone() };
        let found = places(&text.bytes, &folded, matching);
        found.into_iter().map(|place| text.origin(place)).collect()
    };
    patterns.iter().map(pattern).collect()
}

/// A text as it is searched, and where its bytes come from.
struct Mapped {
    bytes: Vec<u8>,
    /// Where the character begins that each byte is of, or the byte if that is unchanged.
    from: Vec<usize>,
    /// Where it ends.
    to: Vec<usize>,
}

impl Mapped {
    fn unchanged(text: &[u8]) -> Self {
        let (from, to) = ((0..text.len()).collect(), (1..=text.len()).collect());
        Self { bytes: text.to_vec(), from, to }
    }

    fn folded(text: &[u8]) -> Self {
        let mut mapped = Self { bytes: Vec::new(), from: Vec::new(), to: Vec::new() };
        let mut at = 0;
        for chunk in text.utf8_chunks() {
            for char in chunk.valid().chars() {
                let was = char.to_string().into_bytes();
                let is = fold_all(&was);
                for nth in 0..is.len() {
                    let (from, to) = if is == was { (nth, nth + 1) } else { (0, was.len()) };
                    mapped.push(is[nth], at + from..at + to);
                }
                at += was.len();
            }
            for byte in chunk.invalid() {
                mapped.push(*byte, at..at + 1);
                at += 1;
            }
        }
        mapped
    }

    fn push(&mut self, byte: u8, origin: Range<usize>) {
        self.bytes.push(byte);
        self.from.push(origin.start);
        self.to.push(origin.end);
    }

    fn origin(&self, place: Range<usize>) -> Range<usize> {
        self.from[place.start]..self.to[place.end - 1]
    }
}

fn places(text: &[u8], pattern: &[u8], matching: Matching) -> Vec<Range<usize>> {
    let words = matching.whole_words;
    match matching.unit {
        Unit::Occurrences => occurrences(text, pattern, words, pattern.len()),
        Unit::Overlapping => occurrences(text, pattern, words, 1),
        Unit::Lines => lines_at(text)
            .filter_map(|(start, line, _)| {
                let first = occurrences(line, pattern, words, pattern.len()).into_iter().next()?;
                Some(start + first.start..start + first.end)
            })
            .collect(),
        Unit::WholeLines => lines_at(text)
            .filter_map(|(start, line, ended)| {
                let line = if ended { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
                (line == pattern).then_some(start..start + pattern.len())
            })
            .collect(),
    }
}

/// The lines, where each begins, and whether it has its line feed.
fn lines_at(text: &[u8]) -> impl Iterator<Item = (usize, &[u8], bool)> {
    let mut start = 0;
    lines(text).into_iter().map(move |(line, ended)| {
        let at = start;
        start += line.len() + 1;
        (at, line, ended)
    })
}

/// The lines, and whether each has its line feed.
pub(crate) fn lines(text: &[u8]) -> Vec<(&[u8], bool)> {
    let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').map(|line| (line, true)).collect();
    match lines.pop() {
        Some((b"", _)) | None => {}
        Some((last, _)) => lines.push((last, false)),
    }
    lines
}

fn occurrences(text: &[u8], pattern: &[u8], words: bool, step: usize) -> Vec<Range<usize>> {
    let (mut start, mut found) = (0, Vec::new());
    while start + pattern.len() <= text.len() {
        let (before, place) = text.split_at(start);
        let counts = place.starts_with(pattern)
            && !(words && (word_before(before) || word_after(&place[pattern.len()..])));
        if counts {
            found.push(start..start + pattern.len());
        }
        start += if counts { step } else { 1 };
    }
    found
}

/// Whether these bytes are one character of a word.
fn is_word_character(bytes: &[u8]) -> bool {
    let text = str::from_utf8(bytes).unwrap_or_default();
    text.chars().count() == 1 && text.chars().all(is_word)
}

fn word_before(text: &[u8]) -> bool {
    (1..=text.len().min(4)).any(|len| is_word_character(&text[text.len() - len..]))
}

fn word_after(text: &[u8]) -> bool {
    (1..=text.len().min(4)).any(|len| is_word_character(&text[..len]))
}

/// Every choice of engine that can count literals.
pub(crate) fn choices() -> impl Iterator<Item = EngineChoice> {
    let all = EngineChoice::names().map(|name| name.parse().unwrap());
    all.filter(|choice| *choice != EngineChoice::Regex)
}

/// A plan for these patterns.
pub(crate) fn plan(patterns: &[Vec<u8>], matching: Matching, choice: EngineChoice) -> Arc<Plan> {
    let patterns = Patterns::new(patterns.iter().cloned(), matching).unwrap();
    Arc::new(Plan::new(&patterns, choice).unwrap())
}

/// Feeds a text in pieces of these lengths in turn.
pub(crate) fn feed<O: Output>(scanner: &mut Scanner<O>, mut rest: &[u8], lens: &[usize]) {
    let mut lens = lens.iter().cycle();
    while !rest.is_empty() {
        let len = *lens.next().unwrap();
        scanner.feed(rest.split_off(..len.clamp(1, rest.len())).unwrap()).unwrap();
    }
}

/// The counts by an engine, the text cut into pieces of these lengths in turn.
pub(crate) fn counts(
    choice: EngineChoice,
    text: &[u8],
    patterns: &[Vec<u8>],
    matching: Matching,
    lens: &[usize],
) -> Vec<u64> {
    let mut scanner: Scanner = Scanner::new(plan(patterns, matching, choice));
    feed(&mut scanner, text, lens);
    scanner.end_text();
    scanner.take_counts().to_vec(patterns.len())
}

/// The hits of each pattern by an engine, the text cut into pieces of these lengths in turn.
pub(crate) fn hits(plan: &Arc<Plan>, text: &[u8], lens: &[usize]) -> Vec<Vec<Range<usize>>> {
    let mut scanner = Scanner::<Hits>::new(Arc::clone(plan));
    feed(&mut scanner, text, lens);
    scanner.end_text();
    let mut found = vec![Vec::new(); plan.needle_count()];
    add_hits(&mut scanner, &mut found);
    by_pattern(plan, &found)
}

fn add_hits(scanner: &mut Scanner<Hits>, found: &mut [Vec<Range<usize>>]) {
    for hit in scanner.take_hits() {
        let [start, end] = [hit.start, hit.end].map(|offset| usize::try_from(offset).unwrap());
        found[hit.needle].push(start..end);
    }
}

fn by_pattern(plan: &Plan, found: &[Vec<Range<usize>>]) -> Vec<Vec<Range<usize>>> {
    plan.needles().iter().map(|needle| found[*needle].clone()).collect()
}

/// The first index from this one on at which a text may be cut.
fn cut(cut: Cut, text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let more = match cut {
        Cut::Lines => {
            let is_after_line = at == 0 || text[at - 1] == b'\n';
            let line_feed = rest.iter().position(|byte| *byte == b'\n');
            if is_after_line { 0 } else { line_feed.map_or(rest.len(), |at| at + 1) }
        }
        Cut::Characters => rest.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count(),
        _ => 0,
    };
    at + more
}

/// The ranges of a text that is cut near these indices.
fn ranges<O: Output>(plan: &Plan, text: &[u8], cuts: &[usize]) -> Vec<Range<usize>> {
    let needs = Scanner::<O>::range_needs(plan);
    let cuts = cuts.iter().map(|at| cut(needs.cut, text, *at % (text.len() + 1)));
    let mut cuts: Vec<_> = cuts.chain([0, text.len()]).collect();
    cuts.sort_unstable();
    cuts.windows(2).map(|cut| cut[0]..cut[1]).collect()
}

/// A scanner that went through this range of a text, which comes in pieces of these lengths
/// in turn.
fn scanned<O: Output>(
    plan: &Arc<Plan>,
    text: &[u8],
    range: Range<usize>,
    lens: &[usize],
) -> Scanner<O> {
    let needs = Scanner::<O>::range_needs(plan);
    let mut scanner = Scanner::<O>::new(Arc::clone(plan));
    if range.start > 0 {
        let from = range.start.saturating_sub(needs.before);
        let from = cut(needs.cut, text, from).min(range.start);
        let from = if range.start <= needs.before { 0 } else { from };
        scanner.begin_range(range.start as u64, &text[from..range.start]);
    }
    feed(&mut scanner, &text[range.clone()], lens);
    if range.end == text.len() {
        scanner.end_text();
    } else {
        scanner.end_range(&text[range.end..text.len().min(range.end + needs.after)]);
    }
    scanner
}

/// The counts by a plan, the text cut near these indices into ranges that are counted apart.
/// `pick` says which two neighbours are joined next, of as many pairs as it is given.
pub(crate) fn counts_in_ranges(
    plan: &Arc<Plan>,
    text: &[u8],
    cuts: &[usize],
    lens: &[usize],
    mut pick: impl FnMut(usize) -> usize,
) -> Vec<u64> {
    let ranges = ranges::<Totals>(plan, text, cuts).into_iter();
    let mut tallies: Vec<_> =
        ranges.map(|range| scanned::<Totals>(plan, text, range, lens).take()).collect();
    while tallies.len() > 1 {
        let first = pick(tallies.len() - 1);
        let next = tallies.remove(first + 1);
        tallies[first].join(&next);
    }
    tallies[0].settle();
    plan.totals(&tallies[0]).collect()
}

/// The hits of each pattern, the text cut near these indices into ranges that are gone
/// through apart.
pub(crate) fn hits_in_ranges(
    plan: &Arc<Plan>,
    text: &[u8],
    cuts: &[usize],
    lens: &[usize],
) -> Result<Vec<Vec<Range<usize>>>, Undecided> {
    let mut found = vec![Vec::new(); plan.needle_count()];
    for range in ranges::<Hits>(plan, text, cuts) {
        let mut scanner = scanned::<Hits>(plan, text, range, lens);
        scanner.decided()?;
        add_hits(&mut scanner, &mut found);
    }
    Ok(by_pattern(plan, &found))
}
