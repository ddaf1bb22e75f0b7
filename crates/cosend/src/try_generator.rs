//! Generators whose bodies may fail: the error is the last item of the series.

use core::fmt;
use core::future::Future;
use core::iter::FusedIterator;

use crate::generator::{Generator, Output, generator};

/// A series that ends with its first error; made by [`try_generator`].
///
/// As a [`Generator`], it is lazy and fused, and drops its body where it is.
#[must_use = "a generator is lazy: it does nothing until it is iterated"]
pub struct TryGenerator<Y, B: Future + ?Sized> {
    generator: Generator<Y, B>,
}

/// Makes an iterator of results out of a body that yields, and in which `?` ends the series
/// with an `Err`.
///
/// ```
/// use std::num::ParseIntError;
/// use cosend::try_generator;
///
/// fn numbers(text: &str) -> impl Iterator<Item = Result<u32, ParseIntError>> {
///     try_generator(async move |mut out| {
///         for word in text.split(' ') {
///             out.yield_(word.parse()?).await;
///         }
///         Ok(())
///     })
/// }
///
/// assert_eq!(numbers("1 2").collect::<Result<Vec<_>, _>>(), Ok(vec![1, 2]));
/// let mut wrong = numbers("1 two 3");
/// assert_eq!(wrong.next(), Some(Ok(1)));
/// assert!(wrong.next().unwrap().is_err());
/// assert_eq!(wrong.next(), None);
/// ```
///
/// # Panics
///
/// As [`generator`].
#[track_caller]
pub fn try_generator<Y, E, F>(body: F) -> TryGenerator<Y, impl Future<Output = Result<(), E>>>
where
    F: for<'id> AsyncFnOnce(Output<'id, Y>) -> Result<(), E>,
{
    TryGenerator { generator: generator(body) }
}

impl<Y, E, B: Future<Output = Result<(), E>> + ?Sized> Iterator for TryGenerator<Y, B> {
    type Item = Result<Y, E>;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<Result<Y, E>> {
        match self.generator.next() {
            Some(value) => Some(Ok(value)),
            None => self.generator.take_result()?.err().map(Err),
        }
    }
}

impl<Y, E, B: Future<Output = Result<(), E>> + ?Sized> FusedIterator for TryGenerator<Y, B> {}

impl<Y, B: Future + ?Sized> fmt::Debug for TryGenerator<Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryGenerator").field("generator", &self.generator).finish()
    }
}
