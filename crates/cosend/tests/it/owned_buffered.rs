//! Owned coroutines in two halves, so that who sends and who works overlap.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use cosend::{OwnedInput, Stopped, owned_coroutine};
use futures_util::future::join;
use tokio::time::Instant;

use crate::support::owned::{run, slow_join};
use crate::support::quietly;

async fn work() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

#[test]
fn two_stages_overlap() {
    run(async {
        let begun = Instant::now();
        let mut chain = owned_coroutine(async |mut items: OwnedInput<u32>| {
            let child = owned_coroutine(async |mut items: OwnedInput<u32>| {
                let mut sum = 0;
                while let Some(item) = items.next().await {
                    work().await;
                    sum += item;
                }
                sum
            });
            let (mut child, driver) = child.buffered(1);
            let driver = tokio::spawn(driver);
            while let Some(item) = items.next().await {
                work().await;
                child.send(item).await.unwrap();
            }
            drop(child);
            driver.await.unwrap()
        });
        for item in 0..5 {
            chain.send(item).await.unwrap();
        }
        assert_eq!(chain.close().await, 10);
        assert_eq!(begun.elapsed().as_millis() / 10, 12, "six times 20 ms, not eleven");
    });
}

#[test]
fn the_two_halves_run_in_one_task() {
    run(async {
        let (mut words, driver) = slow_join().buffered(2);
        let sending = async move {
            for word in ["to", "be", "or", "not"] {
                words.send(word.to_owned()).await?;
            }
            Ok::<_, Stopped>(())
        };
        assert_eq!(join(sending, driver).await, (Ok(()), "tobeornot".to_owned()));
    });
}

#[test]
fn a_send_waits_while_there_is_no_room() {
    run(async {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&taken);
        let (mut items, driver) = owned_coroutine(async move |mut items: OwnedInput<u32>| {
            while let Some(item) = items.next().await {
                work().await;
                log.lock().unwrap().push(item);
            }
        })
        .buffered(1);
        let driver = tokio::spawn(driver);
        let mut waits = Vec::new();
        let mut before = Instant::now();
        for item in 0..5 {
            items.send(item).await.unwrap();
            waits.push(before.elapsed().as_millis() / 10);
            before = Instant::now();
        }
        // One is worked on, one waits, and the third finds no room.
        assert_eq!(waits, [0, 0, 2, 2, 2], "{waits:?}");
        drop(items);
        driver.await.unwrap();
        assert_eq!(*taken.lock().unwrap(), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn a_body_with_a_timer_goes_on_between_two_sends() {
    run(async {
        let (mut items, driver) = owned_coroutine(async |mut items: OwnedInput<u32>| {
            let mut beats = Vec::new();
            let begun = Instant::now();
            let mut beat = tokio::time::interval(Duration::from_millis(50));
            loop {
                // Whichever is first, as `select!` does it.
                let item = {
                    let mut next = items.next();
                    std::future::poll_fn(|context| {
                        while beat.poll_tick(context).is_ready() {
                            beats.push(begun.elapsed().as_millis());
                        }
                        std::pin::Pin::new(&mut next).poll(context)
                    })
                    .await
                };
                if item.is_none() {
                    return beats;
                }
            }
        })
        .buffered(1);
        let driver = tokio::spawn(driver);
        tokio::time::sleep(Duration::from_millis(120)).await;
        items.send(1).await.unwrap();
        tokio::time::sleep(Duration::from_millis(90)).await;
        drop(items);
        let beats = driver.await.unwrap();
        assert_eq!(beats.iter().map(|beat| beat / 50).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn a_body_that_stops_is_known_to_all_who_send() {
    run(async {
        let (mut first, driver) =
            owned_coroutine(async |mut items: OwnedInput<u8>| items.next().await).buffered(1);
        let mut second = first.clone();
        let driver = tokio::spawn(driver);
        first.send(1).await.unwrap();
        // This one waits for room, or finds the body stopped; in both cases it ends.
        let _ = second.send(2).await;
        assert_eq!(driver.await.unwrap(), Some(1));
        assert_eq!(first.send(3).await, Err(Stopped));
        assert_eq!(second.send(3).await, Err(Stopped));
        assert!(second.is_stopped());
        assert_eq!(format!("{second:?}"), "Buffered { waiting: 0, stopped: true, .. }");
    });
}

#[test]
fn a_driver_that_is_gone_stops_who_sends_and_who_waits() {
    run(async {
        let (mut words, driver) = slow_join().buffered(1);
        words.send("a".into()).await.unwrap();
        let waiting = tokio::spawn(async move { words.send("b".into()).await });
        tokio::task::yield_now().await;
        drop(driver);
        assert_eq!(waiting.await.unwrap(), Err(Stopped));
    });
}

#[test]
fn a_panic_leaves_the_driver() {
    run(async {
        let body = owned_coroutine(async |mut items: OwnedInput<u8>| {
            items.next().await;
            panic!("in the body");
        });
        let (mut items, driver) = body.buffered(1);
        items.send(1).await.unwrap();
        let ended = quietly(|| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _: () = futures_util::FutureExt::now_or_never(driver).unwrap();
            }))
        });
        assert!(ended.is_err());
        assert_eq!(items.send(2).await, Err(Stopped));
    });
}

#[test]
fn an_input_read_elsewhere_is_fed_too() {
    run(async {
        let (give, given) = tokio::sync::oneshot::channel();
        let (mut items, driver) = owned_coroutine(async |items: OwnedInput<u32>| {
            let _ = give.send(items);
            std::future::pending::<()>().await;
        })
        .buffered(1);
        let driver = tokio::spawn(driver);
        let reader = tokio::spawn(async move {
            let mut items = given.await.unwrap();
            let mut sum = 0;
            while let Some(item) = items.next().await {
                work().await;
                sum += item;
            }
            sum
        });
        for item in 0..4 {
            items.send(item).await.unwrap();
        }
        drop(items);
        assert_eq!(reader.await.unwrap(), 6);
        driver.abort();
    });
}
