//! Coroutines: bodies that pause for an item, are resumed by `send`, and give a
//! result when they are closed.

use core::fmt;
use core::future::Future;

use crate::lend::{Input, Lender, lender};
use crate::{Sink, Stopped};

/// A body that is fed by [`send`](Sink::send); made by [`coroutine`].
///
/// `B` is the body's own type, which only the compiler can name: write
/// `impl Sink<T, Return = R>` for a coroutine that a function returns.
///
/// Dropping a coroutine closes it, and discards its result; only while the thread
/// unwinds from a panic the body is dropped where it stands.
///
/// ```
/// use cosend::{Coroutine, Input, Sink, coroutine};
///
/// let mut log = Vec::new();
/// let mut scribe: Coroutine<str, _> = coroutine(async |mut lines: Input<str>| {
///     while let Some(line) = lines.next().await {
///         log.push(line.to_owned());
///     }
///     log.push("the end".to_owned());
/// });
/// scribe.send("once")?;
/// drop(scribe);
/// assert_eq!(log, ["once", "the end"]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct Coroutine<T: ?Sized, B: Future> {
    pub(crate) lender: Lender<T, B>,
}

/// Makes a coroutine and runs it up to its first pause, so that it is ready to be
/// sent to.
///
/// The body states the type of its items; `None` from [`Input::next`] tells it
/// that it is being closed, and what it returns is what
/// [`close`](Sink::close) gives. A body that returns earlier has stopped: sends
/// are [`Stopped`], and its result waits to be taken.
///
/// ```
/// use cosend::{Input, Sink, Stopped, coroutine};
///
/// fn complain_about(word: &str) -> impl Sink<str, Return = usize> {
///     coroutine(async move |mut text: Input<str>| {
///         let mut seen = 0;
///         while let Some(line) = text.next().await {
///             seen += usize::from(line.contains(word));
///         }
///         seen
///     })
/// }
///
/// let mut complaints = complain_about("Ruby");
/// complaints.send("A text without the word")?;
/// complaints.send("Here is a Ruby")?;
/// assert_eq!(complaints.finish(), Ok(1));
/// assert_eq!(complaints.send("Ruby"), Err(Stopped));
/// # Ok::<(), Stopped>(())
/// ```
///
/// # Panics
///
/// When the body pauses on anything other than its input, here or in a later send;
/// and with what the body itself panics. After that the coroutine has stopped.
pub fn coroutine<T: ?Sized, R, F>(body: F) -> Coroutine<T, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Input<'id, T>) -> R,
{
    coroutine_unstarted(body).start()
}

/// A coroutine whose body has not begun; made by [`coroutine_unstarted`].
///
/// Dropped as it is, its body never runs.
///
/// ```
/// use cosend::{Input, Unstarted, coroutine_unstarted};
///
/// let silent: Unstarted<u8, _> = coroutine_unstarted(async |_: Input<u8>| panic!("it runs"));
/// drop(silent);
/// ```
#[must_use = "an unstarted coroutine does nothing until `start`"]
pub struct Unstarted<T: ?Sized, B: Future> {
    lender: Lender<T, B>,
}

/// Makes a coroutine that says nothing until it is
/// [started](Unstarted::start): Python's coroutine before its first `next`.
///
/// This holds for an async closure and for an `async fn`. A plain function that returns
/// a future is called at once, up to where it returns it.
///
/// ```
/// use std::cell::Cell;
/// use cosend::{Input, coroutine_unstarted};
///
/// let begun = Cell::new(false);
/// let unstarted = coroutine_unstarted(async |mut items: Input<u8>| {
///     begun.set(true);
///     while let Some(_) = items.next().await {}
/// });
/// assert!(!begun.get());
/// let started = unstarted.start();
/// assert!(begun.get());
/// # drop(started);
/// ```
pub fn coroutine_unstarted<T: ?Sized, R, F>(body: F) -> Unstarted<T, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Input<'id, T>) -> R,
{
    Unstarted { lender: lender(body) }
}

impl<T: ?Sized, B: Future> Unstarted<T, B> {
    /// Runs the body up to its first pause.
    ///
    /// ```
    /// use cosend::{Input, Sink, coroutine_unstarted};
    ///
    /// let unstarted = coroutine_unstarted(async |mut items: Input<u8>| {
    ///     items.next().await.copied()
    /// });
    /// let mut started = unstarted.start();
    /// started.send(&7)?;
    /// assert_eq!(started.close(), Some(7));
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    ///
    /// # Panics
    ///
    /// As [`coroutine`].
    #[must_use = "a coroutine that is dropped is closed"]
    pub fn start(mut self) -> Coroutine<T, B> {
        // It has a body to run: nothing else resumes an unstarted coroutine.
        let _ = self.lender.wake();
        Coroutine { lender: self.lender }
    }
}

impl<T: ?Sized, B: Future> Coroutine<T, B> {
    /// Whether the body is over: it returned, was finished, or panicked.
    ///
    /// ```
    /// use cosend::{Input, Sink, coroutine};
    ///
    /// let mut first = coroutine(async |mut items: Input<u8>| items.next().await.copied());
    /// assert!(!first.is_stopped());
    /// first.send(&7)?;
    /// assert!(first.is_stopped());
    /// assert_eq!(first.close(), Some(7));
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    pub fn is_stopped(&self) -> bool {
        !self.lender.is_suspended()
    }
}

impl<T: ?Sized, B: Future> Sink<T> for Coroutine<T, B> {
    type Return = B::Output;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.lender.send(item)
    }

    fn finish(&mut self) -> Result<B::Output, Stopped> {
        self.lender.finish()
    }
}

impl<T: ?Sized, B: Future> Drop for Coroutine<T, B> {
    fn drop(&mut self) {
        if self.lender.is_suspended() && !unwinding() {
            // The result has no taker.
            let _ = self.lender.finish();
        }
    }
}

/// Whether the thread is unwinding from a panic. A body is then dropped where it
/// stands, since a second panic in it would abort the program.
#[cfg(feature = "std")]
fn unwinding() -> bool {
    std::thread::panicking()
}

#[cfg(not(feature = "std"))]
fn unwinding() -> bool {
    false
}

impl<T: ?Sized, B: Future> fmt::Debug for Coroutine<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coroutine").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl<T: ?Sized, B: Future> fmt::Debug for Unstarted<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unstarted").finish_non_exhaustive()
    }
}
