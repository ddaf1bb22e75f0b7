//! The reference for the tests of this crate: a counter written straight from the
//! rules, one byte after the other, sharing nothing with the engines but the folding.

pub(crate) mod random;
pub(crate) mod strategy;

use cogrep_match::word::is_word;
use cogrep_match::{
    Counter, EngineChoice, LineGrouper, Matching, Patterns, Plan, Tally, Unit, fold_all,
};
use proptest::test_runner::Config as ProptestConfig;

/// How properties are tested: on so many random cases, or on fewer if `PROPTEST_CASES`
/// says so.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    let cases = if is_set { cases.min(default.cases) } else { cases };
    ProptestConfig { cases, failure_persistence: None, ..default }
}

/// The counts of literals in a text, by the letter of the rules.
pub(crate) fn reference(text: &[u8], patterns: &[Vec<u8>], matching: Matching) -> Vec<u64> {
    let change = |bytes: &[u8]| if matching.ignore_case { fold_all(bytes) } else { bytes.into() };
    let text = change(text);
    patterns.iter().map(|pattern| count_one(&text, &change(pattern), matching)).collect()
}

fn count_one(text: &[u8], pattern: &[u8], matching: Matching) -> u64 {
    let words = matching.whole_words;
    let count = match matching.unit {
        Unit::Occurrences => places(text, pattern, words, pattern.len()),
        Unit::Overlapping => places(text, pattern, words, 1),
        Unit::Lines => lines(text)
            .into_iter()
            .filter(|(line, _)| places(line, pattern, words, pattern.len()) > 0)
            .count(),
        Unit::WholeLines => lines(text)
            .into_iter()
            .map(
                |(line, ended)| if ended { line.strip_suffix(b"\r").unwrap_or(line) } else { line },
            )
            .filter(|line| *line == pattern)
            .count(),
    };
    count as u64
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

fn places(text: &[u8], pattern: &[u8], words: bool, step: usize) -> usize {
    let (mut start, mut count) = (0, 0);
    while start + pattern.len() <= text.len() {
        let (before, place) = text.split_at(start);
        let counts = place.starts_with(pattern)
            && !(words && (word_before(before) || word_after(&place[pattern.len()..])));
        count += usize::from(counts);
        start += if counts { step } else { 1 };
    }
    count
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

/// The counts by an engine, the text cut into pieces of these lengths in turn.
pub(crate) fn counts(
    choice: EngineChoice,
    text: &[u8],
    patterns: &[Vec<u8>],
    matching: Matching,
    lens: &[usize],
) -> Vec<u64> {
    let patterns = Patterns::new(patterns.iter().cloned(), matching).unwrap();
    let plan = Plan::new(&patterns, choice).unwrap();
    let mut counter = Counter::new(&plan);
    let (mut rest, mut lens) = (text, lens.iter().cycle());
    while !rest.is_empty() {
        let len = *lens.next().unwrap();
        counter.feed(rest.split_off(..len.clamp(1, rest.len())).unwrap()).unwrap();
    }
    counter.finish()
}

/// The first place from this index on where a plan lets its text be cut.
fn cut(plan: &Plan, text: &[u8], at: usize) -> usize {
    let rest = &text[at..];
    let more = if plan.needs_whole_lines() {
        let is_behind_line = at == 0 || text[at - 1] == b'\n';
        let line_feed = rest.iter().position(|byte| *byte == b'\n');
        if is_behind_line { 0 } else { line_feed.map_or(rest.len(), |at| at + 1) }
    } else if plan.folds() {
        rest.iter().take(3).take_while(|byte| **byte & 0xC0 == 0x80).count()
    } else {
        0
    };
    at + more
}

/// The tally of this part of a text, which ends the text if nothing stands behind it;
/// the part comes in pieces of these lengths in turn.
fn part(plan: &Plan, text: &[u8], part: std::ops::Range<usize>, lens: &[usize]) -> Tally {
    let context = plan.context();
    let mut before = &text[part.start.saturating_sub(context.before)..part.start];
    if before.len() < part.start {
        before = &before[cut(plan, before, 0).min(before.len())..];
    }
    let behind = &text[part.end..text.len().min(part.end + context.after)];
    let change = |text: &[u8]| if plan.folds() { fold_all(text) } else { text.into() };

    let mut tally = Tally::new();
    for engine in plan.engines() {
        let mut scan = engine.clone().scan();
        let (mut folder, mut lines) = (plan.folder(), LineGrouper::new(usize::MAX));
        if part.start > 0 {
            scan.begin_part(&change(before));
        }
        let mut feed = |piece: &[u8], last| {
            let mut folded = Vec::new();
            if plan.folds() && folder.leaves(piece) {
                scan.feed(piece);
            } else if plan.folds() {
                folder.fold(piece, &mut folded);
                if last {
                    folder.finish(&mut folded);
                }
                scan.feed(&folded);
            } else if plan.needs_whole_lines() {
                lines.feed(piece, |piece| scan.feed(piece)).unwrap();
                if last {
                    lines.end_text(|piece| scan.feed(piece));
                }
            } else {
                scan.feed(piece);
            }
        };
        let (mut rest, mut lens) = (&text[part.clone()], lens.iter().cycle());
        while !rest.is_empty() {
            let len = *lens.next().unwrap();
            feed(rest.split_off(..len.clamp(1, rest.len())).unwrap(), false);
        }
        feed(&[], true);
        if part.end == text.len() {
            scan.end_text();
        } else {
            scan.end_part(&change(behind));
        }
        scan.take(&mut tally);
    }
    tally
}

/// The counts by a plan, the text cut at these indices into parts that are counted
/// apart. `pick` says which two neighbours are joined next, of so many.
pub(crate) fn counts_in_parts(
    plan: &Plan,
    text: &[u8],
    cuts: &[usize],
    lens: &[usize],
    mut pick: impl FnMut(usize) -> usize,
) -> Vec<u64> {
    let mut cuts: Vec<_> = cuts.iter().map(|at| cut(plan, text, *at % (text.len() + 1))).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    let ranges = cuts.windows(2).map(|cut| cut[0]..cut[1]);
    let mut parts: Vec<_> = ranges.map(|range| part(plan, text, range, lens)).collect();
    while parts.len() > 1 {
        let first = pick(parts.len() - 1);
        let next = parts.remove(first + 1);
        parts[first].join(&next);
    }
    parts[0].settle();
    plan.totals(&parts[0])
}
