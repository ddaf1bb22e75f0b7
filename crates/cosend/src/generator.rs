//! Generators: bodies that yield a series of values, as an [`Iterator`].
//!
//! A body here only yields. One that is sent to is a
//! [`coroutine`](crate::coroutine()); one that does both is
//! [`resumable`](crate::resumable()).

use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::body::Body;

/// The body's end of a generator: where it yields.
///
/// It is passed to the body by value, with a lifetime of its own that the body
/// cannot name, so it cannot leave the body. Passed on by `&mut` to another
/// `async fn` it delegates: that function yields in the body's place, and what it
/// returns is the value of its `.await`.
///
/// ```
/// use cosend::{Output, generator};
///
/// /// Yields the letters of a word, and returns how many there were.
/// async fn spell(word: &str, out: &mut Output<'_, char>) -> usize {
///     out.yield_from(word.chars()).await;
///     word.len()
/// }
///
/// let mut letters = generator(async |mut out| {
///     let first = spell("ab", &mut out).await;
///     let second = spell("cde", &mut out).await;
///     first + second
/// });
/// assert_eq!(letters.by_ref().collect::<String>(), "abcde");
/// assert_eq!(letters.take_result(), Some(5));
/// ```
pub struct Output<'id, Y> {
    slot: Rc<Cell<Option<Y>>>,
    /// Invariant in `'id`: two handles cannot be swapped.
    id: PhantomData<Cell<&'id ()>>,
}

impl<'id, Y> Output<'id, Y> {
    /// Hands out one value and pauses until the next one is asked for.
    ///
    /// ```
    /// let mut both = cosend::generator(async |mut out| {
    ///     out.yield_("first").await;
    ///     out.yield_("second").await;
    /// });
    /// assert_eq!(both.next(), Some("first"));
    /// assert_eq!(both.next(), Some("second"));
    /// assert_eq!(both.next(), None);
    /// ```
    pub fn yield_(&mut self, value: Y) -> Yield<'_, 'id, Y> {
        Yield { output: self, value: Some(value) }
    }

    /// Hands out the values of a series one by one: Python's `yield from`.
    ///
    /// ```
    /// let twice = cosend::generator(async |mut out| {
    ///     out.yield_from([1, 2]).await;
    ///     out.yield_from([1, 2]).await;
    /// });
    /// assert_eq!(twice.collect::<Vec<_>>(), [1, 2, 1, 2]);
    /// ```
    pub async fn yield_from(&mut self, values: impl IntoIterator<Item = Y>) {
        for value in values {
            self.yield_(value).await;
        }
    }
}

impl<Y> fmt::Debug for Output<'_, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}

/// The pause after a value; made by [`Output::yield_`].
///
/// ```
/// let mut one = cosend::generator(async |mut out| {
///     let pause: cosend::Yield<'_, '_, u8> = out.yield_(1);
///     pause.await;
/// });
/// assert_eq!(one.next(), Some(1));
/// ```
#[must_use = "a value is not yielded until this is awaited"]
pub struct Yield<'a, 'id, Y> {
    output: &'a mut Output<'id, Y>,
    value: Option<Y>,
}

/// The value is moved out whole and never pinned.
impl<Y> Unpin for Yield<'_, '_, Y> {}

impl<Y> Future for Yield<'_, '_, Y> {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.value.take() {
            None => Poll::Ready(()),
            value => {
                self.output.slot.set(value);
                Poll::Pending
            }
        }
    }
}

impl<Y> fmt::Debug for Yield<'_, '_, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Yield").field("yielded", &self.value.is_none()).finish_non_exhaustive()
    }
}

/// A body that yields values, as an iterator; made by [`generator`].
///
/// It is lazy: nothing runs before the first `next`. It is fused: after its end
/// it stays exhausted, also when the body panicked. Dropped, it drops the body
/// where it stands, with all that the body holds.
///
/// ```
/// use cosend::{Generator, generator};
///
/// let mut numbers: Generator<u8, _> = generator(async |mut out| out.yield_(1).await);
/// assert_eq!(numbers.next(), Some(1));
/// assert_eq!(numbers.next(), None);
/// assert_eq!(numbers.next(), None);
/// ```
pub struct Generator<Y, B: Future> {
    slot: Rc<Cell<Option<Y>>>,
    body: Body<B>,
}

/// Makes an iterator out of a body that yields.
///
/// An async closure, or an `async fn`, does nothing before the first `next`. A plain
/// function that returns a future is called at once, up to where it returns it.
///
/// ```
/// use cosend::generator;
///
/// fn countdown(mut n: u32) -> impl Iterator<Item = u32> {
///     generator(async move |mut out| {
///         while n > 0 {
///             n -= 1;
///             out.yield_(n).await;
///         }
///     })
/// }
///
/// assert_eq!(countdown(3).collect::<Vec<_>>(), [2, 1, 0]);
/// ```
///
/// # Panics
///
/// `next` panics when the body awaits anything that is not ready and is not
/// [`Output::yield_`], and with what the body itself panics.
pub fn generator<Y, R, F>(body: F) -> Generator<Y, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Output<'id, Y>) -> R,
{
    let slot = Rc::new(Cell::new(None));
    let body = Body::new(body(Output { slot: Rc::clone(&slot), id: PhantomData }));
    Generator { slot, body }
}

impl<Y, B: Future> Generator<Y, B> {
    /// What the body returned after its last value, once; `None` before its end.
    ///
    /// ```
    /// let mut words = cosend::generator(async |mut out| {
    ///     out.yield_("one").await;
    ///     "returned"
    /// });
    /// assert_eq!(words.next(), Some("one"));
    /// assert_eq!(words.take_result(), None);
    /// assert_eq!(words.next(), None);
    /// assert_eq!(words.take_result(), Some("returned"));
    /// assert_eq!(words.take_result(), None);
    /// ```
    pub fn take_result(&mut self) -> Option<B::Output> {
        self.body.take_result()
    }
}

impl<Y, B: Future> Iterator for Generator<Y, B> {
    type Item = Y;

    #[inline]
    fn next(&mut self) -> Option<Y> {
        if self.body.poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return None;
        }
        let value = self.slot.take();
        if value.is_none() {
            self.body = Body::Over;
            panic!("a generator paused on something other than its output");
        }
        value
    }
}

impl<Y, B: Future> FusedIterator for Generator<Y, B> {}

impl<Y, B: Future> fmt::Debug for Generator<Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exhausted = !self.body.is_suspended();
        f.debug_struct("Generator").field("exhausted", &exhausted).finish_non_exhaustive()
    }
}
