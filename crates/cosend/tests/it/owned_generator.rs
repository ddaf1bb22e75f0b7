//! Owned generators, on tokio and on no runtime at all.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cosend::{OwnedInput, OwnedOutput, Stopped, owned_coroutine, owned_generator};
use tokio::sync::oneshot;

use crate::support::owned::{run, ticks};
use crate::support::{panic_message, poll_once, quietly};

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
        let mut numbers = owned_generator(async move |mut out: OwnedOutput<u8>| {
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
    let mut numbers = owned_generator(async move |mut out: OwnedOutput<u8>| {
        out.yield_(1).await;
        panic!("in the body");
    });
    assert_eq!(run(numbers.next()), Some(1));
    assert!(quietly(|| catch_unwind(AssertUnwindSafe(|| run(numbers.next())))).is_err());
    assert_eq!(run(numbers.next()), None);
    assert_eq!(numbers.take_result(), None::<()>);
}

#[test]
fn an_output_in_a_task_of_its_own_yields_when_it_is_asked() {
    run(async {
        let (give, given) = oneshot::channel();
        let mut numbers = owned_generator(async move |out: OwnedOutput<u8>| {
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
        let mut numbers = owned_generator(async move |out: OwnedOutput<u8>| {
            let _ = give.send(out);
        });
        assert_eq!(numbers.next().await, None);
        let mut out = given.await.unwrap();
        assert!(out.is_stopped());
        assert!(poll_once(pin!(out.yield_(1))).is_ready(), "it does not wait for ever");
        assert_eq!(numbers.next().await, None);
    });
}

#[test]
fn an_output_elsewhere_learns_that_its_generator_is_gone() {
    run(async {
        let (done, ended) = oneshot::channel();
        let mut numbers = owned_generator(async |mut out: OwnedOutput<u32>| {
            let yielding = tokio::spawn(async move {
                let mut heard = Vec::new();
                for number in 0..3 {
                    heard.push(out.send(number).await);
                }
                done.send(heard).unwrap();
            });
            yielding.await
        });
        assert_eq!(numbers.next().await, Some(0));
        assert_eq!(numbers.next().await, Some(1));
        drop(numbers);
        assert_eq!(ended.await.unwrap(), [Ok(()), Err(Stopped), Err(Stopped)]);
    });
}

#[test]
fn a_series_ends_with_its_output_and_the_body_can_be_finished() {
    run(async {
        let mut silent = owned_generator(async |out: OwnedOutput<u32>| {
            drop(out);
            std::future::pending::<()>().await;
        });
        assert_eq!(silent.next().await, None);
        assert_eq!(silent.take_result(), None);

        let mut last = owned_generator(async |mut out: OwnedOutput<u32>| {
            out.yield_(1).await;
            drop(out);
            tokio::time::sleep(Duration::from_millis(5)).await;
            "flushed"
        });
        assert_eq!(last.next().await, Some(1));
        assert_eq!(last.next().await, None);
        assert_eq!(last.take_result(), None, "the body is not over");
        assert_eq!(last.finish().await, Some("flushed"));
    });
}

#[test]
fn an_output_dropped_elsewhere_ends_the_series() {
    run(async {
        let (give, given) = oneshot::channel();
        let mut numbers = owned_generator(async |out: OwnedOutput<u8>| {
            let _ = give.send(out);
            std::future::pending::<()>().await;
        });
        tokio::spawn(async move {
            let mut out = given.await.unwrap();
            out.yield_(1).await;
        });
        assert_eq!(numbers.next().await, Some(1));
        assert_eq!(numbers.next().await, None);
    });
}

#[test]
fn an_endless_yielder_whose_generator_is_gone_does_not_keep_its_thread() {
    let mut kept = None;
    let numbers = owned_generator(|out: OwnedOutput<u32>| {
        kept = Some(out);
        std::future::pending::<()>()
    });
    drop(numbers);
    let mut out = kept.unwrap();
    let message = panic_message(|| {
        run(async {
            for number in 0.. {
                out.yield_(number).await;
            }
        });
    });
    assert!(message.contains("an owned generator that is gone"), "{message}");
    assert!(message.contains("`send`"), "{message}");
}

#[test]
fn a_finished_generator_runs_to_its_end() {
    run(async {
        let mut ticks = ticks(3);
        assert_eq!(ticks.next().await, Some(0));
        assert_eq!(ticks.finish().await, Some("the end"));
        assert_eq!(ticks.next().await, None);
        assert_eq!(ticks.finish().await, None);
    });
}

#[test]
fn a_yield_among_futures_that_run_only_when_woken_goes_on() {
    use futures_util::StreamExt as _;
    use futures_util::stream::FuturesUnordered;
    run(async {
        let mut numbers = owned_generator(async move |mut out: OwnedOutput<u8>| {
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
        let mut body = owned_coroutine(async move |mut items: OwnedInput<u8>| {
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
        assert_eq!(pause, "OwnedNext { input: OwnedInput { closing: false, .. }, .. }");
        let mut numbers = owned_generator(async move |mut out: OwnedOutput<String>| {
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
