//! Generators that delegate at any depth, and go from thread to thread. What they must not
//! take along is in `tests/compile_fail`.
#![expect(
    clippy::manual_async_fn,
    reason = "of an `async fn` that delegates to itself the compiler cannot tell that it is `Send`"
)]

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use cosend::{SendBranch, SendRecursive, recursive_send};

use crate::support::{foreign_pause, panic_message, poll_once};

fn down(left: u64, mut out: SendBranch<'_, u64>) -> impl Future<Output = u64> + Send {
    async move {
        out.yield_(left).await;
        if left == 0 { 0 } else { 1 + out.delegate(|out| down(left - 1, out)).await }
    }
}

/// Asks for a value in a thread of its own.
fn ask<Y: Send, R: Send>(series: &mut SendRecursive<'_, Y, R>) -> Option<Y> {
    thread::scope(|threads| threads.spawn(|| series.next()).join().unwrap())
}

#[test]
fn each_value_is_asked_for_in_another_thread() {
    let mut numbers = recursive_send(|out| down(5, out));
    for expected in (0..=5).rev() {
        assert_eq!(ask(&mut numbers), Some(expected));
    }
    assert_eq!(numbers.take_result(), None);
    assert_eq!(ask(&mut numbers), None);
    assert!(numbers.is_exhausted());
    assert_eq!(thread::spawn(move || numbers.take_result()).join().unwrap(), Some(5));
}

#[test]
fn it_is_as_deep_as_one_that_stays() {
    let mut numbers = recursive_send(|out| down(200_000, out));
    assert_eq!(numbers.nth(100_000), Some(100_000));
    let (rest, mut numbers) =
        thread::spawn(move || (numbers.by_ref().count(), numbers)).join().unwrap();
    assert_eq!(rest, 100_000);
    assert_eq!(numbers.take_result(), Some(200_000));
}

#[test]
fn bodies_read_what_is_borrowed_on_each_thread() {
    struct Tree(Vec<Tree>, String);

    fn walk<'t>(
        tree: &'t Tree,
        mut out: SendBranch<'t, &'t str>,
    ) -> impl Future<Output = usize> + Send {
        async move {
            out.yield_(tree.1.as_str()).await;
            let mut bytes = tree.1.len();
            for branch in &tree.0 {
                bytes += out.delegate(|out| walk(branch, out)).await;
            }
            bytes
        }
    }
    let leaf = |name: &str| Tree(vec![], name.to_owned());
    let tree = Tree(vec![leaf("ab"), Tree(vec![leaf("cde")], "f".into())], "g".into());
    let mut names = recursive_send(|out| walk(&tree, out));
    for expected in [Some("g"), Some("ab"), Some("f"), Some("cde"), None] {
        assert_eq!(ask(&mut names), expected);
    }
    assert_eq!(names.take_result(), Some(7));
}

#[test]
fn bodies_are_dropped_in_the_thread_that_drops_it_the_topmost_first() {
    struct Note(Arc<Mutex<Vec<(u32, thread::ThreadId)>>>, u32);
    impl Drop for Note {
        fn drop(&mut self) {
            self.0.lock().unwrap().push((self.1, thread::current().id()));
        }
    }
    let log = Arc::default();
    let (outer, inner) = (Note(Arc::clone(&log), 0), Note(Arc::clone(&log), 1));
    let mut numbers = recursive_send(async move |mut out: SendBranch<'_, u32>| {
        let _outer = outer;
        out.delegate(async move |mut out| {
            let _inner = inner;
            out.yield_(1).await;
        })
        .await;
    });
    assert_eq!(numbers.next(), Some(1));
    let there = thread::spawn(move || {
        drop(numbers);
        thread::current().id()
    })
    .join()
    .unwrap();
    assert_eq!(*log.lock().unwrap(), [(1, there), (0, there)]);
}

#[test]
fn a_panic_and_a_pause_elsewhere_end_all_bodies() {
    let mut failing = recursive_send(async |mut out: SendBranch<'_, u32>| {
        out.yield_(1).await;
        out.delegate(async |_| panic!("deep inside")).await;
    });
    assert_eq!(failing.next(), Some(1));
    assert_eq!(panic_message(|| failing.next()), "deep inside");
    assert_eq!(failing.next(), None);

    let mut elsewhere = recursive_send(async |mut out: SendBranch<'_, u32>| {
        out.delegate(|_| foreign_pause()).await;
    });
    let message = panic_message(|| elsewhere.next());
    assert!(message.contains("recursive_send.rs:"), "{message}");
    assert_eq!(elsewhere.next(), None);
}

/// A branch may leave its body: it shares through locks, so that the worst is a value that
/// nobody expected.
#[test]
fn branches_are_used_by_two_threads_at_once() {
    let (sender, receiver) = mpsc::channel();
    let mut numbers = recursive_send(async move |mut out: SendBranch<'static, u32>| {
        out.delegate(async move |out| sender.send(out).unwrap()).await;
        for number in 0..100 {
            out.yield_(number).await;
        }
    });
    assert_eq!(numbers.next(), Some(0));
    let mut other = receiver.recv().unwrap();
    let seen = thread::scope(|threads| {
        threads.spawn(|| {
            for number in 1000..1100 {
                assert!(poll_once(pin!(other.yield_(number))).is_pending());
            }
        });
        numbers.by_ref().count()
    });
    assert_eq!(seen, 99, "one for each pause of the body, whoever yielded it");
    assert!(numbers.is_exhausted());
}
