//! One item to many sinks: any number of one type, or a tuple of different ones.

use alloc::vec::Vec;

use crate::{Sink, Stopped};

/// Passes each item on to all of its children; made by [`fanout`].
///
/// ```
/// use cosend::{Count, Fanout, Sink, count, fanout};
///
/// let mut both: Fanout<Count<str>> = fanout([count(), count()]);
/// both.send("item")?;
/// assert_eq!(both.close(), [1, 1]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
#[derive(Debug)]
pub struct Fanout<S> {
    children: Vec<S>,
}

/// Makes one sink out of many of the same type.
///
/// A child that has stopped is skipped; when all have stopped, so has the fanout.
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
pub fn fanout<S>(children: impl IntoIterator<Item = S>) -> Fanout<S> {
    Fanout { children: children.into_iter().collect() }
}

impl<S> Fanout<S> {
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
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Fanout<S> {
    type Return = Vec<S::Return>;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        let mut taken = false;
        for child in &mut self.children {
            taken |= child.send(item).is_ok();
        }
        if taken { Ok(()) } else { Err(Stopped) }
    }

    /// Finishes every child, also when one of them has no result to give; then the
    /// whole has none.
    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        let results: Vec<_> = self.children.iter_mut().map(Sink::finish).collect();
        results.into_iter().collect()
    }
}

/// A tuple of sinks is a sink that feeds each of them, as [`fanout`] does for
/// sinks of one type.
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
