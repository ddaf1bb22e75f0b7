//! The asynchronous flavour, on tokio and on no runtime at all.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use cosend::{
    OwnedCoroutine, OwnedGenerator, OwnedInput, OwnedOutput, Stopped, owned_coroutine,
    owned_generator,
};
use tokio::sync::{Notify, oneshot};

/// Runs a test's future on tokio, where a timer stands for real input.
fn run<F: Future>(test: F) -> F::Output {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(test)
}

/// Polls a future once, outside of any runtime.
fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Joins the words it is sent, each after a pause.
fn slow_join() -> OwnedCoroutine<String, impl Future<Output = String> + Send> {
    owned_coroutine(|mut words: OwnedInput<String>| async move {
        let mut joined = String::new();
        while let Some(word) = words.next().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
            joined += &word;
        }
        joined
    })
}

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
    let mut sum = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
        let mut first =
            owned_coroutine(|mut items: OwnedInput<u8>| async move { items.next().await });
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
        let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
        let mut body = owned_coroutine(|mut items: OwnedInput<Arc<()>>| async move {
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
        let body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
            let first = items.next().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            (first, items.next().await, items.next().await)
        });
        assert_eq!(body.close().await, (None, None, None));
    });
}

#[test]
#[should_panic(expected = "closed a coroutine that has no result")]
fn close_after_finish_panics() {
    run(async {
        let mut body = slow_join();
        body.finish().await.unwrap();
        body.close().await;
    });
}

#[test]
fn a_drop_cancels_the_body_where_it_stands() {
    let held = Arc::new(());
    let inside = Arc::clone(&held);
    let closed = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&closed);
    run(async move {
        let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
    let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
        while items.next().await != Some(2) {}
        panic!("two");
    });
    run(body.send(1)).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| run(body.send(2)))).is_err());
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
        let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
        let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
        let mut body = owned_coroutine(|items: OwnedInput<u8>| async move {
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
        let mut body = owned_coroutine(|items: OwnedInput<u8>| async move {
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
        let mut body = owned_coroutine(|items: OwnedInput<u8>| async move {
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
        let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
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
        owned_coroutine(|mut items: OwnedInput<Result<u8, &'static str>>| async move {
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
    let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
        while items.next().await.is_some() {}
    });
    for item in 0..3 {
        assert!(pin!(body.send(item)).poll(&mut context).is_ready());
    }
    let mut numbers = owned_generator(|mut out: OwnedOutput<u8>| async move {
        for number in 0..3 {
            out.yield_(number).await;
        }
    });
    while let Poll::Ready(Some(_)) = pin!(numbers.next()).poll(&mut context) {}
    assert_eq!(count.0.load(Ordering::Relaxed), 0);
}

/// Counts up, with a pause before each number.
fn ticks(end: u32) -> OwnedGenerator<u32, impl Future<Output = &'static str> + Send> {
    owned_generator(move |mut out: OwnedOutput<u32>| async move {
        for tick in 0..end {
            tokio::time::sleep(Duration::from_millis(10)).await;
            out.yield_(tick).await;
        }
        "the end"
    })
}

#[test]
fn a_generator_is_lazy_fused_and_has_a_result() {
    run(async {
        let mut ticks = ticks(2);
        assert_eq!(ticks.take_result(), None);
        assert_eq!(ticks.next().await, Some(0));
        assert_eq!(ticks.next().await, Some(1));
        assert_eq!(ticks.next().await, None);
        assert_eq!(ticks.next().await, None);
        assert_eq!(ticks.take_result(), Some("the end"));
    });
}

#[test]
fn a_next_that_is_given_up_loses_no_value() {
    run(async {
        let mut ticks = ticks(3);
        let mut seen = Vec::new();
        let mut given_up = 0;
        loop {
            match tokio::time::timeout(Duration::from_millis(4), ticks.next()).await {
                Ok(Some(tick)) => seen.push(tick),
                Ok(None) => break,
                Err(_) => given_up += 1,
            }
        }
        assert_eq!(seen, [0, 1, 2]);
        assert!(given_up >= 3, "{given_up}");
    });
}

#[test]
fn a_value_whose_pause_was_given_up_is_handed_out() {
    run(async {
        let mut numbers = owned_generator(|mut out: OwnedOutput<u8>| async move {
            let once = poll_once(pin!(out.yield_(1)));
            assert!(once.is_pending());
            out.yield_(2).await;
            let once = poll_once(pin!(out.yield_(3)));
            assert!(once.is_pending());
        });
        let mut seen = Vec::new();
        while let Some(number) = numbers.next().await {
            seen.push(number);
        }
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(numbers.next().await, None);
    });
}

#[test]
fn a_panic_exhausts_a_generator() {
    let mut numbers = owned_generator(|mut out: OwnedOutput<u8>| async move {
        out.yield_(1).await;
        panic!("in the body");
    });
    assert_eq!(run(numbers.next()), Some(1));
    assert!(catch_unwind(AssertUnwindSafe(|| run(numbers.next()))).is_err());
    assert_eq!(run(numbers.next()), None);
    assert_eq!(numbers.take_result(), None::<()>);
}

#[test]
fn an_output_in_a_task_of_its_own_yields_when_it_is_asked() {
    run(async {
        let (give, given) = oneshot::channel();
        let mut numbers = owned_generator(|out: OwnedOutput<u8>| async move {
            let _ = give.send(out);
            tokio::time::sleep(Duration::from_secs(1)).await;
        });
        let reached = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&reached);
        tokio::spawn(async move {
            let mut out: OwnedOutput<u8> = given.await.unwrap();
            for number in 0..3 {
                seen.fetch_add(1, Ordering::Relaxed);
                out.yield_(number).await;
            }
        });
        assert_eq!(numbers.next().await, Some(0));
        tokio::task::yield_now().await;
        assert_eq!(reached.load(Ordering::Relaxed), 1, "nobody has asked for the second");
        assert_eq!(numbers.next().await, Some(1));
        assert_eq!(numbers.next().await, Some(2));
        assert_eq!(numbers.next().await, None, "the body is over");
    });
}

#[test]
fn an_output_that_outlives_its_body_adds_nothing_after_the_end() {
    run(async {
        let (give, given) = oneshot::channel();
        let mut numbers = owned_generator(|out: OwnedOutput<u8>| async move {
            let _ = give.send(out);
        });
        assert_eq!(numbers.next().await, None);
        let mut out = given.await.unwrap();
        assert!(poll_once(pin!(out.yield_(1))).is_pending());
        assert_eq!(numbers.next().await, None);
    });
}

#[test]
fn a_yield_among_futures_that_run_only_when_woken_goes_on() {
    use futures_util::StreamExt as _;
    use futures_util::stream::FuturesUnordered;
    run(async {
        let mut numbers = owned_generator(|mut out: OwnedOutput<u8>| async move {
            let mut waiting = FuturesUnordered::new();
            waiting.push(Box::pin(async move {
                for number in 0..3 {
                    out.yield_(number).await;
                }
            }));
            waiting.next().await;
        });
        let mut seen = Vec::new();
        while let Some(number) = numbers.next().await {
            seen.push(number);
        }
        assert_eq!(seen, [0, 1, 2]);
    });
}

#[test]
fn they_debug_their_state() {
    run(async {
        let mut body = owned_coroutine(|mut items: OwnedInput<u8>| async move {
            let shown = format!("{items:?}");
            let pause = format!("{:?}", items.next());
            items.next().await;
            (shown, pause)
        });
        assert_eq!(format!("{body:?}"), "OwnedCoroutine { stopped: false, .. }");
        body.send(1).await.unwrap();
        assert_eq!(format!("{body:?}"), "OwnedCoroutine { stopped: true, .. }");
        let (shown, pause) = body.close().await;
        assert_eq!(shown, "OwnedInput { closing: false, .. }");
        assert_eq!(pause, "OwnedNext { input: OwnedInput { closing: false, .. } }");
        let mut numbers = owned_generator(|mut out: OwnedOutput<String>| async move {
            let handle = format!("{out:?}");
            let pause = format!("{:?}", out.yield_(String::new()));
            out.yield_(handle + " " + &pause).await;
        });
        assert_eq!(format!("{numbers:?}"), "OwnedGenerator { exhausted: false, .. }");
        let shown = numbers.next().await.unwrap();
        assert_eq!(shown, "OwnedOutput { .. } OwnedYield { yielded: false, .. }");
        numbers.next().await;
        assert_eq!(format!("{numbers:?}"), "OwnedGenerator { exhausted: true, .. }");
    });
}

#[cfg(feature = "futures")]
mod adapters {
    use futures_util::{SinkExt, StreamExt as _, stream};

    use super::*;

    #[test]
    fn a_generator_is_a_stream() {
        run(async {
            let mut ticks = ticks(3);
            let tens: Vec<_> = ticks.by_ref().map(|tick| tick * 10).collect().await;
            assert_eq!(tens, [0, 10, 20]);
            assert_eq!(ticks.take_result(), Some("the end"));
        });
    }

    #[test]
    fn a_coroutine_is_a_sink() {
        run(async {
            let mut body = slow_join();
            let words = stream::iter(["a", "b", "c"]).map(|word| Ok(word.to_owned()));
            words.forward(&mut body).await.unwrap();
            assert_eq!(body.finish().await.as_deref(), Ok("abc"));
            assert_eq!(SinkExt::send(&mut body, "late".into()).await, Err(Stopped));
        });
    }

    #[test]
    fn items_fed_without_a_flush_arrive_in_order() {
        run(async {
            let mut body = slow_join();
            body.feed("a".into()).await.unwrap();
            body.feed("b".into()).await.unwrap();
            SinkExt::flush(&mut body).await.unwrap();
            body.feed("c".into()).await.unwrap();
            assert_eq!(body.finish().await.as_deref(), Ok("abc"), "the last was in the slot");
        });
    }

    #[test]
    fn a_stopped_coroutine_is_a_stopped_sink() {
        run(async {
            let mut one =
                owned_coroutine(|mut items: OwnedInput<u8>| async move { items.next().await });
            let sent = stream::iter([1, 2, 3]).map(Ok).forward(&mut one).await;
            assert_eq!(sent, Err(Stopped));
            assert_eq!(one.finish().await, Ok(Some(1)));
        });
    }

    #[test]
    fn an_input_is_a_stream_inside_the_body() {
        run(async {
            let mut body = owned_coroutine(|items: OwnedInput<u8>| {
                items.filter(|item| std::future::ready(item % 2 == 0)).collect::<Vec<_>>()
            });
            for item in 0..5 {
                body.send(item).await.unwrap();
            }
            assert_eq!(body.close().await, [0, 2, 4]);
        });
    }

    #[test]
    fn an_output_takes_a_stream() {
        run(async {
            let numbers = owned_generator(|mut out: OwnedOutput<u32>| async move {
                out.yield_stream(ticks(2)).await;
                out.yield_(7).await;
            });
            assert_eq!(numbers.collect::<Vec<_>>().await, [0, 1, 7]);
        });
    }

    #[test]
    fn an_input_is_forwarded_into_a_sink() {
        run(async {
            let mut body = owned_coroutine(|items: OwnedInput<String>| async move {
                let mut inner = slow_join();
                items.forward(&mut inner).await?;
                inner.finish().await
            });
            body.send("a".into()).await.unwrap();
            body.send("b".into()).await.unwrap();
            assert_eq!(body.close().await.as_deref(), Ok("ab"));
        });
    }

    #[test]
    fn forwarding_ends_with_the_error_of_the_sink() {
        run(async {
            let mut body = owned_coroutine(|items: OwnedInput<u8>| async move {
                let one =
                    owned_coroutine(|mut items: OwnedInput<u8>| async move { items.next().await });
                items.forward(one).await
            });
            assert_eq!(body.send(1).await, Ok(()));
            assert_eq!(body.send(2).await, Ok(()), "it was taken, and then refused inside");
            assert_eq!(body.close().await, Err(Stopped));
        });
    }
}
