//! Owned coroutines, on tokio and on no runtime at all.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use cosend::{OwnedInput, Stopped, owned_coroutine};
use tokio::sync::{Notify, oneshot};

use crate::support::owned::{run, slow_join};
use crate::support::{panic_message, poll_once, quietly};

#[test]
fn a_send_runs_the_body_to_its_next_pause_for_an_item() {
    let log = RefCell::new(Vec::new());
    let body = owned_coroutine(|mut items: OwnedInput<u8>| {
        let log = &log;
        async move {
            log.borrow_mut().push("begun".to_owned());
            while let Some(item) = items.next().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
                log.borrow_mut().push(format!("item {item}"));
            }
            log.borrow_mut().push("closed".to_owned());
        }
    });
    run(async {
        let mut body = body;
        assert!(log.borrow().is_empty(), "nothing runs before the first send");
        body.send(1).await.unwrap();
        assert_eq!(log.borrow().as_slice(), ["begun", "item 1"]);
        body.send(2).await.unwrap();
        body.close().await;
    });
    assert_eq!(log.take(), ["begun", "item 1", "item 2", "closed"]);
}

#[test]
fn it_moves_to_another_thread_and_runs_there() {
    let mut body = slow_join();
    run(body.send("a".into())).unwrap();
    let joined = std::thread::spawn(|| {
        run(async move {
            body.send("b".into()).await?;
            Ok::<_, Stopped>(body.close().await)
        })
    });
    assert_eq!(joined.join().unwrap().unwrap(), "ab");
}

#[test]
fn it_runs_on_no_runtime_when_it_awaits_only_its_items() {
    let mut sum = owned_coroutine(async move |mut items: OwnedInput<u8>| {
        let mut sum = 0;
        while let Some(item) = items.next().await {
            sum += item;
        }
        sum
    });
    for item in [1, 2, 3] {
        assert_eq!(poll_once(pin!(sum.send(item))), Poll::Ready(Ok(())));
    }
    assert_eq!(poll_once(pin!(sum.close())), Poll::Ready(6));
}

#[test]
fn a_send_to_a_stopped_body_is_refused() {
    run(async {
        let mut first = owned_coroutine(async move |mut items: OwnedInput<u8>| items.next().await);
        assert!(!first.is_stopped());
        assert_eq!(first.send(1).await, Ok(()));
        assert!(first.is_stopped());
        assert_eq!(first.send(2).await, Err(Stopped));
        assert_eq!(first.finish().await, Ok(Some(1)));
        assert_eq!(first.finish().await, Err(Stopped));
    });
}

#[test]
fn a_body_that_drops_its_input_takes_no_more_but_runs_to_its_end() {
    run(async {
        let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
            let first = items.next().await;
            drop(items);
            tokio::time::sleep(Duration::from_millis(5)).await;
            first
        });
        assert_eq!(body.send(1).await, Ok(()), "the item was taken");
        assert_eq!(body.send(2).await, Err(Stopped));
        assert!(!body.is_stopped());
        assert_eq!(body.close().await, Some(1));
    });
}

#[test]
fn an_item_that_is_not_taken_is_refused_and_dropped() {
    run(async {
        let item = Arc::new(());
        let mut body = owned_coroutine(async move |mut items: OwnedInput<Arc<()>>| {
            poll_fn(|context| {
                let _ = Pin::new(&mut items.next()).poll(context);
                Poll::Ready(())
            })
            .await;
            // It waits by hand, and then returns without looking at what was sent.
            let mut pause = items.next();
            let mut polls = 0;
            poll_fn(|context| {
                polls += 1;
                if polls == 1 {
                    Pin::new(&mut pause).poll(context).map(|_| ())
                } else {
                    Poll::Ready(())
                }
            })
            .await;
        });
        assert_eq!(body.send(Arc::clone(&item)).await, Err(Stopped));
        assert_eq!(Arc::strong_count(&item), 1);
        body.close().await;
    });
}

#[test]
fn a_close_is_a_pause_that_gives_none_ever_after() {
    run(async {
        let body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
            let first = items.next().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            (first, items.next().await, items.next().await)
        });
        assert_eq!(body.close().await, (None, None, None));
    });
}

#[test]
fn close_after_finish_panics_and_names_the_place() {
    let message = panic_message(|| {
        run(async {
            let mut body = slow_join();
            body.finish().await.unwrap();
            body.close().await;
        });
    });
    assert!(message.contains("support.rs:"), "{message}");
    assert!(message.ends_with("which has no result: its result was taken before"), "{message}");
}

#[test]
fn it_is_ready_before_the_first_send_when_it_is_asked_to_be() {
    run(async {
        let mut body = slow_join();
        assert_eq!(body.ready().await, Ok(()));
        body.send("a".into()).await.unwrap();
        body.finish().await.unwrap();
        assert_eq!(body.ready().await, Err(Stopped));
    });
}

#[test]
fn a_drop_cancels_the_body_where_it_stands() {
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let closed = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&closed);
    run(async move {
        let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
            while items.next().await.is_some() {}
            seen.fetch_add(1, Ordering::Relaxed);
            drop(inside);
        });
        body.send(1).await.unwrap();
        drop(body);
    });
    assert_eq!(Arc::strong_count(&held), 1);
    assert_eq!(closed.load(Ordering::Relaxed), 0);
}

#[test]
fn a_panic_leaves_the_send_and_ends_the_body() {
    let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
        while items.next().await != Some(2) {}
        panic!("two");
    });
    run(body.send(1)).unwrap();
    assert!(quietly(|| catch_unwind(AssertUnwindSafe(|| run(body.send(2))))).is_err());
    assert_eq!(run(body.send(3)), Err(Stopped));
    assert_eq!(run(body.finish()), Err::<(), _>(Stopped));
}

#[test]
fn a_send_cancelled_before_the_body_is_ready_loses_its_item_alone() {
    run(async {
        let mut body = slow_join();
        // The body is busy with "a" when the send of "b" comes, and is given up.
        {
            let send = pin!(body.send("a".into()));
            assert!(poll_once(send).is_pending());
        }
        {
            let send = pin!(body.send("b".into()));
            assert!(poll_once(send).is_pending());
        }
        body.send("c".into()).await.unwrap();
        assert_eq!(body.close().await, "ac");
    });
}

#[test]
fn a_send_cancelled_after_the_body_has_the_item_loses_nothing() {
    run(async {
        let mut body = slow_join();
        let given_up = tokio::time::timeout(Duration::from_millis(1), body.send("a".into()));
        assert!(given_up.await.is_err());
        assert_eq!(body.close().await, "a");
    });
}

#[test]
fn a_close_cancelled_goes_on_with_the_next() {
    run(async {
        let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
            while items.next().await.is_some() {}
            tokio::time::sleep(Duration::from_millis(50)).await;
            "flushed"
        });
        body.send(1).await.unwrap();
        let given_up = tokio::time::timeout(Duration::from_millis(1), body.finish());
        assert!(given_up.await.is_err());
        assert_eq!(body.send(2).await, Err(Stopped), "it is closing");
        assert_eq!(body.finish().await, Ok("flushed"));
    });
}

#[test]
fn a_pause_given_up_for_another_future_loses_no_item() {
    run(async {
        let bell = Arc::new(Notify::new());
        let ring = Arc::clone(&bell);
        let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
            let mut log = Vec::new();
            loop {
                // Whichever is first: the pause is dropped when the bell rings.
                let event = {
                    let mut item = items.next();
                    let mut bell = pin!(bell.notified());
                    poll_fn(|context| {
                        if bell.as_mut().poll(context).is_ready() {
                            return Poll::Ready(Some("bell".to_owned()));
                        }
                        Pin::new(&mut item).poll(context).map(|item| item.map(|it| it.to_string()))
                    })
                    .await
                };
                match event {
                    Some(event) => log.push(event),
                    None => return log,
                }
            }
        });
        body.send(1).await.unwrap();
        ring.notify_one();
        body.send(2).await.unwrap();
        assert_eq!(body.close().await, ["1", "bell", "2"]);
    });
}

#[test]
fn an_input_read_in_a_task_of_its_own_holds_back_its_sender() {
    run(async {
        let (give, given) = oneshot::channel();
        let mut body = owned_coroutine(async move |items: OwnedInput<u8>| {
            give.send(items).unwrap();
            std::future::pending::<()>().await;
        });
        let log = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&log);
        let reader = tokio::spawn(async move {
            let mut items: OwnedInput<u8> = given.await.unwrap();
            while let Some(item) = items.next().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
                seen.lock().unwrap().push(item);
                if item == 2 {
                    break;
                }
            }
        });
        assert_eq!(body.send(1).await, Ok(()));
        assert_eq!(log.lock().unwrap().as_slice(), [1], "the send waited for the reader");
        assert_eq!(body.send(2).await, Ok(()));
        reader.await.unwrap();
        assert_eq!(body.send(3).await, Err(Stopped), "the input is gone");
    });
}

#[test]
fn a_reader_elsewhere_learns_that_the_coroutine_is_gone() {
    run(async {
        let (give, given) = oneshot::channel();
        let mut body = owned_coroutine(async move |items: OwnedInput<u8>| {
            give.send(items).unwrap();
            std::future::pending::<()>().await;
        });
        let reader = tokio::spawn(async move {
            let mut items: OwnedInput<u8> = given.await.unwrap();
            (items.next().await, items.next().await)
        });
        body.send(1).await.unwrap();
        drop(body);
        assert_eq!(reader.await.unwrap(), (Some(1), None));
    });
}

#[test]
fn a_reader_in_the_same_task_is_woken_too() {
    // `join` polls the reader first, so that the send has to wake their common task.
    run(async {
        let (give, given) = oneshot::channel();
        let mut body = owned_coroutine(async move |items: OwnedInput<u8>| {
            give.send(items).unwrap();
            std::future::pending::<()>().await;
        });
        let reader = async move {
            let mut items: OwnedInput<u8> = given.await.unwrap();
            let mut seen = Vec::new();
            while let Some(item) = items.next().await {
                seen.push(item);
            }
            seen
        };
        let sender = async {
            for item in 0..3 {
                body.send(item).await.unwrap();
            }
            drop(body);
        };
        let (seen, ()) = futures_util::future::join(reader, sender).await;
        assert_eq!(seen, [0, 1, 2]);
    });
}

#[test]
fn an_input_among_futures_that_run_only_when_woken_is_found() {
    use futures_util::StreamExt as _;
    use futures_util::stream::FuturesUnordered;
    run(async {
        let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
            let mut waiting = FuturesUnordered::new();
            waiting.push(Box::pin(async move {
                let mut sum = 0;
                while let Some(item) = items.next().await {
                    sum += item;
                }
                sum
            }));
            waiting.next().await
        });
        for item in [1, 2, 3] {
            body.send(item).await.unwrap();
        }
        assert_eq!(body.close().await, Some(6));
    });
}

#[test]
fn an_error_is_a_kind_of_item() {
    // What `athrow` is for: caught, caught and returned from, not caught.
    let body = || {
        owned_coroutine(async move |mut items: OwnedInput<Result<u8, &'static str>>| {
            let mut caught = 0;
            loop {
                match items.next().await {
                    Some(Ok(_)) => tokio::time::sleep(Duration::from_millis(1)).await,
                    Some(Err("soft")) => caught += 1,
                    Some(Err(error)) => return Err(error),
                    None => return Ok(caught),
                }
            }
        })
    };
    run(async {
        let mut careful = body();
        careful.send(Err("soft")).await.unwrap();
        careful.send(Ok(1)).await.unwrap();
        assert_eq!(careful.close().await, Ok(1));
        let mut failed = body();
        failed.send(Err("hard")).await.unwrap();
        assert!(failed.is_stopped());
        assert_eq!(failed.close().await, Err("hard"));
    });
}

#[test]
fn a_body_that_is_over_takes_no_more_though_its_input_lives_on() {
    let kept = RefCell::new(None);
    let mut body = owned_coroutine(async |items: OwnedInput<u8>| {
        *kept.borrow_mut() = Some(items);
        "over"
    });
    assert_eq!(poll_once(pin!(body.ready())), Poll::Ready(Err(Stopped)));
    assert_eq!(poll_once(pin!(body.send(1))), Poll::Ready(Err(Stopped)));
    assert_eq!(poll_once(pin!(body.close())), Poll::Ready("over"));
}
