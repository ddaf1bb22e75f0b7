//! The pieces of a run as they would have run one source after the other, on one core.

use cogrep_core::timeline::{Course, Kind, Track};

/// The measured pieces of a run, laid end to end: finding the sources, then one source
/// after the other, each with what it waited for.
///
/// A piece is as long as it was measured, less the time in which the system had given
/// the core to another thread. A wait is as long as the disk took, or whoever was waited
/// for; a wait for one's turn there would not have been.
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
                took[Kind::Idle as usize] = wait.alone;
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

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a length of time"
)]
fn scaled(took: u64, share: f64) -> u64 {
    (took as f64 * share).round() as u64
}
