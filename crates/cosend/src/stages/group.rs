//! Stages that put items together, or apart.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use super::{Child, Takes};
use crate::{Sink, Stopped};

/// Sends items on in slices of one length; made by [`batch`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Batch<T: ?Sized + ToOwned, S> {
    size: usize,
    items: Vec<T::Owned>,
    child: Child<S>,
}

/// Makes a stage that sends copies of the items on in slices of `size`; what is left at the
/// end is a shorter one.
///
/// ```
/// use cosend::{Sink, batch, collect};
///
/// let mut pages = batch::<str, _>(2, collect::<[String], Vec<_>>());
/// pages.send_all(["a", "b", "c"])?;
/// assert_eq!(pages.close(), [vec!["a", "b"], vec!["c"]]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
///
/// # Panics
///
/// When `size` is 0.
#[track_caller]
pub fn batch<T: ?Sized + ToOwned, S: Sink<[T::Owned]>>(size: usize, child: S) -> Batch<T, S> {
    assert!(size > 0, "a batch of no items never ends");
    Batch { size, items: Vec::new(), child: Child::new(child) }
}

impl<T: ?Sized + ToOwned, S: Sink<[T::Owned]>> Sink<T> for Batch<T, S> {
    type Return = S::Return;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        self.items.push(item.to_owned());
        if self.items.len() < self.size {
            return Ok(());
        }
        let sent = self.child.send(self.items.as_slice());
        self.items.clear();
        sent
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        if !self.items.is_empty() && self.child.check().is_ok() {
            // A child that wants no more is closed all the same.
            let _ = self.child.send(self.items.as_slice());
        }
        self.items.clear();
        self.child.finish()
    }

    fn is_stopped(&self) -> bool {
        self.child.is_stopped()
    }
}

/// Sends on the last items, again with each new one; made by [`window`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Window<T: ?Sized + ToOwned, S> {
    size: usize,
    items: Vec<T::Owned>,
    child: Child<S>,
}

/// Makes a stage that sends on, with each item, a slice of copies of the last `size` ones,
/// once there are that many.
///
/// ```
/// use cosend::{Sink, collect, map, window};
///
/// let steps = window::<u32, _>(2, map(|pair: &[u32]| pair[1] - pair[0], collect()));
/// let steps: Vec<u32> = steps.run([1, 4, 9, 16]);
/// assert_eq!(steps, [3, 5, 7]);
/// ```
///
/// # Panics
///
/// When `size` is 0.
#[track_caller]
pub fn window<T: ?Sized + ToOwned, S: Sink<[T::Owned]>>(size: usize, child: S) -> Window<T, S> {
    assert!(size > 0, "a window of no items shows nothing");
    Window { size, items: Vec::new(), child: Child::new(child) }
}

impl<T: ?Sized + ToOwned, S: Sink<[T::Owned]>> Sink<T> for Window<T, S> {
    type Return = S::Return;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.child.check()?;
        if self.items.len() < self.size {
            self.items.push(item.to_owned());
        } else {
            // The copy that leaves makes room for the new one.
            self.items.rotate_left(1);
            item.clone_into(&mut self.items[self.size - 1]);
        }
        if self.items.len() < self.size {
            return Ok(());
        }
        self.child.send(self.items.as_slice())
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.child.finish()
    }

    fn is_stopped(&self) -> bool {
        self.child.is_stopped()
    }
}

/// Sends each item to one of two children; made by [`partition`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Partition<T: ?Sized, F, L, R> {
    condition: F,
    met: L,
    not_met: R,
    stopped: bool,
    items: Takes<T>,
}

/// Makes a stage that sends the items that meet a condition to one child, and the others to
/// a second one.
///
/// Items for a child that has stopped are dropped; the stage stops with both.
///
/// ```
/// use cosend::{Sink, collect, count, partition};
///
/// let sorted = partition(|line: &str| line.starts_with('#'), count(), collect());
/// let (comments, lines): (usize, Vec<String>) = sorted.run(["# a", "b", "# c"]);
/// assert_eq!((comments, lines), (2, vec!["b".to_owned()]));
/// ```
pub fn partition<T, F, L, R>(condition: F, met: L, not_met: R) -> Partition<T, F, L, R>
where
    T: ?Sized,
    F: FnMut(&T) -> bool,
    L: Sink<T>,
    R: Sink<T>,
{
    Partition { condition, met, not_met, stopped: false, items: PhantomData }
}

impl<T, F, L, R> Sink<T> for Partition<T, F, L, R>
where
    T: ?Sized,
    F: FnMut(&T) -> bool,
    L: Sink<T>,
    R: Sink<T>,
{
    type Return = (L::Return, R::Return);

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.is_stopped() {
            return Err(Stopped);
        }
        // A refusal is told by `is_stopped`, once both refuse.
        let _ = if (self.condition)(item) { self.met.send(item) } else { self.not_met.send(item) };
        Ok(())
    }

    /// Finishes both, also when the first has no result to give; then the whole has none.
    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        self.stopped = true;
        let (met, not_met) = (self.met.finish(), self.not_met.finish());
        Ok((met?, not_met?))
    }

    fn is_stopped(&self) -> bool {
        self.stopped || (self.met.is_stopped() && self.not_met.is_stopped())
    }
}

/// Sends each item to the child of its key; made by [`route`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Route<T: ?Sized, K, F, M, S: Sink<T>> {
    key: F,
    make: M,
    children: BTreeMap<K, S>,
    results: BTreeMap<K, Result<S::Return, Stopped>>,
    finished: bool,
    items: Takes<T>,
}

/// Makes a stage that sends each item to the child of its key, and makes a child for each
/// new key: a `GROUP BY`.
///
/// Its result is a map from the keys to what their children gave. Items for a child that has
/// stopped are dropped.
///
/// ```
/// use cosend::{Sink, count, route};
///
/// let by_length = route(|word: &str| word.len(), |_length| count());
/// let counts = by_length.run(["to", "be", "or", "not"]);
/// assert_eq!(counts.into_iter().collect::<Vec<_>>(), [(2, 3), (3, 1)]);
/// ```
pub fn route<T, K, F, M, S>(key: F, make: M) -> Route<T, K, F, M, S>
where
    T: ?Sized,
    K: Ord,
    F: FnMut(&T) -> K,
    M: FnMut(&K) -> S,
    S: Sink<T>,
{
    Route {
        key,
        make,
        children: BTreeMap::new(),
        results: BTreeMap::new(),
        finished: false,
        items: PhantomData,
    }
}

impl<T: ?Sized, K: Ord, F, M, S: Sink<T>> Route<T, K, F, M, S> {
    /// Finishes every child and gives what each of them has: `Stopped` for one that has no
    /// result, since it panicked, say. A [`finish`](Sink::finish) that failed for the sake of
    /// one child has lost nothing: the results of the others are here.
    ///
    /// ```
    /// use cosend::{Sink, count, route};
    ///
    /// let mut by_length = route(|word: &str| word.len(), |_| count());
    /// by_length.send("to")?;
    /// assert_eq!(by_length.finish_each().into_iter().collect::<Vec<_>>(), [(2, Ok(1))]);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    pub fn finish_each(&mut self) -> BTreeMap<K, Result<S::Return, Stopped>> {
        self.finished = true;
        while let Some((key, mut child)) = self.children.pop_first() {
            let result = child.finish();
            self.results.insert(key, result);
        }
        core::mem::take(&mut self.results)
    }
}

impl<T, K, F, M, S> Sink<T> for Route<T, K, F, M, S>
where
    T: ?Sized,
    K: Ord,
    F: FnMut(&T) -> K,
    M: FnMut(&K) -> S,
    S: Sink<T>,
{
    type Return = BTreeMap<K, S::Return>;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.finished {
            return Err(Stopped);
        }
        let child = match self.children.entry((self.key)(item)) {
            Entry::Occupied(child) => child.into_mut(),
            Entry::Vacant(place) => {
                let child = (self.make)(place.key());
                place.insert(child)
            }
        };
        // Another key may have a child that goes on.
        let _ = child.send(item);
        Ok(())
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        if core::mem::replace(&mut self.finished, true) && self.children.is_empty() {
            return Err(Stopped);
        }
        let results = self.finish_each();
        if results.values().any(Result::is_err) {
            self.results = results;
            return Err(Stopped);
        }
        results.into_iter().map(|(key, result)| Ok((key, result?))).collect()
    }

    fn is_stopped(&self) -> bool {
        self.finished
    }
}

impl<T: ?Sized + ToOwned, S: fmt::Debug> fmt::Debug for Batch<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("child", &self.child).finish_non_exhaustive()
    }
}

impl<T: ?Sized + ToOwned, S: fmt::Debug> fmt::Debug for Window<T, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Window").field("child", &self.child).finish_non_exhaustive()
    }
}

impl<T: ?Sized, F, L: fmt::Debug, R: fmt::Debug> fmt::Debug for Partition<T, F, L, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partition")
            .field("met", &self.met)
            .field("not_met", &self.not_met)
            .finish_non_exhaustive()
    }
}

impl<T, K, F, M, S> fmt::Debug for Route<T, K, F, M, S>
where
    T: ?Sized,
    K: fmt::Debug,
    S: Sink<T> + fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route").field("children", &self.children).finish_non_exhaustive()
    }
}
