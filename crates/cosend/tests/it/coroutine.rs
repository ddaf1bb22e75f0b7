//! Coroutines from the outside: sending, stopping, closing, dropping, panicking.

use std::cell::{Cell, RefCell};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::pin::pin;
use std::rc::Rc;

use cosend::{Input, Sink, Stopped, coroutine, coroutine_unstarted, inspect};

use crate::support::{foreign_pause, panic_message, panic_place, poll_once, send_heap};

/// Joins the words it is sent, and logs where it comes by.
fn join(log: &RefCell<Vec<String>>) -> impl Sink<str, Return = String> {
    coroutine(async move |mut words: Input<str>| {
        log.borrow_mut().push("started".to_owned());
        let mut joined = String::new();
        while let Some(word) = words.next().await {
            joined.push_str(word);
        }
        log.borrow_mut().push(format!("closed with {joined}"));
        joined
    })
}

#[test]
fn a_coroutine_is_primed() {
    let log = RefCell::new(Vec::new());
    let body = join(&log);
    assert_eq!(log.borrow().as_slice(), ["started"]);
    drop(body);
}

#[test]
fn an_unstarted_coroutine_says_nothing_not_even_when_dropped() {
    let said = Cell::new(false);
    drop(coroutine_unstarted(async |_: Input<str>| said.set(true)));
    assert!(!said.get());
    let started = coroutine_unstarted(async |_: Input<str>| said.set(true)).start();
    assert!(said.get());
    assert!(started.is_stopped());
}

#[test]
fn close_gives_the_return_value() {
    let log = RefCell::new(Vec::new());
    let mut body = join(&log);
    body.send("a").unwrap();
    body.send("b").unwrap();
    assert_eq!(body.close(), "ab");
    assert_eq!(log.take(), ["started", "closed with ab"]);
}

#[test]
fn finish_gives_the_return_value_once() {
    let log = RefCell::new(Vec::new());
    let mut body = join(&log);
    body.send("a").unwrap();
    assert_eq!(body.finish().as_deref(), Ok("a"));
    assert_eq!(body.send("b"), Err(Stopped));
    assert_eq!(body.finish(), Err(Stopped));
    drop(body);
    assert_eq!(log.take(), ["started", "closed with a"]);
}

#[test]
#[should_panic(expected = "which has no result: its result was taken before")]
fn close_after_finish_panics() {
    let log = RefCell::new(Vec::new());
    let mut body = join(&log);
    body.finish().unwrap();
    body.close();
}

#[test]
fn a_drop_closes() {
    let log = RefCell::new(Vec::new());
    let mut body = join(&log);
    body.send("a").unwrap();
    drop(body);
    assert_eq!(log.take(), ["started", "closed with a"]);
}

#[test]
fn a_drop_while_unwinding_runs_no_more_of_the_body() {
    let log = RefCell::new(Vec::new());
    let dropped = Rc::new(());
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let held = Rc::clone(&dropped);
        let log = &log;
        let _body = coroutine(async move |mut words: Input<str>| {
            while words.next().await.is_some() {}
            log.borrow_mut().push("closed".to_owned());
            drop(held);
        });
        panic!("outside");
    }));
    assert!(unwound.is_err());
    assert!(log.take().is_empty());
    assert_eq!(Rc::strong_count(&dropped), 1, "what the body held is dropped");
}

#[test]
fn a_body_that_returns_has_stopped_and_keeps_its_result() {
    let mut first = coroutine(async |mut words: Input<str>| {
        words.next().await.map_or(String::new(), str::to_owned)
    });
    assert!(!first.is_stopped());
    first.send("a").unwrap();
    assert!(first.is_stopped());
    assert_eq!(first.send("b"), Err(Stopped));
    assert_eq!(first.send("c"), Err(Stopped));
    assert_eq!(first.close(), "a");
}

#[test]
fn a_body_that_never_pauses_has_stopped_from_the_start() {
    let mut body = coroutine(async |_: Input<str>| 7);
    assert!(body.is_stopped());
    assert_eq!(body.send("a"), Err(Stopped));
    assert_eq!(body.finish(), Ok(7));
}

#[test]
fn after_none_comes_none_again() {
    let body = coroutine(async |mut words: Input<str>| {
        let mut asked = 0;
        while asked < 5 {
            assert_eq!(words.next().await, None);
            asked += 1;
        }
        asked
    });
    assert_eq!(body.close(), 5);
}

#[test]
#[should_panic(expected = "ignored its closing")]
fn ignoring_the_close_panics() {
    let body = coroutine(async |mut words: Input<str>| {
        while words.next().await.is_some() {}
        pending::<()>().await;
    });
    body.close();
}

#[test]
#[should_panic(expected = "ignored its closing")]
fn ignoring_the_close_panics_in_a_drop_too() {
    drop(coroutine(async |mut words: Input<str>| {
        while words.next().await.is_some() {}
        pending::<()>().await;
    }));
}

/// The literal translation of the chapter's second program: it never looks for the end.
fn deaf() -> impl Sink<str, Return = ()> {
    coroutine(async |mut texts: Input<str>| -> () {
        loop {
            let text = texts.next().await;
            if text.is_some_and(|text| text.contains("Ruby")) {}
        }
    })
}

#[test]
fn a_body_that_asks_for_more_without_end_ignores_its_closing() {
    let mut finished = deaf();
    finished.send("Ruby").unwrap();
    let message = panic_message(|| finished.finish());
    assert!(message.contains("ignored its closing: it asked for another item 1000 times"));
    assert!(message.contains("`item`"), "the way out: {message}");
    assert_eq!(finished.finish(), Err(Stopped));
    drop(finished);
    let message = panic_message(|| drop(deaf()));
    assert!(message.contains("ignored its closing"));
}

#[test]
fn a_body_may_ask_again_999_times() {
    let asks = |times: u32| {
        coroutine(async move |mut texts: Input<str>| {
            for _ in 0..times {
                assert_eq!(texts.next().await, None);
            }
            times
        })
    };
    assert_eq!(asks(999).close(), 999);
    assert!(panic_message(|| asks(1000).close()).contains("ignored its closing"));
}

/// Says when it is dropped.
struct Local<F: Fn(&str)>(F);

impl<F: Fn(&str)> Drop for Local<F> {
    fn drop(&mut self) {
        (self.0)("dropped");
    }
}

#[test]
fn an_item_is_given_as_long_as_any_comes_and_the_closing_ends_the_body_there() {
    let log = RefCell::new(Vec::new());
    let note = |event: &str| log.borrow_mut().push(event.to_owned());
    let body = || {
        coroutine(async |mut words: Input<str>| -> () {
            let _local = Local(&note);
            loop {
                let word = words.item().await;
                note(word);
            }
        })
    };
    let mut dropped = body();
    send_heap(&mut dropped, "a").unwrap();
    send_heap(&mut dropped, "b").unwrap();
    drop(dropped);
    assert_eq!(log.take(), ["a", "b", "dropped"]);
    let mut finished = body();
    assert_eq!(finished.finish(), Err(Stopped));
    assert_eq!(log.take(), ["dropped"]);
    assert!(finished.is_stopped());
    assert_eq!(finished.send("c"), Err(Stopped));
    assert!(log.take().is_empty());
    let message = panic_message(|| body().close());
    assert!(message.contains("has no result: its body was at an `item`"), "{message}");
}

#[test]
fn a_body_that_leaves_an_item_behind_sees_its_closing_after_all() {
    let body = coroutine(async |mut words: Input<str>| {
        {
            let mut pause = pin!(words.item());
            assert!(poll_once(pause.as_mut()).is_pending());
            foreign_pause().await;
            assert!(poll_once(pause.as_mut()).is_pending(), "it is closed, and would end here");
        }
        words.next().await.map(str::to_owned)
    });
    assert_eq!(body.close(), None);
}

#[test]
fn both_kinds_of_pauses_mix() {
    let read = || {
        coroutine(async |mut words: Input<str>| {
            let header = words.next().await?.to_owned();
            let first = words.item().await.to_owned();
            Some((header, first))
        })
    };
    assert_eq!(read().close(), None);
    let mut cut_off = read();
    cut_off.send("header").unwrap();
    assert_eq!(cut_off.finish(), Err(Stopped));
    let mut whole = read();
    whole.send("header").unwrap();
    whole.send("first").unwrap();
    assert_eq!(whole.close(), Some(("header".to_owned(), "first".to_owned())));
}

#[track_caller]
fn pauses_elsewhere() -> impl Sink<str, Return = ()> {
    coroutine(async |mut words: Input<str>| {
        while words.next().await.is_some() {
            pending::<()>().await;
        }
    })
}

#[test]
fn messages_name_the_place_of_the_making_and_the_cure() {
    let (line, mut body) = (line!(), pauses_elsewhere());
    let message = panic_message(|| body.send("a"));
    assert!(message.contains(&format!("made at {}:{line}:", file!())), "{message}");
    assert!(message.contains("`owned_coroutine`"), "{message}");
}

#[test]
fn panics_point_to_the_call() {
    let here = |line| format!("{}:{line}:", file!());
    let mut body = pauses_elsewhere();
    let (line, place) = (line!(), panic_place(|| body.send("a")));
    assert!(place.starts_with(&here(line)), "{place}");
    let (line, place) = (line!(), panic_place(|| pauses_elsewhere().run(["a"])));
    assert!(place.starts_with(&here(line)), "{place}");
    let mut behind = inspect(|_: &str| (), pauses_elsewhere());
    let (line, place) = (line!(), panic_place(|| behind.send("a")));
    assert!(place.starts_with(&here(line)), "{place}");
}

/// Writes a report with a coroutine of its own when it is dropped.
struct Report<'a>(&'a RefCell<Vec<String>>);

impl Drop for Report<'_> {
    fn drop(&mut self) {
        let mut report = coroutine(async |mut words: Input<str>| {
            let mut text = String::new();
            while let Some(word) = words.next().await {
                text += word;
            }
            self.0.borrow_mut().push(text);
        });
        report.send("important").unwrap();
    }
}

#[test]
fn a_coroutine_made_while_unwinding_is_closed_as_any_other() {
    let written = RefCell::new(Vec::new());
    drop(Report(&written));
    let unwound = panic_message(|| {
        let _report = Report(&written);
        panic!("outside");
    });
    assert_eq!(unwound, "outside");
    assert_eq!(written.take(), ["important", "important"]);
}

#[test]
fn a_panic_in_the_body_leaves_send_and_ends_it() {
    let mut body = coroutine(async |mut words: Input<str>| {
        while let Some(word) = words.next().await {
            if word == "bad" {
                panic_any(42_u8);
            }
        }
    });
    body.send("good").unwrap();
    let payload = catch_unwind(AssertUnwindSafe(|| body.send("bad"))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&42_u8));
    assert!(body.is_stopped());
    assert_eq!(body.send("good"), Err(Stopped));
    assert_eq!(body.finish(), Err(Stopped));
    assert!(catch_unwind(AssertUnwindSafe(|| body.close())).is_err());
}

#[test]
fn a_panic_while_closing_leaves_finish_and_ends_it() {
    let mut body = coroutine(async |mut words: Input<str>| {
        while words.next().await.is_some() {}
        panic_any("fie");
    });
    let payload = catch_unwind(AssertUnwindSafe(|| body.finish())).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"fie"));
    assert_eq!(body.finish(), Err::<(), _>(Stopped));
}

#[test]
fn a_body_may_catch_a_panic_and_go_on() {
    let mut body = coroutine(async |mut numbers: Input<u32>| {
        let mut failed = 0;
        while let Some(&number) = numbers.next().await {
            failed += u32::from(catch_unwind(|| assert!(number < 3, "too much")).is_err());
        }
        failed
    });
    for number in 0..5 {
        body.send(&number).unwrap();
    }
    assert_eq!(body.close(), 2);
}

#[test]
fn a_coroutine_drives_another() {
    let log = RefCell::new(Vec::new());
    let mut outer = coroutine(async |mut words: Input<str>| {
        let mut inner = join(&log);
        while let Some(word) = words.next().await {
            inner.send(word).unwrap();
            inner.send("-").unwrap();
        }
        inner.close()
    });
    outer.send("a").unwrap();
    outer.send("b").unwrap();
    assert_eq!(outer.close(), "a-b-");
}

#[test]
fn dropping_the_outer_closes_the_inner() {
    let log = RefCell::new(Vec::new());
    let mut outer = coroutine(async |mut words: Input<str>| {
        let mut inner = join(&log);
        while let Some(word) = words.next().await {
            inner.send(word).unwrap();
        }
    });
    outer.send("a").unwrap();
    drop(outer);
    assert_eq!(log.take(), ["started", "closed with a"]);
}

#[test]
fn a_body_sent_to_from_itself_is_refused_by_the_cell_around_it() {
    type Shared = Rc<RefCell<Option<Box<dyn Sink<u8, Return = ()>>>>>;
    let shared: Shared = Rc::default();
    let own = Rc::clone(&shared);
    let refused = Rc::new(Cell::new(0));
    let seen = Rc::clone(&refused);
    *shared.borrow_mut() = Some(Box::new(coroutine(async move |mut items: Input<u8>| {
        while items.next().await.is_some() {
            seen.set(seen.get() + u8::from(own.try_borrow_mut().is_err()));
        }
    })));
    let send = |item| shared.borrow_mut().as_mut().unwrap().send(item);
    send(&1).unwrap();
    send(&2).unwrap();
    assert_eq!(refused.get(), 2);
    // The body owns a handle to itself: break the cycle.
    let body = shared.borrow_mut().take();
    drop(body);
}

#[test]
fn what_a_body_borrows_is_free_again_after_close() {
    let mut log = Vec::new();
    let mut body = coroutine(async |mut items: Input<u8>| {
        while let Some(item) = items.next().await {
            log.push(*item);
        }
    });
    body.send(&1).unwrap();
    body.close();
    log.push(2);
    assert_eq!(log, [1, 2]);
}

#[test]
fn an_input_is_delegated_by_value_and_by_reference() {
    async fn one(items: &mut Input<'_, u8>) -> Option<u8> {
        items.next().await.copied()
    }
    async fn rest(mut items: Input<'_, u8>) -> u8 {
        let mut sum = 0;
        while let Some(item) = items.next().await {
            sum += item;
        }
        sum
    }
    let mut body = coroutine(async |mut items: Input<u8>| {
        let first = one(&mut items).await;
        (first, rest(items).await)
    });
    for item in [1, 2, 3] {
        body.send(&item).unwrap();
    }
    assert_eq!(body.close(), (Some(1), 5));
}

#[test]
fn a_function_is_a_body_as_well_as_a_closure() {
    async fn length(mut words: Input<'_, str>) -> usize {
        let mut length = 0;
        while let Some(word) = words.next().await {
            length += word.len();
        }
        length
    }
    let mut body = coroutine(length);
    body.send("four").unwrap();
    assert_eq!(body.close(), 4);
}

#[test]
fn a_stopped_body_debugs_as_such() {
    let mut body = coroutine(async |mut words: Input<str>| {
        words.next().await;
    });
    assert_eq!(format!("{body:?}"), "Coroutine { stopped: false, .. }");
    body.send("a").unwrap();
    assert_eq!(format!("{body:?}"), "Coroutine { stopped: true, .. }");
    let unstarted = coroutine_unstarted(async |_: Input<str>| ());
    assert_eq!(format!("{unstarted:?}"), "Unstarted { .. }");
}

#[test]
fn handles_debug_their_state() {
    let mut body = coroutine(async |mut words: Input<str>| {
        let open = format!("{words:?}");
        let unfinished = format!("{:?}", words.next());
        while words.next().await.is_some() {}
        let finished = {
            let mut last = words.next();
            let _ = (&mut last).await;
            format!("{last:?}")
        };
        [open, unfinished, finished, format!("{words:?}")]
    });
    body.send("a").unwrap();
    assert_eq!(
        body.close(),
        [
            "Input { closing: false, .. }",
            "Next { finished: false, .. }",
            "Next { finished: true, .. }",
            "Input { closing: true, .. }",
        ]
    );
}

#[test]
fn stopped_is_an_error_with_a_sentence() {
    let error: Box<dyn std::error::Error> = Box::new(Stopped);
    assert_eq!(error.to_string(), "the receiver has stopped");
}

#[test]
fn a_panic_payload_passes_through_a_network_unchanged() {
    let inner = coroutine(async |mut items: Input<u8>| {
        items.next().await;
        resume_unwind(Box::new("inner"));
    });
    let mut outer = coroutine(async move |mut items: Input<u8>| {
        let mut inner = inner;
        while let Some(item) = items.next().await {
            let _ = Sink::<u8>::send(&mut inner, item);
        }
    });
    let payload = catch_unwind(AssertUnwindSafe(|| outer.send(&1))).unwrap_err();
    assert_eq!(payload.downcast_ref(), Some(&"inner"));
    assert!(outer.is_stopped());
}
