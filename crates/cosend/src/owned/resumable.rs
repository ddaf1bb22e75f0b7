//! Coroutines that receive, yield, and may await anything: the `asend` of Python's
//! asynchronous generators.

use core::fmt;
use core::future::Future;

use super::slot::lock;
use super::{OwnedCoroutine, OwnedInput, owned_coroutine};
use crate::sync::{Arc, Mutex};
use crate::{Step, Stopped};

/// The body's end of an owned resumable coroutine: where it yields and is answered.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use cosend::{OwnedPort, Step, owned_resumable};
///
/// /// Asks until the answer is not empty.
/// async fn ask(question: &'static str, port: &mut OwnedPort<String, &str>) -> Option<String> {
///     loop {
///         let answer = port.yield_(question).await?;
///         if !answer.is_empty() {
///             return Some(answer);
///         }
///     }
/// }
///
/// let (mut form, first) = owned_resumable(async |mut port: OwnedPort<String, &str>| {
///     ask("name?", &mut port).await
/// })
/// .await;
/// assert_eq!(first, Step::Yielded("name?"));
/// assert_eq!(form.resume(String::new()).await, Ok(Step::Yielded("name?")));
/// assert_eq!(form.resume("Ada".into()).await, Ok(Step::Returned(Some("Ada".to_owned()))));
/// # });
/// ```
pub struct OwnedPort<T, Y> {
    input: OwnedInput<T>,
    output: Arc<Mutex<Option<Y>>>,
}

impl<T, Y> OwnedPort<T, Y> {
    /// Hands out one value and pauses for the item that answers it; `None` means that the
    /// coroutine is being closed, or is gone.
    ///
    /// Await it to its end: given up for another future, its value may be handed out, and
    /// the next yield gets the answer.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedPort, Step, owned_resumable};
    ///
    /// let (mut echo, _) = owned_resumable(async |mut port: OwnedPort<u8, u8>| {
    ///     let mut last = 0;
    ///     while let Some(item) = port.yield_(last).await {
    ///         last = item;
    ///     }
    ///     last
    /// })
    /// .await;
    /// assert_eq!(echo.resume(7).await, Ok(Step::Yielded(7)));
    /// assert_eq!(echo.close().await, 7);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// When the coroutine is being closed already: the body ignored it.
    pub async fn yield_(&mut self, value: Y) -> Option<T> {
        assert!(
            !lock(&self.input.slot).closing,
            "an owned resumable coroutine ignored its closing: it yielded again after `None`"
        );
        let before = lock(&self.output).replace(value);
        drop(before);
        self.input.next().await
    }
}

impl<T, Y> fmt::Debug for OwnedPort<T, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPort").field("input", &self.input).finish_non_exhaustive()
    }
}

/// A body that receives, yields, and may await anything; made by [`owned_resumable`].
///
/// As an [`OwnedCoroutine`], it is cancelled by its drop, and closed by
/// [`close`](OwnedResumable::close).
#[must_use = "an owned coroutine that is dropped is cancelled, not closed: call `close().await`"]
pub struct OwnedResumable<T, Y, B: Future> {
    coroutine: OwnedCoroutine<T, B>,
    output: Arc<Mutex<Option<Y>>>,
}

/// Makes a coroutine that receives, yields, and may await anything, runs it up to its first
/// yield, and gives that too.
///
/// ```
/// use std::time::Duration;
/// use cosend::{OwnedPort, Step, owned_resumable};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let (mut average, _) = owned_resumable(async |mut port: OwnedPort<f64, f64>| {
///     let (mut total, mut count, mut average) = (0.0, 0.0, 0.0);
///     while let Some(number) = port.yield_(average).await {
///         tokio::time::sleep(Duration::from_millis(1)).await;
///         total += number;
///         count += 1.0;
///         average = total / count;
///     }
///     total
/// })
/// .await;
/// assert_eq!(average.resume(10.0).await, Ok(Step::Yielded(10.0)));
/// assert_eq!(average.resume(30.0).await, Ok(Step::Yielded(20.0)));
/// assert_eq!(average.close().await, 40.0);
/// # });
/// ```
///
/// # Panics
///
/// With what the body panics.
pub async fn owned_resumable<T, Y, B: Future>(
    body: impl FnOnce(OwnedPort<T, Y>) -> B,
) -> (OwnedResumable<T, Y, B>, Step<Y, B::Output>) {
    let output = Arc::new(Mutex::new(None));
    let filled = Arc::clone(&output);
    let coroutine = owned_coroutine(|input| body(OwnedPort { input, output: filled }));
    let mut started = OwnedResumable { coroutine, output };
    // That it stops at once is a step as well.
    let _ = started.coroutine.ready().await;
    let step = started.step().await;
    (started, step)
}

impl<T, Y, B: Future> OwnedResumable<T, Y, B> {
    /// Moves one item into the body, as the answer to what it yielded last, and runs it up
    /// to its next yield.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedPort, Step, Stopped, owned_resumable};
    ///
    /// let (mut once, first) = owned_resumable(async |mut port: OwnedPort<u8, &str>| {
    ///     port.yield_("ready").await
    /// })
    /// .await;
    /// assert_eq!(first, Step::Yielded("ready"));
    /// assert_eq!(once.resume(1).await, Ok(Step::Returned(Some(1))));
    /// assert_eq!(once.resume(2).await, Err(Stopped));
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the body takes no more items. The item is dropped.
    ///
    /// # Panics
    ///
    /// As [`owned_resumable`].
    pub async fn resume(&mut self, item: T) -> Result<Step<Y, B::Output>, Stopped> {
        self.coroutine.send(item).await?;
        Ok(self.step().await)
    }

    /// What the body did in the run that has just ended.
    async fn step(&mut self) -> Step<Y, B::Output> {
        let value = lock(&self.output).take();
        if let Some(value) = value {
            return Step::Yielded(value);
        }
        // It has returned, or its port is gone, and it does something else before it does.
        match self.coroutine.finish().await {
            Ok(result) => Step::Returned(result),
            Err(Stopped) => panic!("an owned resumable coroutine neither yielded nor returned"),
        }
    }

    /// Tells the body that nothing more comes, runs it to its end and takes its result.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when there is no result: it was given before, or the body panicked.
    ///
    /// # Panics
    ///
    /// With what the body panics.
    pub async fn finish(&mut self) -> Result<B::Output, Stopped> {
        self.coroutine.finish().await
    }

    /// Closes the coroutine for good and returns its result.
    ///
    /// # Panics
    ///
    /// When there is no result: it was given before, by [`Step::Returned`] or
    /// [`finish`](OwnedResumable::finish), or the body panicked.
    pub async fn close(self) -> B::Output {
        self.coroutine.close().await
    }

    /// Whether the body is over: it returned, was finished, or panicked.
    pub fn is_stopped(&self) -> bool {
        self.coroutine.is_stopped()
    }
}

impl<T, Y, B: Future> fmt::Debug for OwnedResumable<T, Y, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedResumable")
            .field("stopped", &self.is_stopped())
            .finish_non_exhaustive()
    }
}
