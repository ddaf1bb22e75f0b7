//! Generators that may await anything between their values.

use alloc::sync::Arc;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::body::Body;

/// What a generator and its body share.
struct Slot<Y> {
    /// A value on its way out.
    value: Option<Y>,
    /// Who waits for the next value to be asked for, after its own was taken.
    yielder: Option<Waker>,
    /// Who asks, and sleeps. Empty while it polls the body: it looks afterwards.
    asker: Option<Waker>,
}

type SharedSlot<Y> = Arc<Mutex<Slot<Y>>>;

/// Nothing panics while it holds the lock, so a poisoned slot is whole.
fn lock<Y>(slot: &SharedSlot<Y>) -> MutexGuard<'_, Slot<Y>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The body's end of an owned generator: where it yields.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cosend::{OwnedOutput, owned_generator};
///
/// /// Delegation: it yields in the body's place.
/// async fn pair(first: u8, out: &mut OwnedOutput<u8>) {
///     out.yield_(first).await;
///     out.yield_(first + 1).await;
/// }
///
/// let mut numbers = owned_generator(|mut out| async move { pair(1, &mut out).await });
/// assert_eq!(numbers.next().await, Some(1));
/// assert_eq!(numbers.next().await, Some(2));
/// assert_eq!(numbers.next().await, None);
/// # });
/// ```
pub struct OwnedOutput<Y> {
    slot: SharedSlot<Y>,
}

impl<Y> OwnedOutput<Y> {
    /// Hands out one value and pauses until the next one is asked for.
    ///
    /// A value whose pause is dropped is handed out nevertheless, if the pause has
    /// been polled.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut one = owned_generator(|mut out: OwnedOutput<u8>| async move {
    ///     out.yield_(1).await;
    /// });
    /// assert_eq!(one.next().await, Some(1));
    /// assert_eq!(one.next().await, None);
    /// # });
    /// ```
    pub fn yield_(&mut self, value: Y) -> OwnedYield<'_, Y> {
        OwnedYield { output: self, value: Some(value) }
    }
}

impl<Y> fmt::Debug for OwnedOutput<Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedOutput").finish_non_exhaustive()
    }
}

/// The pause after a value; made by [`OwnedOutput::yield_`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cosend::{OwnedOutput, OwnedYield, owned_generator};
///
/// let mut one = owned_generator(|mut out: OwnedOutput<u8>| async move {
///     let pause: OwnedYield<'_, u8> = out.yield_(1);
///     pause.await;
/// });
/// assert_eq!(one.next().await, Some(1));
/// # });
/// ```
#[must_use = "a value is not yielded until this is awaited"]
pub struct OwnedYield<'a, Y> {
    output: &'a mut OwnedOutput<Y>,
    value: Option<Y>,
}

/// The value is moved out whole and never pinned.
impl<Y> Unpin for OwnedYield<'_, Y> {}

impl<Y> Future for OwnedYield<'_, Y> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut slot = lock(&this.output.slot);
        if slot.value.is_none() {
            if this.value.is_none() {
                slot.yielder = None;
                return Poll::Ready(());
            }
            slot.value = this.value.take();
        }
        slot.yielder = Some(context.waker().clone());
        let asker = slot.asker.take();
        drop(slot);
        if let Some(asker) = asker {
            asker.wake();
        }
        Poll::Pending
    }
}

impl<Y> fmt::Debug for OwnedYield<'_, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedYield").field("yielded", &self.value.is_none()).finish_non_exhaustive()
    }
}

/// A series of values that its body may wait for; made by [`owned_generator`].
///
/// It is lazy and fused, as [`Generator`](crate::Generator), and `Send` when its
/// values and its body are. Dropping it drops the body where it stands. With the
/// feature `futures` it is a `Stream`.
///
/// ```
/// use cosend::{OwnedGenerator, OwnedOutput, owned_generator};
///
/// let numbers: OwnedGenerator<u8, _> =
///     owned_generator(|mut out: OwnedOutput<u8>| async move { out.yield_(1).await });
/// std::thread::spawn(move || drop(numbers)).join().unwrap();
/// ```
pub struct OwnedGenerator<Y, B: Future> {
    slot: SharedSlot<Y>,
    body: Body<B>,
    /// `None` was given, or the body panicked.
    exhausted: bool,
}

/// Makes a generator whose body may await anything, on any executor.
///
/// ```
/// use std::time::Duration;
/// use cosend::{OwnedOutput, owned_generator};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let mut ticks = owned_generator(|mut out: OwnedOutput<u32>| async move {
///     for tick in 0..3 {
///         tokio::time::sleep(Duration::from_millis(1)).await;
///         out.yield_(tick).await;
///     }
///     "the end"
/// });
/// let mut seen = Vec::new();
/// while let Some(tick) = ticks.next().await {
///     seen.push(tick);
/// }
/// assert_eq!(seen, [0, 1, 2]);
/// assert_eq!(ticks.take_result(), Some("the end"));
/// # });
/// ```
pub fn owned_generator<Y, B: Future>(
    body: impl FnOnce(OwnedOutput<Y>) -> B,
) -> OwnedGenerator<Y, B> {
    let slot = Arc::new(Mutex::new(Slot { value: None, yielder: None, asker: None }));
    let body = body(OwnedOutput { slot: Arc::clone(&slot) });
    OwnedGenerator { slot, body: Body::new(body), exhausted: false }
}

impl<Y, B: Future> OwnedGenerator<Y, B> {
    /// The next value; `None` after the last one, and ever after.
    ///
    /// It is safe to cancel: dropped before its end, it loses no value, and the
    /// body goes on where it stood when the next value is asked for.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut none = owned_generator(|_: OwnedOutput<u8>| async {});
    /// assert_eq!(none.next().await, None);
    /// assert_eq!(none.next().await, None);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// With what the body panics. After that the generator is exhausted.
    pub async fn next(&mut self) -> Option<Y> {
        poll_fn(|context| self.poll_value(context)).await
    }

    /// What the body returned after its last value, once; `None` before its end.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut body = owned_generator(|_: OwnedOutput<u8>| async { 7 });
    /// assert_eq!(body.take_result(), None);
    /// assert_eq!(body.next().await, None);
    /// assert_eq!(body.take_result(), Some(7));
    /// # });
    /// ```
    pub fn take_result(&mut self) -> Option<B::Output> {
        self.body.take_result()
    }

    pub(super) fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Option<Y>> {
        if self.exhausted {
            return Poll::Ready(None);
        }
        let mut slot = lock(&self.slot);
        if let Some(value) = slot.value.take() {
            return Poll::Ready(Some(value));
        }
        slot.asker = None;
        drop(slot);
        // Set first, so that a body that panics leaves it so.
        self.exhausted = true;
        let over = self.body.poll(context).is_ready();
        let mut slot = lock(&self.slot);
        let value = slot.value.take();
        self.exhausted = over && value.is_none();
        if over || value.is_some() {
            return Poll::Ready(value);
        }
        slot.asker = Some(context.waker().clone());
        // The body did not come by its yield: that is in another task, or in one of
        // several futures of which only those run that are woken.
        let yielder = slot.yielder.take();
        drop(slot);
        if let Some(yielder) = yielder {
            yielder.wake();
        }
        Poll::Pending
    }
}

impl<Y, B: Future> fmt::Debug for OwnedGenerator<Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedGenerator").field("exhausted", &self.exhausted).finish_non_exhaustive()
    }
}
