//! Coroutines that receive and yield.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cosend::{Port, Resume, Step, Stopped, resumable, resumable_unstarted};

use crate::support::panic_message;

#[test]
fn it_is_primed_up_to_its_first_yield() {
    let (_, first) = resumable(async |mut port: Port<u8, &str>| {
        port.yield_("first").await;
    });
    assert_eq!(first, Step::Yielded("first"));
}

#[test]
fn unstarted_it_does_nothing() {
    let begun = Cell::new(false);
    let body = || {
        resumable_unstarted(async |mut port: Port<u8, u8>| {
            begun.set(true);
            port.yield_(1).await;
        })
    };
    drop(body());
    assert!(!begun.get());
    assert_eq!(body().start().1, Step::Yielded(1));
    assert!(begun.get());
}

#[test]
fn each_resume_brings_out_the_next_yield() {
    let (mut echo, _) = resumable(async |mut port: Port<str, String>| {
        let mut answer = String::new();
        while let Some(item) = port.yield_(answer).await {
            answer = item.to_uppercase();
        }
    });
    assert_eq!(echo.resume("a"), Ok(Step::Yielded("A".into())));
    assert_eq!(echo.resume("b"), Ok(Step::Yielded("B".into())));
}

#[test]
fn it_returns_once_and_has_stopped() {
    let (mut body, _) =
        resumable(async |mut port: Port<u8, u8>| port.yield_(0).await.map_or(0, |item| item + 1));
    assert_eq!(body.resume(&7), Ok(Step::Returned(8)));
    assert!(body.is_stopped());
    assert_eq!(body.resume(&7), Err(Stopped));
    assert_eq!(body.finish(), Err(Stopped));
    assert!(panic_message(|| body.close()).contains("its result was taken before"));
}

#[test]
fn a_drop_closes_it() {
    let log = RefCell::new(Vec::new());
    let (body, _) = resumable(async |mut port: Port<u8, u8>| {
        let answer = port.yield_(0).await;
        log.borrow_mut().push(answer.copied());
    });
    drop(body);
    assert_eq!(log.take(), [None]);
}

#[test]
#[should_panic(expected = "it yielded again after `None`")]
fn a_yield_after_the_close_ignores_it() {
    let (body, _) = resumable(async |mut port: Port<u8, u8>| {
        loop {
            port.yield_(0).await;
        }
    });
    body.close();
}

#[test]
fn a_panic_leaves_resume_and_ends_it() {
    let (mut body, _) = resumable(async |mut port: Port<u8, u8>| {
        port.yield_(0).await;
        panic!("in the body");
    });
    assert!(catch_unwind(AssertUnwindSafe(|| body.resume(&1))).is_err());
    assert_eq!(body.resume(&1), Err(Stopped));
}

#[test]
fn a_value_that_was_given_up_is_not_yielded() {
    let (mut body, first) = resumable(async |mut port: Port<u8, &str>| {
        {
            let given_up = pin!(port.yield_("given up"));
            assert!(given_up.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        let item = port.yield_("kept").await.copied();
        {
            let given_up = pin!(port.yield_("given up"));
            assert!(given_up.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
        item
    });
    assert_eq!(first, Step::Yielded("kept"));
    assert_eq!(body.resume(&1), Ok(Step::Returned(Some(1))));
}

#[test]
fn a_pause_without_a_new_value_panics_and_ends_it() {
    // It polls its port by hand and pauses once more than it yields.
    let (mut body, first) = resumable(async |mut port: Port<u8, &str>| {
        let mut yielded = Box::pin(port.yield_("one"));
        assert!(yielded.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            if polls < 3 {
                return Poll::Pending;
            }
            yielded.as_mut().poll(context).map(Option::<&u8>::copied)
        })
        .await
    });
    assert_eq!(first, Step::Yielded("one"));
    assert!(catch_unwind(AssertUnwindSafe(|| body.resume(&1))).is_err());
    assert_eq!(body.resume(&1), Err(Stopped));
}

#[test]
fn an_error_is_a_kind_of_item() {
    // What `throw` is for bodies that yield: caught, then yields.
    let (mut body, _) = resumable(async |mut port: Port<Result<u8, &str>, String>| {
        let mut answer = String::from("ready");
        while let Some(item) = port.yield_(answer).await {
            answer = match item {
                Ok(number) => number.to_string(),
                Err(error) => format!("caught {error}"),
            };
        }
    });
    assert_eq!(body.resume(&Ok(1)), Ok(Step::Yielded("1".into())));
    assert_eq!(body.resume(&Err("a stone")), Ok(Step::Yielded("caught a stone".into())));
    assert_eq!(body.resume(&Ok(2)), Ok(Step::Yielded("2".into())));
}

#[test]
fn it_delegates_with_its_port() {
    async fn squares(port: &mut Port<'_, u32, u32>, rounds: u32) -> u32 {
        let mut last = 0;
        for _ in 0..rounds {
            let Some(&item) = port.yield_(last).await else { break };
            last = item * item;
        }
        last
    }
    let (mut body, first) = resumable(async |mut port: Port<u32, u32>| {
        let a = squares(&mut port, 2).await;
        let b = squares(&mut port, 1).await;
        a + b
    });
    assert_eq!(first, Step::Yielded(0));
    assert_eq!(body.resume(&2), Ok(Step::Yielded(4)));
    assert_eq!(body.resume(&3), Ok(Step::Yielded(0)), "the second call begins anew");
    assert_eq!(body.resume(&4), Ok(Step::Returned(25)));
}

#[test]
fn it_debugs_its_state() {
    let unstarted = resumable_unstarted(async |mut port: Port<u8, String>| {
        let shown = format!("{port:?}");
        port.yield_(shown).await;
    });
    assert_eq!(format!("{unstarted:?}"), "UnstartedResumable { .. }");
    let (mut body, first) = unstarted.start();
    let shown = first.yielded().unwrap();
    assert_eq!(shown, "Port { input: Input { closing: false, .. }, .. }");
    assert_eq!(format!("{body:?}"), "Resumable { stopped: false, .. }");
    body.finish().unwrap();
    assert_eq!(format!("{body:?}"), "Resumable { stopped: true, .. }");
}

/// Resumes with the same item until it is over.
fn until_over<Y, R, B>(item: u8, mut body: B) -> (Vec<Y>, Option<R>)
where
    B: Resume<u8, Yield = Y, Return = R>,
{
    let (mut values, mut result) = (Vec::new(), None);
    while !body.is_stopped() {
        match body.resume(&item).unwrap() {
            step @ Step::Returned(_) => result = step.returned(),
            step @ Step::Yielded(_) => values.extend(step.yielded()),
        }
    }
    assert!(body.resume(&item).is_err() && body.finish().is_err());
    (values, result)
}

#[test]
fn a_function_of_any_that_resumes_knows_when_it_is_over() {
    let body = || {
        let body = resumable(async |mut port: Port<u8, u8>| {
            let mut sum = 0;
            for _ in 0..3 {
                sum += port.yield_(sum).await.unwrap();
            }
            format!("in all {sum}")
        });
        assert_eq!(body.1.yielded(), Some(0));
        body.0
    };
    let expected = (vec![5, 10], Some("in all 15".to_owned()));
    assert_eq!(until_over(5, body()), expected);
    let boxed: Box<dyn Resume<u8, Yield = u8, Return = String>> = Box::new(body());
    assert_eq!(until_over(5, boxed), expected);
    assert_eq!(until_over(5, &mut body()), expected);
}
