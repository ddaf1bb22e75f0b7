//! What a coroutine and its body share: an item on loan, and what the two are at.

use core::cell::Cell;
use core::panic::Location;
use core::ptr::NonNull;

/// How often a body may ask for more after `None` before it counts as one that
/// ignores its closing. A body that reads to its end asks a few times, in helpers.
const CLOSES: u16 = 1000;

/// What the slot is at.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Phase {
    /// Nothing is on loan through the slot, and nobody waits.
    Idle,
    /// The body is suspended in a pause for an item.
    Waiting,
    /// An item is on loan, from the start of a send until the body takes it.
    Lent,
    /// Nothing more comes: [`Next`](crate::Next) gives `None` from now on.
    Closing,
    /// Nothing more comes, and the body is suspended in an [`Item`](crate::Item),
    /// which it does not leave: it ends where it stands.
    Leaving,
}

/// What a coroutine and its body share.
pub(crate) struct Slot<T: ?Sized> {
    pub(super) phase: Cell<Phase>,
    /// How often `None` was given.
    closes: Cell<u16>,
    /// The item of the last send. It is read in the phase *lent* alone.
    pub(super) item: Cell<Option<NonNull<T>>>,
    /// Where the coroutine was made: messages name it.
    pub(crate) made: &'static Location<'static>,
}

// SAFETY: the slot is a few plain values and the address of an item. That is read
// while its send lasts (rule 4), maybe on a thread that the body waits for (rule 8):
// the item is shared with that thread, so `T` must be `Sync`.
unsafe impl<T: ?Sized + Sync> Send for Slot<T> {}
// SAFETY: as above. Nothing writes through a shared reference while another thread has
// one: that is rule 8 again.
unsafe impl<T: ?Sized + Sync> Sync for Slot<T> {}

impl<T: ?Sized> Slot<T> {
    pub(super) fn new(made: &'static Location<'static>) -> Self {
        Self { phase: Cell::new(Phase::Idle), closes: Cell::new(0), item: Cell::new(None), made }
    }

    #[inline]
    pub(super) fn is_closing(&self) -> bool {
        matches!(self.phase.get(), Phase::Closing | Phase::Leaving)
    }

    /// Puts an item on loan.
    #[inline]
    pub(super) fn lend(&self, item: &T) {
        self.item.set(Some(NonNull::from(item)));
        self.phase.set(Phase::Lent);
    }

    /// Tells whoever asks next that nothing more comes. A pause from before does not
    /// count as waiting any more.
    pub(super) fn close(&self) {
        self.phase.set(Phase::Closing);
    }

    /// Ends a loan, or a wait, if there is one.
    pub(super) fn empty(&self) {
        if !self.is_closing() {
            self.phase.set(Phase::Idle);
        }
        self.item.set(None);
    }

    /// Notes that the body was told of its closing once more.
    #[cold]
    pub(super) fn told_of_the_close(&self) {
        self.phase.set(Phase::Closing);
        self.closes.set(self.closes.get() + 1);
        assert!(
            self.closes.get() < CLOSES,
            "the coroutine made at {} ignored its closing: it asked for another item {CLOSES} \
             times after `None`; leave the loop at `None`, or await `item`, which ends it",
            self.made
        );
    }
}
