//! Ends: stages without a child, whose result is made of the items.

use alloc::borrow::ToOwned;
use core::borrow::Borrow;
use core::fmt;
use core::marker::PhantomData;
use core::ops::AddAssign;

use super::{Takes, debug};
use crate::{Sink, Stopped};

/// Keeps a copy of every item; made by [`collect`].
#[must_use = "a sink does nothing until it is sent to"]
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
/// use cosend::{Collect, Sink, collect};
///
/// let words = collect::<str, BTreeSet<_>>();
/// assert_eq!(words.run(["b", "a", "b"]).len(), 2);
///
/// let letters: Collect<char, String> = collect();
/// assert_eq!(letters.run(['a', 'b']), "ab");
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

    fn is_stopped(&self) -> bool {
        self.collection.is_none()
    }
}

/// Counts the items; made by [`count`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Count<T: ?Sized> {
    /// `None` once it is finished.
    count: Option<usize>,
    items: Takes<T>,
}

/// Makes an end that counts the items.
///
/// ```
/// use cosend::{Count, Sink, count};
///
/// let mut lines: Count<str> = count();
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

    fn is_stopped(&self) -> bool {
        self.count.is_none()
    }
}

/// Folds the items into one value; made by [`fold`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Fold<T: ?Sized, A, F> {
    /// `None` once it is finished, or the function panicked.
    value: Option<A>,
    function: F,
    items: Takes<T>,
}

/// Makes an end that folds the items into one value, as [`Iterator::fold`].
///
/// ```
/// use cosend::{Fold, Sink, fold};
///
/// let longest = fold(0, |longest: usize, line: &str| longest.max(line.len()));
/// assert_eq!(longest.run(["a line", "another line"]), 12);
///
/// let mut sum: Fold<u32, u32, _> = fold(0, |sum, number: &u32| sum + number);
/// sum.send(&7)?;
/// assert_eq!(sum.close(), 7);
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

    fn is_stopped(&self) -> bool {
        self.value.is_none()
    }
}

/// Calls a function with each item; made by [`for_each`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct ForEach<T: ?Sized, F> {
    /// `None` once it is finished.
    function: Option<F>,
    items: Takes<T>,
}

/// Makes an end that calls a function with each item.
///
/// ```
/// use cosend::{Sink, for_each};
///
/// let mut log = Vec::new();
/// for_each(|line: &str| log.push(line.to_owned())).run(["a", "b"]);
/// assert_eq!(log, ["a", "b"]);
/// ```
pub fn for_each<T: ?Sized, F: FnMut(&T)>(function: F) -> ForEach<T, F> {
    ForEach { function: Some(function), items: PhantomData }
}

impl<T: ?Sized, F: FnMut(&T)> Sink<T> for ForEach<T, F> {
    type Return = ();

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.function.as_mut().ok_or(Stopped)?(item);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Stopped> {
        self.function.take().map(drop).ok_or(Stopped)
    }

    fn is_stopped(&self) -> bool {
        self.function.is_none()
    }
}

/// Adds the items up; made by [`sum`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Sum<T: ?Sized, A> {
    /// `None` once it is finished.
    total: Option<A>,
    items: Takes<T>,
}

/// Makes an end that adds the items up, from the default of the total's type.
///
/// ```
/// use cosend::{Sink, map, sum};
///
/// assert_eq!(sum::<u32, u32>().run(1..=4), 10);
/// let bytes = map(|line: &str| line.len(), sum::<usize, usize>());
/// assert_eq!(bytes.run(["to", "be"]), 4);
/// ```
pub fn sum<T: ?Sized, A: Default + for<'a> AddAssign<&'a T>>() -> Sum<T, A> {
    Sum { total: Some(A::default()), items: PhantomData }
}

impl<T: ?Sized, A: for<'a> AddAssign<&'a T>> Sink<T> for Sum<T, A> {
    type Return = A;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        *self.total.as_mut().ok_or(Stopped)? += item;
        Ok(())
    }

    fn finish(&mut self) -> Result<A, Stopped> {
        self.total.take().ok_or(Stopped)
    }

    fn is_stopped(&self) -> bool {
        self.total.is_none()
    }
}

/// An end that keeps a copy of one of the items: which, says `$replaces`.
macro_rules! keeps_one {
    (
        $(#[$of_the_type:meta])* $name:ident,
        $(#[$of_the_function:meta])* $function:ident $(where $bound:ident)?,
        |$kept:ident, $item:ident| $replaces:expr
    ) => {
        $(#[$of_the_type])*
        #[must_use = "a sink does nothing until it is sent to"]
        pub struct $name<T: ?Sized + ToOwned> {
            kept: Option<T::Owned>,
            finished: bool,
        }

        $(#[$of_the_function])*
        pub fn $function<T: ?Sized + ToOwned $(+ $bound)?>() -> $name<T> {
            $name { kept: None, finished: false }
        }

        impl<T: ?Sized + ToOwned $(+ $bound)?> Sink<T> for $name<T> {
            type Return = Option<T::Owned>;

            #[inline]
            fn send(&mut self, $item: &T) -> Result<(), Stopped> {
                if self.finished {
                    return Err(Stopped);
                }
                match &mut self.kept {
                    None => self.kept = Some($item.to_owned()),
                    Some(owned) => {
                        let $kept: &T = (*owned).borrow();
                        if $replaces {
                            $item.clone_into(owned);
                        }
                    }
                }
                Ok(())
            }

            fn finish(&mut self) -> Result<Self::Return, Stopped> {
                if self.finished {
                    return Err(Stopped);
                }
                self.finished = true;
                Ok(self.kept.take())
            }

            fn is_stopped(&self) -> bool {
                self.finished
            }
        }

        impl<T: ?Sized + ToOwned<Owned: fmt::Debug>> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("kept", &self.kept).finish_non_exhaustive()
            }
        }
    };
}

keeps_one!(
    /// Keeps a copy of the last item; made by [`last`].
    Last,
    /// Makes an end that keeps a copy of the last item: `None` if there was none.
    ///
    /// ```
    /// use cosend::{Sink, last};
    ///
    /// assert_eq!(last::<str>().run(["a", "b"]).as_deref(), Some("b"));
    /// ```
    last,
    |_kept, item| true
);

keeps_one!(
    /// Keeps a copy of the least item; made by [`min`].
    Min,
    /// Makes an end that keeps a copy of the least item, the first of equal ones: `None` if
    /// there was none.
    ///
    /// ```
    /// use cosend::{Sink, min};
    ///
    /// assert_eq!(min::<u32>().run([3, 1, 2]), Some(1));
    /// ```
    min where Ord,
    |kept, item| item < kept
);

keeps_one!(
    /// Keeps a copy of the greatest item; made by [`max`].
    Max,
    /// Makes an end that keeps a copy of the greatest item, the last of equal ones: `None`
    /// if there was none.
    ///
    /// ```
    /// use cosend::{Sink, max};
    ///
    /// assert_eq!(max::<u32>().run([1, 3, 2]), Some(3));
    /// ```
    max where Ord,
    |kept, item| item >= kept
);

debug!(Collect<C>, collection: C);
debug!(Fold<A, F>, value: A);
debug!(Sum<A>, total: A);

impl<T: ?Sized> fmt::Debug for Count<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Count").field("count", &self.count).finish_non_exhaustive()
    }
}

impl<T: ?Sized, F> fmt::Debug for ForEach<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finished = self.function.is_none();
        f.debug_struct("ForEach").field("finished", &finished).finish_non_exhaustive()
    }
}
