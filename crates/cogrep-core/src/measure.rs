//! Measures: what is made of the hits of a text.
//!
//! A scan reports hits; a measure makes something of them, in the same pass. Its state is
//! built up piece by piece, on all cores: where a large file is counted in ranges, each range
//! has a state of its own, and the states of neighbours are joined. A new measure is a type
//! that implements [`Measure`], here or in any other crate; the example `measure` of this
//! crate finds the longest gap between two hits.
//!
//! Totals need no hits, and have a network of their own; every measure comes with them.

mod around;
mod dispersion;
mod distinct;
mod divisions;
mod excerpt;
mod places;
mod slices;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use cogrep_match::{Hit, Plan};
use cogrep_source::{Fault, Role};

pub use dispersion::{Disperse, Dispersion};
#[cfg(feature = "unicode-words")]
pub use distinct::UnicodeWords;
pub use distinct::{
    Distinct, DistinctByLine, DistinctText, DistinctTexts, Layout, LineFields, LineKind, LineText,
    Lines, NgramTexts, Ngrams, Times, Words,
};
pub use divisions::{Divide, Division, Divisions};
pub use excerpt::Excerpt;
pub use places::{FirstPlaces, Place, Places};
pub use slices::{Slice, Slices};

/// What is known of a text before it is gone through.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TextFacts {
    /// How many needles there are: the index of each hit's needle is below.
    pub needles: usize,
    /// The length of the longest of them in bytes of a text, at the most.
    pub longest_bytes: usize,
    /// The length of the text in bytes, where it is known.
    pub text_bytes: Option<u64>,
    /// Where the state begins: 0, or the start of a range.
    pub start: u64,
    /// Which source it is.
    pub source: Rank,
}

/// The place of a source in the order of all sources of a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rank {
    /// Its place among the sources that were read, from 0. The members of a container share
    /// that of the container.
    pub ordinal: u64,
    /// Its place among the members of its container, from 0; zero if it is in none.
    pub member: u64,
}

impl TextFacts {
    /// What is known of a text of this length, if it is known, or of a range of it.
    pub(crate) fn new(plan: &Plan, source: Rank, text_bytes: Option<u64>, start: u64) -> Self {
        let (needles, longest_bytes) = (plan.needle_count(), plan.longest_bytes());
        Self { needles, longest_bytes, text_bytes, start, source }
    }
}

/// A piece of a text, and the hits that were found with it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Piece<'a> {
    /// The bytes, before any folding.
    pub text: &'a [u8],
    /// Where they are in the text.
    pub offset: u64,
    /// What they are to the range. Of the text around a range, a measure sees what it asks
    /// for in [`Measure::surroundings`], or more.
    pub role: Role,
    /// Whether the text ends with them, or the range with what follows it.
    pub is_last: bool,
    /// What was found. A hit ends in the range, and may begin in an earlier piece; the hits
    /// of a needle come in order.
    pub hits: &'a [Hit],
    /// Hits that are still to come end after this offset.
    pub settled: u64,
}

impl Piece<'_> {
    /// Where the piece ends in the text.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset + self.text.len() as u64
    }
}

/// How much text around a range a measure must see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Bytes before the range.
    pub before: usize,
    /// Bytes after it.
    pub after: usize,
}

/// Makes something of the hits of a text.
pub trait Measure: fmt::Debug + Send + Sync + 'static {
    /// What it has found out about a text, or about a range of one.
    type State: fmt::Debug + Send + Sync + 'static;

    /// The name by which it is shown.
    fn name(&self) -> &'static str;

    /// How much text around a range it must see.
    fn surroundings(&self) -> Surroundings {
        Surroundings::default()
    }

    /// Whether each piece must end where a line ends, or the text does. Lines longer than those
    /// that regular expressions may hold then end a text too early.
    fn needs_lines(&self) -> bool {
        false
    }

    /// Whether texts can be measured only where their length is known from the start. One
    /// of which this is not so, as a pipe, is refused without waiting for it.
    fn needs_length(&self) -> bool {
        false
    }

    /// The state at the start of a text or a range.
    ///
    /// # Errors
    ///
    /// When the text cannot be measured.
    fn begin(&self, text: &TextFacts) -> Result<Self::State, Fault>;

    /// Adds a hit.
    fn hit(&self, state: &mut Self::State, hit: Hit);

    /// Goes on in the next piece of the text. A measure that looks at the text itself
    /// overrides this.
    fn piece(&self, state: &mut Self::State, piece: &Piece<'_>) {
        piece.hits.iter().for_each(|hit| self.hit(state, *hit));
    }

    /// Whether the measure asks for no more hits of this needle in this text or range. Where
    /// no measure does, they are counted faster.
    fn is_done(&self, _state: &Self::State, _needle: usize) -> bool {
        false
    }

    /// Joins the state of the range that follows in the same text.
    fn join(&self, state: &mut Self::State, next: Self::State);

    /// Whether nothing was found out about a text that is worth a report of it.
    fn is_empty(&self, _state: &Self::State) -> bool {
        false
    }

    /// The state of a text that has ended, by pattern: `needles` has the needle of each. A
    /// measure that finds something out about each needle overrides this.
    fn by_pattern(&self, state: Self::State, _needles: &[usize]) -> Self::State {
        state
    }
}

/// A measure of any kind of state, to be handed to a job.
#[derive(Clone)]
pub struct AnyMeasure(Arc<dyn Erased>);

impl<M: Measure> From<M> for AnyMeasure {
    fn from(measure: M) -> Self {
        Self(Arc::new(measure))
    }
}

impl AnyMeasure {
    /// The name by which it is shown.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    pub(crate) fn surroundings(&self) -> Surroundings {
        self.0.surroundings()
    }

    pub(crate) fn needs_lines(&self) -> bool {
        self.0.needs_lines()
    }

    pub(crate) fn needs_length(&self) -> bool {
        self.0.needs_length()
    }

    /// The state at the start of a text or a range.
    pub(crate) fn begin(&self, text: &TextFacts) -> Result<Finding, Fault> {
        let state = self.0.begin(text)?;
        Ok(Finding { measure: self.clone(), state: state.into() })
    }
}

impl fmt::Debug for AnyMeasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a measure found out about a text.
#[derive(Clone, Debug)]
pub struct Finding {
    measure: AnyMeasure,
    /// Shared only once the text has ended.
    state: Arc<dyn AnyState>,
}

impl Finding {
    /// The name of the measure.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.measure.name()
    }

    /// Whether each piece must end where a line ends.
    pub(crate) fn needs_lines(&self) -> bool {
        self.measure.needs_lines()
    }

    /// Goes on in the next piece of the text.
    pub(crate) fn piece(&mut self, piece: &Piece<'_>) {
        self.measure.0.piece(own_any(&mut self.state), piece);
    }

    /// Whether the measure asks for no more hits of this needle.
    pub(crate) fn is_done(&self, needle: usize) -> bool {
        self.measure.0.is_done(&*self.state, needle)
    }

    /// Joins what was found out about the range that follows, by the same measure.
    pub(crate) fn join(&mut self, next: Self) {
        self.measure.0.join(own_any(&mut self.state), next.state);
    }

    fn is_empty(&self) -> bool {
        self.measure.0.is_empty(&*self.state)
    }

    fn by_pattern(self, needles: &[usize]) -> Self {
        let Self { measure, state } = self;
        let state = measure.0.by_pattern(state, needles);
        Self { measure, state }
    }
}

/// What the measures of a job found out about a text, in the order of the measures. Clones
/// share it.
#[derive(Clone, Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn new(findings: Vec<Finding>) -> Self {
        Self(findings)
    }

    /// What was found out by the measure with this kind of state, if there is one.
    #[must_use]
    pub fn get<S: 'static>(&self) -> Option<&S> {
        self.0.iter().find_map(|finding| (&*finding.state as &dyn Any).downcast_ref())
    }

    /// Adds what a measure found out about an ended text, by pattern.
    pub fn insert<M: Measure>(&mut self, measure: M, state: M::State) {
        self.0.push(Finding { measure: measure.into(), state: Arc::new(state) });
    }

    /// Forgets what was found out by measures with this kind of state.
    pub fn remove<S: 'static>(&mut self) {
        self.0.retain(|finding| !(&*finding.state as &dyn Any).is::<S>());
    }

    /// Whether none of them is worth a report.
    pub(crate) fn are_empty(&self) -> bool {
        self.0.iter().all(Finding::is_empty)
    }

    /// The same by pattern: `needles` has the needle of each.
    pub(crate) fn by_pattern(self, needles: &[usize]) -> Self {
        Self(self.0.into_iter().map(|finding| finding.by_pattern(needles)).collect())
    }

    /// Joins what was found out about the range that follows.
    pub(crate) fn join(&mut self, next: Self) {
        self.0.iter_mut().zip(next.0).for_each(|(finding, next)| finding.join(next));
    }
}

/// A state of some measure.
trait AnyState: Any + fmt::Debug + Send + Sync {
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

impl<S: Any + fmt::Debug + Send + Sync> AnyState for S {
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

/// A [`Measure`] whose kind of state is not known.
trait Erased: fmt::Debug + Send + Sync {
    fn name(&self) -> &'static str;
    fn surroundings(&self) -> Surroundings;
    fn needs_lines(&self) -> bool;
    fn needs_length(&self) -> bool;
    fn begin(&self, text: &TextFacts) -> Result<Box<dyn AnyState>, Fault>;
    fn piece(&self, state: &mut dyn AnyState, piece: &Piece<'_>);
    fn is_done(&self, state: &dyn AnyState, needle: usize) -> bool;
    fn join(&self, state: &mut dyn AnyState, next: Arc<dyn AnyState>);
    fn is_empty(&self, state: &dyn AnyState) -> bool;
    fn by_pattern(&self, state: Arc<dyn AnyState>, needles: &[usize]) -> Arc<dyn AnyState>;
}

impl<M: Measure> Erased for M {
    fn name(&self) -> &'static str {
        Measure::name(self)
    }

    fn surroundings(&self) -> Surroundings {
        Measure::surroundings(self)
    }

    fn needs_lines(&self) -> bool {
        Measure::needs_lines(self)
    }

    fn needs_length(&self) -> bool {
        Measure::needs_length(self)
    }

    fn begin(&self, text: &TextFacts) -> Result<Box<dyn AnyState>, Fault> {
        Ok(Box::new(Measure::begin(self, text)?))
    }

    fn piece(&self, state: &mut dyn AnyState, piece: &Piece<'_>) {
        Measure::piece(self, own::<M>(state), piece);
    }

    fn is_done(&self, state: &dyn AnyState, needle: usize) -> bool {
        Measure::is_done(self, seen::<M>(state), needle)
    }

    fn is_empty(&self, state: &dyn AnyState) -> bool {
        Measure::is_empty(self, seen::<M>(state))
    }

    fn join(&self, state: &mut dyn AnyState, next: Arc<dyn AnyState>) {
        Measure::join(self, own::<M>(state), unshared::<M>(next));
    }

    fn by_pattern(&self, state: Arc<dyn AnyState>, needles: &[usize]) -> Arc<dyn AnyState> {
        Arc::new(Measure::by_pattern(self, unshared::<M>(state), needles))
    }
}

/// The state of a text that has not ended.
fn own_any(state: &mut Arc<dyn AnyState>) -> &mut dyn AnyState {
    Arc::get_mut(state).expect("a state is shared only once its text has ended")
}

/// The state of a measure as its own kind, of a text that has not ended.
fn unshared<M: Measure>(state: Arc<dyn AnyState>) -> M::State {
    let state = state.into_any().downcast().expect("ranges of a text are measured alike");
    Arc::into_inner(state).expect("a state is shared only once its text has ended")
}

/// The state of a measure as its own kind: a finding holds a measure and its state.
fn own<M: Measure>(state: &mut dyn AnyState) -> &mut M::State {
    (state as &mut dyn Any).downcast_mut().expect("a measure goes on with its own state")
}

/// The same, to be looked at.
fn seen<M: Measure>(state: &dyn AnyState) -> &M::State {
    (state as &dyn Any).downcast_ref().expect("a measure is asked of its own state")
}
