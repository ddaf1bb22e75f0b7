//! The body's end of a coroutine, and its pauses.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::marker::PhantomData;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::link::Link;
use super::slot::{Phase, Slot};

/// The body's end of a coroutine: where it waits for the next item.
///
/// It is passed to the body by value, with a lifetime of its own that the body
/// cannot name, so it cannot leave the body; it can be passed on, by value or by
/// `&mut`, to another `async fn` that takes over for a while.
///
/// ```
/// use cosend::{Input, Sink, coroutine};
///
/// /// Reads up to an empty line.
/// async fn skip_header(lines: &mut Input<'_, str>) -> usize {
///     let mut skipped = 0;
///     while let Some(line) = lines.next().await {
///         if line.is_empty() {
///             break;
///         }
///         skipped += 1;
///     }
///     skipped
/// }
///
/// let mut body = coroutine(async |mut lines: Input<str>| {
///     let skipped = skip_header(&mut lines).await;
///     let mut text = String::new();
///     while let Some(line) = lines.next().await {
///         text.push_str(line);
///     }
///     (skipped, text)
/// });
/// for line in ["Subject: x", "", "Hello", "!"] {
///     body.send(line)?;
/// }
/// assert_eq!(body.close(), (1, "Hello!".to_owned()));
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Input<'id, T: ?Sized> {
    slot: Link<Slot<T>>,
    /// Invariant in `'id` (rule 5).
    id: PhantomData<Cell<&'id ()>>,
}

impl<'id, T: ?Sized> Input<'id, T> {
    pub(super) fn new(slot: Link<Slot<T>>) -> Self {
        Self { slot, id: PhantomData }
    }

    /// Pauses until an item is sent, and gives it on loan until the next pause;
    /// `None` means that the coroutine is being closed.
    ///
    /// After `None` it gives `None` again each time it is asked, a thousand times: a body
    /// that goes on asking ignores its closing.
    ///
    /// ```
    /// use cosend::{Input, Sink, coroutine};
    ///
    /// let mut first = coroutine(async |mut words: Input<str>| {
    ///     let first = words.next().await.map(str::to_owned);
    ///     while words.next().await.is_some() {}
    ///     first
    /// });
    /// first.send("a")?;
    /// first.send("b")?;
    /// assert_eq!(first.close().as_deref(), Some("a"));
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    #[expect(
        clippy::should_implement_trait,
        reason = "an asynchronous next, as a lending Stream would have it"
    )]
    pub fn next(&mut self) -> Next<'_, 'id, T> {
        Next { slot: Pause::Open(&self.slot), input: PhantomData }
    }

    /// Pauses until an item is sent, and gives it on loan until the next pause; when the
    /// coroutine is closed here, the body ends where it stands.
    ///
    /// This is for a body that has nothing to say at its end. Its locals are dropped, as
    /// those of a Python coroutine that does not handle `GeneratorExit`, and there is no
    /// result: drop the coroutine, or [`finish`](crate::Sink::finish) it, which gives
    /// [`Stopped`](crate::Stopped).
    ///
    /// ```
    /// use cosend::{Input, Sink, Stopped, coroutine};
    ///
    /// let mut complaints = 0;
    /// let mut complain = coroutine(async |mut texts: Input<str>| -> () {
    ///     loop {
    ///         if texts.item().await.contains("Ruby") {
    ///             complaints += 1;
    ///         }
    ///     }
    /// });
    /// complain.send("Some more Ruby data")?;
    /// assert_eq!(complain.finish(), Err(Stopped));
    /// drop(complain);
    /// assert_eq!(complaints, 1);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    pub fn item(&mut self) -> Item<'_, 'id, T> {
        Item { next: self.next() }
    }

    /// Whether the coroutine is being closed.
    pub(crate) fn is_closing(&self) -> bool {
        self.slot.is_closing()
    }

    /// Where the coroutine was made.
    pub(crate) fn made(&self) -> &'static Location<'static> {
        self.slot.made
    }
}

impl<T: ?Sized> fmt::Debug for Input<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("closing", &self.is_closing()).finish_non_exhaustive()
    }
}

/// How far a pause has come.
enum Pause<'a, T: ?Sized> {
    Open(&'a Slot<T>),
    /// It has given an item, or the close, and leaves the slot alone (rule 3).
    Ended,
}

/// The pause itself: a future of the next item, made by [`Input::next`].
///
/// ```
/// use cosend::{Input, Next, Sink, coroutine};
///
/// let body = coroutine(async |mut words: Input<str>| {
///     let pause: Next<'_, '_, str> = words.next();
///     pause.await.is_none()
/// });
/// assert!(body.close());
/// ```
#[must_use = "a pause does nothing until it is awaited"]
pub struct Next<'a, 'id, T: ?Sized> {
    slot: Pause<'a, T>,
    /// Holds the handle mutably for as long as the pause or its item lives (rule 1).
    input: PhantomData<&'a mut Input<'id, T>>,
}

impl<'a, T: ?Sized> Future for Next<'a, '_, T> {
    type Output = Option<&'a T>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<&'a T>> {
        let Pause::Open(slot) = self.slot else {
            panic!("a pause was polled again after it had ended");
        };
        let item = match slot.phase.get() {
            Phase::Lent => slot.item.get(),
            Phase::Closing | Phase::Leaving => {
                self.slot = Pause::Ended;
                slot.told_of_the_close();
                return Poll::Ready(None);
            }
            Phase::Idle | Phase::Waiting => None,
        };
        let Some(item) = item else {
            slot.phase.set(Phase::Waiting);
            return Poll::Pending;
        };
        slot.phase.set(Phase::Idle);
        self.slot = Pause::Ended;
        // SAFETY: the address came from the `&T` of the send that is polling us: the
        // slot was *lent*, so that send has not ended (rule 4), also if we are on a
        // thread that the body waits for (rule 8). It points to a live `T`, of exactly
        // this type (rule 6). The reference we make borrows the `Input` mutably for
        // `'a`, so while it lives no other pause can set *waiting* (rules 1 and 3), and
        // `resume` drops a body that suspends without *waiting* before the send returns
        // (rule 2). A leaked body is never polled again and reads nothing.
        Poll::Ready(Some(unsafe { item.as_ref() }))
    }
}

impl<T: ?Sized> Drop for Next<'_, '_, T> {
    fn drop(&mut self) {
        if let Pause::Open(slot) = self.slot {
            if slot.phase.get() == Phase::Waiting {
                slot.phase.set(Phase::Idle);
            }
        }
    }
}

impl<T: ?Sized> fmt::Debug for Next<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let finished = matches!(self.slot, Pause::Ended);
        f.debug_struct("Next").field("finished", &finished).finish_non_exhaustive()
    }
}

/// A pause at whose close the body ends where it stands; made by [`Input::item`].
///
/// ```
/// use cosend::{Input, Item, Sink, Stopped, coroutine};
///
/// let mut body = coroutine(async |mut words: Input<str>| {
///     let pause: Item<'_, '_, str> = words.item();
///     pause.await.len()
/// });
/// assert_eq!(body.finish(), Err(Stopped), "it waited for a word that did not come");
/// ```
#[must_use = "a pause does nothing until it is awaited"]
pub struct Item<'a, 'id, T: ?Sized> {
    next: Next<'a, 'id, T>,
}

impl<'a, T: ?Sized> Future for Item<'a, '_, T> {
    type Output = &'a T;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<&'a T> {
        if let Pause::Open(slot) = self.next.slot {
            if slot.is_closing() {
                slot.phase.set(Phase::Leaving);
                return Poll::Pending;
            }
        }
        match Pin::new(&mut self.next).poll(context) {
            Poll::Ready(Some(item)) => Poll::Ready(item),
            // It gives `None` to a closing alone, and that was looked at before.
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: ?Sized> Drop for Item<'_, '_, T> {
    fn drop(&mut self) {
        if let Pause::Open(slot) = self.next.slot {
            if slot.phase.get() == Phase::Leaving {
                slot.phase.set(Phase::Closing);
            }
        }
    }
}

impl<T: ?Sized> fmt::Debug for Item<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item").field("next", &self.next).finish()
    }
}
