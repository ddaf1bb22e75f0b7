//! Coroutines that an error can be thrown into: Python's `throw`.
//!
//! The error comes out of the pause where the body stands. `?` there means "not
//! caught": the body returns it, and the throw hands it back.

use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use crate::body::Why;
use crate::lend::Link;
use crate::{Coroutine, Input, Next, Sink, Stopped, coroutine};

/// The body's end of a fallible coroutine: where it waits for the next item, or
/// for an error.
///
/// As [`Input`], it cannot leave the body, and can be passed on to another
/// `async fn`.
///
/// ```
/// use cosend::{FallibleInput, Sink, fallible};
///
/// /// Skips one item; an error in the meantime is the caller's.
/// async fn skip(items: &mut FallibleInput<'_, u8, String>) -> Result<(), String> {
///     items.next().await?;
///     Ok(())
/// }
///
/// let mut second = fallible(async |mut items: FallibleInput<u8, String>| {
///     skip(&mut items).await?;
///     Ok(items.next().await?.copied())
/// });
/// second.send(&1)?;
/// second.send(&2)?;
/// assert_eq!(second.close(), Ok(Some(2)));
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub struct FallibleInput<'id, T: ?Sized, E> {
    input: Input<'id, T>,
    thrown: Link<Cell<Option<E>>>,
}

impl<'id, T: ?Sized, E> FallibleInput<'id, T, E> {
    /// Pauses until an item is sent or an error thrown; `Ok(None)` means that the
    /// coroutine is being closed.
    ///
    /// ```
    /// use cosend::{FallibleInput, Sink, fallible};
    ///
    /// let mut log = Vec::new();
    /// let mut body = fallible(async |mut items: FallibleInput<u8, &str>| {
    ///     loop {
    ///         match items.next().await {
    ///             Ok(Some(item)) => log.push(item.to_string()),
    ///             Ok(None) => return Ok(log.len()),
    ///             Err(error) => log.push(format!("caught {error}")),
    ///         }
    ///     }
    /// });
    /// body.send(&1)?;
    /// assert_eq!(body.throw("a stone"), Ok(()));
    /// assert_eq!(body.close(), Ok(2));
    /// assert_eq!(log, ["1", "caught a stone"]);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    ///
    /// # Errors
    ///
    /// With the error that was thrown.
    #[expect(clippy::should_implement_trait, reason = "as `Input::next`")]
    pub fn next(&mut self) -> NextOrError<'_, 'id, T, E> {
        NextOrError { next: self.input.next(), thrown: &self.thrown }
    }
}

impl<T: ?Sized, E> fmt::Debug for FallibleInput<'_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FallibleInput").field("input", &self.input).finish_non_exhaustive()
    }
}

/// The pause of a fallible body; made by [`FallibleInput::next`].
///
/// ```
/// use cosend::{FallibleInput, NextOrError, Sink, fallible};
///
/// let body = fallible(async |mut items: FallibleInput<u8, ()>| {
///     let pause: NextOrError<'_, '_, u8, ()> = items.next();
///     pause.await.map(|item| item.is_some())
/// });
/// assert_eq!(body.close(), Ok(false));
/// ```
#[must_use = "a pause does nothing until it is awaited"]
pub struct NextOrError<'a, 'id, T: ?Sized, E> {
    next: Next<'a, 'id, T>,
    thrown: &'a Link<Cell<Option<E>>>,
}

impl<'a, T: ?Sized, E> Future for NextOrError<'a, '_, T, E> {
    type Output = Result<Option<&'a T>, E>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.thrown.take() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.next).poll(context).map(Ok),
        }
    }
}

impl<T: ?Sized, E> fmt::Debug for NextOrError<'_, '_, T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextOrError").field("next", &self.next).finish_non_exhaustive()
    }
}

/// A coroutine that an error can be thrown into; made by [`fallible`].
///
/// ```
/// use cosend::{Fallible, FallibleInput, Sink, fallible};
///
/// let mut body: Fallible<u8, String, _> =
///     fallible(async |mut items: FallibleInput<u8, String>| {
///         while let Some(_) = items.next().await? {}
///         Ok(())
///     });
/// assert_eq!(body.throw("not caught".into()), Err("not caught".into()));
/// assert!(body.is_stopped());
/// ```
#[must_use = "a coroutine that is dropped is closed, and its result is lost"]
pub struct Fallible<T: ?Sized, E, B: Future + ?Sized> {
    coroutine: Coroutine<T, B>,
    thrown: Link<Cell<Option<E>>>,
}

/// A [`Fallible`] whose type can be written down; from [`Fallible::boxed`].
///
/// ```
/// use cosend::{BoxFallible, FallibleInput, Sink, fallible};
///
/// struct Upload {
///     parts: BoxFallible<'static, [u8], std::io::Error, usize>,
/// }
///
/// let mut upload = Upload {
///     parts: fallible(async |mut parts: FallibleInput<[u8], std::io::Error>| {
///         let mut bytes = 0;
///         while let Some(part) = parts.next().await? {
///             bytes += part.len();
///         }
///         Ok(bytes)
///     })
///     .boxed(),
/// };
/// upload.parts.send(b"part")?;
/// assert_eq!(upload.parts.close().unwrap(), 4);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub type BoxFallible<'a, T, E, R> = Fallible<T, E, dyn Future<Output = Result<R, E>> + Send + 'a>;

/// A [`BoxFallible`] that stays on its thread; from [`Fallible::boxed_local`].
///
/// ```
/// use cosend::{FallibleInput, LocalBoxFallible, Sink, fallible};
///
/// let body: LocalBoxFallible<'static, u8, String, ()> =
///     fallible(async |_: FallibleInput<u8, String>| Ok(())).boxed_local();
/// assert_eq!(body.close(), Ok(()));
/// ```
pub type LocalBoxFallible<'a, T, E, R> = Fallible<T, E, dyn Future<Output = Result<R, E>> + 'a>;

/// Makes a coroutine that an error can be [thrown](Fallible::throw) into, and
/// runs it up to its first pause.
///
/// What closing gives is a `Result`: an error that the body returned in the
/// course of a send is found there.
///
/// ```
/// use cosend::{FallibleInput, Sink, fallible};
///
/// let mut sum = fallible(async |mut numbers: FallibleInput<str, std::num::ParseIntError>| {
///     let mut sum = 0;
///     while let Some(number) = numbers.next().await? {
///         sum += number.parse::<i32>()?;
///     }
///     Ok(sum)
/// });
/// sum.send("40")?;
/// sum.send("two")?;
/// assert!(sum.is_stopped());
/// assert_eq!(sum.close().unwrap_err().to_string(), "invalid digit found in string");
/// # Ok::<(), cosend::Stopped>(())
/// ```
///
/// # Panics
///
/// As [`coroutine`].
#[track_caller]
pub fn fallible<T, E, R, F>(body: F) -> Fallible<T, E, impl Future<Output = Result<R, E>>>
where
    T: ?Sized,
    F: for<'id> AsyncFnOnce(FallibleInput<'id, T, E>) -> Result<R, E>,
{
    let thrown = Link::new(Cell::new(None));
    let seen = Link::clone(&thrown);
    let coroutine = coroutine(async move |input: Input<'_, T>| {
        body(FallibleInput { input, thrown: seen }).await
    });
    Fallible { coroutine, thrown }
}

impl<T: ?Sized, E, R, B: Future<Output = Result<R, E>>> Fallible<T, E, B> {
    /// The same coroutine under a type that can be written down: [`BoxFallible`].
    ///
    /// ```
    /// use cosend::{FallibleInput, Sink, fallible};
    ///
    /// let mut body = fallible(async |mut items: FallibleInput<u8, String>| {
    ///     items.next().await.map(Option::<&u8>::copied)
    /// })
    /// .boxed();
    /// assert_eq!(body.throw("an error".into()), Err("an error".to_owned()));
    /// ```
    pub fn boxed<'a>(self) -> BoxFallible<'a, T, E, R>
    where
        B: Send + 'a,
    {
        Fallible { coroutine: self.coroutine.boxed(), thrown: self.thrown }
    }

    /// As [`boxed`](Fallible::boxed), for a body that stays on its thread.
    ///
    /// ```
    /// use cosend::{FallibleInput, Sink, fallible};
    ///
    /// let body = fallible(async |_: FallibleInput<u8, String>| Ok(7)).boxed_local();
    /// assert_eq!(body.close(), Ok(7));
    /// ```
    pub fn boxed_local<'a>(self) -> LocalBoxFallible<'a, T, E, R>
    where
        B: 'a,
    {
        Fallible { coroutine: self.coroutine.boxed_local(), thrown: self.thrown }
    }
}

impl<T: ?Sized, E, R, B: Future<Output = Result<R, E>> + ?Sized> Fallible<T, E, B> {
    /// Throws an error into the body, at the pause where it stands.
    ///
    /// `Ok` means that the body caught it: it paused again, or returned a result,
    /// which waits to be taken.
    ///
    /// # Errors
    ///
    /// With the error that the body returns for it, often the same; there is no
    /// result then. A body that had stopped before hands the error back as it is.
    ///
    /// # Panics
    ///
    /// As a send to this coroutine.
    ///
    /// ```
    /// use cosend::{FallibleInput, fallible};
    ///
    /// let mut body = fallible(async |mut items: FallibleInput<u8, &str>| {
    ///     match items.next().await {
    ///         Err("harmless") => {}
    ///         other => return other.map(Option::<&u8>::copied),
    ///     }
    ///     items.next().await.map(Option::<&u8>::copied)
    /// });
    /// assert_eq!(body.throw("harmless"), Ok(()));
    /// assert_eq!(body.throw("harmful"), Err("harmful"));
    /// assert_eq!(body.throw("too late"), Err("too late"));
    /// ```
    #[track_caller]
    pub fn throw(&mut self, error: E) -> Result<(), E> {
        if self.is_stopped() {
            return Err(error);
        }
        self.thrown.set(Some(error));
        // It has not stopped, so there is a body to run.
        let _ = self.coroutine.lender.wake();
        if let Some(error) = self.thrown.take() {
            // It looks for errors no more, so it is over, as if it had not caught this one.
            self.coroutine.lender.end(Why::Thrown);
            return Err(error);
        }
        match self.coroutine.lender.take_result() {
            Some(Err(error)) => {
                self.coroutine.lender.end(Why::Thrown);
                Err(error)
            }
            Some(Ok(result)) => {
                self.coroutine.lender.put_result(Ok(result));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Whether the body is over: it returned, was finished, or panicked.
    ///
    /// ```
    /// use cosend::{FallibleInput, fallible};
    ///
    /// let body = fallible(async |_: FallibleInput<u8, ()>| Ok(()));
    /// assert!(body.is_stopped());
    /// ```
    pub fn is_stopped(&self) -> bool {
        self.coroutine.is_stopped()
    }
}

impl<T: ?Sized, E, B: Future + ?Sized> Sink<T> for Fallible<T, E, B> {
    type Return = B::Output;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.coroutine.send(item)
    }

    fn finish(&mut self) -> Result<B::Output, Stopped> {
        self.coroutine.finish()
    }

    fn close(self) -> B::Output {
        self.coroutine.close()
    }

    #[inline]
    fn is_stopped(&self) -> bool {
        self.coroutine.is_stopped()
    }
}

impl<T: ?Sized, E, B: Future + ?Sized> fmt::Debug for Fallible<T, E, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stopped = self.coroutine.is_stopped();
        f.debug_struct("Fallible").field("stopped", &stopped).finish_non_exhaustive()
    }
}
