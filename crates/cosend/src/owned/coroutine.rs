//! Coroutines that own their items and may await anything.

use alloc::sync::Arc;
use core::fmt;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::Stopped;
use crate::body::Body;

/// What a coroutine and its body share.
struct Slot<T> {
    /// An item on its way in.
    item: Option<T>,
    /// Somebody is at [`OwnedInput::next`].
    waiting: bool,
    /// Nothing more comes.
    closing: bool,
    /// The input is gone: nobody will ever take an item.
    deaf: bool,
    /// Who is at [`OwnedInput::next`]: woken for an item that it was not found with
    /// when the body was polled.
    reader: Option<Waker>,
    /// Who sends, and sleeps. Empty while it polls the body: it looks afterwards.
    sender: Option<Waker>,
}

/// The slot, shared. Both sides are mostly the same task, so the lock is free.
type SharedSlot<T> = Arc<Mutex<Slot<T>>>;

/// Nothing panics while it holds the lock, so a poisoned slot is whole.
fn lock<T>(slot: &SharedSlot<T>) -> MutexGuard<'_, Slot<T>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

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
/// let mut pairs = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
    slot: SharedSlot<T>,
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
    /// let body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
    ///     (items.next().await, items.next().await)
    /// });
    /// assert_eq!(body.close().await, (None, None));
    /// # });
    /// ```
    #[expect(clippy::should_implement_trait, reason = "as `Input::next`")]
    pub fn next(&mut self) -> OwnedNext<'_, T> {
        OwnedNext { input: self }
    }

    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        let mut slot = lock(&self.slot);
        let item = slot.item.take();
        let polled = if item.is_some() || slot.closing {
            Poll::Ready(item)
        } else {
            slot.reader = Some(context.waker().clone());
            Poll::Pending
        };
        slot.waiting = polled.is_pending();
        let sender = slot.sender.take();
        drop(slot);
        if let Some(sender) = sender {
            sender.wake();
        }
        polled
    }
}

impl<T> Drop for OwnedInput<T> {
    fn drop(&mut self) {
        let mut slot = lock(&self.slot);
        slot.deaf = true;
        slot.waiting = false;
        let sender = slot.sender.take();
        drop(slot);
        if let Some(sender) = sender {
            sender.wake();
        }
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
/// let body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
///     let pause: OwnedNext<'_, u8> = items.next();
///     pause.await
/// });
/// assert_eq!(body.close().await, None);
/// # });
/// ```
#[must_use = "a pause does nothing until it is awaited"]
pub struct OwnedNext<'a, T> {
    input: &'a mut OwnedInput<T>,
}

impl<T> Future for OwnedNext<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        self.input.poll_next(context)
    }
}

impl<T> Drop for OwnedNext<'_, T> {
    fn drop(&mut self) {
        lock(&self.input.slot).waiting = false;
    }
}

impl<T> fmt::Debug for OwnedNext<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedNext").field("input", &self.input).finish()
    }
}

/// A coroutine that owns its items and may await anything; made by
/// [`owned_coroutine`].
///
/// Its calls take `&mut self`, so two sends cannot overlap; to send from several
/// tasks, put it behind an asynchronous lock, or use a channel. It is `Send` when
/// its items and its body are.
///
/// Dropping it drops the body where it stands, as dropping any future: only
/// [`close`](OwnedCoroutine::close) lets the body end, since that may take time.
///
/// ```
/// use cosend::{OwnedCoroutine, OwnedInput, owned_coroutine};
///
/// fn send<T: Send>(it: T) -> T {
///     it
/// }
///
/// let body: OwnedCoroutine<String, _> =
///     send(owned_coroutine(|mut items: OwnedInput<String>| async move {
///         while items.next().await.is_some() {}
///     }));
/// assert!(!body.is_stopped());
/// ```
pub struct OwnedCoroutine<T, B: Future> {
    slot: SharedSlot<T>,
    body: Body<B>,
}

/// Makes a coroutine whose body may await anything, on any executor.
///
/// Nothing runs yet: the first send, or the close, begins the body.
///
/// ```
/// use std::time::Duration;
/// use cosend::{OwnedInput, owned_coroutine};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let mut slow = owned_coroutine(|mut words: OwnedInput<String>| async move {
///     let mut text = String::new();
///     while let Some(word) = words.next().await {
///         tokio::time::sleep(Duration::from_millis(1)).await;
///         text += &word;
///     }
///     text
/// });
/// slow.send("one, ".to_owned()).await?;
/// slow.send("two".to_owned()).await?;
/// assert_eq!(slow.close().await, "one, two");
/// # Ok::<(), cosend::Stopped>(()) }).unwrap();
/// ```
pub fn owned_coroutine<T, B: Future>(
    body: impl FnOnce(OwnedInput<T>) -> B,
) -> OwnedCoroutine<T, B> {
    let slot = Arc::new(Mutex::new(Slot {
        item: None,
        waiting: false,
        closing: false,
        deaf: false,
        reader: None,
        sender: None,
    }));
    let body = body(OwnedInput { slot: Arc::clone(&slot) });
    OwnedCoroutine { slot, body: Body::new(body) }
}

impl<T, B: Future> OwnedCoroutine<T, B> {
    /// Moves one item into the body, and runs that up to its next pause for an
    /// item.
    ///
    /// A send that is dropped before its end has either not begun, and its item is
    /// gone, or the body has the item, or will find it at its next pause. Whatever
    /// the body was at goes on with the next send or close.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedInput, Stopped, owned_coroutine};
    ///
    /// let mut one = owned_coroutine(|mut items: OwnedInput<u8>| async move {
    ///     items.next().await
    /// });
    /// assert_eq!(one.send(1).await, Ok(()));
    /// assert_eq!(one.send(2).await, Err(Stopped));
    /// assert_eq!(one.close().await, Some(1));
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the body takes no more items. The item is dropped.
    ///
    /// # Panics
    ///
    /// With what the body panics. After that the coroutine has stopped.
    pub async fn send(&mut self, item: T) -> Result<(), Stopped> {
        poll_fn(|context| self.poll_ready(context)).await?;
        self.put(item)?;
        poll_fn(|context| self.poll_taken(context)).await
    }

    /// Tells the body that nothing more comes, runs it to its end and takes its
    /// result.
    ///
    /// Dropped before its end, it has told; a second call goes on where it stood.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedInput, Stopped, owned_coroutine};
    ///
    /// let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
    ///     items.next().await
    /// });
    /// assert_eq!(body.finish().await, Ok(None));
    /// assert_eq!(body.finish().await, Err(Stopped));
    /// assert_eq!(body.send(1).await, Err(Stopped));
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the result has been taken before, or never came to be
    /// because the body panicked.
    ///
    /// # Panics
    ///
    /// With what the body panics.
    pub async fn finish(&mut self) -> Result<B::Output, Stopped> {
        poll_fn(|context| self.poll_over(context)).await;
        self.body.take_result().ok_or(Stopped)
    }

    /// Closes the coroutine for good and returns its result.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedInput, owned_coroutine};
    ///
    /// let body = owned_coroutine(|_: OwnedInput<u8>| async { 7 });
    /// assert_eq!(body.close().await, 7);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no result: it was taken by an earlier
    /// [`finish`](OwnedCoroutine::finish), or the body panicked before. And with
    /// what the body panics.
    pub async fn close(mut self) -> B::Output {
        match self.finish().await {
            Ok(result) => result,
            Err(Stopped) => panic!("closed a coroutine that has no result"),
        }
    }

    /// Whether the body is over: it returned, was finished, or panicked.
    ///
    /// ```
    /// use cosend::{OwnedInput, owned_coroutine};
    ///
    /// let body = owned_coroutine(|_: OwnedInput<u8>| async {});
    /// assert!(!body.is_stopped(), "it has not begun");
    /// ```
    pub fn is_stopped(&self) -> bool {
        !self.body.is_suspended()
    }

    /// Runs the body until it waits for an item; `Stopped` when it never will.
    pub(super) fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Stopped>> {
        let mut over = self.is_stopped();
        loop {
            let mut slot = lock(&self.slot);
            if over || slot.closing || slot.deaf {
                return Poll::Ready(Err(Stopped));
            }
            if slot.waiting {
                return Poll::Ready(Ok(()));
            }
            slot.sender = None;
            drop(slot);
            over = self.body.poll(context).is_ready();
            let mut slot = lock(&self.slot);
            if over || slot.waiting || slot.deaf {
                continue;
            }
            slot.sender = Some(context.waker().clone());
            // The body did not come by the input: it is in another task, or in one
            // of several futures of which only those run that are woken.
            let reader = if slot.item.is_some() { slot.reader.take() } else { None };
            drop(slot);
            if let Some(reader) = reader {
                reader.wake();
            }
            return Poll::Pending;
        }
    }

    /// Puts an item into the slot: the body, or whoever reads its input, is there.
    pub(super) fn put(&mut self, item: T) -> Result<(), Stopped> {
        if self.is_stopped() {
            return Err(Stopped);
        }
        let mut slot = lock(&self.slot);
        if slot.closing || slot.deaf {
            drop(slot);
            return Err(Stopped);
        }
        slot.item = Some(item);
        slot.waiting = false;
        Ok(())
    }

    /// Runs the body until it has taken the item and waits for another, or is over.
    pub(super) fn poll_taken(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Stopped>> {
        self.poll_ready(context).map(|waiting| {
            let refused = lock(&self.slot).item.take();
            // A body that took the item and then stopped has seen it.
            if refused.is_some() { waiting } else { Ok(()) }
        })
    }

    /// Closes the input and runs the body to its end.
    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.close_input();
        self.body.poll(context)
    }

    fn close_input(&self) {
        let mut slot = lock(&self.slot);
        slot.closing = true;
        slot.waiting = false;
        let reader = slot.reader.take();
        drop(slot);
        if let Some(reader) = reader {
            reader.wake();
        }
    }
}

/// Whoever reads the input in another task learns that nothing more comes.
impl<T, B: Future> Drop for OwnedCoroutine<T, B> {
    fn drop(&mut self) {
        self.close_input();
    }
}

impl<T, B: Future> fmt::Debug for OwnedCoroutine<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stopped = self.is_stopped();
        f.debug_struct("OwnedCoroutine").field("stopped", &stopped).finish_non_exhaustive()
    }
}
