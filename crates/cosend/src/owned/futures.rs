//! The owned flavour as `Stream` and `Sink` of the `futures` crates, and the ways
//! from those to a body.

use core::future::{Future, poll_fn};
use core::pin::{Pin, pin};
use core::task::{Context, Poll};

use futures_core::Stream;
use futures_sink::Sink;

use super::{OwnedCoroutine, OwnedGenerator, OwnedInput, OwnedOutput};
use crate::Stopped;

/// The body is boxed, and the rest is never pinned.
impl<Y, B: Future> Unpin for OwnedGenerator<Y, B> {}

impl<Y, B: Future> Stream for OwnedGenerator<Y, B> {
    type Item = Y;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Y>> {
        self.poll_value(context)
    }
}

/// What is sent to a body, as a stream inside it.
impl<T> Stream for OwnedInput<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        OwnedInput::poll_next(&mut self, context)
    }
}

impl<T, B: Future> Unpin for OwnedCoroutine<T, B> {}

/// Closing it as a `Sink` runs the body to its end; the result then waits for
/// [`finish`](OwnedCoroutine::finish).
impl<T, B: Future> Sink<T> for OwnedCoroutine<T, B> {
    type Error = Stopped;

    fn poll_ready(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Stopped>> {
        OwnedCoroutine::poll_ready(&mut self, context)
    }

    fn start_send(mut self: Pin<&mut Self>, item: T) -> Result<(), Stopped> {
        self.put(item)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Stopped>> {
        self.poll_taken(context)
    }

    fn poll_close(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Stopped>> {
        self.poll_over(context).map(Ok)
    }
}

impl<Y> OwnedOutput<Y> {
    /// Hands out the values of a stream one by one: `yield from` for streams.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedOutput, owned_generator};
    /// use futures_util::{StreamExt, stream};
    ///
    /// let numbers = owned_generator(async |mut out: OwnedOutput<u8>| {
    ///     out.yield_stream(stream::iter([1, 2])).await;
    ///     out.yield_(3).await;
    /// });
    /// assert_eq!(numbers.collect::<Vec<_>>().await, [1, 2, 3]);
    /// # });
    /// ```
    pub async fn yield_stream(&mut self, values: impl Stream<Item = Y>) {
        let mut values = pin!(values);
        while let Some(value) = poll_fn(|context| values.as_mut().poll_next(context)).await {
            self.yield_(value).await;
        }
    }
}

impl<T> OwnedInput<T> {
    /// Sends all that comes on into a `Sink` of the `futures` crates, and closes
    /// that at the end.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// use cosend::{OwnedInput, owned_coroutine};
    ///
    /// let mut body = owned_coroutine(async |items: OwnedInput<u8>| {
    ///     let mut sink = Vec::new();
    ///     items.forward(&mut sink).await.map(|()| sink)
    /// });
    /// body.send(1).await?;
    /// body.send(2).await?;
    /// assert_eq!(body.close().await, Ok(vec![1, 2]));
    /// # Ok::<(), cosend::Stopped>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// With the first error of the sink.
    pub async fn forward<S: Sink<T>>(mut self, sink: S) -> Result<(), S::Error> {
        let mut sink = pin!(sink);
        while let Some(item) = self.next().await {
            poll_fn(|context| sink.as_mut().poll_ready(context)).await?;
            sink.as_mut().start_send(item)?;
            poll_fn(|context| sink.as_mut().poll_flush(context)).await?;
        }
        poll_fn(|context| sink.as_mut().poll_close(context)).await
    }
}
