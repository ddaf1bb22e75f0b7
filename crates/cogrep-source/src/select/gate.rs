//! How several threads begin a walk together, or not at all.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Holds back the walkers that have started until all have.
pub(super) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// So many walkers are yet to come.
    Waiting(usize),
    Open,
    /// Not all of them will come.
    Shut,
}

impl Gate {
    /// A gate for so many walkers.
    pub(super) fn new(walkers: usize) -> Self {
        Self { state: Mutex::new(State::Waiting(walkers)), changed: Condvar::new() }
    }

    /// Waits for the other walkers; says whether all have come.
    pub(super) fn pass(&self) -> bool {
        let mut state = self.lock();
        if let State::Waiting(missing) = *state {
            *state = if missing == 1 { State::Open } else { State::Waiting(missing - 1) };
            self.changed.notify_all();
        }
        let is_waiting = |state: &mut State| matches!(state, State::Waiting(_));
        let state = self.changed.wait_while(state, is_waiting);
        *state.unwrap_or_else(PoisonError::into_inner) == State::Open
    }

    /// Turns the walkers away, unless all have come.
    pub(super) fn shut(&self) {
        let mut state = self.lock();
        if *state != State::Open {
            *state = State::Shut;
            self.changed.notify_all();
        }
    }

    /// Whether all walkers have come.
    pub(super) fn is_open(&self) -> bool {
        *self.lock() == State::Open
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_opens_when_all_have_come_and_stays_open() {
        let gate = Gate::new(3);
        std::thread::scope(|scope| {
            let others = [(); 2].map(|()| scope.spawn(|| gate.pass()));
            assert!(!gate.is_open() && gate.pass());
            assert!(others.into_iter().all(|other| other.join().unwrap()));
        });
        gate.shut();
        assert!(gate.is_open() && gate.pass());
    }

    #[test]
    fn a_gate_that_is_shut_turns_away_those_who_wait_and_those_who_come() {
        let gate = Gate::new(3);
        std::thread::scope(|scope| {
            let waiting = [(); 2].map(|()| scope.spawn(|| gate.pass()));
            gate.shut();
            assert!(waiting.into_iter().all(|walker| !walker.join().unwrap()));
        });
        assert!(!gate.is_open() && !gate.pass());
    }
}
