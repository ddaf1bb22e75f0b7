//! One item to many sinks: any number of one type, or a tuple of different ones.

use alloc::vec::Vec;
use core::fmt;
use core::mem;

use crate::{Sink, Stopped};

/// Passes each item on to all of its children, of the type `S`, and gives their results,
/// of the type `R`; made by [`fanout`].
///
/// ```
/// use cosend::{Count, Fanout, Sink, count, fanout};
///
/// let mut both: Fanout<Count<str>, usize> = fanout([count(), count()]);
/// both.send("item")?;
/// assert_eq!(both.close(), [1, 1]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
#[must_use = "a sink does nothing until it is sent to"]
pub struct Fanout<S, R> {
    children: Vec<S>,
    /// What the first children gave when they were finished; taken with those of the rest.
    results: Vec<Result<R, Stopped>>,
}

/// Makes one sink out of many of the same type.
///
/// A child that has stopped is skipped; when all have stopped, so has the fanout. One
/// without children has stopped from the start: nobody would see an item.
/// Closing it closes every child and gives their results in the order of the
/// children.
///
/// ```
/// use cosend::{Input, Sink, coroutine, fanout};
///
/// let mut totals = fanout([2, 3].map(|factor| {
///     coroutine(async move |mut numbers: Input<u32>| {
///         let mut total = 0;
///         while let Some(number) = numbers.next().await {
///             total += factor * number;
///         }
///         total
///     })
/// }));
/// totals.send(&1)?;
/// totals.send(&10)?;
/// assert_eq!(totals.close(), [22, 33]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn fanout<T: ?Sized, S: Sink<T>>(
    children: impl IntoIterator<Item = S>,
) -> Fanout<S, S::Return> {
    Fanout { children: children.into_iter().collect(), results: Vec::new() }
}

impl<S, R> Fanout<S, R> {
    /// The children, in the order in which they were given.
    ///
    /// ```
    /// use cosend::{count, fanout};
    ///
    /// assert_eq!(fanout([count::<str>(), count()]).children().len(), 2);
    /// ```
    pub fn children(&self) -> &[S] {
        &self.children
    }

    /// Finishes every child and gives what each of them has: `Stopped` for one that has no
    /// result, since it panicked, say.
    ///
    /// A [`finish`](Sink::finish) that failed for the sake of one child, or in which one
    /// panicked, has lost nothing: the results of the others are here.
    ///
    /// ```
    /// use cosend::{Input, Sink, Stopped, coroutine, fanout};
    ///
    /// let mut counts = fanout(["love", "hate"].map(|hated| {
    ///     coroutine(async move |mut words: Input<str>| {
    ///         let mut count = 0;
    ///         while let Some(word) = words.next().await {
    ///             assert_ne!(word, hated);
    ///             count += 1;
    ///         }
    ///         count
    ///     })
    /// }));
    /// counts.send("hope")?;
    /// # std::panic::set_hook(Box::new(|_| {}));
    /// std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| counts.send("love"))).unwrap_err();
    /// counts.send("love")?;
    /// assert_eq!(counts.finish(), Err(Stopped));
    /// assert_eq!(counts.finish_each(), [Err(Stopped), Ok(2)]);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    #[track_caller]
    pub fn finish_each<T: ?Sized>(&mut self) -> Vec<Result<R, Stopped>>
    where
        S: Sink<T, Return = R>,
    {
        self.finish_all();
        mem::take(&mut self.results)
    }

    /// Finishes the children that have not been. One that panics in it is asked once more
    /// the next time, and then has no result.
    #[track_caller]
    fn finish_all<T: ?Sized>(&mut self)
    where
        S: Sink<T, Return = R>,
    {
        for child in &mut self.children[self.results.len()..] {
            self.results.push(child.finish());
        }
    }
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Fanout<S, S::Return> {
    type Return = Vec<S::Return>;

    /// A child that panics takes the item from the children after it.
    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        let mut taken = false;
        for child in &mut self.children {
            taken |= child.send(item).is_ok();
        }
        if taken { Ok(()) } else { Err(Stopped) }
    }

    /// Finishes every child, also when one of them has no result to give; then the
    /// whole has none, and [`finish_each`](Fanout::finish_each) has those of the others.
    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        self.finish_all();
        if self.results.iter().any(Result::is_err) {
            return Err(Stopped);
        }
        mem::take(&mut self.results).into_iter().collect()
    }

    fn is_stopped(&self) -> bool {
        self.children.iter().all(Sink::is_stopped)
    }
}

impl<S: fmt::Debug, R> fmt::Debug for Fanout<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fanout").field("children", &self.children).finish_non_exhaustive()
    }
}

/// A vector of sinks is a sink that feeds each of them, as [`fanout`]; its children can
/// be looked at and changed meanwhile.
///
/// When one of them has no result to give, those of the others are lost: children that may
/// panic are [`settled`](Sink::settled), or in a `fanout`.
///
/// ```
/// use cosend::{Sink, count, take};
///
/// let mut children = vec![take(1, count::<str>())];
/// children.send("a")?;
/// children.push(take(9, count()));
/// children.send("b")?;
/// assert_eq!(children.close(), [1, 1]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
impl<T: ?Sized, S: Sink<T>> Sink<T> for Vec<S> {
    type Return = Vec<S::Return>;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        let mut taken = false;
        for child in self {
            taken |= child.send(item).is_ok();
        }
        if taken { Ok(()) } else { Err(Stopped) }
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        let results: Vec<_> = self.iter_mut().map(Sink::finish).collect();
        results.into_iter().collect()
    }

    fn is_stopped(&self) -> bool {
        self.iter().all(Sink::is_stopped)
    }
}

/// A tuple of sinks is a sink that feeds each of them, as [`fanout`] does for
/// sinks of one type. When one of them has no result to give, those of the others are
/// lost, unless it is [`settled`](Sink::settled).
macro_rules! tuple_sink {
    ($($child:ident)+) => {
        impl<T: ?Sized, $($child: Sink<T>),+> Sink<T> for ($($child,)+) {
            type Return = ($($child::Return,)+);

            #[inline]
            fn send(&mut self, item: &T) -> Result<(), Stopped> {
                #[allow(non_snake_case, reason = "each child goes by the name of its type")]
                let ($($child,)+) = self;
                let taken = [$($child.send(item).is_ok()),+];
                if taken.contains(&true) { Ok(()) } else { Err(Stopped) }
            }

            fn finish(&mut self) -> Result<Self::Return, Stopped> {
                #[allow(non_snake_case, reason = "each child goes by the name of its type")]
                let ($($child,)+) = self;
                let results = ($($child.finish(),)+);
                #[allow(non_snake_case, reason = "each child goes by the name of its type")]
                let ($($child,)+) = results;
                Ok(($($child?,)+))
            }

            fn is_stopped(&self) -> bool {
                #[allow(non_snake_case, reason = "each child goes by the name of its type")]
                let ($($child,)+) = self;
                $($child.is_stopped())&&+
            }
        }
    };
}

tuple_sink!(A);
tuple_sink!(A B);
tuple_sink!(A B C);
tuple_sink!(A B C D);
tuple_sink!(A B C D E);
tuple_sink!(A B C D E F);
tuple_sink!(A B C D E F G);
tuple_sink!(A B C D E F G H);
