//! Regular expressions, each exact and alone, of which most text has none.
//!
//! Of most expressions something is known that is in each of their matches: one of some
//! literals, or a run of some bytes. All literals are looked for in one pass, and only the
//! lines that have one are given to its expression; see [`Filter`]. An alternation of
//! literals needs no expression at all.
//!
//! Expressions that are asked for much of the text are asked for all of it for a while, and
//! read it together. Those of which nothing is known always do: see
//! [`Transducers`](super::Transducers).

mod finder;
mod runs;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use memchr::{memchr, memrchr};

use crate::engine::regex::{Filter, LineRegex, States};
use crate::engine::transducers::{Group, MACHINES_BYTES};
use crate::pattern::{Matching, PatternError};
use crate::scan::interface::{Engine, Output, Scan, Totals};
use crate::scan::lines::{Lines, Record};
use crate::tally::Tally;

pub(crate) use finder::Choose;
use finder::{Finder, Finding, Mark, Owned};

/// Counts regular expressions that have a [filter](Filter); see the head of the module.
#[derive(Debug)]
pub(crate) struct RegexSet {
    needles: Vec<usize>,
    regexes: Vec<(LineRegex, Filter)>,
    /// Counts the literals whose places all count.
    counters: Counters,
    /// Finds the others.
    finder: Finder,
    /// Finds all, where places are reported.
    reporter: Finder,
}

impl RegexSet {
    /// The name of the engine.
    pub(crate) const NAME: &'static str = "regexes";

    /// Makes ready to count expressions, each with its needle, with the engines that are
    /// chosen for their literals.
    ///
    /// # Errors
    ///
    /// When there are more literals than any engine can take.
    pub(crate) fn new(
        regexes: Vec<(usize, LineRegex, Filter)>,
        choose: Choose,
    ) -> Result<Self, PatternError> {
        let (needles, regexes): (Vec<_>, Vec<_>) =
            regexes.into_iter().map(|(needle, regex, filter)| (needle, (regex, filter))).unzip();
        let is_counted = |owned: &Owned<'_>| matches!(regexes[owned.owner].1, Filter::Counted(_));
        let all: Vec<_> = owned(&regexes).collect();
        let (counted, found): (Vec<_>, Vec<_>) = all.iter().cloned().partition(is_counted);
        Ok(Self {
            needles,
            counters: Counters::new(&counted, choose)?,
            finder: Finder::new(&found, choose)?,
            reporter: Finder::new(&all, choose)?,
            regexes,
        })
    }
}

/// The literals of all expressions.
fn owned(regexes: &[(LineRegex, Filter)]) -> impl Iterator<Item = Owned<'_>> {
    regexes.iter().enumerate().flat_map(|(owner, (_, filter))| {
        let literals = filter.literals().iter();
        literals.zip(0..).map(move |(literal, rank)| Owned { literal, owner, rank })
    })
}

/// Engines that count literals, by number, and the expressions of each literal.
#[derive(Debug, Default)]
struct Counters {
    engines: Vec<Arc<dyn Engine>>,
    owners: Vec<Vec<usize>>,
}

impl Counters {
    fn new(literals: &[Owned<'_>], choose: Choose) -> Result<Self, PatternError> {
        let mut counters = Self::default();
        for ignore_case in [true, false] {
            // Engines count needles that differ.
            let mut owners = BTreeMap::<Box<[u8]>, Vec<usize>>::new();
            for Owned { literal, owner, .. } in literals {
                if literal.has_any_case() == ignore_case {
                    owners.entry(literal.needle(false)).or_default().push(*owner);
                }
            }
            if owners.is_empty() {
                continue;
            }
            let first = counters.owners.len();
            let (needles, owners): (Vec<_>, Vec<_>) = owners.into_iter().unzip();
            counters.owners.extend(owners);
            let needles = (first..).zip(needles).collect();
            let matching = Matching { ignore_case, ..Matching::default() };
            counters.engines.extend(choose(needles, matching)?);
        }
        Ok(counters)
    }
}

/// What is known of a text after so much of it.
const WINDOW_BYTES: usize = 512 << 10;

/// An expression that would be asked at more than one byte of this many is asked everywhere.
const DENSE: usize = 5;

/// To look for the literal that a match begins with takes longer than to read as many bytes,
/// divided by the expressions that read them together, if there is one in less.
const RARE_BYTES: usize = 100;

/// More places of an expression than these are kept only where they are in as many lines.
const MANY_MARKS: usize = 4096;

/// After so much text its literals are looked for again.
const DENSE_BYTES: usize = 16 << 20;

/// The expressions on their way through texts.
pub(crate) struct Asking {
    states: States,
    counting: Vec<Box<dyn Scan<Totals>>>,
    finding: Option<Finding>,
    /// Where each may match in the lines at hand.
    marks: Vec<Vec<Mark>>,
    /// Those with marks.
    marked: Vec<usize>,
    /// For how many bytes the one at hand was asked in these lines.
    now_bytes: usize,
    /// For how many bytes each was asked in this window.
    asked_bytes: Vec<usize>,
    /// Which are asked for all.
    is_dense: Vec<bool>,
    /// How many marks each had in this window.
    mark_counts: Vec<usize>,
    /// Which of them read the text together, where totals are counted.
    is_joined: Vec<bool>,
    /// These, and their numbers.
    dense: Option<(Vec<usize>, Group)>,
    window_bytes: usize,
    /// How much text is left until the literals of dense ones are looked for again.
    dense_bytes: usize,
    /// Whether all literals that could be found are of dense ones.
    is_idle: bool,
}

impl Lines for RegexSet {
    const NAME: &'static str = Self::NAME;

    type State = Asking;

    fn explain(&self, slot: usize) -> String {
        self.regexes[slot].1.to_string()
    }

    fn needles(&self) -> &[usize] {
        &self.needles
    }

    fn begin(&self) -> Asking {
        let count = self.regexes.len();
        Asking {
            states: States::seldom(count),
            counting: Vec::new(),
            finding: None,
            marks: vec![Vec::new(); count],
            marked: Vec::new(),
            now_bytes: 0,
            asked_bytes: vec![0; count],
            is_dense: vec![false; count],
            mark_counts: vec![0; count],
            is_joined: vec![false; count],
            dense: None,
            window_bytes: 0,
            dense_bytes: 0,
            is_idle: false,
        }
    }

    fn find<O: Output>(&self, asking: &mut Asking, lines: &[u8], record: &mut Record<O>) {
        if !O::REPORTS_HITS {
            if asking.counting.is_empty() {
                let scans = self.counters.engines.iter().map(|engine| Arc::clone(engine).scan());
                asking.counting = scans.collect();
            }
            for scan in &mut asking.counting {
                scan.feed(lines);
                scan.end_text();
            }
        }
        self.mark::<O>(asking, lines);
        if let Some(meter) = record.meter() {
            meter.literals();
        }
        for number in std::mem::take(&mut asking.marked) {
            let mut marks = std::mem::take(&mut asking.marks[number]);
            asking.mark_counts[number] += marks.len();
            if !asking.is_dense[number] {
                marks.sort_unstable();
                match &self.regexes[number].1 {
                    Filter::Counted(_) | Filter::Chosen(_) => choose(&marks, number, record),
                    Filter::Literals(_) | Filter::Run(_) => {
                        let marks = marks.iter().map(|mark| mark.start..mark.end);
                        self.ask_at(asking, lines, number, marks, record);
                    }
                }
            }
            marks.clear();
            asking.marks[number] = marks;
            Self::note(asking, number, record);
        }
        for (number, (_, filter)) in self.regexes.iter().enumerate() {
            if asking.is_dense[number] {
                if O::REPORTS_HITS || !asking.is_joined[number] {
                    self.ask(asking, lines, 0..lines.len(), number, record);
                    Self::note(asking, number, record);
                }
            } else if let Filter::Run(run) = filter {
                let mut from = 0;
                let marks = std::iter::from_fn(|| {
                    let found = runs::find(run, lines, from)?;
                    // One in a line is enough.
                    from = line_end(lines, found.end);
                    Some(found)
                });
                self.ask_at(asking, lines, number, marks, record);
                Self::note(asking, number, record);
            }
        }
        if !O::REPORTS_HITS {
            self.count_dense(asking, lines, record);
        }
        self.look_back::<O>(asking, lines.len());
    }

    fn flush<O: Output>(&self, asking: &mut Asking, record: &mut Record<O>) {
        let mut tally = Tally::new();
        for scan in &mut asking.counting {
            scan.take(&mut tally);
        }
        for (literal, owners) in self.counters.owners.iter().enumerate() {
            let count = tally.count(literal);
            for owner in owners {
                record.add(*owner, count);
            }
        }
    }
}

impl RegexSet {
    fn finder<O: Output>(&self) -> &Finder {
        if O::REPORTS_HITS { &self.reporter } else { &self.finder }
    }

    /// Marks where literals are.
    fn mark<O: Output>(&self, asking: &mut Asking, lines: &[u8]) {
        if asking.is_idle {
            return;
        }
        let Asking { finding, marks, marked, mark_counts, .. } = asking;
        let finder = self.finder::<O>();
        let finding = finding.get_or_insert_with(|| finder.begin());
        finder.find(finding, lines, |number, mark| {
            let marks = &mut marks[number];
            if marks.is_empty() {
                marked.push(number);
            }
            if marks.len() == marks.capacity() && marks.len() >= MANY_MARKS {
                let before = marks.len();
                if let Filter::Literals(_) = self.regexes[number].1 {
                    keep_one_in_a_line(marks, lines);
                }
                mark_counts[number] += before - marks.len();
            }
            marks.push(mark);
        });
    }

    /// Asks an expression in the lines with these places, which come in order.
    fn ask_at<O: Output>(
        &self,
        asking: &mut Asking,
        lines: &[u8],
        number: usize,
        places: impl Iterator<Item = Range<usize>>,
        record: &mut Record<O>,
    ) {
        // Neighbouring lines are asked for together.
        let mut asked = 0..0;
        for place in places {
            if place.start < asked.end {
                continue;
            }
            let before = &lines[asked.end..place.start];
            let start = memrchr(b'\n', before).map_or(asked.end, |at| asked.end + at + 1);
            if start > asked.end {
                self.ask(asking, lines, asked, number, record);
                asked = start..start;
            }
            asked.end = line_end(lines, place.end);
        }
        self.ask(asking, lines, asked, number, record);
    }

    /// Asks an expression in these lines.
    fn ask<O: Output>(
        &self,
        asking: &mut Asking,
        lines: &[u8],
        asked: Range<usize>,
        number: usize,
        record: &mut Record<O>,
    ) {
        if asked.is_empty() {
            return;
        }
        asking.now_bytes += asked.len();
        let regex = &self.regexes[number].0;
        regex.record(asking.states.get(number), lines, asked, number, record);
    }

    /// Notes in how much of the lines an expression was asked, and what it learnt by that.
    fn note<O: Output>(asking: &mut Asking, number: usize, record: &mut Record<O>) {
        let bytes = std::mem::take(&mut asking.now_bytes);
        asking.asked_bytes[number] += bytes;
        if bytes > 0 {
            asking.states.settle(number);
        }
        if let Some(meter) = record.meter() {
            meter.asked(number, bytes);
        }
    }

    /// Counts those that read the text together.
    fn count_dense<O: Output>(&self, asking: &mut Asking, lines: &[u8], record: &mut Record<O>) {
        let Asking { states, is_dense, is_joined, dense, .. } = asking;
        let is_in = |number: &usize| is_dense[*number] && is_joined[*number];
        let numbers = (0..self.regexes.len()).filter(is_in);
        if numbers.clone().next().is_none() {
            return;
        }
        // What they have learnt of the text is kept while they are the same.
        if !dense.as_ref().is_some_and(|(known, _)| numbers.clone().eq(known.iter().copied())) {
            let regexes = numbers.clone().map(|number| (number, &self.regexes[number].0));
            *dense = Some((numbers.clone().collect(), Group::new(regexes, MACHINES_BYTES)));
        }
        let Some((_, group)) = dense else { return };
        group.count(lines, record, |number, lines, record| {
            let regex = &self.regexes[number].0;
            regex.record(states.get(number), lines, 0..lines.len(), number, record);
            states.settle(number);
            if let Some(meter) = record.meter() {
                meter.asked(number, lines.len());
            }
        });
    }

    /// Looks for how much of the text the expressions were asked.
    fn look_back<O: Output>(&self, asking: &mut Asking, bytes: usize) {
        asking.window_bytes += bytes;
        if asking.dense_bytes > 0 {
            asking.dense_bytes = asking.dense_bytes.saturating_sub(bytes);
            if asking.dense_bytes == 0 {
                asking.is_dense.fill(false);
                asking.finding = None;
                asking.is_idle = false;
            }
        }
        if asking.window_bytes < WINDOW_BYTES {
            return;
        }
        let bytes = std::mem::take(&mut asking.window_bytes);
        let Asking { asked_bytes, mark_counts, is_dense, is_joined, .. } = asking;
        let is_new = |number: &usize| asked_bytes[*number] > bytes / DENSE && !is_dense[*number];
        let new: Vec<_> = (0..self.regexes.len()).filter(is_new).collect();
        let dense = is_dense.iter().filter(|is_dense| **is_dense).count() + new.len();
        for number in &new {
            is_dense[*number] = true;
            // Where a match would begin is found fast, if that is not everywhere.
            is_joined[*number] = mark_counts[*number] * RARE_BYTES * dense > bytes
                || !self.regexes[*number].0.has_prefix();
        }
        asked_bytes.fill(0);
        mark_counts.fill(0);
        let has_new = !new.is_empty();
        if has_new {
            asking.dense_bytes = DENSE_BYTES;
            let Asking { finding, is_dense, is_idle, .. } = asking;
            if let Some(finding) = finding {
                *is_idle = self.finder::<O>().mute(finding, |number| is_dense[number]);
            }
        }
    }
}

/// Of the places that are only there to find lines, keeps the last in each.
fn keep_one_in_a_line(marks: &mut Vec<Mark>, lines: &[u8]) {
    marks.sort_unstable();
    let mut kept = 0;
    for nth in 1..marks.len() {
        let (last, next) = (marks[kept], marks[nth]);
        let between = lines.get(last.end..next.start).unwrap_or_default();
        kept += usize::from(memchr(b'\n', between).is_some());
        marks[kept] = next;
    }
    marks.truncate(kept + 1);
}

/// Records the places of an alternation of literals that count: the leftmost, and of those
/// that begin together the preferred, of those that do not overlap the last.
fn choose<O: Output>(marks: &[Mark], number: usize, record: &mut Record<O>) {
    let mut next = 0;
    for mark in marks {
        if mark.start < next {
            continue;
        }
        next = mark.end;
        if record.reports(number) {
            record.hit(number, mark.start, mark.end);
        } else {
            record.add(number, 1);
        }
    }
}

/// The end of the line with this index, after its line feed.
fn line_end(lines: &[u8], at: usize) -> usize {
    memchr(b'\n', &lines[at..]).map_or(lines.len(), |line_feed| at + line_feed + 1)
}
