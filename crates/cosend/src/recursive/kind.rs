//! What differs between bodies that stay on their thread and bodies that do not: how they
//! are kept, and how they share.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::future::Future;
use core::ops::Deref;
use core::pin::Pin;

#[cfg(feature = "std")]
use crate::sync::{Arc, Mutex, PoisonError};

/// Whether the bodies of a [`recursive`](crate::recursive()) generator stay on their thread: [`OneThread`] or
/// [`AnyThread`].
///
/// ```
/// use cosend::{Kind, Recursive};
///
/// /// The first values, of a generator that may go to other threads or may not.
/// fn first<Y, K: Kind>(count: usize, series: Recursive<'_, Y, (), K>) -> Vec<Y> {
///     series.take(count).collect()
/// }
///
/// let numbers = cosend::recursive(async |mut out| out.yield_from(1..).await);
/// assert_eq!(first(2, numbers), [1, 2]);
/// ```
pub trait Kind: Share {}

/// The bodies stay on one thread, as those of [`recursive`](crate::recursive()); what they hold may be anything.
#[derive(Clone, Copy, Debug)]
pub struct OneThread;

impl Kind for OneThread {}

/// The bodies go from thread to thread with their generator, as those of
/// [`recursive_send`](crate::recursive_send); so what they hold is `Send`.
#[cfg(feature = "std")]
#[derive(Clone, Copy, Debug)]
pub struct AnyThread;

#[cfg(feature = "std")]
impl Kind for AnyThread {}

/// How bodies and their generator share.
pub trait Share {
    /// A body, without its own type.
    type Body<'b, R>: Future<Output = R> + ?Sized;
    /// A counted pointer.
    type Pointer<S>: Deref<Target = S> + Clone;
    /// What one side puts a value into, and the other takes it out of.
    type Place<V>: Place<V>;

    fn share<S>(value: S) -> Self::Pointer<S>;
}

/// A body that was delegated to. Its result goes to the body that waits for it.
pub(super) type Frame<'b, K> = Pin<Box<<K as Share>::Body<'b, ()>>>;

pub trait Place<V>: Default {
    /// Puts a value in, and gives the one that was there.
    fn exchange(&self, value: Option<V>) -> Option<V>;
}

impl Share for OneThread {
    type Body<'b, R> = dyn Future<Output = R> + 'b;
    type Pointer<S> = Rc<S>;
    type Place<V> = Cell<Option<V>>;

    fn share<S>(value: S) -> Rc<S> {
        Rc::new(value)
    }
}

impl<V> Place<V> for Cell<Option<V>> {
    fn exchange(&self, value: Option<V>) -> Option<V> {
        self.replace(value)
    }
}

#[cfg(feature = "std")]
impl Share for AnyThread {
    type Body<'b, R> = dyn Future<Output = R> + Send + 'b;
    type Pointer<S> = Arc<S>;
    type Place<V> = Mutex<Option<V>>;

    fn share<S>(value: S) -> Arc<S> {
        Arc::new(value)
    }
}

#[cfg(feature = "std")]
impl<V> Place<V> for Mutex<Option<V>> {
    fn exchange(&self, value: Option<V>) -> Option<V> {
        // Nothing panics while it holds the lock, so a poisoned place is whole.
        core::mem::replace(&mut *self.lock().unwrap_or_else(PoisonError::into_inner), value)
    }
}
