//! Generators: bodies that yield a series of values, as an [`Iterator`].

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::iter::FusedIterator;
use core::marker::PhantomData;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

/// The body's end of a generator: where it yields.
///
/// It is passed to the body by value, with a lifetime of its own that the body
/// cannot name, so it cannot leave the body.
pub struct Output<'id, Y> {
    slot: &'id Cell<Option<Y>>,
    /// Invariant in `'id`: two handles cannot be swapped.
    id: PhantomData<Cell<&'id ()>>,
}

impl<'id, Y> Output<'id, Y> {
    /// Hands out one value and pauses until the next one is asked for.
    pub fn yield_(&mut self, value: Y) -> Yield<'_, 'id, Y> {
        Yield { output: self, value: Some(value) }
    }
}

impl<Y> fmt::Debug for Output<'_, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output").finish_non_exhaustive()
    }
}

/// The pause after a value; made by [`Output::yield_`].
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
/// it stays exhausted, also when the body panicked.
pub struct Generator<Y, B: Future> {
    slot: Rc<Cell<Option<Y>>>,
    /// `None` when the body is over.
    body: Option<Pin<Box<B>>>,
}

/// Makes an iterator out of a body that yields.
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
pub fn generator<Y, F>(body: F) -> Generator<Y, impl Future<Output = ()>>
where
    F: for<'id> AsyncFnOnce(Output<'id, Y>),
{
    let slot = Rc::new(Cell::new(None));
    let body = Some(Box::pin(run(body, Rc::clone(&slot))));
    Generator { slot, body }
}

/// Makes a body out of an async closure: it owns its share of the slot.
async fn run<Y, F>(body: F, slot: Rc<Cell<Option<Y>>>)
where
    F: for<'id> AsyncFnOnce(Output<'id, Y>),
{
    body(Output { slot: &slot, id: PhantomData }).await;
}

impl<Y, B: Future> Iterator for Generator<Y, B> {
    type Item = Y;

    #[inline]
    fn next(&mut self) -> Option<Y> {
        // Taken out while it runs, so that a body that panics is over.
        let mut body = self.body.take()?;
        match body.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(_) => None,
            Poll::Pending => {
                let value = self.slot.take();
                assert!(value.is_some(), "a generator paused on something other than its output");
                self.body = Some(body);
                value
            }
        }
    }
}

impl<Y, B: Future> FusedIterator for Generator<Y, B> {}

impl<Y, B: Future> fmt::Debug for Generator<Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").field("exhausted", &self.body.is_none()).finish_non_exhaustive()
    }
}
