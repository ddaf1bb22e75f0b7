//! The lending slot: how an item gets into a suspended body by reference, and why
//! that is sound. All unsafe code of this crate is here.
//!
//! A coroutine and its body share a [`Slot`]. A send puts the item's address into
//! it and polls the body once; when the send ends, nobody can take it any more. The
//! body sees the item as `&T`, borrowed from its [`Input`] handle. Two things could go
//! wrong: the body could keep the `&T` past the send, or the slot could keep the
//! address. These rules exclude both; each has its test in `tests/lending.rs`.
//!
//! 1. *Waiting* means that the body is suspended in [`Next`], hence that it holds
//!    no loan: a loan borrows the `Input` mutably, and so does a `Next`.
//! 2. A body that suspends while it is not waiting may hold a loan, so it is
//!    dropped in place, before the send returns and the loan ends.
//! 3. A `Next` that has given its item never touches the slot again: while the
//!    loan lives it must not be able to set *waiting*.
//! 4. The slot is not *lent* when a send ends, by return or by unwinding, whether
//!    or not the body took the item; the address in it is read while *lent* alone.
//! 5. An `Input` has a lifetime `'id` of its own, for which its body must work
//!    whatever it is: a handle does not leave its body, and two cannot be swapped.
//! 6. Everything here is invariant in `T` and stays on one thread: an address that
//!    goes in as `&'short` must not come out as `&'static`.
//! 7. The slot is an allocation of its own, reached through shared references
//!    only, so polling the body under `&mut` never aliases it.
#![allow(unsafe_code, reason = "the lending slot, the one door of this crate")]

use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::mem;
use core::pin::Pin;
use core::ptr::NonNull;
use core::task::{Context, Poll, Waker};

use crate::Stopped;
use crate::body::Body;

/// What the slot is at.
#[derive(Clone, Copy, PartialEq)]
enum Phase {
    /// Nothing is on loan through the slot, and nobody waits.
    Idle,
    /// The body is suspended in a [`Next`].
    Waiting,
    /// An item is on loan, from the start of a send until the body takes it.
    Lent,
    /// Nothing more comes: [`Next`] gives `None` from now on.
    Closing,
}

/// What a coroutine and its body share.
struct Slot<T: ?Sized> {
    phase: Cell<Phase>,
    /// The item of the last send. It is read in the phase *lent* alone.
    item: Cell<Option<NonNull<T>>>,
}

impl<T: ?Sized> Slot<T> {
    #[inline]
    fn is_closing(&self) -> bool {
        self.phase.get() == Phase::Closing
    }

    /// Puts an item on loan.
    #[inline]
    fn lend(&self, item: &T) {
        self.item.set(Some(NonNull::from(item)));
        self.phase.set(Phase::Lent);
    }

    /// Ends a loan, or a wait, if there is one.
    fn empty(&self) {
        if !self.is_closing() {
            self.phase.set(Phase::Idle);
        }
        self.item.set(None);
    }
}

/// The body's end of a coroutine: where it waits for the next item.
///
/// It is passed to the body by value, with a lifetime of its own that the body
/// cannot name, so it cannot leave the body; it can be passed on, by value or by
/// `&mut`, to another `async fn` that takes over for a while.
///
/// ```
/// use cosend::{Input, Sink, coroutine};
///
/// /// Reads up to an empty line.
/// async fn skip_header(lines: &mut Input<'_, str>) -> usize {
///     let mut skipped = 0;
///     while let Some(line) = lines.next().await {
///         if line.is_empty() {
///             break;
///         }
///         skipped += 1;
///     }
///     skipped
/// }
///
/// let mut body = coroutine(async |mut lines: Input<str>| {
///     let skipped = skip_header(&mut lines).await;
///     let mut text = String::new();
///     while let Some(line) = lines.next().await {
///         text.push_str(line);
///     }
///     (skipped, text)
/// });
/// for line in ["Subject: x", "", "Hello", "!"] {
///     body.send(line)?;
/// }
/// assert_eq!(body.close(), (1, "Hello!".to_owned()));
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Input<'id, T: ?Sized> {
    slot: Rc<Slot<T>>,
    /// Invariant in `'id` (rule 5).
    id: PhantomData<Cell<&'id ()>>,
}

impl<'id, T: ?Sized> Input<'id, T> {
    /// Pauses until an item is sent, and gives it on loan until the next pause;
    /// `None` means that the coroutine is being closed.
    ///
    /// After `None` it gives `None` again each time it is asked.
    ///
    /// ```
    /// use cosend::{Input, Sink, coroutine};
    ///
    /// let mut first = coroutine(async |mut words: Input<str>| {
    ///     let first = words.next().await.map(str::to_owned);
    ///     while words.next().await.is_some() {}
    ///     first
    /// });
    /// first.send("a")?;
    /// first.send("b")?;
    /// assert_eq!(first.close().as_deref(), Some("a"));
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    #[expect(
        clippy::should_implement_trait,
        reason = "an asynchronous next, as a lending Stream would have it"
    )]
    pub fn next(&mut self) -> Next<'_, 'id, T> {
        Next { slot: Some(&self.slot), input: PhantomData }
    }

    /// Whether the coroutine is being closed.
    pub(crate) fn is_closing(&self) -> bool {
        self.slot.is_closing()
    }
}

impl<T: ?Sized> fmt::Debug for Input<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("closing", &self.is_closing()).finish_non_exhaustive()
    }
}

/// The pause itself: a future of the next item, made by [`Input::next`].
///
/// ```
/// use cosend::{Input, Next, Sink, coroutine};
///
/// let body = coroutine(async |mut words: Input<str>| {
///     let pause: Next<'_, '_, str> = words.next();
///     pause.await.is_none()
/// });
/// assert!(body.close());
/// ```
#[must_use = "a pause does nothing until it is awaited"]
pub struct Next<'a, 'id, T: ?Sized> {
    /// `None` once it has given an item, or the close (rule 3).
    slot: Option<&'a Slot<T>>,
    /// Holds the handle mutably for as long as the pause or its item lives (rule 1).
    input: PhantomData<&'a mut Input<'id, T>>,
}

impl<'a, T: ?Sized> Future for Next<'a, '_, T> {
    type Output = Option<&'a T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<&'a T>> {
        let Some(slot) = self.slot else {
            panic!("a pause was polled again after it had ended");
        };
        let item = match slot.phase.get() {
            Phase::Lent => slot.item.get(),
            Phase::Closing => {
                self.slot = None;
                return Poll::Ready(None);
            }
            Phase::Idle | Phase::Waiting => None,
        };
        let Some(item) = item else {
            slot.phase.set(Phase::Waiting);
            return Poll::Pending;
        };
        slot.phase.set(Phase::Idle);
        self.slot = None;
        // SAFETY: the address came from the `&T` of the send that is polling us: the
        // slot was *lent*, so that send has not ended (rule 4). It points to a live
        // `T`, of exactly this type (rule 6). The reference we make borrows the
        // `Input` mutably for `'a`, so while it lives no other `Next` can set
        // *waiting* (rules 1 and 3), and `resume` drops a body that suspends without
        // *waiting* before the send returns (rule 2). A leaked body is never polled
        // again and reads nothing.
        Poll::Ready(Some(unsafe { item.as_ref() }))
    }
}

impl<T: ?Sized> Drop for Next<'_, '_, T> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot
            && slot.phase.get() == Phase::Waiting
        {
            slot.phase.set(Phase::Idle);
        }
    }
}

impl<T: ?Sized> fmt::Debug for Next<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("finished", &self.slot.is_none()).finish_non_exhaustive()
    }
}

/// A body together with the slot through which it is lent items.
pub(crate) struct Lender<T: ?Sized, B: Future> {
    slot: Rc<Slot<T>>,
    body: Body<B>,
}

/// Puts a body and its slot together; nothing runs yet.
pub(crate) fn lender<T: ?Sized, R, F>(body: F) -> Lender<T, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Input<'id, T>) -> R,
{
    let slot = Rc::new(Slot { phase: Cell::new(Phase::Idle), item: Cell::new(None) });
    let body = Body::new(body(Input { slot: Rc::clone(&slot), id: PhantomData }));
    Lender { slot, body }
}

impl<T: ?Sized, B: Future> Lender<T, B> {
    /// Runs the body up to its next pause without an item: up to its first pause if
    /// it has not begun, and otherwise for what it was left outside the slot.
    pub(crate) fn wake(&mut self) -> Result<(), Stopped> {
        resume(&self.slot, &mut self.body, |_| ())
    }

    /// Lends one item to the body and runs it up to its next pause.
    #[inline]
    pub(crate) fn send(&mut self, item: &T) -> Result<(), Stopped> {
        resume(&self.slot, &mut self.body, |slot| slot.lend(item))
    }

    /// Closes the input, runs the body to its end and takes its result.
    pub(crate) fn finish(&mut self) -> Result<B::Output, Stopped> {
        // A pause from before the closing does not count as waiting any more.
        let _ = resume(&self.slot, &mut self.body, |slot| slot.phase.set(Phase::Closing));
        self.take_result().ok_or(Stopped)
    }

    /// The result of a body that has returned, once.
    pub(crate) fn take_result(&mut self) -> Option<B::Output> {
        self.body.take_result()
    }

    /// Puts a result back that was taken to be looked at.
    pub(crate) fn put_result(&mut self, result: B::Output) {
        self.body = Body::Returned(result);
    }

    /// Drops the body where it stands, and its result if it has one.
    pub(crate) fn end(&mut self) {
        self.body = Body::Over;
    }

    /// Whether there is a body that can still be resumed.
    #[inline]
    pub(crate) fn is_suspended(&self) -> bool {
        self.body.is_suspended()
    }
}

/// One run of a body. Unless it ends at a pause for an item, it ends the body where
/// it stands, and empties the slot; so does unwinding.
struct Run<'a, T: ?Sized, B: Future> {
    slot: &'a Slot<T>,
    body: &'a mut Body<B>,
}

impl<T: ?Sized, B: Future> Drop for Run<'_, T, B> {
    fn drop(&mut self) {
        self.slot.empty();
        // Its locals may read the loan while they are dropped: it still lives.
        *self.body = Body::Over;
    }
}

/// Polls the body once, after something was put into the slot, and sees to it that
/// no loan is left behind.
#[inline]
fn resume<T: ?Sized, B: Future>(
    slot: &Slot<T>,
    body: &mut Body<B>,
    put: impl FnOnce(&Slot<T>),
) -> Result<(), Stopped> {
    let run = Run { slot, body };
    let Body::Suspended(suspended) = &mut *run.body else {
        mem::forget(run);
        return Err(Stopped);
    };
    put(slot);
    let polled = suspended.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    if polled.is_pending() && slot.phase.get() == Phase::Waiting {
        // It took the item, if there was one, and holds none.
        mem::forget(run);
        return Ok(());
    }
    run.end(polled);
    Ok(())
}

impl<T: ?Sized, B: Future> Run<'_, T, B> {
    /// Ends a run in which the body returned, or suspended where it must not
    /// (rule 2). Most runs do neither, so this is kept out of their way.
    #[cold]
    #[inline(never)]
    fn end(self, polled: Poll<B::Output>) {
        let Poll::Ready(result) = polled else {
            let closing = self.slot.is_closing();
            drop(self);
            assert!(!closing, "a coroutine ignored its closing: it paused again after `None`");
            panic!("a coroutine paused on something other than its input");
        };
        self.slot.empty();
        *self.body = Body::Returned(result);
        mem::forget(self);
    }
}
