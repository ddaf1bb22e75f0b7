//! An owned coroutine in two halves: one to send to, and one to run it.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::future::{Future, poll_fn};
use core::mem;
use core::task::{Context, Poll, Waker};

use super::OwnedCoroutine;
use super::slot::{lock, park, wake};
use crate::Stopped;
use crate::sync::{Arc, Mutex};

/// What the handles and the driver share.
struct Queue<T> {
    items: VecDeque<T>,
    /// How many items may wait here.
    room: usize,
    handles: usize,
    /// The driver is gone, or the body takes no more.
    stopped: bool,
    /// Who found no room. All of them are woken when there is some.
    senders: Vec<Waker>,
    driver: Option<Waker>,
}

/// The half of a coroutine that is sent to; made by [`OwnedCoroutine::buffered`].
///
/// It can be cloned. The body is closed when the last handle is dropped.
#[must_use = "the body is closed when the last handle to it is dropped"]
pub struct Buffered<T> {
    queue: Arc<Mutex<Queue<T>>>,
}

impl<T, B: Future> OwnedCoroutine<T, B> {
    /// Splits the coroutine into a handle, which takes items, and a driver, which runs the
    /// body on them and gives its result.
    ///
    /// A send then waits only while `room` items wait already, so that the sender and
    /// the body overlap; and a body that also waits for a timer or a socket goes on between
    /// two sends. The driver runs in a task of its own, on any executor, or beside the
    /// sender in the same one, as by `join`. When the handle and all its clones are dropped,
    /// the body is closed and the driver ends.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cosend::{OwnedInput, owned_coroutine};
    /// use tokio::time::{Instant, sleep};
    ///
    /// const WORK: Duration = Duration::from_millis(20);
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()
    /// #     .unwrap().block_on(async {
    /// let (mut second, driver) = owned_coroutine(async |mut items: OwnedInput<u32>| {
    ///     let mut sum = 0;
    ///     while let Some(item) = items.next().await {
    ///         sleep(WORK).await;
    ///         sum += item;
    ///     }
    ///     sum
    /// })
    /// .buffered(2);
    /// let sum = tokio::spawn(driver);
    ///
    /// let begun = Instant::now();
    /// for item in 0..5 {
    ///     sleep(WORK).await;
    ///     second.send(item).await?;
    /// }
    /// drop(second);
    /// assert_eq!(sum.await.unwrap(), 10);
    /// // Five times the first stage, and once the second: the other four overlapped.
    /// assert!(begun.elapsed() < Duration::from_millis(150));
    /// # Ok::<(), cosend::Stopped>(()) }).unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// When there is to be no room. And the driver panics with what the body panics.
    #[track_caller]
    pub fn buffered(self, room: usize) -> (Buffered<T>, impl Future<Output = B::Output>) {
        assert!(room > 0, "a buffer has room for an item");
        let queue = Arc::new(Mutex::new(Queue {
            items: VecDeque::new(),
            room,
            handles: 1,
            stopped: false,
            senders: Vec::new(),
            driver: None,
        }));
        let driver = Driver { coroutine: self, queue: Arc::clone(&queue) };
        (Buffered { queue }, drive(driver))
    }
}

impl<T> Buffered<T> {
    /// Puts one item where the body will find it; waits while there is no room.
    ///
    /// It is safe to cancel: a send that is dropped before its end has not put the item
    /// there.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the body takes no more items. The item is dropped. Items that were
    /// in the buffer when the body stopped are dropped as well.
    pub async fn send(&mut self, item: T) -> Result<(), Stopped> {
        let mut item = Some(item);
        poll_fn(|context| self.poll_send(&mut item, context)).await
    }

    fn poll_send(
        &mut self,
        item: &mut Option<T>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Stopped>> {
        let mut spare = None;
        loop {
            let mut queue = lock(&self.queue);
            if queue.stopped {
                return Poll::Ready(Err(Stopped));
            }
            if queue.items.len() < queue.room {
                queue.items.extend(item.take());
                let driver = queue.driver.take();
                drop(queue);
                wake(driver);
                return Poll::Ready(Ok(()));
            }
            if queue.senders.iter().any(|parked| parked.will_wake(context.waker())) {
                return Poll::Pending;
            }
            if let Some(waker) = spare.take() {
                queue.senders.push(waker);
                return Poll::Pending;
            }
            drop(queue);
            spare = Some(context.waker().clone());
        }
    }

    /// Whether the body takes no more items, as far as it has run.
    pub fn is_stopped(&self) -> bool {
        lock(&self.queue).stopped
    }
}

impl<T> Clone for Buffered<T> {
    fn clone(&self) -> Self {
        lock(&self.queue).handles += 1;
        Self { queue: Arc::clone(&self.queue) }
    }
}

impl<T> Drop for Buffered<T> {
    fn drop(&mut self) {
        let mut queue = lock(&self.queue);
        queue.handles -= 1;
        let driver = if queue.handles == 0 { queue.driver.take() } else { None };
        drop(queue);
        wake(driver);
    }
}

impl<T> fmt::Debug for Buffered<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = lock(&self.queue);
        f.debug_struct("Buffered")
            .field("waiting", &queue.items.len())
            .field("stopped", &queue.stopped)
            .finish_non_exhaustive()
    }
}

/// The half that runs the body.
struct Driver<T, B: Future> {
    coroutine: OwnedCoroutine<T, B>,
    queue: Arc<Mutex<Queue<T>>>,
}

/// Gives the items to the body as it asks for them, closes it after the last, and takes its
/// result.
async fn drive<T, B: Future>(mut driver: Driver<T, B>) -> B::Output {
    poll_fn(|context| driver.poll(context)).await;
    driver.stop();
    match driver.coroutine.finish().await {
        Ok(result) => result,
        Err(Stopped) => panic!("the driver of a buffered coroutine found no result"),
    }
}

/// What the driver finds in the queue.
enum Taken<T> {
    Item(T),
    /// All handles are gone.
    Last,
}

impl<T, B: Future> Driver<T, B> {
    /// Runs until nothing more is to be sent to the body.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            self.coroutine.unpark();
            // The body runs at each wake, since it may be at something else than its input.
            match self.coroutine.run(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(found) if found.waiting.is_err() => return Poll::Ready(()),
                Poll::Ready(_) => {}
            }
            match self.take(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Taken::Last) => return Poll::Ready(()),
                Poll::Ready(Taken::Item(item)) => {
                    if self.coroutine.put(item).is_err() {
                        return Poll::Ready(());
                    }
                }
            }
        }
    }

    fn take(&self, context: &mut Context<'_>) -> Poll<Taken<T>> {
        let mut spare = None;
        loop {
            let mut queue = lock(&self.queue);
            if let Some(item) = queue.items.pop_front() {
                let senders = mem::take(&mut queue.senders);
                drop(queue);
                senders.into_iter().for_each(Waker::wake);
                return Poll::Ready(Taken::Item(item));
            }
            if queue.handles == 0 {
                return Poll::Ready(Taken::Last);
            }
            if park(&mut queue.driver, &mut spare, context.waker()) {
                return Poll::Pending;
            }
            drop(queue);
            spare = Some(context.waker().clone());
        }
    }
}

impl<T, B: Future> Driver<T, B> {
    /// Tells all who send that nothing more is taken.
    fn stop(&self) {
        let mut queue = lock(&self.queue);
        queue.stopped = true;
        let (items, senders) = (mem::take(&mut queue.items), mem::take(&mut queue.senders));
        let stale = queue.driver.take();
        drop(queue);
        senders.into_iter().for_each(Waker::wake);
        drop((items, stale));
    }
}

impl<T, B: Future> Drop for Driver<T, B> {
    fn drop(&mut self) {
        self.stop();
    }
}
