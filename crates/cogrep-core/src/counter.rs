//! From patterns and options to a report: the way in for programs.

use std::fmt;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::Arc;

use cogrep_match::{
    EngineChoice, LineGrouper, LineTooLong, Matching, PatternError, Patterns, Plan, Scanner, Tally,
};
use cogrep_source::{
    CHUNK_BYTES, Chunk, Fault, Input, OpenOptions, Outcome, Role, Selection, SourceName, Text,
    block_on,
};
use cosend::{Sink, Stopped};

use crate::job::Job;
use crate::network::{Blueprint, Counting, Extension, Network, Shape, cat};
use crate::report::{Report, SourceReport, Sums};

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
type Extend = Box<dyn Fn(Counting) -> Counting + Send + Sync>;

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
    /// From texts that were fed or read.
    tally: Tally,
    /// The text that is being fed.
    fed: Option<Fed>,
    /// What serves the next text.
    spare: Option<Pipeline>,
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
    /// `extend` is called for each text, also on other threads. It is given what counts; see
    /// [`Extension`]. The example
    /// `custom_stage` drops repeated lines in this way.
    ///
    /// ```
    /// use cogrep_core::network::{Counted, Counting, Shape, Stage, named};
    /// use cogrep_core::{Chunk, Counter, Options};
    /// use cosend::{Input, Sink, coroutine};
    ///
    /// /// Lets the first chunks pass.
    /// fn head(chunks: usize, mut child: Counting) -> impl Stage<Return = Counted> + Send {
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
    /// let mut counter = counter.with_stage(|child| Box::new(head(2, child)));
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
        extend: impl Fn(Counting) -> Counting + Send + Sync + 'static,
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
    pub fn read(&mut self, name: impl Into<SourceName>, reader: impl Read + Send + 'static) {
        let mut text = Text::from_reader(reader, &self.options.open);
        let mut chunk = Chunk::new();
        let mut fed = Fed::new(self.take_pipeline());
        let sent = block_on(cat(&mut text, &mut chunk, &mut fed, &mut ()));
        let outcome = if sent.is_err() { Outcome::Complete } else { text.outcome() };
        self.settle(name.into(), fed, outcome);
    }

    /// Counts on in the next piece of a text, which may be cut anywhere. It is text as it
    /// is: UTF-8, without a mark. It is not copied, unless there are [stages of one's
    /// own](Self::with_stage).
    pub fn feed(&mut self, piece: &[u8]) {
        let mut fed = self.fed.take().unwrap_or_else(|| Fed::new(self.take_pipeline()));
        fed.feed(piece);
        self.fed = Some(fed);
    }

    /// Ends the text that was fed, and gives it a name. What is fed next is another.
    pub fn end_text(&mut self, name: impl Into<SourceName>) {
        let fed = self.fed.take().unwrap_or_else(|| Fed::new(self.take_pipeline()));
        self.settle(name.into(), fed, Outcome::Complete);
    }

    /// The report on all that was counted. A text that was fed and not ended counts, as
    /// a source without a name.
    #[must_use]
    pub fn finish(mut self) -> Report {
        if self.fed.is_some() {
            self.end_text("");
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

    fn take_pipeline(&mut self) -> Pipeline {
        self.spare.take().unwrap_or_else(|| {
            if self.extend.is_some() {
                return Pipeline::Network(self.network(), Chunk::new());
            }
            let limit_bytes = self.options.max_line_bytes;
            let plan = Arc::clone(&self.plan);
            Pipeline::Scanner(Box::new(Scanner::with_line_limit(plan, limit_bytes)))
        })
    }

    /// Records how a text ended that was counted here.
    fn settle(&mut self, name: SourceName, mut fed: Fed, outcome: Outcome) {
        let (tally, stopped_by) = fed.end();
        let outcome = stopped_by.map_or(outcome, Outcome::Partial);
        let mut source = SourceReport::new(name, outcome, fed.text_bytes);
        source.counts = self.options.by_source.then(|| self.plan.counts(&tally));
        self.tally.merge(&tally);
        // A network serves one text: its stages need not know of others.
        self.spare = Some(fed.pipeline).filter(|spare| matches!(spare, Pipeline::Scanner(_)));
        let mut sums = Sums::default();
        sums.count(&source);
        self.report.add(sums);
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

/// What a text goes through.
enum Pipeline {
    /// A scanner, which is fed what comes.
    Scanner(Box<Scanner>),
    /// A network with stages of a caller's own, and the chunk that it is sent.
    Network(Network, Chunk),
}

/// A text that is being counted.
struct Fed {
    pipeline: Pipeline,
    text_bytes: u64,
    /// Whether nothing more of the text is wanted.
    has_enough: bool,
    fault: Option<Fault>,
}

impl Fed {
    fn new(pipeline: Pipeline) -> Self {
        Self { pipeline, text_bytes: 0, has_enough: false, fault: None }
    }

    fn feed(&mut self, piece: &[u8]) {
        if self.has_enough {
            return;
        }
        match &mut self.pipeline {
            Pipeline::Scanner(scanner) => {
                if let Err(LineTooLong { limit_bytes }) = scanner.feed(piece) {
                    self.fault = Some(Fault::LongLine { limit_bytes });
                    self.has_enough = true;
                }
                self.text_bytes += piece.len() as u64;
            }
            Pipeline::Network(network, chunk) => {
                for part in piece.chunks(CHUNK_BYTES) {
                    chunk.refill(part, self.text_bytes, false);
                    self.has_enough = network.send(chunk).is_err();
                    self.text_bytes += part.len() as u64;
                    if self.has_enough {
                        break;
                    }
                }
            }
        }
    }

    /// Ends the text: what was counted in it, and why not to its end, if that is so.
    fn end(&mut self) -> (Tally, Option<Fault>) {
        match &mut self.pipeline {
            Pipeline::Scanner(scanner) => {
                scanner.end_text();
                (scanner.take(), self.fault.take())
            }
            Pipeline::Network(network, chunk) => {
                if !self.has_enough {
                    chunk.refill(&[], self.text_bytes, true);
                    // Nothing is left to send, whether it has enough or not.
                    let _ = network.send(chunk);
                }
                let counted = network.finish().unwrap_or_default();
                (counted.tally, counted.fault)
            }
        }
    }
}

/// A text that is read comes in chunks, and a text that is fed in pieces.
impl Sink<Chunk> for Fed {
    type Return = ();

    fn send(&mut self, chunk: &Chunk) -> Result<(), Stopped> {
        debug_assert_eq!(chunk.role(), Role::Text, "a range was sent to a counter of texts");
        self.feed(chunk.bytes());
        if self.has_enough { Err(Stopped) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<(), Stopped> {
        Ok(())
    }
}
