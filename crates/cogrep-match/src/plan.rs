//! Chooses how to count a list of patterns.
//!
//! Read next: [`engine`](crate::engine).

mod choice;
mod literals;
mod regexes;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

use crate::counts::Counts;
use crate::engine::DEFAULT_LIMIT_BYTES;
use crate::pattern::{Matching, PatternError, Patterns, Syntax, Unit};
use crate::scan::cost::{Costs, Watch};
use crate::scan::interface::Engine;
use crate::scan::window::Context;
use crate::tally::Tally;
use crate::text::fold::{Folder, MOST_CUT, MOST_FOLDED, Unfolded, fold_all};

pub use choice::{EngineChoice, UnknownEngine};

/// A fact about a pattern that its author may not know; it is counted all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// It has a line feed, and lines are looked at one by one, which have none: the count
    /// is 0.
    LineFeed {
        /// The pattern's index in the list as given.
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

/// How a list of patterns is counted: by which engines, and on what kind of text.
///
/// Equal patterns are counted once, as one *needle*, and reported for each. A plan never
/// changes; scanners share it.
#[derive(Clone, Debug)]
pub struct Plan {
    patterns: Patterns,
    engines: Vec<Arc<dyn Engine>>,
    /// The needle of each pattern.
    needles: Vec<usize>,
    /// How many needles there are.
    needle_count: usize,
    folds: bool,
    unfolded: Unfolded,
    has_parts_of_characters: bool,
    warnings: Vec<Warning>,
    reason: String,
    watch: Option<Arc<Watch>>,
}

/// The engines that were chosen, and why, in a sentence.
struct Chosen {
    engines: Vec<Arc<dyn Engine>>,
    reason: String,
}

impl Chosen {
    fn new(engines: Vec<Arc<dyn Engine>>, reason: impl Into<String>) -> Self {
        Self { engines, reason: reason.into() }
    }
}

impl Plan {
    /// The memory that regular expressions may take together where no limit is given.
    pub const DEFAULT_REGEX_LIMIT_BYTES: u64 = DEFAULT_LIMIT_BYTES;

    /// Makes engines ready for the patterns.
    ///
    /// # Errors
    ///
    /// When the engine chosen cannot count them, or regular expressions need too much
    /// memory.
    pub fn new(patterns: &Patterns, choice: EngineChoice) -> Result<Self, PatternError> {
        Self::with_regex_limit(patterns, choice, Self::DEFAULT_REGEX_LIMIT_BYTES)
    }

    /// The same for regular expressions that may take this much memory together when they
    /// are compiled, which is done when they are first needed.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_regex_limit(
        patterns: &Patterns,
        choice: EngineChoice,
        limit_bytes: u64,
    ) -> Result<Self, PatternError> {
        let matching = patterns.matching();
        let folds = matching.ignore_case && matching.syntax == Syntax::Literal;
        let Distinct { needles, bytes } = distinct(patterns, folds, choice == EngineChoice::Naive);
        let needle_count = bytes.len();
        let unfolded = Unfolded::by_lowering(bytes.iter().map(AsRef::as_ref));
        let has_parts_of_characters = bytes.iter().any(|bytes| str::from_utf8(bytes).is_err());
        let Chosen { engines, reason } = match matching.syntax {
            Syntax::Literal => {
                let needles = bytes.into_iter().enumerate();
                let can_occur = |(_, bytes): &(usize, Box<[u8]>)| can_occur(bytes, matching);
                literals::choose(needles.filter(can_occur).collect(), matching, choice)?
            }
            Syntax::Regex => regexes::choose(&needles, &bytes, matching, choice, limit_bytes)?,
        };
        let all_lower = engines.iter().all(|engine| engine.lowers_ascii());
        Ok(Self {
            patterns: patterns.clone(),
            engines,
            needles,
            needle_count,
            folds,
            unfolded: if folds && all_lower { unfolded } else { Unfolded::Nothing },
            has_parts_of_characters,
            warnings: warnings(patterns),
            reason,
            watch: None,
        })
    }

    /// The same plan, whose scanners note what each regular expression costs.
    ///
    /// ```
    /// use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Syntax};
    /// use std::sync::Arc;
    ///
    /// let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    /// let patterns = Patterns::new([r"[a-m]+ \w+", r"prince \w+"], matching)?;
    /// let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto)?.watched());
    ///
    /// let mut scanner: Scanner = Scanner::new(Arc::clone(&plan));
    /// scanner.count(b"the prince and\nothers\nand others")?;
    /// let costs = plan.costs().expect("it is watched");
    /// // The first has to be asked in all lines, the other where there is a prince.
    /// assert_eq!(costs.needles[0].asked_bytes, 32);
    /// assert_eq!(costs.needles[1].asked_bytes, 15);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn watched(self) -> Self {
        Self { watch: Some(Arc::new(Watch::new(self.needle_count))), ..self }
    }

    /// What the regular expressions cost in texts of which scanners have handed over what
    /// they found, if the plan is [watched](Self::watched).
    #[must_use]
    pub fn costs(&self) -> Option<Costs> {
        self.watch.as_ref().map(|watch| watch.costs())
    }

    /// Where its scanners hand over what expressions cost.
    pub(crate) fn watch(&self) -> Option<&Arc<Watch>> {
        self.watch.as_ref()
    }

    /// The patterns.
    #[must_use]
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    /// How the patterns are meant.
    #[must_use]
    pub fn matching(&self) -> Matching {
        self.patterns.matching()
    }

    /// The needle of each pattern, in the order given, as an index into a [`Tally`] and as in
    /// [`Hit::needle`](crate::Hit::needle).
    #[must_use]
    pub fn needles(&self) -> &[usize] {
        &self.needles
    }

    /// How many needles there are.
    #[must_use]
    pub fn needle_count(&self) -> usize {
        self.needle_count
    }

    /// The length of the longest pattern in bytes of a text that it can match, at the most;
    /// of regular expressions nothing is known, and it is 1.
    #[must_use]
    pub fn longest_bytes(&self) -> usize {
        self.unfolded_context().before + 1
    }

    /// The names of the engines, each with the needles that it counts.
    pub fn shares(&self) -> impl Iterator<Item = (&'static str, &[usize])> {
        self.engines.iter().map(|engine| (engine.name(), engine.needles()))
    }

    /// What each engine looks for, in a few words: its pattern, or how many.
    pub fn labels(&self) -> impl Iterator<Item = String> {
        self.engines.iter().map(|engine| self.label(&**engine))
    }

    fn label(&self, engine: &dyn Engine) -> String {
        let [needle] = engine.needles() else {
            return format!("{} patterns ({})", engine.needles().len(), engine.name());
        };
        let index = self.needles.iter().position(|other| other == needle);
        let pattern = index.and_then(|index| self.patterns.iter().nth(index));
        String::from_utf8_lossy(pattern.unwrap_or_default()).into_owned()
    }

    /// The engines: each is to be fed the whole text.
    pub(crate) fn engines(&self) -> &[Arc<dyn Engine>] {
        &self.engines
    }

    /// Whether the case of the text is folded before it is scanned.
    #[must_use]
    pub fn folds(&self) -> bool {
        self.folds
    }

    /// A folder at the start of a text that leaves what need not be folded for these
    /// engines, and these patterns.
    pub(crate) fn folder(&self) -> Folder {
        Folder::lax(self.unfolded)
    }

    /// Whether a pattern can match a part of a character, since it is not valid UTF-8.
    pub(crate) fn has_parts_of_characters(&self) -> bool {
        self.has_parts_of_characters
    }

    /// Whether lines are held whole, since regular expressions are matched line by line.
    #[must_use]
    pub fn needs_whole_lines(&self) -> bool {
        self.engines.iter().any(|engine| engine.needs_whole_lines())
    }

    /// Whether lines are counted, and not occurrences.
    pub(crate) fn counts_lines(&self) -> bool {
        counts_lines(self.matching())
    }

    /// How much text around a range its scans need, folded if the text is.
    pub(crate) fn context(&self) -> Context {
        let contexts = || self.engines.iter().map(|engine| engine.context());
        let before = contexts().map(|context| context.before).max().unwrap_or(0);
        let after = contexts().map(|context| context.after).max().unwrap_or(0);
        Context { before, after }
    }

    /// The same in bytes of the text before it is folded.
    pub(crate) fn unfolded_context(&self) -> Context {
        let context = self.context();
        if !self.folds {
            return context;
        }
        let unfolded = |folded| if folded == 0 { 0 } else { MOST_FOLDED * folded + MOST_CUT };
        Context { before: unfolded(context.before), after: unfolded(context.after) }
    }

    /// What is to be known about the patterns.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Why these engines, in a sentence.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// How each pattern is counted that is a regular expression, in the order given: the
    /// pattern and a few words.
    pub fn details(&self) -> impl Iterator<Item = (&[u8], String)> {
        let mut by_needle = vec![None; self.needle_count];
        for engine in &self.engines {
            for (slot, needle) in engine.needles().iter().enumerate() {
                by_needle[*needle] = engine.explain(slot);
            }
        }
        let patterns = self.patterns.iter().zip(&self.needles);
        patterns.filter_map(move |(pattern, needle)| Some((pattern, by_needle[*needle].clone()?)))
    }

    /// The count of each pattern, in the order given.
    pub fn totals(&self, tally: &Tally) -> impl Iterator<Item = u64> {
        self.needles.iter().map(|needle| tally.count(*needle))
    }

    /// The counts by pattern, of which only those that are not zero take memory.
    #[must_use]
    pub fn counts(&self, tally: &Tally) -> Counts {
        Counts::new(self.totals(tally))
    }
}

/// The distinct things to look for.
struct Distinct {
    /// The needle of each pattern.
    needles: Vec<usize>,
    /// The bytes of each needle.
    bytes: Vec<Box<[u8]>>,
}

fn distinct(patterns: &Patterns, folds: bool, keeps_equal: bool) -> Distinct {
    let bytes =
        patterns.iter().map(|pattern| if folds { fold_all(pattern) } else { pattern.to_vec() });
    let bytes = bytes.map(Vec::into_boxed_slice);
    if keeps_equal {
        return Distinct { needles: (0..patterns.len()).collect(), bytes: bytes.collect() };
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
    Distinct { needles, bytes: distinct }
}

fn counts_lines(matching: Matching) -> bool {
    matches!(matching.unit, Unit::Lines | Unit::WholeLines)
}

/// Whether the literal can count at all: no line has a line feed.
fn can_occur(bytes: &[u8], matching: Matching) -> bool {
    !(counts_lines(matching) && bytes.contains(&b'\n'))
}

/// Whether every match of a regular expression has a line feed in it.
fn needs_line_feed(pattern: &str) -> bool {
    fn needs(hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Literal(literal) => literal.0.contains(&b'\n'),
            HirKind::Class(class) => class.literal().as_deref() == Some(b"\n"),
            HirKind::Repetition(repetition) => repetition.min > 0 && needs(&repetition.sub),
            HirKind::Capture(capture) => needs(&capture.sub),
            HirKind::Concat(parts) => parts.iter().any(needs),
            HirKind::Alternation(choices) => choices.iter().all(needs),
            HirKind::Empty | HirKind::Look(_) => false,
        }
    }
    let parsed = ParserBuilder::new().utf8(false).build().parse(pattern);
    parsed.is_ok_and(|hir| needs(&hir))
}

fn warnings(patterns: &Patterns) -> Vec<Warning> {
    let matching = patterns.matching();
    let is_nowhere = |bytes: &[u8]| match matching.syntax {
        Syntax::Literal => !can_occur(bytes, matching),
        Syntax::Regex => std::str::from_utf8(bytes).is_ok_and(needs_line_feed),
    };
    let nowhere = patterns.iter().enumerate().filter(|(_, bytes)| is_nowhere(bytes));
    nowhere.map(|(index, _)| Warning::LineFeed { index }).collect()
}
