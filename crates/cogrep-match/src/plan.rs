//! Chooses how to count a list of patterns.
//!
//! Read next: [`engine`](crate::engine).

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::engine::judge::Group;
use crate::engine::window::Context;
use crate::engine::{
    Automaton, Chapter, Compare, Engine, Histogram, LineRegex, Memmem, Regex, RegexSet, Sieve,
};
use crate::pattern::{Matching, PatternError, Patterns, Syntax, Unit};
use crate::text::fold::{Folder, MOST_CUT, MOST_FOLDED, Unfolded};
use crate::{Tally, fold_all};

/// Which engine is to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EngineChoice {
    /// What suits the patterns.
    #[default]
    Auto,
    /// The plainest: an engine a pattern, for equal patterns too.
    Chapter,
    /// A substring search a needle.
    Memmem,
    /// All needles compared with every place at once, counted by popcount.
    Compare,
    /// A sieve that lets pass few places, for needles of three bytes and more; shorter
    /// ones are compared, or go to an automaton.
    Sieve,
    /// One automaton for all needles.
    Automaton,
    /// How often each pair of bytes occurs, for needles of one and two bytes; others are
    /// compared, or go to an automaton.
    Histogram,
    /// A regular expression a needle. Only regular expressions are counted by it; unless it
    /// is chosen, those of which literals are known share a search for these.
    Regex,
}

/// The choices and their names.
const CHOICES: [(&str, EngineChoice); 8] = [
    ("auto", EngineChoice::Auto),
    (Chapter::NAME, EngineChoice::Chapter),
    (Memmem::NAME, EngineChoice::Memmem),
    (Compare::NAME, EngineChoice::Compare),
    (Sieve::NAME, EngineChoice::Sieve),
    (Automaton::NAME, EngineChoice::Automaton),
    (Histogram::NAME, EngineChoice::Histogram),
    (Regex::NAME, EngineChoice::Regex),
];

impl EngineChoice {
    /// The names of all choices, `auto` first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        CHOICES.iter().map(|(name, _)| *name)
    }

    /// The name of this one.
    #[must_use]
    pub fn name(self) -> &'static str {
        CHOICES.iter().find(|(_, choice)| *choice == self).map_or("", |(name, _)| *name)
    }
}

/// There is no engine of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no engine {name:?}; there are {}", EngineChoice::names().collect::<Vec<_>>().join(", "))]
pub struct UnknownEngine {
    /// The name that was given.
    pub name: String,
}

impl FromStr for EngineChoice {
    type Err = UnknownEngine;

    fn from_str(name: &str) -> Result<Self, UnknownEngine> {
        let found = CHOICES.iter().find(|(known, _)| *known == name);
        found.map(|(_, choice)| *choice).ok_or_else(|| UnknownEngine { name: name.into() })
    }
}

/// Something about a pattern that its giver should know; it is counted all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Lines are counted, and no line has a line feed: the count is 0.
    LineFeed {
        /// The pattern's place in the list as given, from 0.
        index: usize,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LineFeed { index } => {
                write!(f, "pattern {} has a line feed, and no line has one: it counts 0", index + 1)
            }
        }
    }
}

/// Up to so many needles, comparing all of them is faster than to sieve the text.
const FEW: usize = 4;

/// How a list of patterns is counted: by which engines, and on what kind of text.
///
/// Equal patterns are counted once, as one *needle*, and reported for each.
#[derive(Clone, Debug)]
pub struct Plan {
    engines: Vec<Arc<dyn Engine>>,
    /// The needle of each pattern.
    needles: Vec<usize>,
    folds: bool,
    unfolded: Unfolded,
    warnings: Vec<Warning>,
    reason: String,
}

impl Plan {
    /// Makes engines ready for the patterns.
    ///
    /// # Errors
    ///
    /// When the engine chosen cannot count them, or a regular expression needs too
    /// much memory.
    pub fn new(patterns: &Patterns, choice: EngineChoice) -> Result<Self, PatternError> {
        let matching = patterns.matching();
        let folds = matching.ignore_case && matching.syntax == Syntax::Literal;
        let (needles, distinct) = distinct(patterns, folds, choice == EngineChoice::Chapter);
        let warnings = warnings(patterns);
        let lax = Unfolded::by_lowering(distinct.iter().map(AsRef::as_ref));
        let (engines, reason) = match matching.syntax {
            Syntax::Literal => literal_engines(distinct, matching, choice)?,
            Syntax::Regex => regex_engines(&needles, &distinct, matching, choice)?,
        };
        let all_lower = engines.iter().all(|engine| engine.lowers_ascii());
        let unfolded = if folds && all_lower { lax } else { Unfolded::Nothing };
        Ok(Self { engines, needles, folds, unfolded, warnings, reason })
    }

    /// The engines: each is to be fed the whole text.
    pub fn engines(&self) -> &[Arc<dyn Engine>] {
        &self.engines
    }

    /// Whether the text must go through a [`Folder`](crate::Folder) before it is fed.
    pub fn folds(&self) -> bool {
        self.folds
    }

    /// A folder at the start of a text that leaves what need not be folded for these
    /// engines, and these patterns.
    pub fn folder(&self) -> Folder {
        Folder::lax(self.unfolded)
    }

    /// Whether each piece that is fed must end where a line ends, or the text does.
    pub fn needs_whole_lines(&self) -> bool {
        self.engines.iter().any(|engine| engine.needs_whole_lines())
    }

    /// How much text around a part of a text must be shown where parts are counted by
    /// scans of their own, before it is folded. See [`Scan::begin_part`](crate::Scan::begin_part).
    ///
    /// Where the text is [folded](Self::folds), it may be cut only where no character is
    /// cut; and where engines [need whole lines](Self::needs_whole_lines), only behind a
    /// line feed.
    pub fn context(&self) -> Context {
        let contexts = || self.engines.iter().map(|engine| engine.context());
        let before = contexts().map(|context| context.before).max().unwrap_or(0);
        let after = contexts().map(|context| context.after).max().unwrap_or(0);
        if !self.folds {
            return Context { before, after };
        }
        let unfolded = |folded| if folded == 0 { 0 } else { MOST_FOLDED * folded + MOST_CUT };
        Context { before: unfolded(before), after: unfolded(after) }
    }

    /// What the giver of the patterns should know.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Why these engines, in a sentence.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// What an engine looks for, in a few words: its pattern, or how many.
    pub fn label(&self, patterns: &Patterns, engine: &dyn Engine) -> String {
        let [needle] = engine.needles() else {
            return format!("{} patterns ({})", engine.needles().len(), engine.name());
        };
        let place = self.needles.iter().position(|other| other == needle);
        let pattern = place.and_then(|place| patterns.iter().nth(place));
        String::from_utf8_lossy(pattern.unwrap_or_default()).into_owned()
    }

    /// The count of each pattern, in the order given.
    pub fn totals(&self, tally: &Tally) -> Vec<u64> {
        self.needles.iter().map(|needle| tally.count(*needle)).collect()
    }
}

/// The needle of each pattern, and the bytes of each needle.
pub(crate) fn distinct(
    patterns: &Patterns,
    folds: bool,
    keep_equal: bool,
) -> (Vec<usize>, Vec<Box<[u8]>>) {
    let bytes =
        patterns.iter().map(|pattern| if folds { fold_all(pattern) } else { pattern.to_vec() });
    let bytes = bytes.map(Vec::into_boxed_slice);
    if keep_equal {
        return ((0..patterns.len()).collect(), bytes.collect());
    }
    let mut known = HashMap::<Box<[u8]>, usize>::new();
    let mut needle_of = |bytes| {
        let next = known.len();
        *known.entry(bytes).or_insert(next)
    };
    let needles = bytes.map(&mut needle_of).collect();
    let mut distinct = vec![Box::default(); known.len()];
    for (bytes, needle) in known {
        distinct[needle] = bytes;
    }
    (needles, distinct)
}

fn counts_lines(matching: Matching) -> bool {
    matches!(matching.unit, Unit::Lines | Unit::WholeLines)
}

/// Whether the literal can count at all: no line has a line feed.
pub(crate) fn can_stand(bytes: &[u8], matching: Matching) -> bool {
    !(counts_lines(matching) && bytes.contains(&b'\n'))
}

fn warnings(patterns: &Patterns) -> Vec<Warning> {
    let matching = patterns.matching();
    if matching.syntax == Syntax::Regex {
        return Vec::new();
    }
    let nowhere = patterns.iter().enumerate().filter(|(_, bytes)| !can_stand(bytes, matching));
    nowhere.map(|(index, _)| Warning::LineFeed { index }).collect()
}

type Engines = (Vec<Arc<dyn Engine>>, String);

/// The engines for literals, and why these.
fn literal_engines(
    distinct: Vec<Box<[u8]>>,
    matching: Matching,
    choice: EngineChoice,
) -> Result<Engines, PatternError> {
    let needles = distinct.into_iter().enumerate();
    let needles: Vec<_> = needles.filter(|(_, bytes)| can_stand(bytes, matching)).collect();
    let count = needles.len();
    if count == 0 {
        return Ok((Vec::new(), "no engine, since there is nothing to count".into()));
    }
    let together = |needles| -> Result<Vec<Arc<dyn Engine>>, PatternError> {
        Ok(vec![Arc::new(Automaton::new(Group::new(needles, matching))?)])
    };
    let compared = |needles| -> Vec<Arc<dyn Engine>> {
        vec![Arc::new(Compare::new(Group::new(needles, matching)))]
    };
    let alone = needles.iter().cloned().map(|needle| Group::new([needle], matching));
    Ok(match choice {
        EngineChoice::Auto if count <= FEW => (
            compared(needles),
            format!("compare, every place at once, since {FEW} needles or fewer are few"),
        ),
        EngineChoice::Auto => (
            sieved(needles, matching, true)?,
            format!("sieve, a closer look at few places, since {count} are more than {FEW}"),
        ),
        EngineChoice::Chapter => (
            alone.map(|group| Arc::new(Chapter::new(group)) as Arc<dyn Engine>).collect(),
            "chapter, as chosen: an engine a pattern".into(),
        ),
        EngineChoice::Memmem => (
            alone.map(|group| Arc::new(Memmem::new(group)) as Arc<dyn Engine>).collect(),
            "memmem, as chosen: a substring search a needle".into(),
        ),
        EngineChoice::Compare => {
            (compared(needles), "compare, as chosen: all needles at every place at once".into())
        }
        EngineChoice::Sieve => (
            sieved(needles, matching, false)?,
            "sieve, as chosen: a closer look at few places".into(),
        ),
        EngineChoice::Automaton => {
            (together(needles)?, "automaton, as chosen: one pass for all needles".into())
        }
        EngineChoice::Histogram => (
            short_engines(needles, matching, 0)?,
            "histogram, as chosen: how often each pair of bytes occurs".into(),
        ),
        EngineChoice::Regex => {
            return Err(PatternError::Engine {
                engine: Regex::NAME,
                reason: "counts regular expressions, not literals".into(),
            });
        }
    })
}

/// More needles too short for a sieve than this are counted by a histogram, if each of
/// their places counts.
const FEW_SHORT: usize = 8;

/// Up to so many others are compared, rather than left to an automaton.
const FEW_JUDGED: usize = 16;

/// Up to so many needles of three bytes are compared, or of four or less, so that anchors
/// can be longer: the shortest needle decides how long they are all, and one of three bytes
/// among hundreds makes a sieve take three times as long.
const FEW_OF_THREE: usize = 16;
const FEW_OF_FOUR: usize = 8;

/// A sieve for the needles that are long enough, and what suits the others. If that shall
/// be so, a few that are the shortest in it are left to another engine.
fn sieved(
    needles: Vec<(usize, Box<[u8]>)>,
    matching: Matching,
    spares_shortest: bool,
) -> Result<Vec<Arc<dyn Engine>>, PatternError> {
    type Needles = Vec<(usize, Box<[u8]>)>;
    let (rest, short): (Needles, _) =
        needles.into_iter().partition(|(_, bytes)| bytes.len() >= Sieve::SHORTEST);
    let up_to = |most| rest.iter().filter(|(_, bytes)| bytes.len() <= most).count();
    let compared_bytes = match (up_to(3), up_to(4)) {
        (0..=FEW_OF_THREE, 0..=FEW_OF_FOUR) if spares_shortest => 4,
        (0..=FEW_OF_THREE, _) if spares_shortest => 3,
        _ => 0,
    };
    let (compared, sieved): (Needles, Needles) =
        rest.into_iter().partition(|(_, bytes)| bytes.len() <= compared_bytes);
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if !sieved.is_empty() {
        engines.push(Arc::new(Sieve::new(Group::new(sieved, matching))?));
    }
    if !compared.is_empty() {
        engines.push(Arc::new(Compare::new(Group::new(compared, matching))));
    }
    engines.extend(short_engines(short, matching, FEW_SHORT)?);
    Ok(engines)
}

/// A histogram for the needles that suit it, if they are more than few, and what suits the
/// others.
fn short_engines(
    mut needles: Vec<(usize, Box<[u8]>)>,
    matching: Matching,
    few: usize,
) -> Result<Vec<Arc<dyn Engine>>, PatternError> {
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if needles.len() > few {
        let group = Group::new(needles.iter().cloned(), matching);
        let (counted, judged): (Vec<_>, Vec<_>) =
            needles.into_iter().enumerate().partition(|(slot, _)| Histogram::suits(&group, *slot));
        let needles_of = |slots: Vec<(usize, _)>| slots.into_iter().map(|(_, needle)| needle);
        if !counted.is_empty() {
            engines.push(Arc::new(Histogram::new(Group::new(needles_of(counted), matching))?));
        }
        needles = needles_of(judged).collect();
    }
    if needles.len() > FEW_JUDGED {
        engines.push(Arc::new(Automaton::new(Group::new(needles, matching))?));
    } else if !needles.is_empty() {
        engines.push(Arc::new(Compare::new(Group::new(needles, matching))));
    }
    Ok(engines)
}

/// The engines for regular expressions, and why these.
fn regex_engines(
    needles: &[usize],
    distinct: &[Box<[u8]>],
    matching: Matching,
    choice: EngineChoice,
) -> Result<Engines, PatternError> {
    if matches!(
        choice,
        EngineChoice::Memmem
            | EngineChoice::Compare
            | EngineChoice::Sieve
            | EngineChoice::Automaton
            | EngineChoice::Histogram
    ) {
        return Err(PatternError::Engine {
            engine: choice.name(),
            reason: "counts literals, not regular expressions".into(),
        });
    }
    let regexes = LineRegex::compile(needles, distinct, matching)?.into_iter().enumerate();
    let has_literals = |(_, regex): &(usize, LineRegex)| {
        choice == EngineChoice::Auto && !regex.literals().is_empty()
    };
    let (together, alone): (Vec<_>, Vec<_>) = regexes.partition(has_literals);
    let reason = match (together.len(), alone.len()) {
        (0, _) => "regex, a pass an expression: each is counted alone, line by line",
        (_, 0) => "regexes, in lines that have a literal of theirs: each is counted alone",
        _ => "regexes, in lines that have a literal of theirs, and regex, a pass an expression",
    };
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if !together.is_empty() {
        engines.push(Arc::new(RegexSet::new(together)?));
    }
    engines
        .extend(alone.into_iter().map(|(needle, regex)| Arc::new(Regex::new(needle, regex)) as _));
    Ok((engines, reason.into()))
}
