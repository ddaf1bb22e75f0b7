//! How long a disk takes for whoever asks it alone, found out during a run that asks it
//! for much at once.
//!
//! A disk with a queue answers later than one without, and nothing that is measured in
//! the queue tells by how much. So now and then, in a run that is watched, one thread asks
//! for a few files one after the other while the others hold back. A small share of the
//! time goes into that. Nobody is held up for long: whoever has waited too long goes on,
//! and the probe does not count.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::spent::scheduled;

/// The first probe is made when a run has gone on for so long.
const FIRST: Duration = Duration::from_millis(20);

/// Between two probes so many times as long goes by as the one before took.
const APART: u32 = 24;

/// Nobody waits for a probe longer than this, and no probe longer for the others.
const PATIENCE: Duration = Duration::from_millis(20);

/// What many threads share that ask one disk.
#[derive(Debug)]
pub struct Probe {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// How many are asking the disk, but for the one that asks alone.
    asking: usize,
    /// Whether somebody asks alone, or waits to.
    is_wanted: bool,
    /// Whether the others have all ended, since then, and nobody has begun.
    is_quiet: bool,
    /// The probes so far.
    probes: u64,
    next: Instant,
    found: Alone,
}

/// What was found out by asking alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Alone {
    /// How many files were opened and their beginnings read.
    pub files: u64,
    /// How long that took in all.
    pub took: Duration,
}

impl Default for Probe {
    /// For a run that begins now.
    fn default() -> Self {
        let state = State {
            asking: 0,
            is_wanted: false,
            is_quiet: false,
            probes: 0,
            next: Instant::now() + FIRST,
            found: Alone::default(),
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }
}

impl Probe {
    /// What was found out so far.
    pub fn found(&self) -> Alone {
        self.lock().found
    }

    /// The number of the probe that is being made, if one is: what begins and ends with
    /// the same one had the disk for itself but for that.
    pub fn is_made(&self) -> Option<u64> {
        let state = self.lock();
        state.is_quiet.then_some(state.probes)
    }

    /// Leave to ask the disk beside others, once no probe is made.
    pub(crate) fn beside_others(&self) -> Beside<'_> {
        let mut state = self.wait_while(self.lock(), |state| state.is_wanted);
        state.asking += 1;
        // If it still is, nobody asks alone any more.
        state.is_quiet = false;
        Beside(self)
    }

    /// Leave to ask the disk alone, if it is time for that and the others make way.
    pub(crate) fn alone(&self) -> Option<Quiet<'_>> {
        let begun = Instant::now();
        let mut state = self.lock();
        if state.is_wanted || begun < state.next {
            return None;
        }
        state.is_wanted = true;
        state = self.wait_while(state, |state| state.asking > 0);
        state.is_quiet = state.asking == 0;
        state.probes += 1;
        let is_quiet = state.is_quiet;
        drop(state);
        let displaced = displaced();
        let quiet = Quiet { probe: self, begun, displaced, found: Alone::default() };
        is_quiet.then_some(quiet)
    }

    /// One for which it is time.
    #[cfg(test)]
    pub(crate) fn due() -> Self {
        let probe = Self::default();
        probe.lock().next = Instant::now();
        probe
    }

    fn wait_while<'a>(
        &self,
        state: MutexGuard<'a, State>,
        condition: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waited = self.changed.wait_timeout_while(state, PATIENCE, condition);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of many asks the disk.
#[derive(Debug)]
pub(crate) struct Beside<'a>(&'a Probe);

impl Drop for Beside<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.asking -= 1;
        if state.is_wanted && state.asking == 0 {
            drop(state);
            self.0.changed.notify_all();
        }
    }
}

/// One asks the disk alone.
#[derive(Debug)]
pub(crate) struct Quiet<'a> {
    probe: &'a Probe,
    begun: Instant,
    /// How long this thread had waited for a core before.
    displaced: Duration,
    found: Alone,
}

impl Quiet<'_> {
    /// Takes down how long a file took.
    pub(crate) fn took(&mut self, took: Duration) {
        self.found.files += 1;
        self.found.took += took;
    }
}

/// How long this thread could have been on a core but others were.
fn displaced() -> Duration {
    Duration::from_nanos(scheduled().map_or(0, |[_, displaced]| displaced))
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // Others had the cores, as they would not have had if there were only this one.
        let displaced = displaced().saturating_sub(self.displaced);
        let mut state = self.probe.lock();
        if state.is_quiet {
            state.found.files += self.found.files;
            state.found.took += self.found.took.saturating_sub(displaced);
        }
        state.is_wanted = false;
        state.is_quiet = false;
        let now = Instant::now();
        state.next = now + APART * (now - self.begun);
        drop(state);
        self.probe.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn a_probe_is_made_when_it_is_time() {
        let probe = Probe::default();
        probe.lock().next = Instant::now() + Duration::from_hours(1);
        assert!(probe.alone().is_none());

        let probe = Probe::due();
        let mut quiet = probe.alone().unwrap();
        assert_eq!(probe.is_made(), Some(1));
        assert!(probe.alone().is_none(), "one at a time");
        quiet.took(Duration::from_micros(100));
        quiet.took(Duration::from_micros(50));
        drop(quiet);
        assert_eq!(probe.is_made(), None);
        let found = probe.found();
        assert!(found.files == 2 && found.took <= Duration::from_micros(150), "{found:?}");
    }

    #[test]
    fn nobody_waits_for_ever() {
        // Here the other thread is this one: neither can make way for the other.
        let probe = Probe::due();
        let beside = probe.beside_others();
        assert!(probe.alone().is_none(), "another is on its way");
        drop(beside);

        let probe = Probe::due();
        let mut quiet = probe.alone().unwrap();
        quiet.took(Duration::from_micros(100));
        drop(probe.beside_others());
        assert_eq!(probe.is_made(), None, "it was disturbed");
        drop(quiet);
        assert_eq!(probe.found(), Alone::default());
        drop(probe.beside_others());
        assert_eq!(probe.lock().asking, 0);
    }

    #[test]
    fn who_asks_alone_is_alone() {
        let probe = Probe::due();
        let (asking, made) = (AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while made.load(Ordering::SeqCst) < 20 {
                        let _beside = probe.beside_others();
                        asking.fetch_add(1, Ordering::SeqCst);
                        thread::yield_now();
                        asking.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
            while made.load(Ordering::SeqCst) < 20 {
                probe.lock().next = Instant::now();
                let Some(_quiet) = probe.alone() else { continue };
                let others = asking.load(Ordering::SeqCst);
                // Only then has nobody lost patience.
                if probe.is_made().is_some() {
                    assert_eq!(others, 0);
                    made.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
    }
}
