//! Who is woken by an owned body, and when.

use std::cell::Cell;
use std::future::{Future, pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::Duration;

use cosend::{OwnedInput, OwnedOutput, owned_coroutine, owned_generator};

use crate::support::poll_once;

/// A waker that counts.
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn a_body_that_is_found_by_polling_wakes_nobody() {
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut context = Context::from_waker(&waker);
    let mut body = owned_coroutine(
        async move |mut items: OwnedInput<u8>| {
            while items.next().await.is_some() {}
        },
    );
    for item in 0..3 {
        assert!(pin!(body.send(item)).poll(&mut context).is_ready());
    }
    let mut numbers = owned_generator(async move |mut out: OwnedOutput<u8>| {
        for number in 0..3 {
            out.yield_(number).await;
        }
    });
    while let Poll::Ready(Some(_)) = pin!(numbers.next()).poll(&mut context) {}
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
}

/// A task that owns its future, and nothing that would run it.
struct Task(Mutex<Option<Pin<Box<dyn Future<Output = ()> + Send>>>>);

impl Wake for Task {
    fn wake(self: Arc<Self>) {}
}

/// Polls a future once as a task of its own, and lets go of the task: what is left of it
/// is the waker that the future left somewhere.
fn leave_behind(future: impl Future<Output = ()> + Send + 'static) {
    let task = Arc::new(Task(Mutex::new(None)));
    let waker = Waker::from(Arc::clone(&task));
    let mut future: Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(future);
    assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    *task.0.lock().unwrap() = Some(future);
}

/// Fails instead of hanging, where a slot is locked twice by one thread.
fn within_seconds(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        test();
        done.send(()).unwrap();
    });
    ended.recv_timeout(Duration::from_secs(60)).unwrap();
}

#[test]
fn a_waker_that_owns_the_coroutine_is_dropped_outside_of_the_lock() {
    within_seconds(|| {
        let mut kept = None;
        let body = owned_coroutine(|input: OwnedInput<u32>| {
            kept = Some(input);
            pending::<()>()
        });
        let (give, given) = mpsc::channel();
        leave_behind(async move {
            let _owner = body;
            let mut input = kept.unwrap();
            poll_fn(|context| {
                assert!(Pin::new(&mut input.next()).poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            give.send(input).unwrap();
            pending::<()>().await;
        });
        // Another waker takes the place of the one that owns the coroutine.
        let mut input = given.recv().unwrap();
        let polled = poll_once(pin!(input.next()));
        assert!(polled.is_pending() || polled == Poll::Ready(None));
        assert_eq!(poll_once(pin!(input.next())), Poll::Ready(None), "the coroutine is gone");
    });
}

#[test]
fn a_waker_that_owns_the_generator_is_dropped_outside_of_the_lock() {
    within_seconds(|| {
        let mut kept = None;
        let series = owned_generator(|out: OwnedOutput<u32>| {
            kept = Some(out);
            pending::<()>()
        });
        let (give, given) = mpsc::channel();
        leave_behind(async move {
            let _owner = series;
            let mut out = kept.unwrap();
            poll_fn(|context| {
                assert!(Pin::new(&mut out.yield_(1)).poll(context).is_pending());
                Poll::Ready(())
            })
            .await;
            give.send(out).unwrap();
            pending::<()>().await;
        });
        let mut out = given.recv().unwrap();
        let _ = poll_once(pin!(out.yield_(2)));
        assert!(out.is_stopped(), "the generator is gone");
    });
}

/// A waker whose clones, wakes and drops look into the slot that it is parked in.
struct Curious(Mutex<Option<Arc<dyn Fn() + Send + Sync>>>);

impl Curious {
    fn look(&self) {
        let look = self.0.lock().unwrap().clone();
        if let Some(look) = look {
            look();
        }
    }
}

impl Wake for Curious {
    fn wake(self: Arc<Self>) {
        self.look();
    }
}

#[test]
fn a_wake_may_look_into_the_slot() {
    within_seconds(|| {
        let mut kept = None;
        let mut body = owned_coroutine(|input: OwnedInput<u32>| {
            kept = Some(input);
            pending::<()>()
        });
        let input = Arc::new(Mutex::new(kept.unwrap()));
        let curious = Arc::new(Curious(Mutex::new(None)));
        let shown = Arc::clone(&input);
        *curious.0.lock().unwrap() = Some(Arc::new(move || {
            let _ = format!("{:?}", shown.try_lock().map(|input| format!("{input:?}")));
        }));
        let waker = Waker::from(Arc::clone(&curious));
        let mut context = Context::from_waker(&waker);
        assert!(pin!(body.send(1)).poll(&mut context).is_pending());
        assert!(pin!(input.lock().unwrap().next()).poll(&mut context).is_pending());
        assert!(pin!(body.send(2)).poll(&mut context).is_pending());
        drop(body);
        assert_eq!(poll_once(pin!(input.lock().unwrap().next())), Poll::Ready(None));
        curious.0.lock().unwrap().take();
    });
}

#[test]
fn a_driver_is_not_woken_by_the_body_that_it_runs() {
    let count = Arc::new(Count(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&count));
    let mut context = Context::from_waker(&waker);
    let connected = Cell::new(false);
    let body = owned_coroutine(async |mut items: OwnedInput<u8>| {
        poll_fn(|_| if connected.get() { Poll::Ready(()) } else { Poll::Pending }).await;
        while items.next().await.is_some() {}
    });
    let (handle, driver) = body.buffered(1);
    let mut driver = pin!(driver);
    assert!(driver.as_mut().poll(&mut context).is_pending());
    connected.set(true);
    assert!(driver.as_mut().poll(&mut context).is_pending(), "it waits for an item now");
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
    drop(handle);
    assert_eq!(count.0.load(Ordering::Relaxed), 1, "of the end it is told");
}
