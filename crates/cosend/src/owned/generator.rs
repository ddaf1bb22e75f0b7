//! Generators that may await anything between their values.

use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use super::slot::{lock, park, wake};
use crate::Stopped;
use crate::body::Body;
use crate::sync::{Arc, Mutex};

/// How often an output may be yielded to after its generator is gone, before it counts as
/// one that does not want to know.
const YIELDS: u16 = 1000;

/// What a generator and its body share.
struct Slot<Y> {
    /// A value that was yielded and is not taken yet.
    value: Option<Y>,
    /// The generator is gone or exhausted: nobody will ever take a value.
    gone: bool,
    /// The output is gone: nobody will ever yield one.
    mute: bool,
    /// Who waits for the next value to be asked for, after its own was taken.
    yielder: Option<Waker>,
    /// Who asks, and sleeps. Empty while it polls the body: it looks afterwards.
    asker: Option<Waker>,
}

/// The body's end of an owned generator: where it yields.
///
/// It may leave the body, to be yielded to in a task of its own: that one learns by
/// [`send`](OwnedOutput::send) that the generator is gone. Dropping it ends the series.
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
/// let mut numbers = owned_generator(async |mut out| pair(1, &mut out).await);
/// assert_eq!(numbers.next().await, Some(1));
/// assert_eq!(numbers.next().await, Some(2));
/// assert_eq!(numbers.next().await, None);
/// # });
/// ```
pub struct OwnedOutput<Y> {
    slot: Arc<Mutex<Slot<Y>>>,
    /// How often it was yielded to in vain.
    unheard: u16,
}

impl<Y> OwnedOutput<Y> {
    /// Hands out one value and pauses until the next one is asked for.
    ///
    /// A value whose pause is dropped is handed out nevertheless, if the pause has
    /// been polled.
    ///
    /// When the generator is gone, which an output in a task of its own may live to see,
    /// the value is dropped and the pause ends at once.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut one = owned_generator(async |mut out: OwnedOutput<u8>| {
    ///     out.yield_(1).await;
    /// });
    /// assert_eq!(one.next().await, Some(1));
    /// assert_eq!(one.next().await, None);
    /// # });
    /// ```
    pub fn yield_(&mut self, value: Y) -> OwnedYield<'_, Y> {
        OwnedYield { output: self, value: Some(value) }
    }

    /// As [`yield_`](OwnedOutput::yield_), for an output in a task of its own: it says
    /// whether another value is asked for.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, Stopped, owned_generator};
    ///
    /// let (sender, receiver) = tokio::sync::oneshot::channel();
    /// let mut numbers = owned_generator(async |out: OwnedOutput<u32>| {
    ///     let _ = sender.send(out);
    ///     std::future::pending::<()>().await;
    /// });
    /// let counting = tokio::spawn(async move {
    ///     let mut out = receiver.await.unwrap();
    ///     let mut number = 0;
    ///     while out.send(number).await.is_ok() {
    ///         number += 1;
    ///     }
    ///     number
    /// });
    /// assert_eq!(numbers.next().await, Some(0));
    /// assert_eq!(numbers.next().await, Some(1));
    /// drop(numbers);
    /// assert_eq!(counting.await.unwrap(), 1, "the task has ended");
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the generator is gone, or exhausted.
    pub async fn send(&mut self, value: Y) -> Result<(), Stopped> {
        if !self.is_stopped() {
            self.yield_(value).await;
        }
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }

    /// Whether no value will be asked for any more: the generator is gone, or exhausted.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut one = owned_generator(async |mut out: OwnedOutput<bool>| {
    ///     let stopped = out.is_stopped();
    ///     out.yield_(stopped).await;
    /// });
    /// assert_eq!(one.next().await, Some(false));
    /// # });
    /// ```
    pub fn is_stopped(&self) -> bool {
        lock(&self.slot).gone
    }
}

impl<Y> Drop for OwnedOutput<Y> {
    fn drop(&mut self) {
        let mut slot = lock(&self.slot);
        slot.mute = true;
        let (asker, yielder) = (slot.asker.take(), slot.yielder.take());
        drop(slot);
        wake(asker);
        drop(yielder);
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
/// let mut one = owned_generator(async |mut out: OwnedOutput<u8>| {
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
        let mut spare = None;
        loop {
            let mut slot = lock(&this.output.slot);
            let gone = slot.gone;
            if gone || (slot.value.is_none() && this.value.is_none()) {
                let yielder = slot.yielder.take();
                drop(slot);
                drop(yielder);
                if gone {
                    this.output.is_unheard();
                }
                this.value = None;
                return Poll::Ready(());
            }
            if !park(&mut slot.yielder, &mut spare, context.waker()) {
                drop(slot);
                spare = Some(context.waker().clone());
                continue;
            }
            if slot.value.is_none() {
                slot.value = this.value.take();
            }
            let asker = slot.asker.take();
            drop(slot);
            wake(asker);
            return Poll::Pending;
        }
    }
}

impl<Y> OwnedOutput<Y> {
    /// Notes that one more value was yielded in vain: a loop that goes on with that for
    /// ever would never give its thread back.
    fn is_unheard(&mut self) {
        self.unheard += 1;
        assert!(
            self.unheard < YIELDS,
            "yielded {YIELDS} values to an owned generator that is gone; a task of its own \
             uses `send`, which says so"
        );
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
/// values and its body are. Dropping it drops the body where it stands;
/// [`finish`](OwnedGenerator::finish) lets it come to its end. With the feature `futures`
/// it is a `Stream`.
///
/// ```
/// use cosend::{OwnedGenerator, OwnedOutput, owned_generator};
///
/// let numbers: OwnedGenerator<u8, _> =
///     owned_generator(async |mut out: OwnedOutput<u8>| { out.yield_(1).await });
/// std::thread::spawn(move || drop(numbers)).join().unwrap();
/// ```
#[must_use = "a generator is lazy: it does nothing until it is asked"]
pub struct OwnedGenerator<Y, B: Future> {
    slot: Arc<Mutex<Slot<Y>>>,
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
/// let mut ticks = owned_generator(async |mut out: OwnedOutput<u32>| {
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
    let slot = Arc::new(Mutex::new(Slot {
        value: None,
        gone: false,
        mute: false,
        yielder: None,
        asker: None,
    }));
    let body = body(OwnedOutput { slot: Arc::clone(&slot), unheard: 0 });
    OwnedGenerator { slot, body: Body::new(body), exhausted: false }
}

impl<Y, B: Future> OwnedGenerator<Y, B> {
    /// The next value; `None` after the last one, and ever after.
    ///
    /// The series ends when the body returns, or when its output is dropped: what the body
    /// does after that is left to [`finish`](OwnedGenerator::finish).
    ///
    /// It is safe to cancel: dropped before its end, it loses no value, and the
    /// body goes on where it stood when the next value is asked for.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut none = owned_generator(async |_: OwnedOutput<u8>| ());
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
    /// let mut body = owned_generator(async |_: OwnedOutput<u8>| 7);
    /// assert_eq!(body.take_result(), None);
    /// assert_eq!(body.next().await, None);
    /// assert_eq!(body.take_result(), Some(7));
    /// # });
    /// ```
    pub fn take_result(&mut self) -> Option<B::Output> {
        self.body.take_result()
    }

    /// Runs the body to its end and takes its result; values that it still yields are
    /// dropped. `None` when the result was taken before, or the body panicked.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    ///
    /// let mut numbers = owned_generator(async |mut out: OwnedOutput<u8>| {
    ///     for number in 0..3 {
    ///         out.yield_(number).await;
    ///     }
    ///     "all handed out"
    /// });
    /// assert_eq!(numbers.next().await, Some(0));
    /// assert_eq!(numbers.finish().await, Some("all handed out"));
    /// assert_eq!(numbers.finish().await, None);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// With what the body panics.
    pub async fn finish(&mut self) -> Option<B::Output> {
        while self.next().await.is_some() {}
        poll_fn(|context| self.body.poll(context)).await;
        self.take_result()
    }

    pub(super) fn poll_value(&mut self, context: &mut Context<'_>) -> Poll<Option<Y>> {
        if self.exhausted {
            return Poll::Ready(None);
        }
        let mut slot = lock(&self.slot);
        let value = slot.value.take();
        let stale = slot.asker.take();
        drop(slot);
        drop(stale);
        if value.is_some() {
            return Poll::Ready(value);
        }
        // Set first, so that a body that panics leaves it so.
        self.exhausted = true;
        let over = self.body.poll(context).is_ready();
        let mut spare = None;
        loop {
            let mut slot = lock(&self.slot);
            let value = slot.value.take();
            if value.is_some() {
                drop(slot);
                self.exhausted = false;
                return Poll::Ready(value);
            }
            if over || slot.mute {
                slot.gone = true;
                let yielder = slot.yielder.take();
                drop(slot);
                wake(yielder);
                return Poll::Ready(None);
            }
            if park(&mut slot.asker, &mut spare, context.waker()) {
                // The body did not come by its yield: that is in another task, or in one
                // of several futures of which only those run that are woken.
                let yielder = slot.yielder.take();
                drop(slot);
                self.exhausted = false;
                wake(yielder);
                return Poll::Pending;
            }
            drop(slot);
            spare = Some(context.waker().clone());
        }
    }
}

/// A task that yields learns that nothing more is asked for.
impl<Y, B: Future> Drop for OwnedGenerator<Y, B> {
    fn drop(&mut self) {
        let mut slot = lock(&self.slot);
        slot.gone = true;
        let (value, yielder, stale) = (slot.value.take(), slot.yielder.take(), slot.asker.take());
        drop(slot);
        wake(yielder);
        drop((value, stale));
    }
}

impl<Y, B: Future> fmt::Debug for OwnedGenerator<Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedGenerator").field("exhausted", &self.exhausted).finish_non_exhaustive()
    }
}
