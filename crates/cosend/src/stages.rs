//! Plain stages: sinks that need no body of their own.
//!
//! A stage that passes items on owns its child, and gives what the child gives.
//! The others are ends. Anything that keeps more state than these is easier to
//! read as a [`coroutine`](crate::coroutine()).
//!
//! Each names the type of its items, `T`, so that a network's types follow from its
//! stages alone.

use alloc::borrow::ToOwned;
use core::fmt;
use core::marker::PhantomData;

use crate::{Sink, Stopped};

/// A stage that takes `&T` without holding any.
type Takes<T> = PhantomData<fn(&T)>;

/// Sends what a function makes of each item; made by [`map`].
///
/// ```
/// use cosend::{Map, Sink, collect, map};
///
/// let mut lengths: Map<str, usize, _, _> = map(str::len, collect::<usize, Vec<_>>());
/// lengths.send("four")?;
/// assert_eq!(lengths.close(), [4]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Map<T: ?Sized, U, F, S> {
    function: F,
    child: S,
    stopped: bool,
    items: PhantomData<fn(&T) -> U>,
}

/// Makes a stage that sends on what a function makes of each item.
///
/// ```
/// use cosend::{Sink, collect, map};
///
/// let mut shout = map(|word: &str| word.to_uppercase(), collect());
/// shout.send("love")?;
/// let words: Vec<String> = shout.close();
/// assert_eq!(words, ["LOVE"]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn map<T: ?Sized, U, F: FnMut(&T) -> U, S: Sink<U>>(function: F, child: S) -> Map<T, U, F, S> {
    Map { function, child, stopped: false, items: PhantomData }
}

impl<T: ?Sized, U, F: FnMut(&T) -> U, S: Sink<U>> Sink<T> for Map<T, U, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.stopped {
            return Err(Stopped);
        }
        self.child.send(&(self.function)(item)).inspect_err(|_| self.stopped = true)
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.stopped = true;
        self.child.finish()
    }
}

/// Sends on the items that meet a condition; made by [`filter`].
///
/// ```
/// use cosend::{Filter, Sink, count, filter};
///
/// let mut long: Filter<str, _, _> = filter(|word: &str| word.len() > 3, count());
/// long.send("love")?;
/// assert_eq!(long.close(), 1);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Filter<T: ?Sized, F, S> {
    condition: F,
    child: S,
    stopped: bool,
    items: Takes<T>,
}

/// Makes a stage that sends on the items that meet a condition.
///
/// That the child has stopped is found out with the next item that meets it.
///
/// ```
/// use cosend::{Sink, count, filter};
///
/// let mut even = filter(|number: &u32| number % 2 == 0, count());
/// for number in 0..5 {
///     even.send(&number)?;
/// }
/// assert_eq!(even.close(), 3);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn filter<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>>(
    condition: F,
    child: S,
) -> Filter<T, F, S> {
    Filter { condition, child, stopped: false, items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>> Sink<T> for Filter<T, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.stopped {
            return Err(Stopped);
        }
        if !(self.condition)(item) {
            return Ok(());
        }
        self.child.send(item).inspect_err(|_| self.stopped = true)
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.stopped = true;
        self.child.finish()
    }
}

/// Shows each item to a function before it sends it on; made by [`inspect`].
///
/// ```
/// use cosend::{Inspect, Sink, count, inspect};
///
/// let seen: Inspect<str, _, _> = inspect(|word: &str| assert!(!word.is_empty()), count());
/// assert_eq!(seen.close(), 0);
/// ```
pub struct Inspect<T: ?Sized, F, S> {
    function: F,
    child: S,
    stopped: bool,
    items: Takes<T>,
}

/// Makes a stage that shows each item to a function before it sends it on.
///
/// ```
/// use cosend::{Sink, count, inspect};
///
/// let mut log = String::new();
/// let mut seen = inspect(|word: &str| log.push_str(word), count());
/// seen.send("a")?;
/// seen.send("b")?;
/// assert_eq!(seen.close(), 2);
/// assert_eq!(log, "ab");
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn inspect<T: ?Sized, F: FnMut(&T), S: Sink<T>>(function: F, child: S) -> Inspect<T, F, S> {
    Inspect { function, child, stopped: false, items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T), S: Sink<T>> Sink<T> for Inspect<T, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.stopped {
            return Err(Stopped);
        }
        (self.function)(item);
        self.child.send(item).inspect_err(|_| self.stopped = true)
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.stopped = true;
        self.child.finish()
    }
}

/// Sends on the first items and then stops; made by [`take`].
///
/// ```
/// use cosend::{Take, count, take};
///
/// let none: Take<u8, _> = take(0, count());
/// assert_eq!(cosend::Sink::close(none), 0);
/// ```
pub struct Take<T: ?Sized, S> {
    left: usize,
    child: S,
    items: Takes<T>,
}

/// Makes a stage that sends on the first `limit` items and then stops.
///
/// It is the send after the last one that is refused. The child is closed with the
/// stage, not before.
///
/// ```
/// use cosend::{Sink, Stopped, collect, take};
///
/// let mut head = take(2, collect());
/// assert_eq!(head.send("a"), Ok(()));
/// assert_eq!(head.send("b"), Ok(()));
/// assert_eq!(head.send("c"), Err(Stopped));
/// let lines: Vec<String> = head.close();
/// assert_eq!(lines, ["a", "b"]);
/// ```
pub fn take<T: ?Sized, S: Sink<T>>(limit: usize, child: S) -> Take<T, S> {
    Take { left: limit, child, items: PhantomData }
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Take<T, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.left = self.left.checked_sub(1).ok_or(Stopped)?;
        self.child.send(item).inspect_err(|_| self.left = 0)
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.left = 0;
        self.child.finish()
    }
}

/// Keeps a copy of every item; made by [`collect`].
///
/// ```
/// use cosend::{Collect, Sink, collect};
///
/// let mut letters: Collect<char, String> = collect();
/// letters.send(&'a')?;
/// assert_eq!(letters.close(), "a");
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Collect<T: ?Sized, C> {
    /// `None` once it is finished.
    collection: Option<C>,
    items: Takes<T>,
}

/// Makes an end that keeps a copy of every item, in any collection that starts
/// empty and can be extended.
///
/// ```
/// use std::collections::BTreeSet;
/// use cosend::{Sink, collect};
///
/// let mut words = collect();
/// for word in ["b", "a", "b"] {
///     words.send(word)?;
/// }
/// let words: BTreeSet<String> = words.close();
/// assert_eq!(words.len(), 2);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn collect<T: ?Sized + ToOwned, C: Default + Extend<T::Owned>>() -> Collect<T, C> {
    Collect { collection: Some(C::default()), items: PhantomData }
}

impl<T: ?Sized + ToOwned, C: Extend<T::Owned>> Sink<T> for Collect<T, C> {
    type Return = C;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.collection.as_mut().ok_or(Stopped)?.extend([item.to_owned()]);
        Ok(())
    }

    fn finish(&mut self) -> Result<C, Stopped> {
        self.collection.take().ok_or(Stopped)
    }
}

/// Counts the items; made by [`count`].
///
/// ```
/// use cosend::{Count, Sink, count};
///
/// let mut lines: Count<str> = count();
/// lines.send("one")?;
/// assert_eq!(lines.close(), 1);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Count<T: ?Sized> {
    /// `None` once it is finished.
    count: Option<usize>,
    items: Takes<T>,
}

/// Makes an end that counts the items.
///
/// ```
/// use cosend::{Sink, count};
///
/// let mut lines = count::<str>();
/// lines.send("one")?;
/// lines.send("two")?;
/// assert_eq!(lines.close(), 2);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn count<T: ?Sized>() -> Count<T> {
    Count { count: Some(0), items: PhantomData }
}

impl<T: ?Sized> Sink<T> for Count<T> {
    type Return = usize;

    #[inline]
    fn send(&mut self, _: &T) -> Result<(), Stopped> {
        *self.count.as_mut().ok_or(Stopped)? += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<usize, Stopped> {
        self.count.take().ok_or(Stopped)
    }
}

/// Folds the items into one value; made by [`fold`].
///
/// ```
/// use cosend::{Fold, Sink, fold};
///
/// let mut sum: Fold<u32, u32, _> = fold(0, |sum, number: &u32| sum + number);
/// sum.send(&7)?;
/// assert_eq!(sum.close(), 7);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Fold<T: ?Sized, A, F> {
    /// `None` once it is finished, or the function panicked.
    value: Option<A>,
    function: F,
    items: Takes<T>,
}

/// Makes an end that folds the items into one value, as [`Iterator::fold`].
///
/// ```
/// use cosend::{Sink, fold};
///
/// let mut longest = fold(0, |longest: usize, line: &str| longest.max(line.len()));
/// longest.send("a line")?;
/// longest.send("another line")?;
/// assert_eq!(longest.close(), 12);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn fold<T: ?Sized, A, F: FnMut(A, &T) -> A>(initial: A, function: F) -> Fold<T, A, F> {
    Fold { value: Some(initial), function, items: PhantomData }
}

impl<T: ?Sized, A, F: FnMut(A, &T) -> A> Sink<T> for Fold<T, A, F> {
    type Return = A;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        let value = self.value.take().ok_or(Stopped)?;
        self.value = Some((self.function)(value, item));
        Ok(())
    }

    fn finish(&mut self) -> Result<A, Stopped> {
        self.value.take().ok_or(Stopped)
    }
}

/// Shows a stage by its child, and an end by what it holds: the functions between
/// them have nothing to show.
macro_rules! debug {
    ($name:ident<$($parameter:ident),+>, $field:ident: $shown:ident) => {
        impl<T: ?Sized, $($parameter),+> fmt::Debug for $name<T, $($parameter),+>
        where
            $shown: fmt::Debug,
        {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field(stringify!($field), &self.$field)
                    .finish_non_exhaustive()
            }
        }
    };
}

debug!(Map<U, F, S>, child: S);
debug!(Filter<F, S>, child: S);
debug!(Inspect<F, S>, child: S);
debug!(Take<S>, child: S);
debug!(Collect<C>, collection: C);
debug!(Fold<A, F>, value: A);

impl<T: ?Sized> fmt::Debug for Count<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Count").field("count", &self.count).finish_non_exhaustive()
    }
}
