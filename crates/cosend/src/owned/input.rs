//! The body's end of an owned coroutine, and its pause.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::slot::{Slot, lock, park, wake};
use crate::sync::{Arc, Mutex};

/// The body's end of an owned coroutine: where it waits for the next item.
///
/// It may leave the body, to be read in a task of its own; a send then waits for
/// that task. Dropping it stops the coroutine for further sends.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cosend::{OwnedInput, owned_coroutine};
///
/// /// Takes over for two items.
/// async fn pair(items: &mut OwnedInput<u8>) -> Option<(u8, u8)> {
///     Some((items.next().await?, items.next().await?))
/// }
///
/// let mut pairs = owned_coroutine(async |mut items: OwnedInput<u8>| {
///     let mut pairs = Vec::new();
///     while let Some(pair) = pair(&mut items).await {
///         pairs.push(pair);
///     }
///     pairs
/// });
/// for item in 1..=5 {
///     pairs.send(item).await?;
/// }
/// assert_eq!(pairs.close().await, [(1, 2), (3, 4)]);
/// # Ok::<(), cosend::Stopped>(()) }).unwrap();
/// ```
pub struct OwnedInput<T> {
    pub(super) slot: Arc<Mutex<Slot<T>>>,
}

impl<T> OwnedInput<T> {
    /// Pauses until an item is sent; `None` means that the coroutine is being
    /// closed, or is gone.
    ///
    /// It is safe to cancel: a pause that is dropped loses no item. After `None`
    /// it gives `None` again each time it is asked.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedInput, owned_coroutine};
    ///
    /// let body = owned_coroutine(async |mut items: OwnedInput<u8>| {
    ///     (items.next().await, items.next().await)
    /// });
    /// assert_eq!(body.close().await, (None, None));
    /// # });
    /// ```
    #[expect(clippy::should_implement_trait, reason = "as `Input::next`")]
    pub fn next(&mut self) -> OwnedNext<'_, T> {
        OwnedNext { input: self, pending: false }
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut spare = None;
        loop {
            let mut slot = lock(&self.slot);
            let item = slot.item.take();
            let ready = item.is_some() || slot.closing;
            if !ready && !park(&mut slot.reader, &mut spare, context.waker()) {
                drop(slot);
                spare = Some(context.waker().clone());
                continue;
            }
            slot.waiting = !ready;
            let sender = slot.sender.take();
            drop(slot);
            wake(sender);
            return if ready { Poll::Ready(item) } else { Poll::Pending };
        }
    }
}

impl<T> Drop for OwnedInput<T> {
    fn drop(&mut self) {
        let mut slot = lock(&self.slot);
        slot.deaf = true;
        slot.waiting = false;
        let (sender, reader) = (slot.sender.take(), slot.reader.take());
        drop(slot);
        wake(sender);
        drop(reader);
    }
}

impl<T> fmt::Debug for OwnedInput<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closing = lock(&self.slot).closing;
        f.debug_struct("OwnedInput").field("closing", &closing).finish_non_exhaustive()
    }
}

/// The pause of an owned coroutine; made by [`OwnedInput::next`].
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cosend::{OwnedInput, OwnedNext, owned_coroutine};
///
/// let body = owned_coroutine(async |mut items: OwnedInput<u8>| {
///     let pause: OwnedNext<'_, u8> = items.next();
///     pause.await
/// });
/// assert_eq!(body.close().await, None);
/// # });
/// ```
#[must_use = "a pause does nothing until it is awaited"]
pub struct OwnedNext<'a, T> {
    input: &'a mut OwnedInput<T>,
    /// Whether the slot says that this pause waits.
    pending: bool,
}

impl<T> Future for OwnedNext<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let polled = self.input.poll_next(context);
        self.pending = polled.is_pending();
        polled
    }
}

impl<T> Drop for OwnedNext<'_, T> {
    fn drop(&mut self) {
        // A pause that has ended leaves the lock alone: most do.
        if self.pending {
            lock(&self.input.slot).waiting = false;
        }
    }
}

impl<T> fmt::Debug for OwnedNext<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedNext").field("input", &self.input).finish_non_exhaustive()
    }
}
