//! The thread that all requests run on.

use std::io;
use std::task::{Context, Poll};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::outcome::Fault;

/// A runtime on a thread of its own, which ends when this is dropped.
pub(super) struct Thread {
    handle: Handle,
    /// Ends the thread by being dropped.
    _end: oneshot::Sender<()>,
}

/// A task that ends when nobody waits for it any more.
pub(super) struct Task<T>(JoinHandle<T>);

impl Thread {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel::<()>();
        // What was begun is given up with the runtime.
        let run = move || drop(runtime.block_on(ended));
        thread::Builder::new().name("cogrep-network".to_owned()).spawn(run)?;
        Ok(Self { handle, _end: end })
    }

    pub(super) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Runs a future there, and waits for it here, on whatever polls this.
    pub(super) async fn run<F>(&self, future: F) -> Result<F::Output, Fault>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        // It fails only with the thread, or with a panic.
        Task::spawn(&self.handle, future).await.map_err(|_| Fault::Interrupted)
    }
}

impl<T: Send + 'static> Task<T> {
    pub(super) fn spawn(on: &Handle, future: impl Future<Output = T> + Send + 'static) -> Self {
        Self(on.spawn(future))
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T, tokio::task::JoinError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        std::pin::Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
