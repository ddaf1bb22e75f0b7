//! The pointer through which a coroutine and its body share a slot.

use alloc::rc::Rc;
use core::ops::Deref;

/// A counted pointer, of which a coroutine has one handle and its body the other.
///
/// It is `Rc`, with its cheap counts and on targets without atomics; rule 8 is what
/// makes it `Send`. So its handles are in two places alone: in a type of this crate
/// that owns a body, and in a handle with the lifetime `'id` that was passed to that
/// body. It is cloned when the two are made, and never afterwards.
pub(crate) struct Link<S>(Rc<S>);

// SAFETY: by rule 8 the counts and the value are used by one thread at a time, and
// what one thread did happened before the next one goes on. So a link may be used, and
// the value dropped, on any thread to which the value may be sent.
unsafe impl<S: Send> Send for Link<S> {}
// SAFETY: as above. A shared reference to a link of a body is used while that body is
// polled, by its thread or by one that it waits for; no two of the methods that write
// run at once, since each takes a handle by `&mut`.
unsafe impl<S: Send> Sync for Link<S> {}

impl<S> Link<S> {
    pub(crate) fn new(value: S) -> Self {
        Self(Rc::new(value))
    }
}

impl<S> Clone for Link<S> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<S> Deref for Link<S> {
    type Target = S;

    #[inline]
    fn deref(&self) -> &S {
        &self.0
    }
}
