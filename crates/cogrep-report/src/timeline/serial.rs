//! The pieces of a run as they would have run one source after the other, on one core.

use cogrep_core::timeline::{Cause, Course, Kind, Track, Wait};

/// A disk that is asked for more at once than this is crowded.
const CROWD: usize = 4;

/// So many waits outside of a crowd tell how long the disk takes.
const ENOUGH: usize = 32;

/// The measured pieces of a run, laid end to end: finding the sources, then one source
/// after the other, each with what it waited for.
///
/// A piece is as long as it was measured, less the time in which the system had given
/// the core to another thread. A wait is as long as the disk took, or whoever was waited
/// for; a wait for one's turn there would not have been.
///
/// A disk that is asked for much at once takes longer for each: waits in a crowd are
/// shortened by a common factor, so that on average they are as long as those that had
/// few others beside them, where there are enough of these to tell.
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
        let crowd = Crowd::new(course);
        for track in course.tracks() {
            let share = share(track, course);
            let is_walk = course.walk.as_ref().is_some_and(|walk| std::ptr::eq(walk, track));
            for span in &track.spans {
                let mut took = span.took.map(|took| scaled(took, share));
                took[Kind::Idle as usize] = 0;
                // Finding comes before all that is found.
                let place = if is_walk { None } else { Some(span.task) };
                pieces.push((place, span.start, took));
            }
            for wait in &track.waits {
                let mut took = [0; 6];
                took[Kind::Idle as usize] = crowd.alone(wait);
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

/// How much of its busy time a track really had a core.
#[expect(clippy::cast_precision_loss, reason = "a share")]
fn share(track: &Track, course: &Course) -> f64 {
    let busy = track.busy();
    let is_walk = course.walk.as_ref().is_some_and(|walk| std::ptr::eq(walk, track));
    // A walk waits for the disk on the spot, and so does a run without a loop.
    let had = if is_walk || course.in_turn {
        track.displaced.map(|displaced| busy.saturating_sub(displaced))
    } else {
        track.on_core
    };
    had.map_or(1.0, |had| (had as f64 / (busy as f64).max(1.0)).clamp(0.0, 1.0))
}

/// How many asked the disk at each time, and what that did.
struct Crowd {
    /// When the disk was asked, and when it had answered; each in order.
    asked: Vec<u64>,
    answered: Vec<u64>,
    /// How much shorter a wait in a crowd would have been outside of it.
    share: f64,
}

impl Crowd {
    #[expect(clippy::cast_precision_loss, reason = "an average")]
    fn new(course: &Course) -> Self {
        let waits = || {
            let waits = course.cores.iter().flat_map(|core| &core.waits);
            waits.filter(|wait| wait.cause == Cause::Disk)
        };
        let mut asked: Vec<u64> = waits().map(|wait| wait.start).collect();
        let mut answered: Vec<u64> = waits().map(|wait| wait.start + wait.alone).collect();
        asked.sort_unstable();
        answered.sort_unstable();
        let mut crowd = Self { asked, answered, share: 1.0 };
        let (within, without): (Vec<&Wait>, Vec<&Wait>) = waits().partition(|wait| crowd.has(wait));
        let average = |waits: &[&Wait]| {
            let folded: u64 = waits.iter().map(|wait| u64::from(wait.folded)).sum();
            waits.iter().map(|wait| wait.alone).sum::<u64>() as f64 / (folded as f64).max(1.0)
        };
        if without.len() >= ENOUGH && !within.is_empty() {
            crowd.share = (average(&without) / average(&within).max(1.0)).min(1.0);
        }
        crowd
    }

    /// Whether many others were asking when this one began to wait; of what was folded
    /// nobody knows, so it is taken for one of many.
    fn has(&self, wait: &Wait) -> bool {
        let asked = self.asked.partition_point(|at| *at <= wait.start);
        let answered = self.answered.partition_point(|at| *at <= wait.start);
        wait.folded > 1 || asked.saturating_sub(answered) > CROWD
    }

    /// How long a wait would have been alone.
    fn alone(&self, wait: &Wait) -> u64 {
        let is_crowded = wait.cause == Cause::Disk && self.has(wait);
        if is_crowded { scaled(wait.alone, self.share) } else { wait.alone }
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a length of time"
)]
fn scaled(took: u64, share: f64) -> u64 {
    (took as f64 * share).round() as u64
}
