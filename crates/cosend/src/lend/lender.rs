//! A body together with the slot through which it is lent items.

use alloc::boxed::Box;
use core::future::Future;
use core::mem;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::input::Input;
use super::link::Link;
use super::slot::{Phase, Slot};
use crate::Stopped;
use crate::body::{Body, Why};

/// A body together with the slot through which it is lent items.
pub(crate) struct Lender<T: ?Sized, B: Future + ?Sized> {
    slot: Link<Slot<T>>,
    body: Body<B>,
}

/// Puts a body and its slot together; nothing runs yet.
#[track_caller]
pub(crate) fn lender<T: ?Sized, R, F>(body: F) -> Lender<T, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Input<'id, T>) -> R,
{
    let slot = Link::new(Slot::new(Location::caller()));
    let body = Body::new(body(Input::new(Link::clone(&slot))));
    Lender { slot, body }
}

impl<T: ?Sized, B: Future> Lender<T, B> {
    /// The same lender with another name for the type of its body.
    pub(crate) fn erase<C: Future<Output = B::Output> + ?Sized>(
        &mut self,
        unsize: impl FnOnce(Pin<Box<B>>) -> Pin<Box<C>>,
    ) -> Lender<T, C> {
        Lender { slot: Link::clone(&self.slot), body: self.body.erase(unsize) }
    }
}

impl<T: ?Sized, B: Future + ?Sized> Lender<T, B> {
    /// Runs the body up to its next pause without an item: up to its first pause if
    /// it has not begun, and otherwise for what it was left outside the slot.
    #[track_caller]
    pub(crate) fn wake(&mut self) -> Result<(), Stopped> {
        resume(&self.slot, &mut self.body, |_| ())
    }

    /// Lends one item to the body and runs it up to its next pause.
    #[inline]
    #[track_caller]
    pub(crate) fn send(&mut self, item: &T) -> Result<(), Stopped> {
        resume(&self.slot, &mut self.body, |slot| slot.lend(item))
    }

    /// Closes the input, runs the body to its end and takes its result.
    #[track_caller]
    pub(crate) fn finish(&mut self) -> Result<B::Output, Stopped> {
        let _ = resume(&self.slot, &mut self.body, Slot::close);
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
    pub(crate) fn end(&mut self, why: Why) {
        self.body = Body::Over(why);
    }

    /// Panics since there is no result, and says why.
    #[cold]
    #[track_caller]
    pub(crate) fn no_result(&self) -> ! {
        let why = self.body.why().unwrap_or(Why::Taken);
        panic!("closed the coroutine made at {}, which has no result: {why}", self.slot.made);
    }

    /// Where the coroutine was made.
    pub(crate) fn made(&self) -> &'static Location<'static> {
        self.slot.made
    }

    /// Whether there is a body that can still be resumed.
    #[inline]
    pub(crate) fn is_suspended(&self) -> bool {
        self.body.is_suspended()
    }
}

/// One run of a body. Unless it ends at a pause for an item, it ends the body where
/// it stands, and empties the slot; so does unwinding.
struct Run<'a, T: ?Sized, B: Future + ?Sized> {
    slot: &'a Slot<T>,
    body: &'a mut Body<B>,
}

impl<T: ?Sized, B: Future + ?Sized> Drop for Run<'_, T, B> {
    fn drop(&mut self) {
        let left = self.slot.phase.get() == Phase::Leaving;
        self.slot.empty();
        // Its locals may read the loan while they are dropped: it still lives.
        *self.body = Body::Over(if left { Why::Left } else { Why::Panicked });
    }
}

/// Polls the body once, after something was put into the slot, and sees to it that
/// no loan is left behind.
#[inline]
#[track_caller]
fn resume<T: ?Sized, B: Future + ?Sized>(
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

impl<T: ?Sized, B: Future + ?Sized> Run<'_, T, B> {
    /// Ends a run in which the body returned, left, or suspended where it must not
    /// (rule 2). Most runs do none of that, so this is kept out of their way.
    #[cold]
    #[inline(never)]
    #[track_caller]
    fn end(self, polled: Poll<B::Output>) {
        if let Poll::Ready(result) = polled {
            self.slot.empty();
            *self.body = Body::Returned(result);
            return mem::forget(self);
        }
        let (phase, made) = (self.slot.phase.get(), self.slot.made);
        drop(self);
        match phase {
            Phase::Leaving => {}
            Phase::Closing => panic!(
                "the coroutine made at {made} ignored its closing: it paused again after `None`"
            ),
            Phase::Idle | Phase::Waiting | Phase::Lent => panic!(
                "the coroutine made at {made} paused on something other than its input; a body \
                 that awaits a timer or a socket is an `owned_coroutine`"
            ),
        }
    }
}
