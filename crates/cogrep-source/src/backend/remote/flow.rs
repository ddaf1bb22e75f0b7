//! How much is under way at once, and when what failed is tried again.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::{Counters, RemoteFault, Shared};

/// What all requests share: how many there are, and how many bytes came before they were
/// needed.
///
/// A server that has too much to do says so. Then half as many requests are under way, and
/// one more each second in which it does not say so again: what networks do, too.
#[derive(Debug)]
pub(super) struct Flow {
    state: Arc<Mutex<State>>,
    /// There is room again.
    freed: Arc<Notify>,
    /// Kibibytes that may be fetched before they are needed.
    ahead: Arc<Semaphore>,
    most: usize,
}

#[derive(Debug)]
struct State {
    under_way: usize,
    window: usize,
    changed: Instant,
}

/// Room for a request, which is given back by dropping it.
#[derive(Debug)]
pub(super) struct Slot {
    state: Arc<Mutex<State>>,
    freed: Arc<Notify>,
}

/// After halving, and after each further request, so long nothing is changed.
const PERIOD: Duration = Duration::from_secs(1);

impl Flow {
    pub(super) fn new(settings: &super::RemoteSettings) -> Self {
        let most = settings.requests.max(1);
        let state = State { under_way: 0, window: most, changed: Instant::now() };
        Self {
            state: Arc::new(Mutex::new(state)),
            freed: Arc::default(),
            ahead: Arc::new(Semaphore::new(
                (settings.ahead_bytes >> 10).min(Semaphore::MAX_PERMITS),
            )),
            most,
        }
    }

    /// Waits for room.
    ///
    /// Only a text that holds nothing yet may wait: one that holds the memory of a decoder
    /// could be what the others wait for.
    pub(super) async fn slot(&self) -> Slot {
        loop {
            let freed = self.freed.notified();
            if let Some(slot) = self.try_slot() {
                return slot;
            }
            // The window grows with time, too.
            let _ = tokio::time::timeout(PERIOD, freed).await;
        }
    }

    /// Takes room, if there is some.
    pub(super) fn try_slot(&self) -> Option<Slot> {
        let mut state = lock(&self.state);
        if state.window < self.most && state.changed.elapsed() >= PERIOD {
            state.window += 1;
            state.changed = Instant::now();
        }
        if state.under_way >= state.window {
            return None;
        }
        state.under_way += 1;
        Some(Slot { state: Arc::clone(&self.state), freed: Arc::clone(&self.freed) })
    }

    /// Takes room for bytes that come before they are needed, if there is some.
    pub(super) fn try_ahead(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let kibibytes = u32::try_from(bytes.div_ceil(1 << 10)).ok()?;
        Arc::clone(&self.ahead).try_acquire_many_owned(kibibytes).ok()
    }

    /// The server says that it has too much to do.
    fn throttle(&self) {
        let mut state = lock(&self.state);
        // What was under way together says it together.
        if state.window == self.most || state.changed.elapsed() >= PERIOD {
            state.window = (state.window.min(state.under_way) / 2).max(1);
            state.changed = Instant::now();
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        lock(&self.state).under_way -= 1;
        self.freed.notify_one();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tries for one range, or one page of a listing.
#[derive(Debug, Default)]
pub(super) struct Tries {
    /// How many failed in a row.
    failed: u32,
    /// How far it was when they began to.
    at: u64,
}

/// So often a server is tried again that there is no connection to.
const UNREACHABLE_RETRIES: u32 = 3;

/// So many bytes are a success, after which all tries are there again.
const SUCCESS_BYTES: u64 = 64 << 10;

impl Tries {
    /// For what begins at this byte.
    pub(super) fn from(at: u64) -> Self {
        Self { failed: 0, at }
    }

    /// Waits until it is time for another try; `at` is the byte that was reached.
    ///
    /// # Errors
    ///
    /// If there is no point in another.
    pub(super) async fn again(
        &mut self,
        shared: &Shared,
        fault: RemoteFault,
        at: u64,
    ) -> Result<(), RemoteFault> {
        if !fault.is_transient() {
            return Err(fault);
        }
        if fault.is_throttling() {
            shared.flow.throttle();
        }
        if at >= self.at + SUCCESS_BYTES {
            *self = Self::from(at);
        }
        self.failed += 1;
        let settings = &shared.settings;
        let asked = match &fault {
            RemoteFault::Status { pause, .. } => *pause,
            _ => None,
        };
        let is_too_long = asked.is_some_and(|pause| pause > settings.longest_request_pause);
        // A name that is not known is most likely a slip.
        let most = match &fault {
            RemoteFault::Unreachable(_) => settings.retries.min(UNREACHABLE_RETRIES),
            _ => settings.retries,
        };
        if self.failed > most || is_too_long {
            return Err(RemoteFault::GivenUp { tries: self.failed, last: Box::new(fault) });
        }
        let doubled = settings.first_pause.saturating_mul(1 << (self.failed - 1).min(16));
        let pause = jittered(doubled.min(settings.longest_pause));
        tokio::time::sleep(asked.map_or(pause, |asked| asked + jittered(settings.first_pause)))
            .await;
        Counters::add(&shared.traffic.retries, 1);
        Ok(())
    }
}

/// Between half and all of a pause: those that failed together do not come again together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(()) % 1024;
    let random = u32::try_from(random).unwrap_or_default();
    pause / 2 + (pause / 2) * random / 1024
}

#[cfg(test)]
mod tests {
    use super::super::RemoteSettings;
    use super::*;

    #[test]
    fn a_server_that_has_too_much_to_do_gets_half() {
        let flow = Flow::new(&RemoteSettings { requests: 8, ..RemoteSettings::default() });
        let slots: Vec<Slot> = std::iter::from_fn(|| flow.try_slot()).collect();
        assert_eq!(slots.len(), 8);
        // Of those that were under way together, all are told.
        flow.throttle();
        flow.throttle();
        assert!(flow.try_slot().is_none());
        drop(slots);
        let slots: Vec<Slot> = std::iter::from_fn(|| flow.try_slot()).collect();
        assert_eq!(slots.len(), 4);
        lock(&flow.state).changed -= PERIOD;
        let one_more = flow.try_slot();
        assert!(one_more.is_some() && flow.try_slot().is_none());
        drop(slots);
    }

    #[test]
    fn what_comes_ahead_has_room_or_is_left() {
        let settings = RemoteSettings { ahead_bytes: 10 << 10, ..RemoteSettings::default() };
        let flow = Flow::new(&settings);
        let room = flow.try_ahead(9 << 10);
        assert!(room.is_some() && flow.try_ahead(2 << 10).is_none());
        assert!(flow.try_ahead(1 << 10).is_some());
    }
}
