//! What the two sides of an owned body share, and how they wake each other.
//!
//! A waker belongs to an executor: cloning, waking and dropping one may run anybody's
//! code, which may come back here. None of that happens while a slot is locked.

use core::mem;
use core::task::{Poll, Waker};

use crate::Stopped;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// Nothing panics while it holds the lock, so a poisoned slot is whole.
pub(super) fn lock<S>(slot: &Mutex<S>) -> MutexGuard<'_, S> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Wakes the task that was parked. The slot is not locked.
pub(super) fn wake(parked: Option<Waker>) {
    if let Some(parked) = parked {
        parked.wake();
    }
}

/// Parks a waker in a slot, if it is not there yet.
///
/// A waker is not cloned under the lock: where this gives `false`, unlock, put a clone
/// into `spare`, and look again. What was parked before is in `spare` then, and is dropped
/// once the slot is unlocked.
pub(super) fn park(place: &mut Option<Waker>, spare: &mut Option<Waker>, waker: &Waker) -> bool {
    if place.as_ref().is_some_and(|parked| parked.will_wake(waker)) {
        return true;
    }
    if spare.is_none() {
        return false;
    }
    mem::swap(place, spare);
    true
}

/// What an owned coroutine and its body share.
pub(super) struct Slot<T> {
    /// An item that was sent and is not taken yet.
    pub(super) item: Option<T>,
    /// A task is at [`OwnedInput::next`](super::OwnedInput::next).
    pub(super) waiting: bool,
    /// Nothing more comes.
    pub(super) closing: bool,
    /// The input is gone: nobody will ever take an item.
    pub(super) deaf: bool,
    /// Who is at [`OwnedInput::next`](super::OwnedInput::next): woken for an item that it
    /// was not found with when the body was polled.
    pub(super) reader: Option<Waker>,
    /// Who sends, and sleeps. Empty while it polls the body: it looks afterwards.
    pub(super) sender: Option<Waker>,
}

/// What a sender finds in the slot once the body has run.
pub(super) struct Found<T> {
    /// Whether a task waits for the next item, or none ever will.
    pub(super) waiting: Result<(), Stopped>,
    /// An item that was not taken, and will not be. It is dropped after the lock.
    pub(super) refused: Option<T>,
}

impl<T> Found<T> {
    /// Whether what was sent was taken: a body that took it and then stopped has seen it.
    pub(super) fn taken(self) -> Result<(), Stopped> {
        if self.refused.is_some() { self.waiting } else { Ok(()) }
    }
}

impl<T> Slot<T> {
    pub(super) fn new() -> Self {
        Self { item: None, waiting: false, closing: false, deaf: false, reader: None, sender: None }
    }

    /// Whether an item can be put here, never can, or maybe later; `over` says that the
    /// body is.
    pub(super) fn look(&mut self, over: bool) -> Poll<Found<T>> {
        if over || self.closing || self.deaf {
            return Poll::Ready(Found { waiting: Err(Stopped), refused: self.item.take() });
        }
        if self.waiting {
            return Poll::Ready(Found { waiting: Ok(()), refused: None });
        }
        Poll::Pending
    }

    /// Puts an item in for the task that waits. The sender's waker that may be there is out of
    /// date: it is given back to be dropped after the lock.
    #[must_use]
    pub(super) fn put(&mut self, item: T) -> Option<Waker> {
        self.item = Some(item);
        self.waiting = false;
        self.sender.take()
    }
}
