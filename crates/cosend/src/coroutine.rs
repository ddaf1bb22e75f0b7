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
#[must_use = "a coroutine that is dropped is closed, and its result is lost"]
pub struct Coroutine<T: ?Sized, B: Future + ?Sized> {
    pub(crate) lender: Lender<T, B>,
    /// Whether the thread was unwinding when it was made.
    made_unwinding: bool,
}

/// A [`Coroutine`] whose type can be written down, for fields, vectors and maps; from
/// [`Coroutine::boxed`].
///
/// `'a` is how long what the body borrows lives; `'static` if it borrows nothing.
///
/// ```
/// use std::collections::HashMap;
/// use cosend::{BoxCoroutine, Input, Sink, coroutine};
///
/// #[derive(Default)]
/// struct Sessions {
///     parsers: HashMap<u32, BoxCoroutine<'static, [u8], usize>>,
/// }
///
/// fn length() -> BoxCoroutine<'static, [u8], usize> {
///     coroutine(async |mut chunks: Input<[u8]>| {
///         let mut bytes = 0;
///         while let Some(chunk) = chunks.next().await {
///             bytes += chunk.len();
///         }
///         bytes
///     })
///     .boxed()
/// }
///
/// let mut sessions = Sessions::default();
/// for (id, chunk) in [(1, b"to be".as_slice()), (2, b"or not"), (1, b", or")] {
///     sessions.parsers.entry(id).or_insert_with(length).send(chunk)?;
/// }
/// let first = sessions.parsers.remove(&1).unwrap();
/// let ends = std::thread::spawn(move || first.close());
/// assert_eq!(ends.join().unwrap(), 9);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub type BoxCoroutine<'a, T, R> = Coroutine<T, dyn Future<Output = R> + Send + 'a>;

/// A [`BoxCoroutine`] that stays on its thread, from [`Coroutine::boxed_local`].
///
/// ```
/// use std::rc::Rc;
/// use cosend::{Input, LocalBoxCoroutine, Sink, coroutine};
///
/// let unit = Rc::new(10);
/// let mut scaled: LocalBoxCoroutine<'static, u32, u32> =
///     coroutine(async move |mut numbers: Input<u32>| {
///         let mut sum = 0;
///         while let Some(number) = numbers.next().await {
///             sum += *unit * number;
///         }
///         sum
///     })
///     .boxed_local();
/// scaled.send(&4)?;
/// assert_eq!(scaled.close(), 40);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub type LocalBoxCoroutine<'a, T, R> = Coroutine<T, dyn Future<Output = R> + 'a>;

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
#[track_caller]
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
pub struct Unstarted<T: ?Sized, B: Future + ?Sized> {
    lender: Lender<T, B>,
}

/// An [`Unstarted`] whose type can be written down; from [`Unstarted::boxed`].
///
/// ```
/// use cosend::{BoxUnstarted, Input, coroutine_unstarted};
///
/// struct Task(BoxUnstarted<'static, u8, ()>);
///
/// let task = Task(coroutine_unstarted(async |_: Input<u8>| ()).boxed());
/// assert!(task.0.start().is_stopped());
/// ```
pub type BoxUnstarted<'a, T, R> = Unstarted<T, dyn Future<Output = R> + Send + 'a>;

/// A [`BoxUnstarted`] that stays on its thread; from [`Unstarted::boxed_local`].
///
/// ```
/// use cosend::{Input, LocalBoxUnstarted, coroutine_unstarted};
///
/// struct Task(LocalBoxUnstarted<'static, u8, ()>);
///
/// let task = Task(coroutine_unstarted(async |_: Input<u8>| ()).boxed_local());
/// assert!(task.0.start().is_stopped());
/// ```
pub type LocalBoxUnstarted<'a, T, R> = Unstarted<T, dyn Future<Output = R> + 'a>;

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
#[track_caller]
pub fn coroutine_unstarted<T: ?Sized, R, F>(body: F) -> Unstarted<T, impl Future<Output = R>>
where
    F: for<'id> AsyncFnOnce(Input<'id, T>) -> R,
{
    Unstarted { lender: lender(body) }
}

impl<T: ?Sized, B: Future> Unstarted<T, B> {
    /// The same coroutine under a type that can be written down.
    ///
    /// ```
    /// use cosend::{BoxUnstarted, Input, Sink, coroutine_unstarted};
    ///
    /// let waiting: Vec<BoxUnstarted<'static, u8, usize>> = vec![
    ///     coroutine_unstarted(async |_: Input<u8>| 1).boxed(),
    ///     coroutine_unstarted(async |_: Input<u8>| 2).boxed(),
    /// ];
    /// let results: Vec<_> = waiting.into_iter().map(|it| it.start().close()).collect();
    /// assert_eq!(results, [1, 2]);
    /// ```
    pub fn boxed<'a>(mut self) -> BoxUnstarted<'a, T, B::Output>
    where
        B: Send + 'a,
    {
        Unstarted {
            lender: self.lender.erase::<dyn Future<Output = B::Output> + Send + 'a>(|body| body),
        }
    }

    /// As [`boxed`](Unstarted::boxed), for a body that stays on its thread.
    ///
    /// ```
    /// use cosend::{Input, LocalBoxUnstarted, coroutine_unstarted};
    ///
    /// let _: LocalBoxUnstarted<'static, u8, usize> =
    ///     coroutine_unstarted(async |_: Input<u8>| 1).boxed_local();
    /// ```
    pub fn boxed_local<'a>(mut self) -> LocalBoxUnstarted<'a, T, B::Output>
    where
        B: 'a,
    {
        Unstarted { lender: self.lender.erase::<dyn Future<Output = B::Output> + 'a>(|body| body) }
    }
}

impl<T: ?Sized, B: Future + ?Sized> Unstarted<T, B> {
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
    #[track_caller]
    pub fn start(mut self) -> Coroutine<T, B> {
        // It has a body to run: nothing else resumes an unstarted coroutine.
        let _ = self.lender.wake();
        Coroutine { lender: self.lender, made_unwinding: unwinding() }
    }
}

impl<T: ?Sized, B: Future> Coroutine<T, B> {
    /// The same coroutine under a type that can be written down: [`BoxCoroutine`].
    ///
    /// The body was in a box of its own before; nothing is allocated, and nothing else
    /// changes. A body that is not `Send` takes [`boxed_local`](Coroutine::boxed_local).
    ///
    /// ```
    /// use cosend::{BoxCoroutine, Input, Sink, coroutine};
    ///
    /// // Two bodies, one type.
    /// let mut both: Vec<BoxCoroutine<'_, str, usize>> = vec![
    ///     coroutine(async |mut words: Input<str>| words.next().await.map_or(0, str::len)).boxed(),
    ///     coroutine(async |_: Input<str>| 7).boxed(),
    /// ];
    /// both[0].send("word")?;
    /// assert!(both[1].is_stopped());
    /// assert_eq!(both.into_iter().map(Sink::close).collect::<Vec<_>>(), [4, 7]);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    pub fn boxed<'a>(mut self) -> BoxCoroutine<'a, T, B::Output>
    where
        B: Send + 'a,
    {
        Coroutine {
            lender: self.lender.erase::<dyn Future<Output = B::Output> + Send + 'a>(|body| body),
            made_unwinding: self.made_unwinding,
        }
    }

    /// As [`boxed`](Coroutine::boxed), for a body that stays on its thread.
    ///
    /// ```
    /// use std::cell::Cell;
    /// use cosend::{Input, LocalBoxCoroutine, Sink, coroutine};
    ///
    /// let last = Cell::new(0);
    /// let mut body: LocalBoxCoroutine<'_, u8, ()> = coroutine(async |mut items: Input<u8>| {
    ///     while let Some(&item) = items.next().await {
    ///         last.set(item);
    ///     }
    /// })
    /// .boxed_local();
    /// body.send(&7)?;
    /// assert_eq!(last.get(), 7);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    pub fn boxed_local<'a>(mut self) -> LocalBoxCoroutine<'a, T, B::Output>
    where
        B: 'a,
    {
        Coroutine {
            lender: self.lender.erase::<dyn Future<Output = B::Output> + 'a>(|body| body),
            made_unwinding: self.made_unwinding,
        }
    }
}

impl<T: ?Sized, B: Future + ?Sized> Coroutine<T, B> {
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

impl<T: ?Sized, B: Future + ?Sized> Sink<T> for Coroutine<T, B> {
    type Return = B::Output;

    #[inline]
    #[track_caller]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.lender.send(item)
    }

    #[track_caller]
    fn finish(&mut self) -> Result<B::Output, Stopped> {
        self.lender.finish()
    }

    #[track_caller]
    fn close(mut self) -> B::Output {
        match self.lender.finish() {
            Ok(result) => result,
            Err(Stopped) => self.lender.no_result(),
        }
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        !self.lender.is_suspended()
    }
}

impl<T: ?Sized, B: Future + ?Sized> Drop for Coroutine<T, B> {
    fn drop(&mut self) {
        // A second panic, in the body, would abort the program. But a coroutine that was
        // made by a destructor in the course of an unwinding ends as any other; `MutexGuard`
        // judges in the same way whether a lock is poisoned.
        let unwound = unwinding() && !self.made_unwinding;
        if self.lender.is_suspended() && !unwound {
            // The result has no taker.
            let _ = self.lender.finish();
        }
    }
}

/// Whether the thread is unwinding from a panic.
#[cfg(feature = "std")]
fn unwinding() -> bool {
    std::thread::panicking()
}

/// Without the standard library an unwinding cannot be seen.
#[cfg(not(feature = "std"))]
fn unwinding() -> bool {
    false
}

impl<T: ?Sized, B: Future + ?Sized> fmt::Debug for Coroutine<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Coroutine").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl<T: ?Sized, B: Future + ?Sized> fmt::Debug for Unstarted<T, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unstarted").finish_non_exhaustive()
    }
}
