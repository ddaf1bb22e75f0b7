//! Faults put in where text comes from: whatever goes wrong with some sources, the
//! totals are those of the bytes that came, and every outcome says what became of its
//! source.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::num::{NonZeroU64, NonZeroUsize};
use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use cogrep_core::Job;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
use cogrep_source::backend::{Backend, Facts, Object, Opened};
use cogrep_source::{Bytes, CHUNK_BYTES, Fault, Input, OpenOptions, Outcome, SourceName};
use cogrep_testing::cases;
use futures_util::future::{BoxFuture, FutureExt, ready};
use futures_util::stream::{self, Stream, StreamExt};
use proptest::prelude::*;

const PATTERNS: [&str; 4] = ["aa", "ab", "b\na", "aaab"];

/// What a source does when it is read, and what it is.
#[derive(Clone, Debug)]
struct Story {
    text: Vec<u8>,
    moves: Vec<Move>,
    end: End,
    door: Door,
}

/// How its bytes are to be had.
#[derive(Clone, Copy, Debug)]
enum Door {
    Reader,
    Stream,
    Object,
}

#[derive(Clone, Copy, Debug)]
enum Move {
    /// Gives at most this many bytes.
    Short(usize),
    /// Is interrupted by a signal.
    Interrupt,
    /// Has nothing now.
    Stall,
}

#[derive(Clone, Copy, Debug)]
enum End {
    /// Gives all it has.
    Whole,
    /// Cannot be opened.
    Closed,
    /// Fails after this many bytes.
    Error(usize),
    /// Ends after this many bytes, though it was longer when it was opened.
    Cut(usize),
}

impl Story {
    /// The bytes that come of it.
    fn delivered(&self) -> &[u8] {
        let length = match self.end {
            End::Whole => self.text.len(),
            End::Closed => 0,
            End::Error(length) | End::Cut(length) => length.min(self.text.len()),
        };
        &self.text[..length]
    }

    fn open(&self) -> Result<Opened, Fault> {
        let size = match self.end {
            End::Closed => return Err(io::Error::from(io::ErrorKind::PermissionDenied).into()),
            End::Cut(_) => Some(self.text.len() as u64 + 1),
            End::Whole | End::Error(_) => None,
        };
        let telling = Telling {
            text: self.delivered().to_vec().into(),
            moves: self.moves.clone(),
            fails: matches!(self.end, End::Error(_)),
        };
        Ok(match self.door {
            Door::Reader => Opened::Reader { reader: Box::new(telling), size },
            Door::Stream => Opened::Stream { pieces: telling.into_stream().boxed(), size },
            Door::Object => {
                // An object of which all was read is not asked for more.
                let more = u64::from(telling.fails);
                let size = size.unwrap_or(self.text.len() as u64 + more);
                Opened::Object { object: Arc::new(InOrder(Mutex::new(telling))), size }
            }
        })
    }

    /// Whether this is how it should end.
    fn ends_in(&self, outcome: &Outcome) -> bool {
        match (self.end, outcome) {
            (End::Whole, Outcome::Complete) => true,
            (End::Closed, Outcome::Failed(Fault::Io(error))) => {
                error.kind() == io::ErrorKind::PermissionDenied
            }
            (End::Error(_), Outcome::Partial(Fault::Io(_))) => !self.delivered().is_empty(),
            (End::Error(_), Outcome::Failed(Fault::Io(_))) => self.delivered().is_empty(),
            (End::Cut(_), Outcome::Partial(Fault::Shrank { read, expected })) => {
                (*read, *expected) == (self.delivered().len() as u64, self.text.len() as u64 + 1)
            }
            _ => false,
        }
    }
}

/// A story that is being told.
struct Telling {
    text: VecDeque<u8>,
    moves: Vec<Move>,
    fails: bool,
}

impl Read for Telling {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match self.moves.pop() {
            Some(Move::Short(length)) => length.min(buffer.len()),
            Some(Move::Interrupt) => return Err(io::ErrorKind::Interrupted.into()),
            Some(Move::Stall) => return Err(io::ErrorKind::WouldBlock.into()),
            None => buffer.len(),
        };
        if self.text.is_empty() && self.fails {
            return Err(io::Error::other("the disk is broken"));
        }
        self.text.read(&mut buffer[..length])
    }
}

impl Telling {
    /// The next piece. A stall is a future that is not ready yet.
    fn poll_piece(&mut self, context: &Context<'_>, length: usize) -> Poll<io::Result<Bytes>> {
        let mut piece = vec![0; length];
        match self.read(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            result => Poll::Ready(result.map(|read| Bytes::from(piece).slice(..read))),
        }
    }

    fn into_stream(mut self) -> impl Stream<Item = io::Result<Bytes>> + Send {
        stream::poll_fn(move |context| {
            self.poll_piece(context, 1 << 20).map(|piece| match piece {
                Ok(bytes) if bytes.is_empty() => None,
                piece => Some(piece),
            })
        })
    }
}

/// Is read by one reader, from its beginning to its end.
struct InOrder(Mutex<Telling>);

impl Object for InOrder {
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        let length = usize::try_from(range.end - range.start).unwrap();
        std::future::poll_fn(move |context| self.0.lock().unwrap().poll_piece(context, length))
            .boxed()
    }
}

/// Sources by their numbers.
#[derive(Debug)]
struct Stories(Arc<Vec<Story>>);

impl Backend for Stories {
    fn facts<'a>(&'a self, _: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        ready(Ok(Facts::file(1))).boxed()
    }

    fn open<'a>(&'a self, name: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        ready(self.0[number(name)].open()).boxed()
    }
}

fn number(name: &SourceName) -> usize {
    name.to_string().parse().unwrap()
}

/// Occurrences that do not overlap, as plainly as it can be said.
fn count(pattern: &[u8], text: &[u8]) -> u64 {
    let (mut at, mut count) = (0, 0);
    while at + pattern.len() <= text.len() {
        let occurs = text[at..].starts_with(pattern);
        count += u64::from(occurs);
        at += if occurs { pattern.len() } else { 1 };
    }
    count
}

fn counts(text: &[u8]) -> Vec<u64> {
    PATTERNS.iter().map(|pattern| count(pattern.as_bytes(), text)).collect()
}

fn stories(number: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Story>> {
    let text = prop_oneof![
        20 => prop::collection::vec(prop::sample::select(b"aaab\n".to_vec()), 0..200),
        // More than a chunk, so that counts go over its end.
        1 => prop::collection::vec(prop::sample::select(b"ab\n".to_vec()), 1..40)
            .prop_map(|unit| unit.repeat(2 * CHUNK_BYTES / unit.len() + 1)),
    ];
    let one =
        prop_oneof![(1..60_usize).prop_map(Move::Short), Just(Move::Interrupt), Just(Move::Stall)];
    let end = prop_oneof![
        3 => Just(End::Whole),
        1 => Just(End::Closed),
        2 => (0..300_usize).prop_map(End::Error),
        2 => (0..300_usize).prop_map(End::Cut),
    ];
    let door = prop::sample::select(vec![Door::Reader, Door::Stream, Door::Object]);
    let story = (text, prop::collection::vec(one, 0..20), end, door)
        .prop_map(|(text, moves, end, door)| Story { text, moves, end, door });
    prop::collection::vec(story, number)
}

/// Counts in all of these, and holds everything that is said against them.
fn check(stories: Vec<Story>, workers: usize) {
    let patterns = Patterns::new(PATTERNS, Matching::default()).unwrap();
    let plan = std::sync::Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let inputs: Vec<Input> =
        (0..stories.len()).map(|nth| Input::Name(nth.to_string().into())).collect();
    let stories = Arc::new(stories);
    let backend = Arc::new(Stories(Arc::clone(&stories)));
    let job = Job {
        open: OpenOptions { backend, ..OpenOptions::default() },
        workers: NonZeroUsize::new(workers),
        by_source: true,
        ..Job::new(&plan, &inputs)
    };
    let mut next = 0;
    let report = job.run(|source| {
        let story: &Story = &stories[next];
        assert_eq!(number(&source.name), next, "sources are reported in their order");
        assert!(story.ends_in(&source.outcome), "{story:?}: {:?}", source.outcome);
        assert_eq!(source.text_bytes, story.delivered().len() as u64);
        let counted = source.counts.clone().unwrap_or_default();
        assert_eq!(counted.to_vec(PATTERNS.len()), counts(story.delivered()));
        next += 1;
    });
    assert_eq!(next, stories.len(), "every source is reported");
    let mut sums = vec![0; PATTERNS.len()];
    for story in stories.iter() {
        sums.iter_mut().zip(counts(story.delivered())).for_each(|(sum, count)| *sum += count);
    }
    let totals: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
    assert_eq!(totals, sums);
    let whole = stories.iter().filter(|story| matches!(story.end, End::Whole)).count();
    assert_eq!(report.fault_count(), (stories.len() - whole) as u64);
    assert_eq!(report.is_complete(), whole == stories.len());
}

proptest! {
    #![proptest_config(cases(100))]

    /// One thread, which reads one source after the other and blocks.
    #[test]
    fn a_few_sources_give_what_was_delivered(stories in stories(0..6)) {
        check(stories, 1);
    }

    /// More sources than one thread reads: event loops, on several cores.
    #[test]
    fn many_sources_give_what_was_delivered(stories in stories(65..90), workers in 1..4_usize) {
        check(stories, workers);
    }
}

/// Any range of it can be read, by several readers at once.
struct Large(Bytes);

impl Object for Large {
    fn read(&self, range: Range<u64>) -> BoxFuture<'_, io::Result<Bytes>> {
        let [start, end] =
            [range.start, range.end].map(|at| self.0.len().min(usize::try_from(at).unwrap()));
        // Less than was asked for, most of the time.
        ready(Ok(self.0.slice(start..end.min(start + 777)))).boxed()
    }
}

#[derive(Debug)]
struct OneObject(Bytes);

impl Backend for OneObject {
    fn facts<'a>(&'a self, _: &'a SourceName) -> BoxFuture<'a, Result<Facts, Fault>> {
        ready(Ok(Facts::file(self.0.len() as u64))).boxed()
    }

    fn open<'a>(&'a self, _: &'a SourceName) -> BoxFuture<'a, Result<Opened, Fault>> {
        let (object, size) = (Arc::new(Large(self.0.clone())), self.0.len() as u64);
        ready(Ok(Opened::Object { object, size })).boxed()
    }
}

#[test]
fn a_large_object_is_counted_in_ranges() {
    let patterns = Patterns::new(PATTERNS, Matching::default()).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    let text = b"aaab\nab".repeat(1000);
    let inputs = [Input::Name("object".into())];
    for workers in 1..4 {
        let backend = Arc::new(OneObject(text.clone().into()));
        let job = Job {
            open: OpenOptions { backend, ..OpenOptions::default() },
            workers: NonZeroUsize::new(workers),
            range_bytes: NonZeroU64::new(500),
            ..Job::new(&plan, &inputs)
        };
        let report = job.run(|_| {});
        let totals: Vec<u64> = report.patterns.iter().map(|pattern| pattern.count).collect();
        assert_eq!(totals, counts(&text));
        assert!(report.is_complete() && report.text_bytes == text.len() as u64);
        assert_eq!(report.cores, workers);
    }
}
