//! Stages whose functions may fail: the first error stops them, and is their result.

use core::marker::PhantomData;
use core::mem;

use super::{Child, Takes, debug};
use crate::{Sink, Stopped};

/// What there is of a stage that may fail.
enum Attempt<A, E> {
    Going(A),
    Failed(E),
    /// Its result was taken, or its function panicked.
    Over,
}

impl<A, E> Attempt<A, E> {
    fn take(&mut self) -> Result<Result<A, E>, Stopped> {
        match mem::replace(self, Self::Over) {
            Self::Going(value) => Ok(Ok(value)),
            Self::Failed(error) => Ok(Err(error)),
            Self::Over => Err(Stopped),
        }
    }

    fn is_stopped(&self) -> bool {
        !matches!(self, Self::Going(_))
    }
}

/// Calls a function that may fail with each item; made by [`try_for_each`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct TryForEach<T: ?Sized, E, F> {
    function: F,
    attempt: Attempt<(), E>,
    items: Takes<T>,
}

/// Makes an end that calls a function with each item, up to the first error, which is then
/// its result.
///
/// ```
/// use std::io::{self, Write};
/// use cosend::{Sink, try_for_each};
///
/// let mut file = Vec::new();
/// let written: io::Result<()> =
///     try_for_each(|line: &str| writeln!(file, "{line}")).run(["a", "b"]);
/// written?;
/// assert_eq!(file, b"a\nb\n");
/// # Ok::<(), io::Error>(())
/// ```
pub fn try_for_each<T, E, F>(function: F) -> TryForEach<T, E, F>
where
    T: ?Sized,
    F: FnMut(&T) -> Result<(), E>,
{
    TryForEach { function, attempt: Attempt::Going(()), items: PhantomData }
}

impl<T: ?Sized, E, F: FnMut(&T) -> Result<(), E>> Sink<T> for TryForEach<T, E, F> {
    type Return = Result<(), E>;

    /// The item with which it failed was taken.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.is_stopped() {
            return Err(Stopped);
        }
        if let Err(error) = (self.function)(item) {
            self.attempt = Attempt::Failed(error);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        self.attempt.take()
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        self.attempt.is_stopped()
    }
}

/// Folds the items with a function that may fail; made by [`try_fold`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct TryFold<T: ?Sized, A, E, F> {
    function: F,
    attempt: Attempt<A, E>,
    items: Takes<T>,
}

/// Makes an end that folds the items into one value, up to the first error, which is then
/// its result.
///
/// ```
/// use std::num::ParseIntError;
/// use cosend::{Sink, try_fold};
///
/// let sum = || try_fold(0, |sum, word: &str| Ok::<_, ParseIntError>(sum + word.parse::<u32>()?));
/// assert_eq!(sum().run(["1", "2"]), Ok(3));
/// assert!(sum().run(["1", "two", "3"]).is_err());
/// ```
pub fn try_fold<T, A, E, F>(initial: A, function: F) -> TryFold<T, A, E, F>
where
    T: ?Sized,
    F: FnMut(A, &T) -> Result<A, E>,
{
    TryFold { function, attempt: Attempt::Going(initial), items: PhantomData }
}

impl<T: ?Sized, A, E, F: FnMut(A, &T) -> Result<A, E>> Sink<T> for TryFold<T, A, E, F> {
    type Return = Result<A, E>;

    /// The item with which it failed was taken.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.is_stopped() {
            return Err(Stopped);
        }
        if let Attempt::Going(value) = mem::replace(&mut self.attempt, Attempt::Over) {
            self.attempt = match (self.function)(value, item) {
                Ok(value) => Attempt::Going(value),
                Err(error) => Attempt::Failed(error),
            };
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        self.attempt.take()
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        self.attempt.is_stopped()
    }
}

/// Sends on what a function that may fail makes of each item; made by [`try_map`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct TryMap<T: ?Sized, U, E, F, S> {
    function: F,
    attempt: Attempt<(), E>,
    child: Child<S>,
    items: PhantomData<fn(&T) -> U>,
}

/// Makes a stage that sends on what a function makes of each item, up to the first error.
///
/// Its result is the child's, or the error; the child is closed in any case.
///
/// ```
/// use cosend::{Sink, collect, try_map};
///
/// let numbers = || try_map(|word: &str| word.parse::<u32>(), collect::<u32, Vec<_>>());
/// assert_eq!(numbers().run(["1", "2"]), Ok(vec![1, 2]));
/// assert!(numbers().run(["1", "two"]).is_err());
/// ```
pub fn try_map<T, U, E, F, S>(function: F, child: S) -> TryMap<T, U, E, F, S>
where
    T: ?Sized,
    F: FnMut(&T) -> Result<U, E>,
    S: Sink<U>,
{
    TryMap { function, attempt: Attempt::Going(()), child: Child::new(child), items: PhantomData }
}

impl<T, U, E, F, S> Sink<T> for TryMap<T, U, E, F, S>
where
    T: ?Sized,
    F: FnMut(&T) -> Result<U, E>,
    S: Sink<U>,
{
    type Return = Result<S::Return, E>;

    /// The item with which it failed was taken.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.attempt.is_stopped() {
            return Err(Stopped);
        }
        self.child.check()?;
        match (self.function)(item) {
            Ok(made) => self.child.send(&made),
            Err(error) => {
                self.attempt = Attempt::Failed(error);
                Ok(())
            }
        }
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        let result = self.child.finish();
        match self.attempt.take()? {
            Ok(()) => result.map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        self.attempt.is_stopped() || self.child.is_stopped()
    }
}

/// Sends on the items that meet a condition that may fail; made by [`try_filter`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct TryFilter<T: ?Sized, E, F, S> {
    condition: F,
    attempt: Attempt<(), E>,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that sends on the items that meet a condition, up to the first error.
///
/// Its result is the child's, or the error; the child is closed in any case.
///
/// ```
/// use cosend::{Sink, count, try_filter};
///
/// let even = || try_filter(|word: &str| word.parse().map(|n: u32| n % 2 == 0), count());
/// assert_eq!(even().run(["1", "2"]), Ok(1));
/// assert!(even().run(["2", "two"]).is_err());
/// ```
pub fn try_filter<T, E, F, S>(condition: F, child: S) -> TryFilter<T, E, F, S>
where
    T: ?Sized,
    F: FnMut(&T) -> Result<bool, E>,
    S: Sink<T>,
{
    TryFilter {
        condition,
        attempt: Attempt::Going(()),
        child: Child::new(child),
        items: PhantomData,
    }
}

impl<T, E, F, S> Sink<T> for TryFilter<T, E, F, S>
where
    T: ?Sized,
    F: FnMut(&T) -> Result<bool, E>,
    S: Sink<T>,
{
    type Return = Result<S::Return, E>;

    /// The item with which it failed was taken.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.attempt.is_stopped() {
            return Err(Stopped);
        }
        self.child.check()?;
        match (self.condition)(item) {
            Ok(true) => self.child.send(item),
            Ok(false) => Ok(()),
            Err(error) => {
                self.attempt = Attempt::Failed(error);
                Ok(())
            }
        }
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        let result = self.child.finish();
        match self.attempt.take()? {
            Ok(()) => result.map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        self.attempt.is_stopped() || self.child.is_stopped()
    }
}

/// An attempt is shown by what it came to.
impl<A: core::fmt::Debug, E: core::fmt::Debug> core::fmt::Debug for Attempt<A, E> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Going(value) => f.debug_tuple("Ok").field(value).finish(),
            Self::Failed(error) => f.debug_tuple("Err").field(error).finish(),
            Self::Over => f.write_str("Over"),
        }
    }
}

debug!(TryForEach<E, F>, attempt: E);
debug!(TryFold<A, E, F>, attempt: Attempt<A, E>);
debug!(TryMap<U, E, F, S>, child: S);
debug!(TryFilter<E, F, S>, child: S);
