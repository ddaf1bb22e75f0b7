//! A suspended body, and what becomes of it: shared by all flavours.

use alloc::boxed::Box;
use core::future::Future;
use core::mem;
use core::pin::Pin;
use core::task::{Context, Poll};

/// How far a body has come.
pub(crate) enum Body<B: Future> {
    /// It can be resumed: it is suspended, or has not begun.
    Suspended(Pin<Box<B>>),
    /// It has returned, and nobody has asked for the result yet.
    Returned(B::Output),
    /// The result was taken, or the body panicked, or was ended.
    Over,
}

/// Ends a body where it stands when it unwinds: its locals are dropped, and the
/// state says so.
struct EndBody<'a, B: Future>(&'a mut Body<B>);

impl<B: Future> Drop for EndBody<'_, B> {
    fn drop(&mut self) {
        *self.0 = Body::Over;
    }
}

impl<B: Future> Body<B> {
    /// A body that has not begun, in the one place where it will stay.
    pub(crate) fn new(body: B) -> Self {
        Self::Suspended(Box::pin(body))
    }

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
            Self::Returned(_) | Self::Over => {
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
        if self.is_suspended() {
            return None;
        }
        match mem::replace(self, Self::Over) {
            Self::Returned(result) => Some(result),
            Self::Suspended(_) | Self::Over => None,
        }
    }
}
