//! The pieces of a run as they would have run one source after the other, on one core.

use cogrep_core::trace::{Activity, Cause, Recording, Track, Wait};

/// The measured pieces of a run, laid end to end: finding the sources, then one source
/// after the other, each with what it waited for.
///
/// A piece is as long as it was measured, without the time in which the system had given the
/// core to another thread. What an event loop does to choose the next task is left out, and so
/// is waiting for a turn: there would have been no others.
///
/// The wait for a disk is shared: of any time in which several sources waited for it, each
/// gets an equal part. Together they are the time in which the disk was waited for, which
/// is the least that one source after the other would have waited: a disk that is asked for
/// much at once answers more in a second. How much more is not measured, since the other
/// sources would have to hold back for that.
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
    /// In the order of [`Activity::ALL`]; idle is the waiting.
    pub(super) took: [u64; 6],
}

impl Serial {
    /// The pieces of this run.
    #[must_use]
    pub fn new(recording: &Recording) -> Self {
        let mut pieces = Vec::new();
        let disk = Disk::new(recording);
        for track in recording.tracks() {
            let is_walk = recording.walk.as_ref().is_some_and(|walk| std::ptr::eq(walk, track));
            let share = if is_walk { walk_share(track) } else { share(track, recording) };
            for span in &track.spans {
                let mut took = span.took.map(|took| scaled(took, share));
                took[Activity::Idle as usize] = 0;
                if !recording.is_serial {
                    took[Activity::Loop as usize] = 0;
                }
                // Finding comes before all that is found.
                let place = if is_walk { None } else { Some(span.task) };
                pieces.push((place, span.start, took));
            }
            for wait in &track.waits {
                let mut took = [0; 6];
                took[Activity::Idle as usize] = disk.share(wait);
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
                serial.busy += nanoseconds - took[Activity::Idle as usize];
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
fn share(track: &Track, recording: &Recording) -> f64 {
    // A thread that blocks on the disk is not on a core meanwhile.
    let had = if recording.is_serial { undisplaced(track) } else { track.on_core };
    had.map_or(1.0, |had| ratio(had, track.busy()).min(1.0))
}

/// How much of its time the thread that walked really had.
fn walk_share(walk: &Track) -> f64 {
    undisplaced(walk).map_or(1.0, |had| ratio(had, walk.busy()).min(1.0))
}

/// How long a track was busy without others having its core, if the system tells.
fn undisplaced(track: &Track) -> Option<u64> {
    Some(track.busy().saturating_sub(track.displaced?))
}

/// How the time of the disk is shared between those that waited for it.
struct Disk {
    /// When a wait began or ended, in order, and how much each source had been given until
    /// then that waited all the time.
    shares: Vec<(u64, f64)>,
}

impl Disk {
    #[expect(clippy::cast_precision_loss, reason = "an average")]
    fn new(recording: &Recording) -> Self {
        let waits = recording.cores.iter().flat_map(|core| &core.waits);
        let mut changes = Vec::new();
        for wait in waits.filter(|wait| disk_took(wait) > 0) {
            changes.extend([(wait.start, density(wait)), (wait.end, -density(wait))]);
        }
        changes.sort_by_key(|(at, _)| *at);
        let (mut crowd, mut now, mut each) = (0.0, 0, 0.0);
        let shares = changes.into_iter().map(|(at, change)| {
            each += (at - std::mem::replace(&mut now, at)) as f64 / f64::max(crowd, 1.0);
            crowd += change;
            (at, each)
        });
        Self { shares: shares.collect() }
    }

    /// The part of a wait that is its own.
    fn share(&self, wait: &Wait) -> u64 {
        if wait.cause != Cause::Disk {
            return wait.took;
        }
        let until = |at| self.shares[self.shares.partition_point(|(change, _)| *change < at)].1;
        match density(wait) {
            0.0 => 0,
            density => rounded(density * (until(wait.end) - until(wait.start))),
        }
    }
}

/// How long the disk took for a wait, or for several that were folded.
fn disk_took(wait: &Wait) -> u64 {
    if wait.cause == Cause::Disk { wait.took } else { 0 }
}

/// How many waited for the disk at each time of a wait.
fn density(wait: &Wait) -> f64 {
    ratio(disk_took(wait), wait.end - wait.start)
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
