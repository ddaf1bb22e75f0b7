//! Generators: bodies that yield a series of values, as an [`Iterator`].
//!
//! A body here only yields. One that is sent to is a
//! [`coroutine`](crate::coroutine()); one that does both is
//! [`resumable`](crate::resumable()).

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::body::{Body, Why};
use crate::lend::Link;

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
    slot: Link<Cell<Option<Y>>>,
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
#[must_use = "a generator is lazy: it does nothing until it is iterated"]
pub struct Generator<Y, B: Future + ?Sized> {
    slot: Link<Cell<Option<Y>>>,
    /// Where it was made: messages name it.
    made: &'static Location<'static>,
    body: Body<B>,
}

/// A [`Generator`] whose type can be written down, for fields, vectors and maps; from
/// [`Generator::boxed`].
///
/// `'a` is how long what the body borrows lives; `'static` if it borrows nothing.
///
/// ```
/// use cosend::{BoxGenerator, generator};
///
/// struct Tickets {
///     numbers: BoxGenerator<'static, u64>,
/// }
///
/// let mut tickets = Tickets {
///     numbers: generator(async |mut out| {
///         for number in 1.. {
///             out.yield_(number).await;
///         }
///     })
///     .boxed(),
/// };
/// assert_eq!(tickets.numbers.next(), Some(1));
/// let next = std::thread::spawn(move || tickets.numbers.next()).join().unwrap();
/// assert_eq!(next, Some(2));
/// ```
pub type BoxGenerator<'a, Y, R = ()> = Generator<Y, dyn Future<Output = R> + Send + 'a>;

/// A [`BoxGenerator`] that stays on its thread; from [`Generator::boxed_local`].
///
/// ```
/// use std::rc::Rc;
/// use cosend::{LocalBoxGenerator, generator};
///
/// let names: LocalBoxGenerator<'static, Rc<str>> =
///     generator(async |mut out| out.yield_(Rc::from("Ada")).await).boxed_local();
/// assert_eq!(names.count(), 1);
/// ```
pub type LocalBoxGenerator<'a, Y, R = ()> = Generator<Y, dyn Future<Output = R> + 'a>;

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
#[track_caller]
pub fn generator<Y, R, F>(body: F) -> Generator<Y, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Output<'id, Y>) -> R,
{
    let slot = Link::new(Cell::new(None));
    let body = Body::new(body(Output { slot: Link::clone(&slot), id: PhantomData }));
    Generator { slot, made: Location::caller(), body }
}

impl<Y, B: Future> Generator<Y, B> {
    /// The same generator under a type that can be written down: [`BoxGenerator`].
    ///
    /// The body was in a box of its own before; nothing is allocated, and nothing else
    /// changes. A body that is not `Send` takes [`boxed_local`](Generator::boxed_local).
    ///
    /// ```
    /// use cosend::{BoxGenerator, generator};
    ///
    /// // Two bodies, one type.
    /// let both: [BoxGenerator<'static, u8>; 2] = [
    ///     generator(async |mut out| out.yield_(1).await).boxed(),
    ///     generator(async |mut out| out.yield_from([2, 3]).await).boxed(),
    /// ];
    /// assert_eq!(both.into_iter().flatten().collect::<Vec<_>>(), [1, 2, 3]);
    /// ```
    pub fn boxed<'a>(mut self) -> BoxGenerator<'a, Y, B::Output>
    where
        B: Send + 'a,
    {
        Generator {
            slot: self.slot,
            made: self.made,
            body: self.body.erase::<dyn Future<Output = B::Output> + Send + 'a>(|body| body),
        }
    }

    /// As [`boxed`](Generator::boxed), for a body that stays on its thread.
    ///
    /// ```
    /// use std::rc::Rc;
    /// use cosend::generator;
    ///
    /// let shared = Rc::new(7);
    /// let mut one = generator(async |mut out| out.yield_(*shared).await).boxed_local();
    /// assert_eq!(one.next(), Some(7));
    /// ```
    pub fn boxed_local<'a>(mut self) -> LocalBoxGenerator<'a, Y, B::Output>
    where
        B: 'a,
    {
        Generator {
            slot: self.slot,
            made: self.made,
            body: self.body.erase::<dyn Future<Output = B::Output> + 'a>(|body| body),
        }
    }
}

impl<Y, B: Future + ?Sized> Generator<Y, B> {
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

    /// Whether the body is over: it returned, or panicked.
    ///
    /// This is known after the `next` that gives `None`, not with the last value.
    ///
    /// ```
    /// let mut one = cosend::generator(async |mut out| out.yield_(1).await);
    /// assert_eq!(one.next(), Some(1));
    /// assert!(!one.is_exhausted());
    /// assert_eq!(one.next(), None);
    /// assert!(one.is_exhausted());
    /// ```
    pub fn is_exhausted(&self) -> bool {
        !self.body.is_suspended()
    }
}

impl<Y, B: Future + ?Sized> Iterator for Generator<Y, B> {
    type Item = Y;

    #[inline]
    #[track_caller]
    fn next(&mut self) -> Option<Y> {
        if self.body.poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return None;
        }
        let value = self.slot.take();
        if value.is_none() {
            self.body = Body::Over(Why::Panicked);
            panic!(
                "the generator made at {} paused on something other than its output; a body that \
                 awaits a timer or a socket is an `owned_generator`",
                self.made
            );
        }
        value
    }
}

impl<Y, B: Future + ?Sized> FusedIterator for Generator<Y, B> {}

impl<Y, B: Future + ?Sized> fmt::Debug for Generator<Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").field("exhausted", &self.is_exhausted()).finish_non_exhaustive()
    }
}
