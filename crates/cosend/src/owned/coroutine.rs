//! Coroutines that own their items and may await anything.

use core::fmt;
use core::future::{Future, poll_fn};
use core::panic::Location;
use core::task::{Context, Poll};

use super::OwnedInput;
use super::slot::{Found, Slot, lock, park, wake};
use crate::Stopped;
use crate::body::{Body, Why};
use crate::sync::{Arc, Mutex};

/// A coroutine that owns its items and may await anything; made by
/// [`owned_coroutine`].
///
/// Its calls take `&mut self`, so two sends cannot overlap; to send from several
/// tasks, put it behind an asynchronous lock, or use a channel. It is `Send` when
/// its items and its body are.
///
/// **A drop cancels.** It drops the body where it stands, as that of any future, where a
/// [`Coroutine`](crate::Coroutine) is closed: to close this one may take time, which a
/// drop has not. Call [`close`](OwnedCoroutine::close), so that the body can flush what
/// it has.
///
/// ```
/// use cosend::{OwnedCoroutine, OwnedInput, owned_coroutine};
///
/// fn send<T: Send>(it: T) -> T {
///     it
/// }
///
/// let body: OwnedCoroutine<String, _> =
///     send(owned_coroutine(async |mut items: OwnedInput<String>| {
///         while items.next().await.is_some() {}
///     }));
/// assert!(!body.is_stopped());
/// ```
#[must_use = "an owned coroutine that is dropped is cancelled, not closed: call `close().await`"]
pub struct OwnedCoroutine<T, B: Future> {
    slot: Arc<Mutex<Slot<T>>>,
    body: Body<B>,
    /// Where it was made: messages name it.
    made: &'static Location<'static>,
}

/// Makes a coroutine whose body may await anything, on any executor.
///
/// Nothing runs yet: the first send, or the close, begins the body. And nothing runs
/// between two sends, unless it is [`buffered`](OwnedCoroutine::buffered).
///
/// ```
/// use std::time::Duration;
/// use cosend::{OwnedInput, owned_coroutine};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let mut slow = owned_coroutine(async |mut words: OwnedInput<String>| {
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
#[track_caller]
pub fn owned_coroutine<T, B: Future>(
    body: impl FnOnce(OwnedInput<T>) -> B,
) -> OwnedCoroutine<T, B> {
    let slot = Arc::new(Mutex::new(Slot::new()));
    let body = body(OwnedInput { slot: Arc::clone(&slot) });
    OwnedCoroutine { slot, body: Body::new(body), made: Location::caller() }
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
    /// let mut one = owned_coroutine(async |mut items: OwnedInput<u8>| {
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
        let mut item = Some(item);
        poll_fn(|context| self.poll_send(&mut item, context)).await
    }

    /// Runs the body until it waits for an item, without one: before the first send, up to
    /// its first pause.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use std::cell::Cell;
    /// use cosend::{OwnedInput, owned_coroutine};
    ///
    /// let connected = Cell::new(false);
    /// let mut body = owned_coroutine(async |mut items: OwnedInput<u8>| {
    ///     connected.set(true);
    ///     while items.next().await.is_some() {}
    /// });
    /// assert!(!connected.get());
    /// body.ready().await?;
    /// assert!(connected.get());
    /// body.close().await;
    /// # Ok::<(), cosend::Stopped>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the body takes no more items.
    ///
    /// # Panics
    ///
    /// With what the body panics.
    pub async fn ready(&mut self) -> Result<(), Stopped> {
        poll_fn(|context| self.poll_ready(context)).await
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
    /// let mut body = owned_coroutine(async |mut items: OwnedInput<u8>| {
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
    /// let body = owned_coroutine(async |_: OwnedInput<u8>| 7);
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
            Err(Stopped) => panic!(
                "closed the owned coroutine made at {}, which has no result: {}",
                self.made,
                self.body.why().unwrap_or(Why::Taken)
            ),
        }
    }

    /// Whether the body is over: it returned, was finished, or panicked.
    ///
    /// ```
    /// use cosend::{OwnedInput, owned_coroutine};
    ///
    /// let body = owned_coroutine(async |_: OwnedInput<u8>| ());
    /// assert!(!body.is_stopped(), "it has not begun");
    /// ```
    pub fn is_stopped(&self) -> bool {
        !self.body.is_suspended()
    }

    /// Sends what is in `item`, and takes it out when it has gone on.
    fn poll_send(
        &mut self,
        item: &mut Option<T>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Stopped>> {
        if item.is_none() {
            return self.poll_taken(context);
        }
        let mut slot = lock(&self.slot);
        let mut found = slot.look(!self.body.is_suspended());
        if found.is_pending() {
            let stale = slot.sender.take();
            drop(slot);
            drop(stale);
            found = self.run(context);
            slot = lock(&self.slot);
        }
        let Poll::Ready(Found { waiting, refused }) = found else { return Poll::Pending };
        let stale = match (waiting, item.take()) {
            (Ok(()), Some(item)) => slot.put(item),
            (_, item) => {
                drop(slot);
                drop((refused, item));
                return Poll::Ready(waiting);
            }
        };
        drop(slot);
        drop(stale);
        self.run(context).map(Found::taken)
    }

    /// Runs the body until it waits for an item; `Stopped` when it never will.
    pub(super) fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Stopped>> {
        self.poll_found(context).map(|found| found.waiting)
    }

    /// Runs the body until it has taken the item and waits for another, or is over.
    pub(super) fn poll_taken(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Stopped>> {
        self.poll_found(context).map(Found::taken)
    }

    /// Looks into the slot, and runs the body if that is not yet ready.
    fn poll_found(&mut self, context: &mut Context<'_>) -> Poll<Found<T>> {
        let mut slot = lock(&self.slot);
        let found = slot.look(!self.body.is_suspended());
        let stale = if found.is_pending() { slot.sender.take() } else { None };
        drop(slot);
        drop(stale);
        if found.is_pending() { self.run(context) } else { found }
    }

    /// Runs the body once, and looks into the slot. No sender is parked there: who runs the
    /// body need not be woken by it.
    pub(super) fn run(&mut self, context: &mut Context<'_>) -> Poll<Found<T>> {
        let over = self.body.poll(context).is_ready();
        let mut spare = None;
        loop {
            let mut slot = lock(&self.slot);
            let found = slot.look(over);
            if found.is_ready() {
                return found;
            }
            if park(&mut slot.sender, &mut spare, context.waker()) {
                // The body did not come by the input: it is in another task, or in one
                // of several futures of which only those run that are woken.
                let reader = if slot.item.is_some() { slot.reader.take() } else { None };
                drop(slot);
                wake(reader);
                return Poll::Pending;
            }
            drop(slot);
            spare = Some(context.waker().clone());
        }
    }

    /// Forgets who sent last.
    pub(super) fn unpark(&self) {
        let stale = lock(&self.slot).sender.take();
        drop(stale);
    }

    /// Puts an item into the slot: the body, or the task that reads its input, is there.
    pub(super) fn put(&mut self, item: T) -> Result<(), Stopped> {
        if self.is_stopped() {
            return Err(Stopped);
        }
        let mut slot = lock(&self.slot);
        if slot.closing || slot.deaf {
            drop(slot);
            return Err(Stopped);
        }
        let stale = slot.put(item);
        drop(slot);
        drop(stale);
        Ok(())
    }

    /// Closes the input and runs the body to its end.
    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.close_input();
        self.body.poll(context)
    }

    pub(super) fn close_input(&self) {
        let mut slot = lock(&self.slot);
        slot.closing = true;
        slot.waiting = false;
        let (reader, stale) = (slot.reader.take(), slot.sender.take());
        drop(slot);
        wake(reader);
        drop(stale);
    }
}

/// A task that reads the input learns that nothing more comes.
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
