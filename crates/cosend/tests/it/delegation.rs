//! Delegation, case by case as `CPython`'s `test_yield_from` has it: a body passes its
//! handle to another `async fn`, which is fed, closed and thrown at in its place.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cosend::{
    FallibleInput, Output, Port, Shared, SharedError, Sink, Step, fallible, generator, resumable,
    shared,
};

/// What happened, in order.
type Trace = RefCell<Vec<String>>;

fn note(trace: &Trace, event: impl Into<String>) {
    trace.borrow_mut().push(event.into());
}

/// A `finally`: notes its event when it is dropped, however that comes about.
struct Finally<'a>(&'a Trace, &'static str);

impl Drop for Finally<'_> {
    fn drop(&mut self) {
        note(self.0, self.1);
    }
}

fn panic_message<R>(action: impl FnOnce() -> R) -> String {
    let Err(payload) = catch_unwind(AssertUnwindSafe(action)) else {
        panic!("it did not panic");
    };
    payload.downcast_ref::<&str>().copied().unwrap_or("?").to_owned()
}

#[test]
fn delegation_of_initial_next_to_subgenerator() {
    async fn g2(out: &mut Output<'_, u32>, trace: &Trace) {
        note(trace, "starting g2");
        out.yield_(42).await;
        note(trace, "finishing g2");
    }
    let trace = Trace::default();
    let g1 = generator(async |mut out| {
        note(&trace, "starting g1");
        g2(&mut out, &trace).await;
        note(&trace, "finishing g1");
    });
    for value in g1 {
        note(&trace, format!("yielded {value}"));
    }
    assert_eq!(
        trace.take(),
        ["starting g1", "starting g2", "yielded 42", "finishing g2", "finishing g1"]
    );
}

#[test]
fn raising_exception_in_initial_next_call() {
    async fn g2(_: &mut Output<'_, u32>, trace: &Trace) {
        let _finally = Finally(trace, "finishing g2");
        std::future::ready(()).await;
        panic!("spanish inquisition occurred");
    }
    let trace = Trace::default();
    let mut g1 = generator(async |mut out| {
        let _finally = Finally(&trace, "finishing g1");
        g2(&mut out, &trace).await;
    });
    assert_eq!(panic_message(|| g1.next()), "spanish inquisition occurred");
    assert_eq!(trace.take(), ["finishing g2", "finishing g1"]);
    assert_eq!(g1.next(), None);
}

/// Yields twice, or fails after the first.
async fn spam(out: &mut Output<'_, &'static str>, trace: &Trace, fail: bool) {
    note(trace, "starting g2");
    let _finally = Finally(trace, "finishing g2");
    out.yield_("g2 spam").await;
    assert!(!fail, "hovercraft is full of eels");
    out.yield_("g2 more spam").await;
}

#[test]
fn delegation_of_next_call_to_subgenerator() {
    let trace = Trace::default();
    let g1 = generator(async |mut out| {
        out.yield_("g1 ham").await;
        spam(&mut out, &trace, false).await;
        out.yield_("g1 eggs").await;
    });
    for value in g1 {
        note(&trace, value);
    }
    assert_eq!(
        trace.take(),
        ["g1 ham", "starting g2", "g2 spam", "g2 more spam", "finishing g2", "g1 eggs"]
    );
}

#[test]
fn raising_exception_in_delegated_next_call() {
    let trace = Trace::default();
    let mut g1 = generator(async |mut out| {
        let _finally = Finally(&trace, "finishing g1");
        out.yield_("g1 ham").await;
        spam(&mut out, &trace, true).await;
    });
    assert_eq!(g1.by_ref().take(2).collect::<Vec<_>>(), ["g1 ham", "g2 spam"]);
    assert!(catch_unwind(AssertUnwindSafe(|| g1.next())).is_err());
    assert_eq!(trace.take(), ["starting g2", "finishing g2", "finishing g1"]);
}

/// Receives twice, or fails after the first.
async fn listen(port: &mut Port<'_, u32, &'static str>, trace: &Trace, fail: bool) {
    note(trace, "starting g2");
    let item = port.yield_("g2 spam").await.copied();
    note(trace, format!("g2 received {item:?}"));
    assert!(!fail, "hovercraft is full of eels");
    let item = port.yield_("g2 more spam").await.copied();
    note(trace, format!("g2 received {item:?}"));
}

#[test]
fn delegation_of_send() {
    let trace = Trace::default();
    let (mut g1, first) = resumable(async |mut port: Port<u32, &'static str>| {
        let item = port.yield_("g1 ham").await.copied();
        note(&trace, format!("g1 received {item:?}"));
        listen(&mut port, &trace, false).await;
        let item = port.yield_("g1 eggs").await.copied();
        note(&trace, format!("g1 received {item:?}"));
    });
    assert_eq!(first, Step::Yielded("g1 ham"));
    for item in 1.. {
        match g1.resume(&item).unwrap() {
            Step::Yielded(value) => note(&trace, format!("yielded {value}")),
            Step::Returned(()) => break,
        }
    }
    assert_eq!(
        trace.take(),
        [
            "g1 received Some(1)",
            "starting g2",
            "yielded g2 spam",
            "g2 received Some(2)",
            "yielded g2 more spam",
            "g2 received Some(3)",
            "yielded g1 eggs",
            "g1 received Some(4)",
        ]
    );
}

#[test]
fn handling_exception_while_delegating_send() {
    let trace = Trace::default();
    let (mut g1, _) = resumable(async |mut port: Port<u32, &'static str>| {
        listen(&mut port, &trace, true).await;
        note(&trace, "not reached");
    });
    assert!(catch_unwind(AssertUnwindSafe(|| g1.resume(&2))).is_err());
    assert_eq!(trace.take(), ["starting g2", "g2 received Some(2)"]);
    assert!(g1.is_stopped());
}

#[test]
fn delegating_close() {
    let trace = Trace::default();
    let (g1, _) = resumable(async |mut port: Port<u32, &'static str>| {
        let _finally = Finally(&trace, "finishing g1");
        let inner = async {
            let _finally = Finally(&trace, "finishing g2");
            note(&trace, format!("g2 received {:?}", port.yield_("g2 spam").await));
        };
        inner.await;
        note(&trace, "back in g1");
        "result"
    });
    assert_eq!(g1.close(), "result");
    assert_eq!(trace.take(), ["g2 received None", "finishing g2", "back in g1", "finishing g1"]);
}

#[test]
fn handing_exception_while_delegating_close() {
    let trace = Trace::default();
    let (mut g1, _) = resumable(async |mut port: Port<u32, &'static str>| {
        let _finally = Finally(&trace, "finishing g1");
        let inner = async {
            let _finally = Finally(&trace, "finishing g2");
            port.yield_("g2 spam").await;
            panic!("nybbles have exploded with delight");
        };
        inner.await;
    });
    assert_eq!(panic_message(|| g1.finish()), "nybbles have exploded with delight");
    assert_eq!(trace.take(), ["finishing g2", "finishing g1"]);
}

#[test]
fn delegating_throw() {
    async fn g2(
        items: &mut FallibleInput<'_, u8, &str>,
        trace: &Trace,
    ) -> Result<(), &'static str> {
        let _finally = Finally(trace, "finishing g2");
        while items.next().await.map_err(|_| "tomato ejected")?.is_some() {}
        Ok(())
    }
    let trace = Trace::default();
    let mut g1 = fallible(async |mut items: FallibleInput<u8, &str>| {
        let _finally = Finally(&trace, "finishing g1");
        g2(&mut items, &trace).await?;
        note(&trace, "not reached");
        Ok(())
    });
    g1.send(&1).unwrap();
    assert_eq!(g1.throw("tomato"), Err("tomato ejected"));
    assert_eq!(trace.take(), ["finishing g2", "finishing g1"]);
}

#[test]
fn generator_return_value() {
    async fn g2<R>(out: &mut Output<'_, &'static str>, result: R) -> R {
        out.yield_("spam").await;
        result
    }
    let trace = Trace::default();
    let g1 = generator(async |mut out| {
        note(&trace, format!("{:?}", g2(&mut out, ()).await));
        note(&trace, format!("{:?}", g2(&mut out, 1).await));
        note(&trace, format!("{:?}", g2(&mut out, (2,)).await));
    });
    assert_eq!(g1.count(), 3);
    assert_eq!(trace.take(), ["()", "1", "(2,)"]);
}

#[test]
fn delegation_of_next_to_non_generator() {
    let g = generator(async |mut out| out.yield_from(0..3).await);
    assert_eq!(g.collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn delegation_of_close_to_non_generator() {
    let dropped = Trace::default();
    let values = std::iter::repeat(1).map({
        let finally = Finally(&dropped, "dropped");
        move |value| {
            let _ = &finally;
            value
        }
    });
    let mut g = generator(async |mut out| out.yield_from(values).await);
    assert_eq!(g.next(), Some(1));
    drop(g);
    assert_eq!(dropped.take(), ["dropped"]);
}

#[test]
fn exception_in_initial_next_call() {
    let trace = Trace::default();
    let g = generator(async |mut out| {
        out.yield_from(std::iter::from_fn(|| -> Option<u8> { panic!("no first one") })).await;
        note(&trace, "not reached");
    });
    let mut g = g;
    assert_eq!(panic_message(|| g.next()), "no first one");
    assert!(trace.take().is_empty());
}

#[test]
fn attempted_yield_from_loop() {
    // A stage that leads back to itself.
    type Stage = Shared<Box<dyn Sink<u8, Return = ()>>>;
    let own = std::rc::Rc::new(RefCell::new(None::<Stage>));
    let inside = std::rc::Rc::clone(&own);
    let seen = std::rc::Rc::new(RefCell::new(Vec::new()));
    let log = std::rc::Rc::clone(&seen);
    let g1: Stage =
        shared(Box::new(cosend::coroutine(async move |mut items: cosend::Input<u8>| {
            while let Some(item) = items.next().await {
                let refused = inside.borrow().as_ref().map(|own| own.try_send(item));
                log.borrow_mut().push(refused);
            }
        })));
    *own.borrow_mut() = Some(g1.clone());
    g1.try_send(&1).unwrap();
    assert_eq!(seen.take(), [Some(Err(SharedError::AlreadyExecuting))]);
    let cycle = own.borrow_mut().take();
    drop(cycle);
}

#[test]
fn returning_value_from_delegated_throw() {
    // To throw at a body that yields, send it a `Result`.
    type Lunch<'id> = Port<'id, Result<(), &'static str>, &'static str>;
    async fn g2(port: &mut Lunch<'_>) {
        if let Some(Err("LunchError")) = port.yield_("g2 spam").await {
            port.yield_("g2 lunch saved").await;
            port.yield_("g2 yet more spam").await;
        }
    }
    let (mut g1, first) = resumable(async |mut port: Lunch| {
        g2(&mut port).await;
        port.yield_("g1 eggs").await;
    });
    assert_eq!(first, Step::Yielded("g2 spam"));
    assert_eq!(g1.resume(&Err("LunchError")), Ok(Step::Yielded("g2 lunch saved")));
    assert_eq!(g1.resume(&Ok(())), Ok(Step::Yielded("g2 yet more spam")));
    assert_eq!(g1.resume(&Ok(())), Ok(Step::Yielded("g1 eggs")));
    assert_eq!(g1.resume(&Ok(())), Ok(Step::Returned(())));
}

#[test]
fn send_and_return_with_value() {
    let (mut g, _) = resumable(async |mut port: Port<str, ()>| port.yield_(()).await.map(str::len));
    assert_eq!(g.resume("spam"), Ok(Step::Returned(Some(4))));
}

#[test]
fn catching_exception_from_subgen_and_returning() {
    async fn inner(items: &mut FallibleInput<'_, u8, &str>) -> u8 {
        match items.next().await {
            Err("ValueError") => 2,
            _ => 0,
        }
    }
    let mut outer = fallible(async |mut items: FallibleInput<u8, &str>| {
        let value = inner(&mut items).await;
        items.next().await?;
        Ok(value)
    });
    assert_eq!(outer.throw("ValueError"), Ok(()));
    assert_eq!(outer.close(), Ok(2));
}

#[test]
#[should_panic(expected = "it yielded again after `None`")]
fn throwing_generator_exit_into_subgenerator_that_yields() {
    async fn f(port: &mut Port<'_, u8, u8>) {
        port.yield_(1).await;
        port.yield_(2).await;
    }
    let (g, _) = resumable(async |mut port: Port<u8, u8>| f(&mut port).await);
    g.close();
}

#[test]
fn throwing_generator_exit_into_subgen_that_returns() {
    let (mut g, _) = resumable(async |mut port: Port<u8, u8>| {
        let inner = async { port.yield_(1).await.is_none() };
        assert!(inner.await);
        "the outer one goes on, and ends"
    });
    assert_eq!(g.finish(), Ok("the outer one goes on, and ends"));
}

#[test]
fn yield_from_empty() {
    assert_eq!(generator(async |mut out: Output<u8>| out.yield_from([]).await).next(), None);
}

#[test]
fn custom_iterator_return() {
    let mut ret = None;
    let mut outer = generator(async |mut out: Output<u8>| {
        let mut inner = generator(async |_: Output<u8>| 42);
        out.yield_from(inner.by_ref()).await;
        ret = inner.take_result();
    });
    assert_eq!(outer.next(), None);
    drop(outer);
    assert_eq!(ret, Some(42));
}

#[test]
fn send_tuple() {
    let (mut g, _) =
        resumable(async |mut port: Port<(u8, u8, u8, u8), ()>| port.yield_(()).await.copied());
    assert_eq!(g.resume(&(1, 2, 3, 4)), Ok(Step::Returned(Some((1, 2, 3, 4)))));
}

#[test]
fn a_deep_stack_of_delegations() {
    async fn countdown(out: &mut Output<'_, u32>, from: u32) -> u32 {
        if from == 0 {
            return 0;
        }
        out.yield_(from).await;
        1 + Box::pin(countdown(out, from - 1)).await
    }
    let mut deep = generator(async |mut out| countdown(&mut out, 100).await);
    assert_eq!(deep.by_ref().sum::<u32>(), 5050);
    assert_eq!(deep.take_result(), Some(100));
}
