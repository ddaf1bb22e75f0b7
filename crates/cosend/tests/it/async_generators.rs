//! `CPython`'s tests of asynchronous generators that are sent to, thrown at and closed, and
//! of `async with`, under their names. What is thrown is an item that is an error; what is
//! awaited in `finally` comes after `None`.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::time::Duration;

use cosend::{OwnedPort, OwnedResumable, Step, owned_resumable};

use crate::support::owned::run;
use crate::support::panic_message;

#[derive(Debug, PartialEq)]
struct FooErr;

/// An item is a number, or an error that is thrown.
type Item = Result<u32, FooErr>;

async fn sleep() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}

async fn sleep_and_fail() -> Result<(), &'static str> {
    sleep().await;
    Err("division by zero")
}

/// What `finally` does: it awaits, and counts.
async fn finally(done: &Cell<u32>) {
    sleep().await;
    sleep().await;
    done.set(done.get() + 1);
}

#[test]
fn asend_01() {
    let done = Cell::new(0);
    run(async {
        let (mut generator, first) = owned_resumable(async |mut port: OwnedPort<u32, u32>| {
            sleep().await;
            if let Some(v) = port.yield_(1).await {
                sleep().await;
                port.yield_(v * 2).await;
                sleep().await;
            }
            finally(&done).await;
        })
        .await;
        assert_eq!(first, Step::Yielded(1));
        assert_eq!(generator.resume(100).await, Ok(Step::Yielded(200)));
        assert_eq!(generator.resume(0).await, Ok(Step::Returned(())));
    });
    assert_eq!(done.get(), 1);
}

#[test]
fn asend_02_and_03() {
    let (done, beyond) = (Cell::new(0), Cell::new(false));
    run(async {
        let (mut generator, _) = owned_resumable(async |mut port: OwnedPort<u32, u32>| {
            let result = async {
                sleep().await;
                let Some(v) = port.yield_(1).await else { return Ok(()) };
                sleep_and_fail().await?;
                beyond.set(true);
                port.yield_(v * 2).await;
                Ok::<(), &'static str>(())
            }
            .await;
            finally(&done).await;
            result
        })
        .await;
        let failed = generator.resume(100).await;
        assert_eq!(failed, Ok(Step::Returned(Err("division by zero"))));
    });
    assert_eq!((done.get(), beyond.get()), (1, false));
}

#[test]
fn athrow_01() {
    let done = Cell::new(0);
    run(async {
        let (mut generator, _) = owned_resumable(async |mut port: OwnedPort<Item, u32>| {
            sleep().await;
            let v = match port.yield_(1).await {
                Some(Err(FooErr)) => {
                    sleep().await;
                    1000
                }
                Some(Ok(v)) => v,
                None => return,
            };
            port.yield_(v * 2).await;
            finally(&done).await;
        })
        .await;
        assert_eq!(generator.resume(Err(FooErr)).await, Ok(Step::Yielded(2000)));
        assert_eq!(generator.resume(Ok(0)).await, Ok(Step::Returned(())));
    });
    assert_eq!(done.get(), 1);
}

#[test]
fn athrow_02() {
    let done = Cell::new(0);
    run(async {
        let (mut generator, _) = owned_resumable(async |mut port: OwnedPort<Item, u32>| {
            let result = match port.yield_(1).await {
                Some(Err(FooErr)) => sleep_and_fail().await,
                _ => Ok(()),
            };
            finally(&done).await;
            result
        })
        .await;
        let failed = generator.resume(Err(FooErr)).await;
        assert_eq!(failed, Ok(Step::Returned(Err("division by zero"))));
        assert_eq!(done.get(), 1, "it has cleaned up before");
    });
}

/// A body that yields once, whatever comes back, and then is done.
async fn once(done: &Cell<u32>) -> OwnedResumable<Item, (), impl Future<Output = ()>> {
    let (generator, first) = owned_resumable(async move |mut port: OwnedPort<Item, ()>| {
        let _ = port.yield_(()).await;
        done.set(1);
    })
    .await;
    assert_eq!(first, Step::Yielded(()));
    generator
}

#[test]
fn athrow_03() {
    let done = Cell::new(0);
    run(async {
        let mut generator = once(&done).await;
        assert_eq!(generator.resume(Err(FooErr)).await, Ok(Step::Returned(())));
    });
    assert_eq!(done.get(), 1);
}

#[test]
fn anext_05() {
    run(async {
        let (mut generator, first) = owned_resumable(async |mut port: OwnedPort<u32, u32>| {
            let v = port.yield_(1).await?;
            let v = port.yield_(v).await?;
            port.yield_(v * 100).await
        })
        .await;
        assert_eq!(first, Step::Yielded(1));
        assert_eq!(generator.resume(10).await, Ok(Step::Yielded(10)));
        assert_eq!(generator.resume(12).await, Ok(Step::Yielded(1200)));
        assert_eq!(generator.resume(0).await, Ok(Step::Returned(Some(0))));
    });
}

#[test]
fn anext_06() {
    let done = Cell::new(0);
    run(async {
        let mut generator = once(&done).await;
        assert_eq!(generator.resume(Ok(0)).await, Ok(Step::Returned(())));
    });
    assert_eq!(done.get(), 1);
}

#[test]
fn aclose_06_and_11() {
    let beyond = Cell::new(false);
    let message = panic_message(|| {
        run(async {
            let (generator, _) = owned_resumable(async |mut port: OwnedPort<u32, u32>| {
                port.yield_(1).await;
                sleep().await;
                port.yield_(12).await;
                beyond.set(true);
            })
            .await;
            generator.close().await;
        });
    });
    assert!(message.contains("ignored its closing"), "{message}");
    assert!(!beyond.get());
}

#[test]
fn aclose_07_and_08() {
    let (done, beyond) = (Cell::new(0), Cell::new(false));
    run(async {
        let (generator, _) = owned_resumable(async |mut port: OwnedPort<u32, u32>| {
            if port.yield_(1).await.is_some() {
                std::future::pending::<()>().await;
                beyond.set(true);
            }
            finally(&done).await;
        })
        .await;
        generator.close().await;
    });
    assert_eq!((done.get(), beyond.get()), (1, false));
}

#[test]
fn aclose_10() {
    let done = Cell::new(0);
    run(async { once(&done).await.close().await });
    assert_eq!(done.get(), 1);
}

#[test]
fn aclose_12() {
    run(async {
        let (generator, _) = owned_resumable(async |mut port: OwnedPort<u32, u32>| {
            let task = tokio::spawn(sleep_and_fail());
            port.yield_(1).await;
            // While it is being closed, it waits for another task, and handles its failure.
            task.await.unwrap()
        })
        .await;
        assert_eq!(generator.close().await, Err("division by zero"));
    });
}

/// What `async with` is for: code before and after, which both may wait. An error of the
/// body goes on, unless the manager swallows it.
async fn with<'a>(
    log: &'a RefCell<Vec<String>>,
    name: &'a str,
    body: impl Future<Output = Result<(), &'static str>> + 'a,
) -> Result<(), &'static str> {
    for step in 1..=2 {
        sleep().await;
        log.borrow_mut().push(format!("enter-{step}-{name}"));
    }
    let result = body.await;
    for step in 1..=2 {
        sleep().await;
        log.borrow_mut().push(format!("exit-{step}-{name}"));
    }
    if name == "B" { Ok(()) } else { result }
}

#[test]
fn with_1() {
    let log = RefCell::new(Vec::new());
    let managers = |name: &'static str| {
        let body = async {
            log.borrow_mut().push("managers".to_owned());
            Err("division by zero")
        };
        with(&log, "A", with(&log, name, body))
    };
    assert_eq!(run(managers("B")), Ok(()), "B swallows it");
    let expected = [
        "enter-1-A",
        "enter-2-A",
        "enter-1-B",
        "enter-2-B",
        "managers",
        "exit-1-B",
        "exit-2-B",
        "exit-1-A",
        "exit-2-A",
    ];
    assert_eq!(log.take(), expected);
    assert_eq!(run(managers("C")), Err("division by zero"));
}

#[test]
fn with_5_and_12() {
    let log = RefCell::new(Vec::new());
    assert_eq!(run(with(&log, "A", async { Err("failed") })), Err("failed"));
    assert_eq!(run(with(&log, "B", async { Err("failed") })), Ok(()));
}

#[test]
fn with_9_and_10() {
    // A manager whose exit fails: its error is the one that is seen, and the body ran.
    let ran = Cell::new(0);
    let failing = |result: Result<(), &'static str>| {
        let ran = &ran;
        async move {
            ran.set(ran.get() + 1);
            let _ = result;
            sleep_and_fail().await
        }
    };
    assert_eq!(run(failing(Ok(()))), Err("division by zero"));
    assert_eq!(run(async { failing(failing(Err("before")).await).await }), Err("division by zero"));
    assert_eq!(ran.get(), 3);
}

#[test]
fn with_11_and_13() {
    // One whose entry fails: neither the body nor the exit runs.
    let ran = Cell::new(1);
    let failed = run(async {
        sleep_and_fail().await?;
        ran.set(1001);
        Ok::<_, &str>(())
    });
    assert_eq!((failed, ran.get()), (Err("division by zero"), 1));
}

#[test]
fn code_after_the_end_may_wait_on_every_way_out() {
    // At a close, and at an error: what `async with` does around an asynchronous generator.
    for item in [None, Some(Err(FooErr))] {
        let log = RefCell::new(Vec::new());
        run(async {
            let (mut generator, _) = owned_resumable(async |mut port: OwnedPort<Item, ()>| {
                let body = async {
                    match port.yield_(()).await {
                        Some(Err(FooErr)) => Err("thrown"),
                        _ => Ok(()),
                    }
                };
                with(&log, "A", body).await
            })
            .await;
            match item {
                None => assert_eq!(generator.close().await, Ok(())),
                Some(item) => {
                    let step = generator.resume(item).await;
                    assert_eq!(step, Ok(Step::Returned(Err("thrown"))));
                }
            }
        });
        assert_eq!(log.take(), ["enter-1-A", "enter-2-A", "exit-1-A", "exit-2-A"]);
    }
}
