//! Owned resumable coroutines: what `asend` of an asynchronous generator does.

use std::time::Duration;

use cosend::{OwnedPort, Step, Stopped, owned_resumable};

use crate::support::owned::run;
use crate::support::panic_message;

#[test]
fn it_answers_each_item_and_may_wait_in_between() {
    run(async {
        let (mut echo, first) = owned_resumable(async |mut port: OwnedPort<u32, String>| {
            let mut say = "ready".to_owned();
            let mut heard = 0;
            while let Some(number) = port.yield_(say).await {
                tokio::time::sleep(Duration::from_millis(5)).await;
                heard += 1;
                say = format!("{number}!");
            }
            heard
        })
        .await;
        assert_eq!(first, Step::Yielded("ready".to_owned()));
        assert_eq!(echo.resume(1).await, Ok(Step::Yielded("1!".to_owned())));
        assert_eq!(echo.resume(2).await, Ok(Step::Yielded("2!".to_owned())));
        assert!(!echo.is_stopped());
        assert_eq!(echo.close().await, 2);
    });
}

#[test]
fn it_returns_at_once_or_in_answer_to_an_item() {
    run(async {
        let (mut done, first) = owned_resumable(async |_: OwnedPort<u8, u8>| 7).await;
        assert_eq!(first, Step::Returned(7));
        assert_eq!(done.resume(1).await, Err(Stopped));
        assert_eq!(done.finish().await, Err(Stopped));

        let (mut once, _) =
            owned_resumable(async |mut port: OwnedPort<u8, u8>| port.yield_(1).await).await;
        assert_eq!(once.resume(2).await, Ok(Step::Returned(Some(2))));
        assert!(once.is_stopped());
    });
}

#[test]
fn a_body_that_lets_its_port_go_still_returns() {
    run(async {
        let (mut body, _) = owned_resumable(async |mut port: OwnedPort<u8, u8>| {
            let answer = port.yield_(1).await;
            drop(port);
            tokio::time::sleep(Duration::from_millis(5)).await;
            answer
        })
        .await;
        assert_eq!(body.resume(2).await, Ok(Step::Returned(Some(2))));
    });
}

#[test]
fn it_moves_to_another_thread() {
    let (mut body, _) = run(owned_resumable(async |mut port: OwnedPort<u32, u32>| {
        let mut sum = 0;
        while let Some(number) = port.yield_(sum).await {
            sum += number;
        }
    }));
    let answer = std::thread::spawn(move || run(body.resume(3))).join().unwrap();
    assert_eq!(answer, Ok(Step::Yielded(3)));
}

#[test]
fn a_yield_while_closing_is_found_out() {
    // Python: "async generator ignored GeneratorExit".
    let message = panic_message(|| {
        run(async {
            let (body, _) = owned_resumable(async |mut port: OwnedPort<u8, u8>| {
                assert_eq!(port.yield_(1).await, None);
                port.yield_(2).await;
            })
            .await;
            body.close().await;
        });
    });
    assert!(message.contains("ignored its closing"), "{message}");
}

#[test]
fn its_closing_may_await() {
    run(async {
        let (mut body, _) = owned_resumable(async |mut port: OwnedPort<u8, u8>| {
            while port.yield_(1).await.is_some() {}
            tokio::time::sleep(Duration::from_millis(5)).await;
            "cleaned up"
        })
        .await;
        assert_eq!(body.finish().await, Ok("cleaned up"));
        assert_eq!(format!("{body:?}"), "OwnedResumable { stopped: true, .. }");
    });
}
