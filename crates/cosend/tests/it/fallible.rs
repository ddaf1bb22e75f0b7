//! Throwing into a coroutine: caught, not caught, too late, ignored.

use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use cosend::{Fallible, FallibleInput, Sink, Stopped, fallible};

use crate::support::panic_message;

/// Catches "soft" errors, and counts items and errors.
fn careful() -> Fallible<u8, String, impl Future<Output = Result<(usize, usize), String>>> {
    fallible(async |mut items: FallibleInput<u8, String>| {
        let (mut received, mut caught) = (0, 0);
        loop {
            match items.next().await {
                Ok(Some(_)) => received += 1,
                Ok(None) => return Ok((received, caught)),
                Err(error) if error == "soft" => caught += 1,
                Err(error) => return Err(format!("not caught: {error}")),
            }
        }
    })
}

#[test]
fn a_caught_error_lets_the_body_go_on() {
    let mut body = careful();
    body.send(&1).unwrap();
    assert_eq!(body.throw("soft".into()), Ok(()));
    body.send(&2).unwrap();
    assert_eq!(body.throw("soft".into()), Ok(()));
    assert!(!Fallible::is_stopped(&body));
    assert_eq!(body.close(), Ok((2, 2)));
}

#[test]
fn an_error_that_is_not_caught_comes_back_and_ends_the_body() {
    let mut body = careful();
    assert_eq!(body.throw("hard".into()), Err("not caught: hard".into()));
    assert!(body.is_stopped());
    assert_eq!(body.send(&1), Err(Stopped));
    assert_eq!(body.finish(), Err(Stopped));
}

#[test]
fn a_close_after_an_error_that_came_back_says_so() {
    let mut body = careful();
    body.throw("hard".into()).unwrap_err();
    let message = panic_message(|| body.close());
    assert!(message.contains("its body returned an error, which `throw` gave back"), "{message}");
}

#[test]
fn a_close_after_a_panic_says_so() {
    let mut body = fallible(async |mut items: FallibleInput<u8, ()>| {
        items.next().await.map(|_| panic!("here"))
    });
    assert_eq!(panic_message(|| body.send(&1)), "here");
    assert!(panic_message(|| body.close()).contains("which has no result: its body panicked"));
}

#[test]
fn an_error_thrown_at_a_stopped_body_comes_back_as_it_is() {
    let mut body = careful();
    body.finish().unwrap().unwrap();
    assert_eq!(body.throw("soft".into()), Err("soft".into()));
}

#[test]
fn an_error_thrown_too_late_leaves_the_result_alone() {
    let mut body = fallible(async |_: FallibleInput<u8, &str>| Ok(7));
    assert_eq!(body.throw("late"), Err("late"));
    assert_eq!(body.close(), Ok(7));
}

#[test]
fn a_body_that_returns_a_result_when_thrown_at_keeps_it() {
    let mut body = fallible(async |mut items: FallibleInput<u8, &str>| {
        Ok(items.next().await.unwrap_err().len())
    });
    assert_eq!(body.throw("four"), Ok(()));
    assert!(body.is_stopped());
    assert_eq!(body.close(), Ok(4));
}

#[test]
fn an_error_returned_in_a_send_is_found_by_close() {
    let mut body = fallible(async |mut items: FallibleInput<u8, &str>| {
        items.next().await?;
        Err::<(), _>("in the send")
    });
    assert_eq!(body.send(&1), Ok(()));
    assert_eq!(body.send(&1), Err(Stopped));
    assert_eq!(body.close(), Err("in the send"));
}

#[test]
fn a_panic_when_thrown_at_ends_the_body() {
    let mut body = fallible(async |mut items: FallibleInput<u8, &str>| {
        let error = items.next().await.unwrap_err();
        assert_eq!(error, "expected");
        Ok(())
    });
    assert!(catch_unwind(AssertUnwindSafe(|| body.throw("other"))).is_err());
    assert_eq!(body.throw("again"), Err("again"));
    assert_eq!(body.finish(), Err(Stopped));
}

#[test]
fn a_body_that_no_longer_looks_for_errors_does_not_catch_them() {
    let dropped = RefCell::new(false);
    let mut body = fallible(async |mut items: FallibleInput<u8, &str>| {
        struct Guard<'a>(&'a RefCell<bool>);
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                self.0.replace(true);
            }
        }
        let _guard = Guard(&dropped);
        let mut pause = items.next();
        let once = Pin::new(&mut pause).poll(&mut Context::from_waker(Waker::noop()));
        assert!(once.is_pending());
        std::mem::forget(pause);
        poll_fn(|_| Poll::<()>::Pending).await;
        Ok(())
    });
    assert_eq!(body.throw("nobody looks"), Err("nobody looks"));
    assert!(body.is_stopped());
    assert!(*dropped.borrow());
}

#[test]
fn an_error_is_delegated_with_the_input() {
    async fn inner(items: &mut FallibleInput<'_, u8, &'static str>) -> Result<u8, &'static str> {
        let mut sum = 0;
        while let Some(item) = items.next().await? {
            sum += item;
        }
        Ok(sum)
    }
    let log = RefCell::new(Vec::new());
    let mut body = fallible(async |mut items: FallibleInput<u8, &'static str>| {
        if let Err(error) = inner(&mut items).await {
            log.borrow_mut().push(error);
        }
        inner(&mut items).await
    });
    body.send(&1).unwrap();
    assert_eq!(body.throw("to the inner, caught by the outer"), Ok(()));
    body.send(&2).unwrap();
    assert_eq!(body.close(), Ok(2));
    assert_eq!(log.take(), ["to the inner, caught by the outer"]);
}

#[test]
fn an_error_that_is_thrown_while_a_loan_would_live_finds_none() {
    // The pause is over when an error is thrown, so nothing of the last item is left.
    let mut body = fallible(async |mut items: FallibleInput<str, ()>| {
        let mut kept = String::new();
        while let Ok(Some(item)) = items.next().await {
            item.clone_into(&mut kept);
        }
        Ok(kept)
    });
    body.send(&String::from("short-lived")).unwrap();
    assert_eq!(body.throw(()), Ok(()));
    assert_eq!(body.close(), Ok("short-lived".to_owned()));
}

#[test]
fn it_debugs_its_state() {
    let mut body = fallible(async |mut items: FallibleInput<u8, String>| {
        let handle = format!("{items:?}");
        let pause = format!("{:?}", items.next());
        items.next().await?;
        Ok(handle + " " + &pause)
    });
    assert_eq!(format!("{body:?}"), "Fallible { stopped: false, .. }");
    body.send(&1).unwrap();
    assert_eq!(format!("{body:?}"), "Fallible { stopped: true, .. }");
    assert_eq!(
        body.close().unwrap(),
        "FallibleInput { input: Input { closing: false, .. }, .. } \
         NextOrError { next: Next { finished: false, .. }, .. }"
    );
}
