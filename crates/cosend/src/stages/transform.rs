//! Stages that make something of each item.

use alloc::borrow::ToOwned;
use core::fmt;
use core::marker::PhantomData;

use super::{Child, Takes, as_its_child, debug};
use crate::{Sink, Stopped};

/// Sends on what a function makes of each item; made by [`map`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Map<T: ?Sized, U, F, S> {
    function: F,
    child: Child<S>,
    items: PhantomData<fn(&T) -> U>,
}

/// Makes a stage that sends on what a function makes of each item.
///
/// What the function gives is owned; [`project`] is for a part of the item itself.
///
/// ```
/// use cosend::{Map, Sink, collect, map};
///
/// let mut shout = map(|word: &str| word.to_uppercase(), collect());
/// shout.send("love")?;
/// let words: Vec<String> = shout.close();
/// assert_eq!(words, ["LOVE"]);
///
/// let lengths: Map<str, usize, _, _> = map(str::len, collect::<usize, Vec<_>>());
/// assert_eq!(lengths.run(["four"]), [4]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn map<T: ?Sized, U, F: FnMut(&T) -> U, S: Sink<U>>(function: F, child: S) -> Map<T, U, F, S> {
    Map { function, child: Child::new(child), items: PhantomData }
}

impl<T: ?Sized, U, F: FnMut(&T) -> U, S: Sink<U>> Sink<T> for Map<T, U, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        self.child.send(&(self.function)(item))
    }

    as_its_child!();
}

/// Sends on a part of each item; made by [`project`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Project<T: ?Sized, U: ?Sized, F, S> {
    function: F,
    child: Child<S>,
    items: PhantomData<fn(&T) -> *const U>,
}

/// Makes a stage that sends on a part of each item, without a copy.
///
/// ```
/// use cosend::{Sink, collect, project};
///
/// let trimmed = project(str::trim, collect::<str, Vec<_>>());
/// assert_eq!(trimmed.run(["  a", "b "]), ["a", "b"]);
///
/// struct Entry {
///     name: String,
///     size: u64,
/// }
/// let names = project(|entry: &Entry| entry.name.as_str(), collect::<str, Vec<_>>());
/// assert_eq!(names.run([Entry { name: "a".to_owned(), size: 1 }]), ["a"]);
/// # let Entry { name: _, size: _ } = Entry { name: String::new(), size: 0 };
/// ```
pub fn project<T, U, F, S>(function: F, child: S) -> Project<T, U, F, S>
where
    T: ?Sized,
    U: ?Sized,
    F: for<'a> FnMut(&'a T) -> &'a U,
    S: Sink<U>,
{
    Project { function, child: Child::new(child), items: PhantomData }
}

impl<T, U, F, S> Sink<T> for Project<T, U, F, S>
where
    T: ?Sized,
    U: ?Sized,
    F: for<'a> FnMut(&'a T) -> &'a U,
    S: Sink<U>,
{
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        self.child.send((self.function)(item))
    }

    as_its_child!();
}

/// Shows each item to a function before it sends it on; made by [`inspect`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Inspect<T: ?Sized, F, S> {
    function: F,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that shows each item to a function before it sends it on.
///
/// ```
/// use cosend::{Sink, count, inspect};
///
/// let mut log = String::new();
/// let seen = inspect(|word: &str| log.push_str(word), count());
/// assert_eq!(seen.run(["a", "b"]), 2);
/// assert_eq!(log, "ab");
/// ```
pub fn inspect<T: ?Sized, F: FnMut(&T), S: Sink<T>>(function: F, child: S) -> Inspect<T, F, S> {
    Inspect { function, child: Child::new(child), items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T), S: Sink<T>> Sink<T> for Inspect<T, F, S> {
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        (self.function)(item);
        self.child.send(item)
    }

    as_its_child!();
}

/// Sends on what a function makes of some items; made by [`filter_map`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct FilterMap<T: ?Sized, U, F, S> {
    function: F,
    child: Child<S>,
    items: PhantomData<fn(&T) -> U>,
}

/// Makes a stage that sends on what a function makes of an item, if it makes anything.
///
/// ```
/// use cosend::{Sink, collect, filter_map};
///
/// let numbers = filter_map(|word: &str| word.parse().ok(), collect::<u32, Vec<_>>());
/// assert_eq!(numbers.run(["1", "two", "3"]), [1, 3]);
/// ```
pub fn filter_map<T, U, F, S>(function: F, child: S) -> FilterMap<T, U, F, S>
where
    T: ?Sized,
    F: FnMut(&T) -> Option<U>,
    S: Sink<U>,
{
    FilterMap { function, child: Child::new(child), items: PhantomData }
}

impl<T, U, F, S> Sink<T> for FilterMap<T, U, F, S>
where
    T: ?Sized,
    F: FnMut(&T) -> Option<U>,
    S: Sink<U>,
{
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        match (self.function)(item) {
            Some(made) => self.child.send(&made),
            None => Ok(()),
        }
    }

    as_its_child!();
}

/// Sends on each of the values that a function makes of an item; made by [`flat_map`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct FlatMap<T: ?Sized, I, F, S> {
    function: F,
    child: Child<S>,
    items: PhantomData<fn(&T) -> I>,
}

/// Makes a stage that sends on each value of the series that a function makes of an item.
///
/// The values are owned; [`expand`] sends on parts of the item itself.
///
/// ```
/// use cosend::{Sink, collect, flat_map};
///
/// let countdown = flat_map(|&number: &u32| (0..number).rev(), collect::<u32, Vec<_>>());
/// assert_eq!(countdown.run([2, 3]), [1, 0, 2, 1, 0]);
/// ```
pub fn flat_map<T, I, F, S>(function: F, child: S) -> FlatMap<T, I, F, S>
where
    T: ?Sized,
    I: IntoIterator,
    F: FnMut(&T) -> I,
    S: Sink<I::Item>,
{
    FlatMap { function, child: Child::new(child), items: PhantomData }
}

impl<T, I, F, S> Sink<T> for FlatMap<T, I, F, S>
where
    T: ?Sized,
    I: IntoIterator,
    F: FnMut(&T) -> I,
    S: Sink<I::Item>,
{
    type Return = S::Return;

    /// An item of which the child took some values, and refused the rest, was taken.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        let mut sent = false;
        for value in (self.function)(item) {
            if sent && self.child.is_stopped() {
                break;
            }
            let taken = self.child.send(&value);
            if !sent {
                taken?;
            }
            sent = true;
        }
        Ok(())
    }

    as_its_child!();
}

/// Lets a function send what it likes for each item; made by [`expand`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Expand<T: ?Sized, U: ?Sized, F, S> {
    function: F,
    child: Child<S>,
    items: PhantomData<fn(&T) -> *const U>,
}

/// Makes a stage whose function is given each item, and the child to send to.
///
/// So parts of an item are sent on without a copy. `?` after a send or a
/// [`pass`](Sink::pass) ends the stage with its child.
///
/// ```
/// use cosend::{Sink, collect, expand};
///
/// let words = expand(
///     |line: &str, words| words.send_all(line.split_whitespace()),
///     collect::<str, Vec<_>>(),
/// );
/// assert_eq!(words.run(["to be", "or not"]), ["to", "be", "or", "not"]);
/// ```
pub fn expand<T, U, F, S>(function: F, child: S) -> Expand<T, U, F, S>
where
    T: ?Sized,
    U: ?Sized,
    F: FnMut(&T, &mut S) -> Result<(), Stopped>,
    S: Sink<U>,
{
    Expand { function, child: Child::new(child), items: PhantomData }
}

impl<T, U, F, S> Sink<T> for Expand<T, U, F, S>
where
    T: ?Sized,
    U: ?Sized,
    F: FnMut(&T, &mut S) -> Result<(), Stopped>,
    S: Sink<U>,
{
    type Return = S::Return;

    /// `Stopped` as well when the child took a part of the item and refused the rest.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        (self.function)(item, &mut self.child.sink).inspect_err(|_| self.child.stopped = true)
    }

    as_its_child!();
}

/// Counts the items that it sends on, and sends their numbers too; made by [`enumerate`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Enumerate<T: ?Sized, S> {
    next: usize,
    child: Child<S>,
    items: Takes<T>,
}

/// Makes a stage that sends on a copy of each item with its number, from 0.
///
/// ```
/// use cosend::{Sink, collect, enumerate};
///
/// let numbered = enumerate::<str, _>(collect::<(usize, String), Vec<_>>());
/// assert_eq!(numbered.run(["a", "b"]), [(0, "a".to_owned()), (1, "b".to_owned())]);
/// ```
pub fn enumerate<T, S>(child: S) -> Enumerate<T, S>
where
    T: ?Sized + ToOwned,
    S: Sink<(usize, T::Owned)>,
{
    Enumerate { next: 0, child: Child::new(child), items: PhantomData }
}

impl<T, S> Sink<T> for Enumerate<T, S>
where
    T: ?Sized + ToOwned,
    S: Sink<(usize, T::Owned)>,
{
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        self.child.send(&(self.next, item.to_owned()))?;
        self.next += 1;
        Ok(())
    }

    as_its_child!();
}

/// Sends on what a function makes of each item and of what went before; made by [`scan`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Scan<T: ?Sized, A, U, F, S> {
    state: A,
    function: F,
    child: Child<S>,
    items: PhantomData<fn(&T) -> U>,
}

/// Makes a stage whose function has a state, as [`Iterator::scan`]; `None` stops it.
///
/// ```
/// use cosend::{Sink, collect, scan};
///
/// let totals = scan(
///     0,
///     |total: &mut u32, number: &u32| {
///         *total += number;
///         (*total < 100).then_some(*total)
///     },
///     collect::<u32, Vec<_>>(),
/// );
/// assert_eq!(totals.run([1, 20, 300, 4]), [1, 21]);
/// ```
pub fn scan<T, A, U, F, S>(initial: A, function: F, child: S) -> Scan<T, A, U, F, S>
where
    T: ?Sized,
    F: FnMut(&mut A, &T) -> Option<U>,
    S: Sink<U>,
{
    Scan { state: initial, function, child: Child::new(child), items: PhantomData }
}

impl<T, A, U, F, S> Sink<T> for Scan<T, A, U, F, S>
where
    T: ?Sized,
    F: FnMut(&mut A, &T) -> Option<U>,
    S: Sink<U>,
{
    type Return = S::Return;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        let Some(made) = (self.function)(&mut self.state, item) else {
            self.child.stopped = true;
            return Err(Stopped);
        };
        self.child.send(&made)
    }

    as_its_child!();
}

debug!(Map<U, F, S>, child: S);
debug!(Inspect<F, S>, child: S);
debug!(FilterMap<U, F, S>, child: S);
debug!(FlatMap<I, F, S>, child: S);
debug!(Enumerate<S>, child: S);
debug!(Scan<A, U, F, S>, child: S);

impl<T: ?Sized, U: ?Sized, F, S: fmt::Debug> fmt::Debug for Project<T, U, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Project").field("child", &self.child).finish_non_exhaustive()
    }
}

impl<T: ?Sized, U: ?Sized, F, S: fmt::Debug> fmt::Debug for Expand<T, U, F, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Expand").field("child", &self.child).finish_non_exhaustive()
    }
}
