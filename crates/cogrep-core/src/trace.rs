//! What a run spent its time on: which core did what when, and which source waited.
//!
//! A [`Timeline`] is given to a job. Each worker records what it does, for itself, and hands
//! it in when it leaves; [`Timeline::recording`] is the result.
//!
//! Memory is bounded however long a run is: a track that grows too long is folded, pairs
//! of neighbours into one, so that what each activity took in all stays exact and only the
//! order within a pair is lost.

pub(crate) mod recorder;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a core does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activity {
    /// Finding the sources.
    Walk,
    /// Opening and reading.
    Read,
    /// From what was read to text: unpacking, and decoding of encodings.
    Decode,
    /// Counting in text.
    Count,
    /// Choosing what goes on next, and all the rest.
    Loop,
    /// Nothing: there is no task that could go on.
    Idle,
}

impl Activity {
    /// All of them, in their order.
    pub const ALL: [Self; 6] =
        [Self::Walk, Self::Read, Self::Decode, Self::Count, Self::Loop, Self::Idle];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Walk => "walking",
            Self::Read => "reading",
            Self::Decode => "decoding",
            Self::Count => "counting",
            Self::Loop => "event loop",
            Self::Idle => "idle",
        }
    }
}

/// A source, by its place in the order of all.
pub type Task = u32;

/// A stretch of time in which a core did one thing after the other.
///
/// Times are in nanoseconds from the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it began.
    pub start: u64,
    /// How long each activity took, in the order of [`Activity::ALL`]; only one of them is not
    /// zero, unless spans were folded.
    pub took: [u64; 6],
    /// For which source; the first of them, if spans were folded.
    pub task: Task,
    /// From how many spans it was folded.
    pub folded: u32,
}

impl Span {
    /// How long it is.
    #[must_use]
    pub fn nanoseconds(&self) -> u64 {
        self.took.iter().sum()
    }

    /// When it ended.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start + self.nanoseconds()
    }

    /// What it is of, if that is one thing.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        let mut activities = Activity::ALL.into_iter().zip(self.took).filter(|(_, took)| *took > 0);
        let (activity, _) = activities.next()?;
        activities.next().is_none().then_some(activity)
    }

    /// Takes the span that follows it.
    fn fold(&mut self, next: &Self) {
        for (took, more) in self.took.iter_mut().zip(next.took) {
            *took += more;
        }
        self.folded += next.folded;
    }
}

/// Why a source did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A disk was asked, from another thread.
    Disk,
    /// The writer of a pipe had not written yet, or memory was not free.
    Writer,
    /// It could have gone on, but others were first.
    Turn,
}

/// A stretch of time in which a source did not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Which source; the first of them, if waits were folded.
    pub task: Task,
    /// When it began.
    pub start: u64,
    /// When the source went on; of the last of them, if waits were folded.
    pub end: u64,
    /// How long the source waited; the sum, if waits were folded.
    pub waited: u64,
    /// How long the disk or the writer took that was waited for; zero for a turn.
    pub took: u64,
    /// What for.
    pub cause: Cause,
    /// From how many waits it was folded.
    pub folded: u32,
}

/// A source kept its core for longer than [`Recording::HELD`] without giving way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Which source.
    pub task: Task,
    /// From when.
    pub start: u64,
    /// How long.
    pub nanoseconds: u64,
}

/// What one core did, from the start of the run to its end, without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// Its name.
    pub name: String,
    /// What it did, each span from where the one before ends.
    pub spans: Vec<Span>,
    /// The sources that did not go on here.
    pub waits: Vec<Wait>,
    /// Sources that kept it for long; only the longest, if they are many.
    pub holds: Vec<Hold>,
    /// How many such times there were.
    pub held: u64,
    /// How long its thread really was on a core, if the system tells.
    pub on_core: Option<u64>,
    /// How long its thread could have been on a core, but others were, if the system
    /// tells.
    pub displaced: Option<u64>,
}

impl Track {
    /// How long each activity took, in the order of [`Activity::ALL`].
    #[must_use]
    pub fn took(&self) -> [u64; 6] {
        let mut sums = [0; 6];
        for span in &self.spans {
            for (sum, took) in sums.iter_mut().zip(span.took) {
                *sum += took;
            }
        }
        sums
    }

    /// How long it was not idle.
    #[must_use]
    pub fn busy(&self) -> u64 {
        let took = self.took();
        took.iter().sum::<u64>() - took[Activity::Idle as usize]
    }
}

/// What a whole run spent its time on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    /// How long it was, in nanoseconds.
    pub wall: u64,
    /// The cores that counted.
    pub cores: Vec<Track>,
    /// The thread that found the sources, where it was not one of the cores.
    pub walk: Option<Track>,
    /// The names of sources, as long as there was room for them.
    pub names: HashMap<Task, Vec<u8>>,
    /// Whether one source was read after the other on one thread, so that reading includes
    /// the disk.
    pub is_serial: bool,
}

impl Recording {
    /// A source that holds its core for longer, in nanoseconds, is marked.
    pub const HELD: u64 = 10_000_000;

    /// All tracks.
    pub fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.cores.iter().chain(&self.walk)
    }

    /// The share of the cores' time in which they were busy, the walk not counted.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn busy_share(&self) -> f64 {
        let busy: u64 = self.cores.iter().map(Track::busy).sum();
        busy as f64 / (self.wall as f64 * self.cores.len() as f64).max(1.0)
    }
}

/// Records what a job spends its time on.
#[derive(Debug)]
pub struct Timeline {
    epoch: Instant,
    recording: Shared,
}

/// What was recorded so far.
type Shared = Arc<Mutex<Recording>>;

impl Timeline {
    /// Of a run that begins now.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it begins to measure")]
    pub fn new() -> Self {
        Self { epoch: Instant::now(), recording: Arc::default() }
    }

    /// Where recorders hand in what they recorded.
    fn share(&self) -> Shared {
        Arc::clone(&self.recording)
    }

    /// Says that sources were read one after the other.
    pub(crate) fn set_serial(&self) {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner).is_serial = true;
    }

    /// What the run was, which ends now.
    #[must_use]
    pub fn recording(self) -> Recording {
        let wall = nanoseconds(self.epoch.elapsed());
        let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        let mut recording = std::mem::take(&mut *recording);
        recording.wall = wall;
        recording.cores.sort_by(|one, other| one.name.cmp(&other.name));
        for track in recording.cores.iter_mut().chain(&mut recording.walk) {
            // A thread that has left does nothing.
            let end = track.spans.last().map_or(0, Span::end);
            push(&mut track.spans, Activity::Idle, end, wall.saturating_sub(end), 0);
        }
        recording
    }
}

pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A track of more spans, or waits, than this is folded: some 4 MB a core.
const MOST: usize = 1 << 16;

/// Adds a span that begins where the last one ends.
pub(crate) fn push(spans: &mut Vec<Span>, activity: Activity, start: u64, took: u64, task: Task) {
    if took == 0 {
        return;
    }
    let mut span = Span { start, took: [0; 6], task, folded: 1 };
    span.took[activity as usize] = took;
    match spans.last_mut() {
        Some(last) if last.activity() == Some(activity) && last.task == task => last.fold(&span),
        _ => {
            if spans.len() >= MOST {
                halve(spans, Span::fold);
            }
            spans.push(span);
        }
    }
}

/// Adds a wait.
pub(crate) fn push_wait(waits: &mut Vec<Wait>, wait: Wait) {
    if waits.len() >= MOST {
        halve(waits, |one, next| {
            one.start = one.start.min(next.start);
            one.end = one.end.max(next.end);
            one.waited += next.waited;
            one.took += next.took;
            one.folded += next.folded;
        });
    }
    waits.push(wait);
}

/// Folds each second one into the one before it.
fn halve<T: Copy>(all: &mut Vec<T>, fold: impl Fn(&mut T, &T)) {
    let mut kept = 0;
    for place in (0..all.len()).step_by(2) {
        let mut one = all[place];
        if let Some(next) = all.get(place + 1) {
            fold(&mut one, next);
        }
        all[kept] = one;
        kept += 1;
    }
    all.truncate(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_what_each_activity_took() {
        let mut track = Track::default();
        let mut expected = [0; 6];
        let mut end = 0;
        for nth in 0..3 * MOST as u64 {
            let activity = Activity::ALL[usize::try_from(nth % 5).unwrap()];
            let took = 1 + nth % 7;
            push(&mut track.spans, activity, end, took, 0);
            expected[activity as usize] += took;
            end += took;
        }
        assert!(track.spans.len() <= MOST);
        assert_eq!(track.took(), expected);
        assert_eq!(track.busy(), end, "no idle among them");
        let mut at = 0;
        for span in &track.spans {
            assert_eq!(span.start, at, "no gap");
            at = span.end();
        }
        assert_eq!(at, end);
        let folded: u64 = track.spans.iter().map(|span| u64::from(span.folded)).sum();
        assert_eq!(folded, 3 * MOST as u64);
    }

    #[test]
    fn neighbours_of_one_activity_and_source_are_one() {
        let mut spans = Vec::new();
        push(&mut spans, Activity::Read, 0, 5, 1);
        push(&mut spans, Activity::Read, 5, 5, 1);
        push(&mut spans, Activity::Read, 10, 5, 2);
        push(&mut spans, Activity::Count, 15, 0, 2);
        assert_eq!(spans.iter().map(Span::nanoseconds).collect::<Vec<_>>(), [10, 5]);
    }

    #[test]
    fn folded_waits_keep_what_they_took() {
        let mut waits = Vec::new();
        for nth in 0..=2 * MOST as u64 {
            let wait = Wait {
                task: 0,
                start: nth,
                end: nth + 9,
                waited: 9,
                took: 2,
                cause: Cause::Disk,
                folded: 1,
            };
            push_wait(&mut waits, wait);
        }
        assert!(waits.len() <= MOST);
        assert_eq!(waits.iter().map(|wait| wait.took).sum::<u64>(), 2 * (2 * MOST as u64 + 1));
        assert_eq!(waits.iter().map(|wait| wait.waited).sum::<u64>(), 9 * (2 * MOST as u64 + 1));
        assert!(waits.iter().all(|wait| wait.start < wait.end));
    }

    #[test]
    fn a_track_is_idle_from_its_last_span_to_the_end() {
        let timeline = Timeline::new();
        let mut track = Track::default();
        push(&mut track.spans, Activity::Count, 0, 1, 0);
        timeline.share().lock().unwrap().cores.push(track);
        let recording = timeline.recording();
        assert_eq!(recording.cores[0].took().iter().sum::<u64>(), recording.wall);
        assert_eq!(recording.cores[0].busy(), 1);
    }
}
