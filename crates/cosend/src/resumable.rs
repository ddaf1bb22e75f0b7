//! Coroutines that both receive and yield: each [`resume`](Resumable::resume)
//! sends an item in and brings out what the body yields next, as Python's `send`.
//!
//! Nothing is thrown into such a body; send it a `Result` where errors are part of
//! the conversation.

use core::cell::Cell;
use core::fmt;
use core::future::Future;

use crate::body::Why;
use crate::lend::Link;
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
    output: Link<Cell<Option<Y>>>,
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
    /// assert_eq!(echo.close(), 7);
    /// ```
    ///
    /// # Panics
    ///
    /// When the coroutine is being closed already: the body ignored it.
    pub async fn yield_(&mut self, value: Y) -> Option<&T> {
        assert!(
            !self.input.is_closing(),
            "the coroutine made at {} ignored its closing: it yielded again after `None`",
            self.input.made()
        );
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
#[must_use = "a coroutine that is dropped is closed, and its result is lost"]
pub struct Resumable<T: ?Sized, Y, B: Future + ?Sized> {
    coroutine: Coroutine<T, B>,
    output: Link<Cell<Option<Y>>>,
}

/// A [`Resumable`] whose type can be written down; from [`Resumable::boxed`].
///
/// ```
/// use cosend::{BoxResumable, Port, Step, resumable};
///
/// struct Robot {
///     talk: BoxResumable<'static, str, String, ()>,
/// }
///
/// let (talk, greeting) = resumable(async |mut port: Port<str, String>| {
///     let mut say = "hi".to_owned();
///     while let Some(heard) = port.yield_(say).await {
///         say = format!("you said {heard}");
///     }
/// });
/// let mut robot = Robot { talk: talk.boxed() };
/// assert_eq!(greeting, Step::Yielded("hi".to_owned()));
/// assert_eq!(robot.talk.resume("x"), Ok(Step::Yielded("you said x".to_owned())));
/// ```
pub type BoxResumable<'a, T, Y, R> = Resumable<T, Y, dyn Future<Output = R> + Send + 'a>;

/// A [`BoxResumable`] that stays on its thread; from [`Resumable::boxed_local`].
///
/// ```
/// use cosend::{LocalBoxResumable, Port, resumable};
///
/// let (body, _) = resumable(async |mut port: Port<u8, u8>| port.yield_(1).await.copied());
/// let mut body: LocalBoxResumable<'static, u8, u8, Option<u8>> = body.boxed_local();
/// assert_eq!(body.finish(), Ok(None));
/// ```
pub type LocalBoxResumable<'a, T, Y, R> = Resumable<T, Y, dyn Future<Output = R> + 'a>;

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
/// assert_eq!(average.close(), 40.0);
/// ```
///
/// # Panics
///
/// When the body pauses on anything other than its port, here or when it is
/// resumed; and with what the body itself panics. After that it has stopped.
#[track_caller]
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
pub struct UnstartedResumable<T: ?Sized, Y, B: Future + ?Sized> {
    coroutine: Unstarted<T, B>,
    output: Link<Cell<Option<Y>>>,
}

/// An [`UnstartedResumable`] whose type can be written down; from
/// [`UnstartedResumable::boxed`].
///
/// ```
/// use std::collections::VecDeque;
/// use cosend::{BoxUnstartedResumable, Port, resumable_unstarted};
///
/// let mut tasks: VecDeque<BoxUnstartedResumable<'static, u8, &str, ()>> = VecDeque::new();
/// for name in ["first", "second"] {
///     let task = resumable_unstarted(async move |mut port: Port<u8, &'static str>| {
///         port.yield_(name).await;
///     });
///     tasks.push_back(task.boxed());
/// }
/// let names: Vec<_> = tasks.into_iter().filter_map(|task| task.start().1.yielded()).collect();
/// assert_eq!(names, ["first", "second"]);
/// ```
pub type BoxUnstartedResumable<'a, T, Y, R> =
    UnstartedResumable<T, Y, dyn Future<Output = R> + Send + 'a>;

/// A [`BoxUnstartedResumable`] that stays on its thread; from
/// [`UnstartedResumable::boxed_local`].
///
/// ```
/// use cosend::{LocalBoxUnstartedResumable, Port, Step, resumable_unstarted};
///
/// let task: LocalBoxUnstartedResumable<'static, u8, u8, u8> =
///     resumable_unstarted(async |_: Port<u8, u8>| 7).boxed_local();
/// assert_eq!(task.start().1, Step::Returned(7));
/// ```
pub type LocalBoxUnstartedResumable<'a, T, Y, R> =
    UnstartedResumable<T, Y, dyn Future<Output = R> + 'a>;

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
#[track_caller]
pub fn resumable_unstarted<T, Y, R, F>(body: F) -> UnstartedResumable<T, Y, impl Future<Output = R>>
where
    T: ?Sized,
    F: for<'id> AsyncFnOnce(Port<'id, T, Y>) -> R,
{
    let output = Link::new(Cell::new(None));
    let filled = Link::clone(&output);
    let coroutine = coroutine_unstarted(async move |input: Input<'_, T>| {
        body(Port { input, output: filled }).await
    });
    UnstartedResumable { coroutine, output }
}

impl<T: ?Sized, Y, B: Future> UnstartedResumable<T, Y, B> {
    /// The same coroutine under a type that can be written down:
    /// [`BoxUnstartedResumable`].
    ///
    /// ```
    /// use cosend::{Port, Step, resumable_unstarted};
    ///
    /// let task = resumable_unstarted(async |_: Port<u8, u8>| 7).boxed();
    /// assert_eq!(task.start().1, Step::Returned(7));
    /// ```
    pub fn boxed<'a>(self) -> BoxUnstartedResumable<'a, T, Y, B::Output>
    where
        B: Send + 'a,
    {
        UnstartedResumable { coroutine: self.coroutine.boxed(), output: self.output }
    }

    /// As [`boxed`](UnstartedResumable::boxed), for a body that stays on its thread.
    ///
    /// ```
    /// use cosend::{Port, Step, resumable_unstarted};
    ///
    /// let task = resumable_unstarted(async |_: Port<u8, u8>| 7).boxed_local();
    /// assert_eq!(task.start().1, Step::Returned(7));
    /// ```
    pub fn boxed_local<'a>(self) -> LocalBoxUnstartedResumable<'a, T, Y, B::Output>
    where
        B: 'a,
    {
        UnstartedResumable { coroutine: self.coroutine.boxed_local(), output: self.output }
    }
}

impl<T: ?Sized, Y, B: Future + ?Sized> UnstartedResumable<T, Y, B> {
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
    #[track_caller]
    pub fn start(self) -> (Resumable<T, Y, B>, Step<Y, B::Output>) {
        let mut started = Resumable { coroutine: self.coroutine.start(), output: self.output };
        let step = started.step();
        (started, step)
    }
}

impl<T: ?Sized, Y, B: Future> Resumable<T, Y, B> {
    /// The same coroutine under a type that can be written down: [`BoxResumable`].
    ///
    /// ```
    /// use cosend::{BoxResumable, Port, Step, resumable};
    ///
    /// // Two bodies, one type.
    /// let (sum, _) = resumable(async |mut port: Port<u32, u32>| {
    ///     let mut total = 1;
    ///     while let Some(number) = port.yield_(total).await {
    ///         total += number;
    ///     }
    /// });
    /// let (product, _) = resumable(async |mut port: Port<u32, u32>| {
    ///     let mut total = 2;
    ///     while let Some(number) = port.yield_(total).await {
    ///         total *= number;
    ///     }
    /// });
    /// let mut both: Vec<BoxResumable<'static, u32, u32, ()>> = vec![sum.boxed(), product.boxed()];
    /// let totals: Vec<_> = both.iter_mut().map(|body| body.resume(&3).unwrap()).collect();
    /// assert_eq!(totals, [Step::Yielded(4), Step::Yielded(6)]);
    /// ```
    pub fn boxed<'a>(self) -> BoxResumable<'a, T, Y, B::Output>
    where
        B: Send + 'a,
    {
        Resumable { coroutine: self.coroutine.boxed(), output: self.output }
    }

    /// As [`boxed`](Resumable::boxed), for a body that stays on its thread.
    ///
    /// ```
    /// use cosend::{Port, resumable};
    ///
    /// let (body, _) = resumable(async |mut port: Port<u8, u8>| port.yield_(1).await.is_none());
    /// assert_eq!(body.boxed_local().close(), true);
    /// ```
    pub fn boxed_local<'a>(self) -> LocalBoxResumable<'a, T, Y, B::Output>
    where
        B: 'a,
    {
        Resumable { coroutine: self.coroutine.boxed_local(), output: self.output }
    }
}

impl<T: ?Sized, Y, B: Future + ?Sized> Resumable<T, Y, B> {
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
    #[track_caller]
    pub fn resume(&mut self, item: &T) -> Result<Step<Y, B::Output>, Stopped> {
        self.coroutine.send(item)?;
        Ok(self.step())
    }

    /// What the body did in the run that has just ended.
    #[track_caller]
    fn step(&mut self) -> Step<Y, B::Output> {
        if let Some(result) = self.coroutine.lender.take_result() {
            // Polled and then given up: nobody waits for the answer to it.
            self.output.set(None);
            return Step::Returned(result);
        }
        let Some(value) = self.output.take() else {
            self.coroutine.lender.end(Why::Panicked);
            panic!(
                "the coroutine made at {} paused without a new value: it must yield one at each \
                 pause",
                self.coroutine.lender.made()
            );
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
    #[track_caller]
    pub fn finish(&mut self) -> Result<B::Output, Stopped> {
        self.coroutine.finish()
    }

    /// Closes the coroutine and returns its result.
    ///
    /// ```
    /// use cosend::{Port, resumable};
    ///
    /// let (body, _) = resumable(async |mut port: Port<u8, u8>| port.yield_(1).await.copied());
    /// assert_eq!(body.close(), None);
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no result: it was given before, by [`Step::Returned`] or
    /// [`finish`](Resumable::finish), or the body panicked. A body that may have returned
    /// is finished rather than closed.
    #[track_caller]
    pub fn close(mut self) -> B::Output {
        match self.coroutine.lender.finish() {
            Ok(result) => result,
            Err(Stopped) => self.coroutine.lender.no_result(),
        }
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

impl<T: ?Sized, Y, B: Future + ?Sized> fmt::Debug for Resumable<T, Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resumable").field("stopped", &self.is_stopped()).finish_non_exhaustive()
    }
}

impl<T: ?Sized, Y, B: Future + ?Sized> fmt::Debug for UnstartedResumable<T, Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnstartedResumable").finish_non_exhaustive()
    }
}
