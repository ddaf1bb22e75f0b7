//! Stages that send some of the items on, as they are.

use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::fmt;
use core::marker::PhantomData;

use super::{Child, Takes, as_its_child, debug};
use crate::{Sink, Stopped};

/// Sends on the items that meet a condition; made by [`filter`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Filter<T: ?Sized, F, S> {
    condition: F,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that sends on the items that meet a condition.
///
/// ```
/// use cosend::{Filter, Sink, count, filter};
///
/// let even: Filter<u32, _, _> = filter(|number: &u32| number % 2 == 0, count());
/// assert_eq!(even.run(0..5), 3);
/// ```
pub fn filter<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>>(
    condition: F,
    child: S,
) -> Filter<T, F, S> {
    Filter { condition, child: Child::new(child), items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>> Sink<T> for Filter<T, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        if (self.condition)(item) { self.child.send(item) } else { Ok(()) }
    }

    as_its_child!();
}

/// Sends on the first items and then stops; made by [`take`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Take<T: ?Sized, S> {
    left: usize,
    child: S,
    items: Takes<T>,
}

/// Makes a stage that sends on the first `limit` items and then stops.
///
/// It [has stopped](Sink::is_stopped) with the last one, and refuses the next. The child is
/// closed with the stage, not before.
///
/// ```
/// use cosend::{Sink, Stopped, Take, collect, take};
///
/// let mut head: Take<str, _> = take(2, collect::<str, Vec<_>>());
/// head.send("a")?;
/// head.send("b")?;
/// assert!(head.is_stopped());
/// assert_eq!(head.send("c"), Err(Stopped));
/// assert_eq!(head.close(), ["a", "b"]);
/// # Ok::<(), Stopped>(())
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

    #[inline]
    fn is_stopped(&self) -> bool {
        self.left == 0 || self.child.is_stopped()
    }
}

/// Leaves the first items out; made by [`skip`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Skip<T: ?Sized, S> {
    left: usize,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that leaves the first `count` items out, and sends the others on.
///
/// ```
/// use cosend::{Sink, collect, skip};
///
/// let body = skip(1, collect::<str, Vec<_>>());
/// assert_eq!(body.run(["header", "line"]), ["line"]);
/// ```
pub fn skip<T: ?Sized, S: Sink<T>>(count: usize, child: S) -> Skip<T, S> {
    Skip { left: count, child: Child::new(child), items: PhantomData }
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Skip<T, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        if self.left > 0 {
            self.left -= 1;
            return Ok(());
        }
        self.child.send(item)
    }

    as_its_child!();
}

/// Sends items on as long as they meet a condition; made by [`take_while`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct TakeWhile<T: ?Sized, F, S> {
    condition: F,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that sends items on as long as they meet a condition, and stops with the
/// first that does not.
///
/// ```
/// use cosend::{Sink, Stopped, count, take_while};
///
/// let mut header = take_while(|line: &str| !line.is_empty(), count());
/// header.send("Subject: x")?;
/// assert_eq!(header.send(""), Err(Stopped));
/// assert_eq!(header.close(), 1);
/// # Ok::<(), Stopped>(())
/// ```
pub fn take_while<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>>(
    condition: F,
    child: S,
) -> TakeWhile<T, F, S> {
    TakeWhile { condition, child: Child::new(child), items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>> Sink<T> for TakeWhile<T, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        if !(self.condition)(item) {
            self.child.stopped = true;
            return Err(Stopped);
        }
        self.child.send(item)
    }

    as_its_child!();
}

/// Leaves items out as long as they meet a condition; made by [`skip_while`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct SkipWhile<T: ?Sized, F, S> {
    /// `None` once an item did not meet it.
    condition: Option<F>,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that leaves items out as long as they meet a condition, and sends on the
/// first that does not, and all after it.
///
/// ```
/// use cosend::{Sink, collect, skip_while};
///
/// let text = skip_while(|line: &str| line.is_empty(), collect::<str, Vec<_>>());
/// assert_eq!(text.run(["", "", "a", "", "b"]), ["a", "", "b"]);
/// ```
pub fn skip_while<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>>(
    condition: F,
    child: S,
) -> SkipWhile<T, F, S> {
    SkipWhile { condition: Some(condition), child: Child::new(child), items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T) -> bool, S: Sink<T>> Sink<T> for SkipWhile<T, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        if let Some(condition) = &mut self.condition {
            if condition(item) {
                return Ok(());
            }
            self.condition = None;
        }
        self.child.send(item)
    }

    as_its_child!();
}

/// Leaves out items that equal the one before; made by [`dedup`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Dedup<T: ?Sized + ToOwned, S> {
    last: Option<T::Owned>,
    child: Child<S>,
}

/// Makes a stage that sends each item on once, however often it is repeated in a row: the
/// tool `uniq`. It keeps a copy of the last one.
///
/// ```
/// use cosend::{Sink, collect, dedup};
///
/// let lines = dedup(collect::<str, Vec<_>>());
/// assert_eq!(lines.run(["a", "a", "b", "a"]), ["a", "b", "a"]);
/// ```
pub fn dedup<T: ?Sized + ToOwned + PartialEq, S: Sink<T>>(child: S) -> Dedup<T, S> {
    Dedup { last: None, child: Child::new(child) }
}

impl<T: ?Sized + ToOwned + PartialEq, S: Sink<T>> Sink<T> for Dedup<T, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        match &mut self.last {
            Some(last) if (*last).borrow() == item => return Ok(()),
            Some(last) => item.clone_into(last),
            last => *last = Some(item.to_owned()),
        }
        self.child.send(item)
    }

    as_its_child!();
}

debug!(Filter<F, S>, child: S);
debug!(Take<S>, child: S);
debug!(Skip<S>, child: S);
debug!(TakeWhile<F, S>, child: S);
debug!(SkipWhile<F, S>, child: S);

impl<T: ?Sized + ToOwned, S: fmt::Debug> fmt::Debug for Dedup<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dedup").field("child", &self.child).finish_non_exhaustive()
    }
}
