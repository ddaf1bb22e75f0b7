//! Many sources into one child.

use alloc::rc::Rc;
use core::cell::RefCell;
use core::error::Error;
use core::fmt;

use crate::{Sink, Stopped};

/// One of several handles to the same child; made by [`shared`].
///
/// Each source gets a clone. Finishing a handle gives `None` as long as there are
/// others; the last one finishes the child, and gives its result. Dropping the
/// last handle drops the child, which closes a coroutine.
///
/// A child that holds a handle to itself keeps itself alive: it is never closed.
///
/// ```
/// use cosend::{Input, Sink, coroutine, shared};
///
/// let mut left = shared(coroutine(async |mut words: Input<str>| {
///     let mut all = Vec::new();
///     while let Some(word) = words.next().await {
///         all.push(word.to_owned());
///     }
///     all
/// }));
/// let mut right = left.clone();
/// left.send("from the left")?;
/// right.send("from the right")?;
/// assert_eq!(left.close(), None);
/// right.send("once more")?;
/// assert_eq!(right.close().unwrap().len(), 3);
/// # Ok::<(), cosend::Stopped>(())
/// ```
#[must_use = "a sink does nothing until it is sent to"]
pub struct Shared<S> {
    /// `None` once this handle is finished.
    child: Option<Rc<RefCell<S>>>,
}

/// Makes a sink that can be fed from many places.
///
/// ```
/// use cosend::{Sink, count, shared};
///
/// let mut handles = vec![shared(count::<str>()); 3];
/// for handle in &mut handles {
///     handle.send("item")?;
/// }
/// let results: Vec<_> = handles.into_iter().map(Sink::close).collect();
/// assert_eq!(results, [None, None, Some(3)]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn shared<S>(child: S) -> Shared<S> {
    Shared { child: Some(Rc::new(RefCell::new(child))) }
}

/// Why a shared child did not take an item; from [`Shared::try_send`].
///
/// ```
/// use cosend::SharedError;
///
/// assert_eq!(SharedError::AlreadyExecuting.to_string(), "the receiver is already executing");
/// assert_eq!(SharedError::Stopped.to_string(), "the receiver has stopped");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SharedError {
    /// The child has stopped, or this handle was finished.
    Stopped,
    /// The child is running at this moment, and what it does leads back to itself.
    AlreadyExecuting,
}

impl fmt::Display for SharedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stopped => "the receiver has stopped",
            Self::AlreadyExecuting => "the receiver is already executing",
        })
    }
}

impl Error for SharedError {}

impl From<Stopped> for SharedError {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl<S> Shared<S> {
    /// Lends one item to the child, unless it is running already.
    ///
    /// ```
    /// use cosend::{Sink, SharedError, count, shared};
    ///
    /// let mut handle = shared(count::<u8>());
    /// assert_eq!(handle.try_send(&1), Ok(()));
    /// assert_eq!(handle.finish(), Ok(Some(1)));
    /// assert_eq!(handle.try_send(&1), Err(SharedError::Stopped));
    /// ```
    ///
    /// # Errors
    ///
    /// See [`SharedError`]. The item was not seen.
    pub fn try_send<T: ?Sized>(&self, item: &T) -> Result<(), SharedError>
    where
        S: Sink<T>,
    {
        let child = self.child.as_ref().ok_or(SharedError::Stopped)?;
        let mut child = child.try_borrow_mut().map_err(|_| SharedError::AlreadyExecuting)?;
        Ok(child.send(item)?)
    }
}

impl<S> Clone for Shared<S> {
    /// Another handle to the same child. A clone of a finished handle is finished.
    fn clone(&self) -> Self {
        Self { child: self.child.clone() }
    }
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Shared<S> {
    /// The child's result, from the last handle alone.
    type Return = Option<S::Return>;

    /// As [`try_send`](Shared::try_send).
    ///
    /// # Panics
    ///
    /// When the child is already executing: the network has a cycle.
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        match self.try_send(item) {
            Ok(()) => Ok(()),
            Err(SharedError::Stopped) => Err(Stopped),
            Err(SharedError::AlreadyExecuting) => panic!("{}", SharedError::AlreadyExecuting),
        }
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        match Rc::into_inner(self.child.take().ok_or(Stopped)?) {
            Some(child) => child.into_inner().finish().map(Some),
            None => Ok(None),
        }
    }

    /// A child that is executing at this moment has not stopped yet.
    fn is_stopped(&self) -> bool {
        self.child
            .as_ref()
            .is_none_or(|child| child.try_borrow().is_ok_and(|child| child.is_stopped()))
    }
}

impl<S> fmt::Debug for Shared<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let handles = self.child.as_ref().map_or(0, Rc::strong_count);
        f.debug_struct("Shared").field("handles", &handles).finish_non_exhaustive()
    }
}
