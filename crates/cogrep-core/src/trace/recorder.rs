//! Records what one thread does, for a [`Timeline`].
//!
//! A thread reports each change from one activity to another. Between two changes there is
//! nothing to do, so what a core did is known without a gap. Nothing of it is shared.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use cogrep_source::{SourceName, Trace};

use super::{
    Activity, Cause, Hold, Recording, Shared, Task, Timeline, Track, Wait, nanoseconds, push,
    push_wait,
};

/// The names of sources take at most this many bytes on each core.
const NAME_BYTES: usize = 4 << 20;

/// At most this many long holds of a core are kept.
const MOST_HOLDS: usize = 64;

/// Shorter waits for a turn are not worth a line.
const SHORTEST_TURN: u64 = 50_000;

/// Records what one thread does.
pub(crate) struct Recorder {
    epoch: Instant,
    recording: Shared,
    is_walk: bool,
    has_loop: bool,
    /// What reading spent on decoding since the last change.
    decoding: Cell<Duration>,
    /// What other threads did for the current task since it was resumed.
    elsewhere: Cell<Duration>,
    /// When the last change was.
    since: Cell<u64>,
    activity: Cell<Activity>,
    task: Cell<Task>,
    /// Whether the task has gone on to something else since it was resumed.
    went_on: Cell<bool>,
    track: RefCell<Track>,
    names: RefCell<HashMap<Task, Vec<u8>>>,
    name_bytes: Cell<usize>,
    begun: Option<[u64; 2]>,
}

impl Recorder {
    /// One for the thread that it is made on, which finds sources.
    pub(crate) fn for_walk(timeline: &Timeline) -> Self {
        let mut recorder = Self::new(timeline, "walk".to_owned(), false);
        recorder.is_walk = true;
        recorder
    }

    /// One for the thread that it is made on, which was idle up to now, and has an event
    /// loop or blocks where it waits.
    pub(crate) fn new(timeline: &Timeline, name: String, has_loop: bool) -> Self {
        let recorder = Self {
            epoch: timeline.epoch,
            recording: timeline.share(),
            is_walk: false,
            has_loop,
            decoding: Cell::default(),
            elsewhere: Cell::default(),
            since: Cell::new(0),
            activity: Cell::new(Activity::Idle),
            task: Cell::new(0),
            went_on: Cell::new(false),
            track: RefCell::new(Track { name, ..Track::default() }),
            names: RefCell::default(),
            name_bytes: Cell::new(0),
            begun: scheduled(),
        };
        recorder.enter(Activity::Loop);
        recorder
    }

    fn now(&self) -> u64 {
        nanoseconds(self.epoch.elapsed())
    }

    /// From now on the thread does this.
    pub(crate) fn enter(&self, activity: Activity) {
        self.went_on.set(true);
        self.enter_at(activity, self.now());
    }

    fn enter_at(&self, activity: Activity, now: u64) {
        let (before, since, task) = (self.activity.get(), self.since.get(), self.task.get());
        // Decoding happens within reading, and knows how long it took.
        let took = now - since;
        let decoding = match before {
            Activity::Read => nanoseconds(self.decoding.take()).min(took),
            _ => 0,
        };
        let spans = &mut self.track.borrow_mut().spans;
        push(spans, before, since, took - decoding, task);
        push(spans, Activity::Decode, now - decoding, decoding, task);
        self.since.set(now);
        self.activity.set(activity);
    }

    /// Records the name of a source, while there is room.
    pub(crate) fn name(&self, ordinal: u64, name: &SourceName) {
        let task = task(ordinal);
        let bytes = self.name_bytes.get() + name.as_bytes().len();
        if bytes <= NAME_BYTES {
            self.name_bytes.set(bytes);
            self.names.borrow_mut().insert(task, name.as_bytes().to_vec());
        }
    }

    /// A task goes on.
    fn resume(&self, stay: &Stay) -> u64 {
        let now = self.now();
        self.enter_at(Activity::Loop, now);
        self.task.set(stay.task);
        self.activity.set(stay.activity);
        self.went_on.set(false);
        now
    }

    /// A task that went on at `begun` has ended, or is to wait.
    fn leave(&self, stay: &mut Stay, begun: u64, is_pending: bool) {
        let now = self.now();
        let (task, last) = (stay.task, self.activity.get());
        self.enter_at(Activity::Loop, now);
        let disk = self.elsewhere.take();
        if is_pending && stay.left.is_some() && disk.is_zero() && !self.went_on.get() {
            // It was only asked, and waits on.
            return;
        }
        if let Some((start, cause)) = stay.left.take() {
            let waited = begun - start;
            let wait = Wait { task, start, end: begun, waited, took: 0, cause, folded: 1 };
            self.wait(wait, disk);
        }
        if self.has_loop && now - begun > Recording::HELD {
            self.hold(Hold { task, start: begun, nanoseconds: now - begun });
        }
        if is_pending {
            // A task that gives way says so before.
            let cause = if last == Activity::Loop { Cause::Turn } else { Cause::Writer };
            stay.left = Some((now, cause));
            stay.activity = last;
        }
    }

    /// Records a wait that is over, and what a disk did for it.
    fn wait(&self, wait: Wait, disk: Duration) {
        let of_disk = nanoseconds(disk);
        let (cause, took) = match wait.cause {
            Cause::Turn if wait.waited < SHORTEST_TURN => return,
            Cause::Turn => (Cause::Turn, 0),
            _ if of_disk > 0 => (Cause::Disk, of_disk),
            _ => (Cause::Writer, wait.waited),
        };
        push_wait(&mut self.track.borrow_mut().waits, Wait { took, cause, ..wait });
    }

    /// Looks for a source, and records how long that took.
    fn find<R>(&self, find: impl FnOnce() -> R) -> R {
        self.enter_at(Activity::Walk, self.now());
        find()
    }

    fn hold(&self, hold: Hold) {
        let mut track = self.track.borrow_mut();
        track.held += 1;
        track.holds.push(hold);
        if track.holds.len() > 2 * MOST_HOLDS {
            track.holds.sort_by_key(|hold| std::cmp::Reverse(hold.nanoseconds));
            track.holds.truncate(MOST_HOLDS);
        }
    }
}

impl Trace for Recorder {
    fn decoded(&self, took: Duration) {
        self.decoding.update(|decoding| decoding + took);
    }

    fn elsewhere(&self, took: Duration) {
        self.elsewhere.update(|elsewhere| elsewhere + took);
    }
}

impl Drop for Recorder {
    /// Hands in what was recorded.
    fn drop(&mut self) {
        self.enter(Activity::Idle);
        let mut track = self.track.take();
        track.holds.sort_by_key(|hold| std::cmp::Reverse(hold.nanoseconds));
        track.holds.truncate(MOST_HOLDS);
        track.holds.sort_by_key(|hold| hold.start);
        let passed = |nth: usize| Some(scheduled()?[nth].saturating_sub(self.begun?[nth]));
        track.on_core = passed(0);
        track.displaced = passed(1);
        let mut recording = self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_walk {
            recording.walk = Some(track);
        } else {
            recording.names.extend(self.names.take());
            recording.cores.push(track);
        }
    }
}

/// What is known of a task while its core does something else.
struct Stay {
    task: Task,
    /// What it did when it left.
    activity: Activity,
    /// When it left, and why.
    left: Option<(u64, Cause)>,
}

/// How long this thread has been on a core, and how long it could have been but others
/// were, in nanoseconds; where the system says so.
fn scheduled() -> Option<[u64; 2]> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    Some([numbers.next()?.ok()?, numbers.next()?.ok()?])
}

fn task(ordinal: u64) -> Task {
    Task::try_from(ordinal).unwrap_or(Task::MAX)
}

/// Records a task, if there is a recorder: when it goes on and when it waits, and that its
/// core does something else meanwhile.
///
/// The task is pinned and not moved here: it is large, and moving it takes long.
pub(crate) async fn follow<F: Future>(
    recorder: Option<&Recorder>,
    ordinal: u64,
    mut work: Pin<&mut F>,
) -> F::Output {
    let mut stay = Stay { task: task(ordinal), activity: Activity::Read, left: None };
    std::future::poll_fn(|context| {
        let Some(recorder) = recorder else { return work.as_mut().poll(context) };
        let begun = recorder.resume(&stay);
        let polled = work.as_mut().poll(context);
        recorder.leave(&mut stay, begun, polled.is_pending());
        polled
    })
    .await
}

/// Sources as they are found, with what finding each took.
pub(crate) struct Walking<'r, I> {
    pub(crate) sources: I,
    pub(crate) recorder: Option<&'r Recorder>,
    /// What follows once one was found.
    pub(crate) then: Activity,
}

impl<I: Iterator> Iterator for Walking<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let Some(recorder) = self.recorder else { return self.sources.next() };
        let next = recorder.find(|| self.sources.next());
        recorder.enter(self.then);
        next
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn a_source_that_is_polled_too_early_waits_on() {
        let timeline = Timeline::new();
        let recorder = Recorder::new(&timeline, "core 1".to_owned(), true);
        let mut polls = 0;
        let work = std::future::poll_fn(|_| {
            polls += 1;
            if polls < 4 {
                return Poll::Pending;
            }
            recorder.enter(Activity::Count);
            Poll::Ready(())
        });
        let work = pin!(work);
        let mut followed = Box::pin(follow(Some(&recorder), 7, work));
        let mut context = Context::from_waker(Waker::noop());
        while followed.as_mut().poll(&mut context).is_pending() {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        drop(followed);
        drop(recorder);
        let recording = timeline.recording();
        let [wait] = recording.cores[0].waits[..] else { panic!("one wait: {recording:?}") };
        assert_eq!((wait.task, wait.cause), (7, Cause::Writer));
        assert!(wait.waited >= 3_000_000 && wait.took == wait.waited);
        assert_eq!(recording.cores[0].took().iter().sum::<u64>(), recording.wall);
    }

    #[test]
    fn a_source_that_gives_way_waits_for_a_turn() {
        let timeline = Timeline::new();
        let recorder = Recorder::new(&timeline, "core 1".to_owned(), true);
        let mut gave_way = false;
        let work = std::future::poll_fn(|_| {
            if std::mem::replace(&mut gave_way, true) {
                return Poll::Ready(());
            }
            recorder.enter(Activity::Loop);
            Poll::Pending
        });
        let work = pin!(work);
        let mut followed = Box::pin(follow(Some(&recorder), 0, work));
        let mut context = Context::from_waker(Waker::noop());
        assert!(followed.as_mut().poll(&mut context).is_pending());
        std::thread::sleep(std::time::Duration::from_millis(1));
        assert!(followed.as_mut().poll(&mut context).is_ready());
        drop(followed);
        drop(recorder);
        let waits = timeline.recording().cores[0].waits.clone();
        assert_eq!(
            waits.iter().map(|wait| (wait.cause, wait.took)).collect::<Vec<_>>(),
            [(Cause::Turn, 0)]
        );
    }
}
