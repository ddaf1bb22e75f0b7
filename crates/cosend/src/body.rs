//! A suspended body, and what becomes of it: shared by all flavours.

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

/// How far a body has come.
pub(crate) enum Body<B: Future + ?Sized> {
    /// It can be resumed: it is suspended, or has not begun.
    Suspended(Pin<Box<B>>),
    /// It has returned, and nobody has asked for the result yet.
    Returned(B::Output),
    /// There is neither a body nor a result any more.
    Over(Why),
}

/// Why a body has no result.
#[derive(Clone, Copy)]
pub(crate) enum Why {
    /// It was asked for before.
    Taken,
    /// The body panicked, or did what a body must not do.
    Panicked,
    /// The body was closed at a pause that does not see the closing.
    Left,
    /// The body returned an error when it was thrown into, and the throw gave it back.
    Thrown,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Taken => "its result was taken before",
            Self::Panicked => "its body panicked",
            Self::Left => {
                "its body was at an `item`, which does not see the closing; drop the coroutine, or \
                 call `finish`"
            }
            Self::Thrown => "its body returned an error, which `throw` gave back",
        })
    }
}

/// Ends a body where it stands when it unwinds: its locals are dropped, and the
/// state says so.
struct EndBody<'a, B: Future + ?Sized>(&'a mut Body<B>);

impl<B: Future + ?Sized> Drop for EndBody<'_, B> {
    fn drop(&mut self) {
        *self.0 = Body::Over(Why::Panicked);
    }
}

impl<B: Future> Body<B> {
    /// A body that has not begun, in the one place where it will stay.
    pub(crate) fn new(body: B) -> Self {
        Self::Suspended(Box::pin(body))
    }

    /// The body under another name for its type. It stays where it is; nothing is left
    /// here.
    pub(crate) fn erase<C: Future<Output = B::Output> + ?Sized>(
        &mut self,
        unsize: impl FnOnce(Pin<Box<B>>) -> Pin<Box<C>>,
    ) -> Body<C> {
        match mem::replace(self, Self::Over(Why::Taken)) {
            Self::Suspended(body) => Body::Suspended(unsize(body)),
            Self::Returned(result) => Body::Returned(result),
            Self::Over(why) => Body::Over(why),
        }
    }
}

impl<B: Future + ?Sized> Body<B> {
    /// Whether there is something to resume.
    #[inline]
    pub(crate) fn is_suspended(&self) -> bool {
        matches!(self, Self::Suspended(_))
    }

    /// Runs the body up to its next pause; ready when it is over, now or before.
    #[inline]
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let end = EndBody(self);
        let polled = match &mut *end.0 {
            Self::Suspended(body) => body.as_mut().poll(context),
            Self::Returned(_) | Self::Over(_) => {
                mem::forget(end);
                return Poll::Ready(());
            }
        };
        let polled = polled.map(|result| *end.0 = Self::Returned(result));
        mem::forget(end);
        polled
    }

    /// The result of a body that has returned, once.
    pub(crate) fn take_result(&mut self) -> Option<B::Output> {
        match self {
            Self::Suspended(_) | Self::Over(_) => None,
            Self::Returned(_) => match mem::replace(self, Self::Over(Why::Taken)) {
                Self::Returned(result) => Some(result),
                Self::Suspended(_) | Self::Over(_) => None,
            },
        }
    }

    /// Why there is no result, if the body is over.
    pub(crate) fn why(&self) -> Option<Why> {
        match self {
            Self::Over(why) => Some(*why),
            Self::Suspended(_) | Self::Returned(_) => None,
        }
    }
}
