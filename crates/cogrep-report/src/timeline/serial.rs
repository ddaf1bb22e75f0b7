//! The pieces of a run as they would have run one source after the other, on one core.

use cogrep_core::timeline::{Alone, Cause, Course, Kind, Track, Wait};

/// So many files tell how long one takes alone, and so many sources how long one takes to
/// be found: of these, most are in a folder that has been read.
const ENOUGH_FILES: u64 = 32;
const ENOUGH_FOUND: u64 = 1000;

/// The measured pieces of a run, laid end to end: finding the sources, then one source
/// after the other, each with what it waited for.
///
/// A piece is as long as it was measured, less the time in which the system had given
/// the core to another thread. What an event loop does to see who goes on is left out, and
/// so is waiting for one's turn: there would have been no others.
///
/// A disk that is asked for much at once takes longer for each, and that is no waiting
/// which a single source would have had. Opening files and finding them waits for one
/// answer after the other: it is shortened by a common factor, so that on average it takes
/// as long as it took where nobody else asked, if that was found out. Reading on waits for
/// as much as the disk can deliver: of each time, those who waited then get equal shares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Serial {
    pub(super) pieces: Vec<Piece>,
    /// How long it would have taken, in nanoseconds.
    pub nanoseconds: u64,
    /// For how much of it the core would have been busy.
    pub busy: u64,
}

/// What is done for one source without others in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: u64,
    /// In the order of [`Kind::ALL`]; idle is the waiting.
    pub(super) took: [u64; 6],
}

impl Serial {
    /// The pieces of this run.
    #[must_use]
    pub fn new(course: &Course) -> Self {
        let mut pieces = Vec::new();
        let disk = Disk::new(course);
        for track in course.tracks() {
            let is_walk = course.walk.as_ref().is_some_and(|walk| std::ptr::eq(walk, track));
            let share = if is_walk { walk_share(track, course) } else { share(track, course) };
            for span in &track.spans {
                let mut took = span.took.map(|took| scaled(took, share));
                took[Kind::Idle as usize] = 0;
                if !course.in_turn {
                    took[Kind::Loop as usize] = 0;
                }
                // Finding comes before all that is found.
                let place = if is_walk { None } else { Some(span.task) };
                pieces.push((place, span.start, took));
            }
            for wait in &track.waits {
                let mut took = [0; 6];
                took[Kind::Idle as usize] = disk.alone(wait);
                pieces.push((Some(wait.task), wait.start, took));
            }
        }
        pieces.sort_by_key(|(place, start, _)| (*place, *start));
        let mut serial = Self::default();
        for (_, _, took) in pieces {
            let nanoseconds: u64 = took.iter().sum();
            if nanoseconds > 0 {
                serial.pieces.push(Piece { start: serial.nanoseconds, took });
                serial.nanoseconds += nanoseconds;
                serial.busy += nanoseconds - took[Kind::Idle as usize];
            }
        }
        serial
    }

    /// The share of the time in which the core would have been busy.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn busy_share(&self) -> f64 {
        self.busy as f64 / (self.nanoseconds as f64).max(1.0)
    }
}

/// How much of its busy time a core really had.
fn share(track: &Track, course: &Course) -> f64 {
    // Who waits for the disk on the spot is not on a core meanwhile.
    let had = if course.in_turn { undisplaced(track) } else { track.on_core };
    had.map_or(1.0, |had| ratio(had, track.busy()).min(1.0))
}

/// How much of its time a walk would have taken if nobody else had asked the disk.
fn walk_share(walk: &Track, course: &Course) -> f64 {
    let Alone { files, took } = course.walk_alone;
    if files >= ENOUGH_FOUND {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        return (ratio(took, files) / ratio(walk.busy(), walk.files)).min(1.0);
    }
    undisplaced(walk).map_or(1.0, |had| ratio(had, walk.busy()).min(1.0))
}

/// How long a track was busy without others having its core, if the system tells.
fn undisplaced(track: &Track) -> Option<u64> {
    Some(track.busy().saturating_sub(track.displaced?))
}

/// What the disk would have taken if it had been asked for one thing at a time.
struct Disk {
    /// How much shorter it would have taken for the beginnings of files.
    beginning: f64,
    /// When somebody began to read on or ended, in order, and how much had been waited
    /// until then by each who waited all the time.
    waited: Vec<(u64, f64)>,
}

impl Disk {
    #[expect(clippy::cast_precision_loss, reason = "an average")]
    fn new(course: &Course) -> Self {
        let waits = || course.cores.iter().flat_map(|core| &core.waits);
        let files: u64 = course.cores.iter().map(|core| core.files).sum();
        let measured: u64 = waits().map(|wait| wait.beginning).sum();
        let Alone { files: files_alone, took } = course.alone;
        let beginning = if files_alone >= ENOUGH_FILES && measured > 0 {
            let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
            (ratio(took, files_alone) / ratio(measured, files)).min(1.0)
        } else {
            1.0
        };

        let mut changes = Vec::new();
        for wait in waits().filter(|wait| reading(wait) > 0) {
            changes.extend([(wait.start, density(wait)), (wait.end, -density(wait))]);
        }
        changes.sort_by_key(|(at, _)| *at);
        let (mut crowd, mut now, mut each) = (0.0, 0, 0.0);
        let waited = changes.into_iter().map(|(at, change)| {
            each += (at - std::mem::replace(&mut now, at)) as f64 / f64::max(crowd, 1.0);
            crowd += change;
            (at, each)
        });
        Self { beginning, waited: waited.collect() }
    }

    /// How long a wait would have been alone.
    fn alone(&self, wait: &Wait) -> u64 {
        if wait.cause != Cause::Disk {
            return wait.took;
        }
        let until = |at| self.waited[self.waited.partition_point(|(change, _)| *change < at)].1;
        let reading = match density(wait) {
            0.0 => 0,
            density => rounded(density * (until(wait.end) - until(wait.start))),
        };
        scaled(wait.beginning, self.beginning) + reading
    }
}

/// How long the disk was read on for a wait, or for several that were folded.
fn reading(wait: &Wait) -> u64 {
    if wait.cause == Cause::Disk { wait.took.saturating_sub(wait.beginning) } else { 0 }
}

/// How many read on at each time of a wait.
fn density(wait: &Wait) -> f64 {
    ratio(reading(wait), wait.end - wait.start)
}

#[expect(clippy::cast_precision_loss, reason = "a ratio")]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / (other as f64).max(1.0)
}

fn scaled(took: u64, share: f64) -> u64 {
    rounded(ratio(took, 1) * share)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a length of time is not negative"
)]
fn rounded(nanoseconds: f64) -> u64 {
    nanoseconds.round() as u64
}
