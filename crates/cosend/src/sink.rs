//! The one push trait, and the one way a push can fail.
//!
//! Read next: [`Coroutine`](crate::Coroutine), the sink that is written as a
//! function body.

use alloc::boxed::Box;
use core::error::Error;
use core::fmt;

/// The receiver takes no more items: it has returned, has been finished, or has
/// panicked.
///
/// This is what Python calls `StopIteration` on a coroutine that is over.
///
/// ```
/// use cosend::{Sink, Stopped, count};
///
/// let mut items = count::<u8>();
/// items.finish()?;
/// assert_eq!(items.send(&1), Err(Stopped));
/// assert_eq!(Stopped.to_string(), "the receiver has stopped");
/// # Ok::<(), Stopped>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the receiver has stopped")
    }
}

impl Error for Stopped {}

/// Something that items are pushed into, and that gives a result when it is
/// closed.
///
/// Items are lent: a sink sees `&T` for the length of one [`send`](Sink::send)
/// and copies what it wants to keep. So one item can go to many sinks without a
/// clone, and `T` may be unsized (`str`, `[u8]`).
///
/// ```
/// use cosend::{Sink, Stopped};
///
/// /// Adds up what it is sent.
/// struct Sum(Option<u64>);
///
/// impl Sink<u64> for Sum {
///     type Return = u64;
///
///     fn send(&mut self, item: &u64) -> Result<(), Stopped> {
///         *self.0.as_mut().ok_or(Stopped)? += item;
///         Ok(())
///     }
///
///     fn finish(&mut self) -> Result<u64, Stopped> {
///         self.0.take().ok_or(Stopped)
///     }
/// }
///
/// let mut sum = Sum(Some(0));
/// sum.send(&40)?;
/// sum.send(&2)?;
/// assert_eq!(sum.close(), 42);
/// # Ok::<(), Stopped>(())
/// ```
#[must_use = "a sink does nothing until it is sent to"]
pub trait Sink<T: ?Sized> {
    /// What closing gives back.
    type Return;

    /// Lends one item to the sink.
    ///
    /// ```
    /// use cosend::{Sink, count};
    ///
    /// let mut letters = count::<str>();
    /// assert_eq!(letters.send("a"), Ok(()));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the sink takes no more items. The item was not seen.
    #[track_caller]
    fn send(&mut self, item: &T) -> Result<(), Stopped>;

    /// Tells the sink that nothing more comes, and takes its result.
    ///
    /// This is [`close`](Sink::close) for a sink that is held by reference, as
    /// `dyn Sink` or shared. A sink that stopped by returning still has its
    /// result to give, once.
    ///
    /// ```
    /// use cosend::{Sink, Stopped, count};
    ///
    /// let mut items: Box<dyn Sink<u8, Return = usize>> = Box::new(count());
    /// assert_eq!(items.finish(), Ok(0));
    /// assert_eq!(items.finish(), Err(Stopped));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the result has been taken before, or never came to be
    /// because the sink panicked.
    #[track_caller]
    fn finish(&mut self) -> Result<Self::Return, Stopped>;

    /// Closes the sink for good and returns its result.
    ///
    /// A send after this does not compile, since the sink is gone.
    ///
    /// ```
    /// use cosend::{Sink, count};
    ///
    /// let mut items = count();
    /// items.send(&'a')?;
    /// assert_eq!(items.close(), 1);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no result: it was taken by an earlier
    /// [`finish`](Sink::finish), or the sink panicked before.
    #[track_caller]
    fn close(mut self) -> Self::Return
    where
        Self: Sized,
    {
        match self.finish() {
            Ok(result) => result,
            Err(Stopped) => {
                panic!("closed a sink that has no result: it was finished, or panicked")
            }
        }
    }
}

impl<T: ?Sized, S: Sink<T> + ?Sized> Sink<T> for Box<S> {
    type Return = S::Return;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        (**self).send(item)
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        (**self).finish()
    }
}

impl<T: ?Sized, S: Sink<T> + ?Sized> Sink<T> for &mut S {
    type Return = S::Return;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        (**self).send(item)
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        (**self).finish()
    }
}
