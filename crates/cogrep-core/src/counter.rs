//! From patterns and options to a report: the way in for programs.

use std::fmt;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use cogrep_match::{
    Counts, EngineChoice, LineGrouper, Matching, PatternError, Patterns, Plan, Tally,
};
use cogrep_source::{CHUNK_BYTES, Chunk, Input, OpenOptions, Outcome, Selection, SourceName, Text};
use cosend::{Sink, Stopped};

use crate::job::Job;
use crate::network::{Blueprint, Counting, Extension, Network, Shape, Stop};
use crate::report::{Report, SourceReport};

/// What a [`Counter`] counts, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// How patterns are meant.
    pub matching: Matching,
    /// Which engine counts.
    pub engine: EngineChoice,
    /// Which files of a folder are read.
    pub selection: Selection,
    /// How sources are opened.
    pub open: OpenOptions,
    /// The longest line that regular expressions may hold.
    pub max_line_bytes: usize,
    /// How many cores count at once; as many as there are, unless said.
    pub workers: Option<NonZeroUsize>,
    /// Whether the report has counts for each source.
    pub by_source: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            matching: Matching::default(),
            engine: EngineChoice::Auto,
            selection: Selection::default(),
            open: OpenOptions::default(),
            max_line_bytes: LineGrouper::DEFAULT_LIMIT_BYTES,
            workers: None,
            by_source: false,
        }
    }
}

/// Makes what counts out of what counts, as in [`Extension`].
type Extend = Box<dyn Fn(Counting, Stop) -> Counting + Send + Sync>;

/// Counts patterns in whatever text it is given, and reports on all of it.
///
/// Text comes from files and folders ([`count`](Self::count)), from a reader
/// ([`read`](Self::read)), or from memory, piece by piece ([`feed`](Self::feed)).
///
/// ```
/// use cogrep_core::{Counter, Input, Matching, Options};
///
/// # let library = tempfile::tempdir()?;
/// # std::fs::write(library.path().join("book.txt"), "Love, hope and love")?;
/// let matching = Matching { ignore_case: true, ..Matching::default() };
/// let options = Options { matching, ..Options::default() };
/// let mut counter = Counter::new(["love", "hate"], options)?;
///
/// counter.count(&[Input::Path(library.path().into())]);
/// counter.read("a response", &b"I hate it"[..]);
/// counter.feed(b"All you need is LO");
/// counter.feed(b"VE");
/// counter.end_text("a song");
///
/// let report = counter.finish();
/// assert_eq!(report.patterns[0].as_row(), (&b"love"[..], 3));
/// assert_eq!(report.patterns[1].as_row(), (&b"hate"[..], 1));
/// assert_eq!(report.source_count, 3);
/// assert!(report.is_complete());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// What cannot be read is no error here. The report says that it is incomplete, and
/// names the source:
///
/// ```
/// use cogrep_core::{Counter, Input, Options};
///
/// let mut counter = Counter::new(["love"], Options::default())?;
/// counter.count(&[Input::Path("no/such/book.txt".into())]);
/// let report = counter.finish();
/// assert!(!report.is_complete());
/// assert_eq!(report.sources[0].outcome.fault().unwrap().to_string(), "no such file");
/// # Ok::<(), cogrep_core::PatternError>(())
/// ```
pub struct Counter {
    plan: Arc<Plan>,
    options: Options,
    extend: Option<Extend>,
    report: Report,
    /// From texts that were fed.
    tally: Tally,
    /// The text that is being fed.
    fed: Option<Fed>,
    /// A network between two texts.
    spare: Option<Network>,
}

impl Counter {
    /// A counter of these patterns, which has counted nothing yet.
    ///
    /// # Errors
    ///
    /// When a pattern is empty or not a regular expression, or the engine chosen cannot
    /// count it; the error says which one it is.
    pub fn new<P: Into<Vec<u8>>>(
        patterns: impl IntoIterator<Item = P>,
        options: Options,
    ) -> Result<Self, PatternError> {
        let patterns = Patterns::new(patterns, options.matching)?;
        let plan = Arc::new(Plan::new(&patterns, options.engine)?);
        let report = Report::blank(&patterns);
        let tally = Tally::new();
        Ok(Self { plan, options, extend: None, report, tally, fed: None, spare: None })
    }

    /// The same counter with stages of one's own between the text and what counts it.
    ///
    /// `extend` is called for each text, also on other threads. It is given what counts,
    /// and where a stage leaves word if it cannot go on; see [`Extension`]. The example
    /// `custom_stage` drops repeated lines in this way.
    ///
    /// ```
    /// use cogrep_core::network::{Shape, Stage, named};
    /// use cogrep_core::{Chunk, Counter, Options};
    /// use cosend::{Input, Sink, coroutine};
    ///
    /// /// Lets the first so many chunks pass.
    /// fn head<S: Stage>(chunks: usize, mut child: S) -> impl Stage<Return = S::Return> {
    ///     let shape = Shape::new("head", [child.shape()]);
    ///     let body = coroutine(async move |mut text: Input<Chunk>| {
    ///         for _ in 0..chunks {
    ///             let Some(chunk) = text.next().await else { break };
    ///             if child.send(chunk).is_err() {
    ///                 break;
    ///             }
    ///         }
    ///         child.close()
    ///     });
    ///     named(shape, body)
    /// }
    ///
    /// let counter = Counter::new(["love"], Options::default())?;
    /// let mut counter = counter.with_stage(|child, _| Box::new(head(2, child)));
    /// assert_eq!(counter.shape().to_string(), "cat -> head -> fanout -> [grep love -> count]");
    ///
    /// for piece in ["love ", "lo", "ve ", "love "] {
    ///     counter.feed(piece.as_bytes());
    /// }
    /// counter.end_text("a song");
    /// assert_eq!(counter.finish().patterns[0].count, 1);
    /// # Ok::<(), cogrep_core::PatternError>(())
    /// ```
    #[must_use]
    pub fn with_stage(
        mut self,
        extend: impl Fn(Counting, Stop) -> Counting + Send + Sync + 'static,
    ) -> Self {
        self.extend = Some(Box::new(extend));
        self
    }

    /// The network that counts a text, for people to look at.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.network().shape()
    }

    /// Reads these inputs, on several cores where that helps, and counts in them.
    pub fn count(&mut self, inputs: &[Input]) {
        let mut report = self.job(inputs).run(|_| {});
        let sources = std::mem::take(&mut report.sources);
        self.report.merge(report);
        for source in sources {
            self.keep(source);
        }
    }

    /// Reads from anything, on this thread, and counts in it. The text may have a mark
    /// of its encoding, as that of a file.
    pub fn read(&mut self, name: impl Into<PathBuf>, reader: impl Read + 'static) {
        let mut text = Text::from_reader(reader, &self.options.open);
        let mut chunk = Chunk::new();
        let mut fed = Fed::new(self.take_network());
        while fed.sent.is_ok() && !chunk.is_last() {
            text.read(&mut chunk);
            fed.send(&chunk);
        }
        let had_enough = fed.sent.is_err();
        let outcome = if had_enough { Outcome::Complete } else { text.outcome() };
        self.settle(name.into(), fed, outcome);
    }

    /// Counts on in the next piece of a text, which may be cut anywhere. It is text as it
    /// stands: UTF-8, without a mark.
    pub fn feed(&mut self, piece: &[u8]) {
        let mut fed = self.fed.take().unwrap_or_else(|| Fed::new(self.take_network()));
        let mut chunk = std::mem::take(&mut fed.chunk);
        for part in piece.chunks(CHUNK_BYTES) {
            chunk.refill(part, fed.text_bytes, false);
            fed.send(&chunk);
        }
        self.fed = Some(Fed { chunk, ..fed });
    }

    /// Ends the text that was fed, and gives it a name. What is fed next is another.
    pub fn end_text(&mut self, name: impl Into<PathBuf>) {
        let mut fed = self.fed.take().unwrap_or_else(|| Fed::new(self.take_network()));
        let mut chunk = std::mem::take(&mut fed.chunk);
        chunk.refill(&[], fed.text_bytes, true);
        fed.send(&chunk);
        self.settle(name.into(), fed, Outcome::Complete);
    }

    /// The report on all that was counted. A text that was fed and not ended counts, as
    /// a source without a name.
    #[must_use]
    pub fn finish(mut self) -> Report {
        if self.fed.is_some() {
            self.end_text("");
        }
        if let Some(network) = self.spare.take() {
            self.tally.merge(&network.close().tally);
        }
        let totals = self.plan.totals(&self.tally);
        for (pattern, count) in self.report.patterns.iter_mut().zip(totals) {
            pattern.count += count;
        }
        self.report
    }

    /// The job over these inputs, to be changed in what [`Options`] do not say.
    #[must_use]
    pub fn job<'a>(&'a self, inputs: &'a [Input]) -> Job<'a> {
        let Options { workers, max_line_bytes, by_source, .. } = self.options;
        Job {
            selection: self.options.selection.clone(),
            open: self.options.open.clone(),
            max_line_bytes,
            workers,
            by_source,
            remember: true,
            extension: self.extension(),
            ..Job::new(&self.plan, inputs)
        }
    }

    fn extension(&self) -> Option<Extension<'_>> {
        self.extend.as_deref().map(|extend| Extension(extend))
    }

    fn network(&self) -> Network {
        let max_line_bytes = self.options.max_line_bytes;
        let extension = self.extension();
        Blueprint { max_line_bytes, extension, ..Blueprint::new(&self.plan) }.counting()
    }

    fn take_network(&mut self) -> Network {
        self.spare.take().unwrap_or_else(|| self.network())
    }

    /// Takes down how a text ended that went through a network here.
    fn settle(&mut self, name: PathBuf, mut fed: Fed, outcome: Outcome) {
        let stopped_by = fed.network.take_fault();
        let is_spent = self.extend.is_some() || stopped_by.is_some() || fed.sent.is_err();
        let outcome = stopped_by.map_or(outcome, Outcome::Partial);
        let mut source = SourceReport::new(SourceName::Path(name), outcome, fed.text_bytes);
        if self.options.by_source || is_spent {
            let tally = fed.network.finish().unwrap_or_default().tally;
            source.counts = self.options.by_source.then(|| Counts::new(self.plan.totals(&tally)));
            self.tally.merge(&tally);
        } else if let Some(other) = self.spare.replace(fed.network) {
            self.tally.merge(&other.close().tally);
        }
        self.report.add_source(&source);
        self.keep(source);
    }

    /// Keeps the report of a source, if it says more than what adds up.
    fn keep(&mut self, source: SourceReport) {
        if self.options.by_source || !source.outcome.is_complete() {
            self.report.sources.push(source);
        }
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counter")
            .field("plan", &self.plan)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A text on its way through a network.
struct Fed {
    network: Network,
    chunk: Chunk,
    text_bytes: u64,
    /// Whether the network still takes text.
    sent: Result<(), Stopped>,
}

impl Fed {
    fn new(network: Network) -> Self {
        Self { network, chunk: Chunk::new(), text_bytes: 0, sent: Ok(()) }
    }

    fn send(&mut self, chunk: &Chunk) {
        if self.sent.is_ok() {
            self.sent = self.network.send(chunk);
            self.text_bytes += chunk.bytes().len() as u64;
        }
    }
}
