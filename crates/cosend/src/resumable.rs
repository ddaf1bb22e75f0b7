//! Coroutines that both receive and yield: each [`resume`](Resumable::resume)
//! sends an item in and brings out what the body yields next, as Python's `send`.
//!
//! Nothing is thrown into such a body; send it a `Result` where errors are part of
//! the conversation.

use alloc::rc::Rc;
use core::cell::Cell;
use core::fmt;
use core::future::Future;

use crate::{Coroutine, Input, Sink, Stopped, Unstarted, coroutine_unstarted};

/// What a body did when it was resumed.
///
/// ```
/// use cosend::Step;
///
/// let step: Step<u8, &str> = Step::Yielded(1);
/// assert_eq!(step.yielded(), Some(1));
/// assert_eq!(Step::<u8, &str>::Returned("done").returned(), Some("done"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step<Y, R> {
    /// It yielded this value and waits for an item.
    Yielded(Y),
    /// It returned this, and is over.
    Returned(R),
}

impl<Y, R> Step<Y, R> {
    /// The value, if the body yielded one.
    ///
    /// ```
    /// assert_eq!(cosend::Step::<u8, u8>::Returned(1).yielded(), None);
    /// ```
    pub fn yielded(self) -> Option<Y> {
        match self {
            Self::Yielded(value) => Some(value),
            Self::Returned(_) => None,
        }
    }

    /// The result, if the body returned.
    ///
    /// ```
    /// assert_eq!(cosend::Step::<u8, u8>::Yielded(1).returned(), None);
    /// ```
    pub fn returned(self) -> Option<R> {
        match self {
            Self::Returned(result) => Some(result),
            Self::Yielded(_) => None,
        }
    }
}

/// The body's end of a resumable coroutine: where it yields and is answered.
///
/// As [`Input`], it cannot leave the body, and can be passed on to another
/// `async fn`, which then yields and receives in the body's place.
///
/// ```
/// use cosend::{Port, Step, resumable};
///
/// /// Asks until the answer is not empty.
/// async fn ask(question: &'static str, port: &mut Port<'_, str, &'static str>) -> Option<String> {
///     loop {
///         match port.yield_(question).await? {
///             "" => {}
///             answer => return Some(answer.to_owned()),
///         }
///     }
/// }
///
/// let (mut form, first) = resumable(async |mut port: Port<str, &'static str>| {
///     let name = ask("name?", &mut port).await?;
///     let town = ask("town?", &mut port).await?;
///     Some(format!("{name} of {town}"))
/// });
/// assert_eq!(first, Step::Yielded("name?"));
/// assert_eq!(form.resume(""), Ok(Step::Yielded("name?")));
/// assert_eq!(form.resume("Ada"), Ok(Step::Yielded("town?")));
/// assert_eq!(form.resume("London"), Ok(Step::Returned(Some("Ada of London".to_owned()))));
/// ```
pub struct Port<'id, T: ?Sized, Y> {
    input: Input<'id, T>,
    output: Rc<Cell<Option<Y>>>,
}

impl<T: ?Sized, Y> Port<'_, T, Y> {
    /// Hands out one value and pauses for the item that answers it; `None` means
    /// that the coroutine is being closed.
    ///
    /// ```
    /// use cosend::{Port, Step, resumable};
    ///
    /// let (mut echo, _) = resumable(async |mut port: Port<u8, u8>| {
    ///     let mut last = 0;
    ///     while let Some(&item) = port.yield_(last).await {
    ///         last = item;
    ///     }
    ///     last
    /// });
    /// assert_eq!(echo.resume(&7), Ok(Step::Yielded(7)));
    /// assert_eq!(echo.close(), Some(7));
    /// ```
    ///
    /// # Panics
    ///
    /// When the coroutine is being closed already: the body ignored it.
    pub async fn yield_(&mut self, value: Y) -> Option<&T> {
        let closing = self.input.is_closing();
        assert!(!closing, "a coroutine ignored its closing: it yielded again after `None`");
        self.output.set(Some(value));
        self.input.next().await
    }
}

impl<T: ?Sized, Y> fmt::Debug for Port<'_, T, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Port").field("input", &self.input).finish_non_exhaustive()
    }
}

/// A body that receives and yields; made by [`resumable`].
///
/// Dropping it closes it, and discards its result.
///
/// ```
/// use cosend::{Port, Resumable, Step, resumable};
///
/// let (mut once, first): (Resumable<u8, &str, _>, _) =
///     resumable(async |mut port: Port<u8, &'static str>| port.yield_("ready").await.copied());
/// assert_eq!(first, Step::Yielded("ready"));
/// assert_eq!(once.resume(&1), Ok(Step::Returned(Some(1))));
/// assert!(once.is_stopped());
/// ```
pub struct Resumable<T: ?Sized, Y, B: Future> {
    coroutine: Coroutine<T, B>,
    output: Rc<Cell<Option<Y>>>,
}

/// Makes a coroutine that receives and yields, runs it up to its first yield, and
/// gives that too.
///
/// ```
/// use cosend::{Port, Step, resumable};
///
/// let (mut average, _) = resumable(async |mut port: Port<f64, f64>| {
///     let (mut total, mut count, mut average) = (0.0, 0.0, 0.0);
///     while let Some(number) = port.yield_(average).await {
///         total += number;
///         count += 1.0;
///         average = total / count;
///     }
///     total
/// });
/// assert_eq!(average.resume(&10.0), Ok(Step::Yielded(10.0)));
/// assert_eq!(average.resume(&30.0), Ok(Step::Yielded(20.0)));
/// assert_eq!(average.close(), Some(40.0));
/// ```
///
/// # Panics
///
/// When the body pauses on anything other than its port, here or when it is
/// resumed; and with what the body itself panics. After that it has stopped.
pub fn resumable<T, Y, R, F>(body: F) -> (Resumable<T, Y, impl Future<Output = R>>, Step<Y, R>)
where
    T: ?Sized,
    F: for<'id> AsyncFnOnce(Port<'id, T, Y>) -> R,
{
    resumable_unstarted(body).start()
}

/// A resumable coroutine whose body has not begun; made by
/// [`resumable_unstarted`].
///
/// Dropped as it is, its body never runs.
///
/// ```
/// use cosend::{Port, UnstartedResumable, resumable_unstarted};
///
/// let silent: UnstartedResumable<u8, u8, _> =
///     resumable_unstarted(async |_: Port<u8, u8>| panic!("it runs"));
/// drop(silent);
/// ```
#[must_use = "an unstarted coroutine does nothing until `start`"]
pub struct UnstartedResumable<T: ?Sized, Y, B: Future> {
    coroutine: Unstarted<T, B>,
    output: Rc<Cell<Option<Y>>>,
}

/// Makes a resumable coroutine that does nothing until it is
/// [started](UnstartedResumable::start).
///
/// ```
/// use cosend::{Port, Step, resumable_unstarted};
///
/// let unstarted = resumable_unstarted(async |mut port: Port<u8, u8>| {
///     while port.yield_(1).await.is_some() {}
/// });
/// let (_, first) = unstarted.start();
/// assert_eq!(first, Step::Yielded(1));
/// ```
pub fn resumable_unstarted<T, Y, R, F>(body: F) -> UnstartedResumable<T, Y, impl Future<Output = R>>
where
    T: ?Sized,
    F: for<'id> AsyncFnOnce(Port<'id, T, Y>) -> R,
{
    let output = Rc::new(Cell::new(None));
    let filled = Rc::clone(&output);
    let coroutine = coroutine_unstarted(async move |input: Input<'_, T>| {
        body(Port { input, output: filled }).await
    });
    UnstartedResumable { coroutine, output }
}

impl<T: ?Sized, Y, B: Future> UnstartedResumable<T, Y, B> {
    /// Runs the body up to its first yield, and gives what it yielded, or returned.
    ///
    /// ```
    /// use cosend::{Port, Step, resumable_unstarted};
    ///
    /// let (done, first) = resumable_unstarted(async |_: Port<u8, u8>| "nothing to do").start();
    /// assert_eq!(first, Step::Returned("nothing to do"));
    /// assert!(done.is_stopped());
    /// ```
    ///
    /// # Panics
    ///
    /// As [`resumable`].
    pub fn start(self) -> (Resumable<T, Y, B>, Step<Y, B::Output>) {
        let mut started = Resumable { coroutine: self.coroutine.start(), output: self.output };
        let step = started.step();
        (started, step)
    }
}

impl<T: ?Sized, Y, B: Future> Resumable<T, Y, B> {
    /// Lends one item to the body, as the answer to what it yielded last, and runs
    /// it up to its next yield.
    ///
    /// ```
    /// use cosend::{Port, Step, Stopped, resumable};
    ///
    /// let (mut twice, _) = resumable(async |mut port: Port<u32, u32>| {
    ///     let first = *port.yield_(0).await?;
    ///     let second = *port.yield_(first).await?;
    ///     Some(first + second)
    /// });
    /// assert_eq!(twice.resume(&1), Ok(Step::Yielded(1)));
    /// assert_eq!(twice.resume(&2), Ok(Step::Returned(Some(3))));
    /// assert_eq!(twice.resume(&3), Err(Stopped));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the body is over.
    ///
    /// # Panics
    ///
    /// As [`resumable`].
    pub fn resume(&mut self, item: &T) -> Result<Step<Y, B::Output>, Stopped> {
        self.coroutine.send(item)?;
        Ok(self.step())
    }

    /// What the body did in the run that has just ended.
    fn step(&mut self) -> Step<Y, B::Output> {
        if let Some(result) = self.coroutine.lender.take_result() {
            // Polled and then given up: nobody waits for the answer to it.
            self.output.set(None);
            return Step::Returned(result);
        }
        let Some(value) = self.output.take() else {
            self.coroutine.lender.end();
            panic!("a coroutine paused without a new value");
        };
        Step::Yielded(value)
    }

    /// Tells the body that nothing more comes, and takes its result.
    ///
    /// ```
    /// use cosend::{Port, Stopped, resumable};
    ///
    /// let (mut body, _) = resumable(async |mut port: Port<u8, u8>| {
    ///     assert_eq!(port.yield_(1).await, None);
    ///     "closed"
    /// });
    /// assert_eq!(body.finish(), Ok("closed"));
    /// assert_eq!(body.finish(), Err(Stopped));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when there is no result: it was given before, or the body
    /// panicked.
    pub fn finish(&mut self) -> Result<B::Output, Stopped> {
        self.coroutine.finish()
    }

    /// Closes the coroutine and returns its result; `None` when it was given
    /// before, or the body panicked.
    ///
    /// ```
    /// use cosend::{Port, Step, resumable};
    ///
    /// let (body, first) = resumable(async |_: Port<u8, u8>| 7);
    /// assert_eq!(first, Step::Returned(7));
    /// assert_eq!(body.close(), None);
    /// ```
    pub fn close(mut self) -> Option<B::Output> {
        self.finish().ok()
    }

    /// Whether the body is over: it returned, was finished, or panicked.
    ///
    /// ```
    /// use cosend::{Port, resumable};
    ///
    /// let (body, _) = resumable(async |mut port: Port<u8, u8>| port.yield_(1).await.is_none());
    /// assert!(!body.is_stopped());
    /// ```
    pub fn is_stopped(&self) -> bool {
        self.coroutine.is_stopped()
    }
}

impl<T: ?Sized, Y, B: Future> fmt::Debug for Resumable<T, Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resumable").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl<T: ?Sized, Y, B: Future> fmt::Debug for UnstartedResumable<T, Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnstartedResumable").finish_non_exhaustive()
    }
}
