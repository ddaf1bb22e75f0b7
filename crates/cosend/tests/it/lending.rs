//! The rules of the lending slot, as `src/lend/mod.rs` numbers them. What the compiler
//! alone enforces (rules 5 and 6) is in `tests/compile_fail`.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use cosend::{Input, Sink, Stopped, coroutine};

use crate::support::{FOREIGN, foreign_pause, forgotten, panic_message, poll_once, send_heap};

/// Says when it is dropped, and reads its loan while it is.
struct ReadsWhenDropped<'a> {
    loan: &'a str,
    log: &'a RefCell<Vec<String>>,
}

impl Drop for ReadsWhenDropped<'_> {
    fn drop(&mut self) {
        self.log.borrow_mut().push(format!("dropped with {}", self.loan));
    }
}

#[test]
fn rule_1_a_pause_that_is_dropped_unfinished_no_longer_waits() {
    let mut body = coroutine(async |mut items: Input<str>| {
        items.next().await;
        {
            let next = pin!(items.next());
            assert!(poll_once(next).is_pending());
        }
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut body, "a")).contains(FOREIGN));
    assert_eq!(send_heap(&mut body, "b"), Err(Stopped));
}

#[test]
fn rule_1_a_pause_that_is_dropped_unfinished_leaves_the_next_one_whole() {
    let mut body = coroutine(async |mut items: Input<str>| {
        {
            let next = pin!(items.next());
            assert!(poll_once(next).is_pending());
        }
        items.next().await.map(str::to_owned)
    });
    send_heap(&mut body, "a").unwrap();
    assert_eq!(body.close().as_deref(), Some("a"));
}

#[test]
fn rule_1_waiting_ends_when_the_item_is_taken() {
    let log = RefCell::new(Vec::new());
    let mut body = coroutine(async |mut items: Input<str>| {
        let loan = items.next().await.unwrap();
        let _guard = ReadsWhenDropped { loan, log: &log };
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut body, "a")).contains(FOREIGN));
    assert_eq!(log.take(), ["dropped with a"]);
}

#[test]
fn rule_2_a_body_that_pauses_elsewhere_is_dropped_before_the_send_returns() {
    let log = RefCell::new(Vec::new());
    let mut body = coroutine(async |mut items: Input<str>| {
        let loan = items.next().await.unwrap();
        let _guard = ReadsWhenDropped { loan, log: &log };
        foreign_pause().await;
        log.borrow_mut().push("resumed".to_owned());
    });
    let item = "on loan".to_owned();
    let message = panic_message(|| {
        let sent = body.send(&item);
        log.borrow_mut().push("the send returned".to_owned());
        sent
    });
    drop(item);
    assert!(message.contains(FOREIGN));
    assert_eq!(log.take(), ["dropped with on loan"]);
    assert!(body.is_stopped());
    assert_eq!(body.finish(), Err(Stopped));
}

#[test]
fn rule_2_holds_at_the_start() {
    let dropped = Rc::new(());
    let held = Rc::clone(&dropped);
    let message = panic_message(|| {
        coroutine(async move |_items: Input<str>| {
            foreign_pause().await;
            drop(held);
        })
    });
    assert!(message.contains(FOREIGN));
    assert_eq!(Rc::strong_count(&dropped), 1);
}

#[test]
fn rule_2_holds_when_the_drop_of_the_body_panics() {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            panic!("loud");
        }
    }
    let mut body = coroutine(async |mut items: Input<str>| {
        let _loan = items.next().await;
        let _loud = Loud;
        foreign_pause().await;
    });
    assert_eq!(panic_message(|| send_heap(&mut body, "a")), "loud");
    assert_eq!(send_heap(&mut body, "b"), Err(Stopped));
    assert_eq!(body.finish(), Err(Stopped));
}

#[test]
fn rule_2_a_forgotten_pause_waits_for_nothing() {
    let mut body = coroutine(async |mut items: Input<str>| {
        let mut next = items.next();
        assert!(poll_once(Pin::new(&mut next)).is_pending());
        std::mem::forget(next);
        foreign_pause().await;
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut body, "nobody takes it")).contains(FOREIGN));
    assert!(body.is_stopped());
}

#[test]
fn rule_2_a_forgotten_body_that_holds_a_loan_reads_nothing() {
    let mut body = coroutine(async |mut items: Input<str>| {
        {
            let mut reader = Box::pin(async {
                let loan = items.next().await.unwrap();
                foreign_pause().await;
                loan.len()
            });
            assert!(poll_once(reader.as_mut()).is_pending());
            let mut polls = 0;
            poll_fn(|_| {
                polls += 1;
                if polls == 1 {
                    return Poll::Pending;
                }
                assert!(poll_once(reader.as_mut()).is_pending(), "it holds the item now");
                Poll::Ready(())
            })
            .await;
            forgotten(&raw const *reader);
            std::mem::forget(reader);
        }
        items.next().await.map(str::to_owned)
    });
    send_heap(&mut body, "first").unwrap();
    send_heap(&mut body, "second").unwrap();
    assert_eq!(body.close().as_deref(), Some("second"));
}

#[test]
fn rule_3_a_finished_pause_is_not_polled_again() {
    let mut body = coroutine(async |mut items: Input<str>| {
        let mut next = items.next();
        let loan = (&mut next).await;
        assert_eq!(loan, Some("a"));
        (&mut next).await;
    });
    let message = panic_message(|| send_heap(&mut body, "a"));
    assert_eq!(message, "a pause was polled again after it had ended");
}

#[test]
fn rule_3_a_finished_pause_does_not_set_waiting_when_it_ends() {
    let mut body = coroutine(async |mut items: Input<str>| {
        let next = items.next();
        let mut next = Box::pin(next);
        let first = next.as_mut().await.map(str::to_owned);
        drop(next);
        (first, items.next().await.map(str::to_owned))
    });
    send_heap(&mut body, "a").unwrap();
    send_heap(&mut body, "b").unwrap();
    assert_eq!(body.close(), (Some("a".to_owned()), Some("b".to_owned())));
}

#[test]
fn rule_4_an_item_that_was_not_taken_is_gone_after_the_send() {
    // The body returns in the second poll without looking at what was sent.
    let mut body = coroutine(async |mut items: Input<str>| {
        {
            let mut next = pin!(items.next());
            assert!(poll_once(next.as_mut()).is_pending());
            foreign_pause_keeping(next).await;
        }
        "returned"
    });
    send_heap(&mut body, "not taken").unwrap();
    assert!(body.is_stopped());
    assert_eq!(body.close(), "returned");
}

/// A pause during which another future stays alive.
async fn foreign_pause_keeping<F>(_kept: F) {
    foreign_pause().await;
}

#[test]
fn rule_4_holds_when_the_body_panics() {
    let mut body = coroutine(async |mut items: Input<str>| {
        let mut next = items.next();
        assert!(poll_once(Pin::new(&mut next)).is_pending());
        foreign_pause().await;
        panic!("before the item was taken");
    });
    // The pause was waiting when the body stopped elsewhere: the start accepts it.
    assert_eq!(panic_message(|| send_heap(&mut body, "a")), "before the item was taken");
    assert_eq!(send_heap(&mut body, "b"), Err(Stopped));
    assert_eq!(body.finish(), Err(Stopped));
}

#[test]
fn rule_4_a_send_to_a_stopped_body_leaves_nothing_behind() {
    let mut body = coroutine(async |_: Input<str>| ());
    assert_eq!(send_heap(&mut body, "a"), Err(Stopped));
    assert_eq!(body.finish(), Ok(()));
    assert_eq!(send_heap(&mut body, "b"), Err(Stopped));
}

#[test]
fn rule_6_a_loan_of_a_borrowed_item_keeps_its_own_lifetime() {
    // What is *in* the item may be kept; only the loan of it ends with the send.
    let text = String::from("some text");
    let mut body = coroutine(async |mut items: Input<&str>| {
        let mut kept = Vec::new();
        while let Some(item) = items.next().await {
            kept.push(*item);
        }
        kept
    });
    for word in text.split(' ') {
        body.send(&word).unwrap();
    }
    assert_eq!(body.close(), ["some", "text"]);
}

#[test]
fn rule_7_a_coroutine_moves_between_sends() {
    let mut body = coroutine(async |mut items: Input<str>| {
        let mut all = String::new();
        let longest = &mut String::new();
        while let Some(item) = items.next().await {
            all.push_str(item);
            if item.len() > longest.len() {
                item.clone_into(longest);
            }
        }
        (all, longest.clone())
    });
    send_heap(&mut body, "a").unwrap();
    let mut boxed = Box::new(body);
    send_heap(&mut boxed, "bcd").unwrap();
    let mut many = vec![*boxed];
    many.reserve(1000);
    send_heap(&mut many[0], "ef").unwrap();
    assert_eq!(many.remove(0).close(), ("abcdef".to_owned(), "bcd".to_owned()));
}

#[test]
fn rules_hold_for_an_input_that_another_coroutine_holds() {
    // The outer item is taken, and held, by a coroutine inside the body.
    let log = RefCell::new(Vec::new());
    let mut outer = coroutine(async |mut items: Input<str>| {
        let mut inner = coroutine(async |mut ticks: Input<u8>| {
            let mut outer_item = pin!(items.next());
            assert!(poll_once(outer_item.as_mut()).is_pending());
            ticks.next().await;
            let Poll::Ready(Some(loan)) = poll_once(outer_item) else { panic!("no item") };
            let _guard = ReadsWhenDropped { loan, log: &log };
            while ticks.next().await.is_some() {}
        });
        foreign_pause().await;
        inner.send(&0).unwrap();
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut outer, "on loan")).contains(FOREIGN));
    assert_eq!(log.take(), ["dropped with on loan"]);
}

/// Polls a pause once more when it is dropped, and notes what it gives.
struct PolledWhenDropped<'a, F: Future<Output = Option<&'a str>>> {
    pause: Pin<Box<F>>,
    log: &'a RefCell<Vec<String>>,
}

impl<'a, F: Future<Output = Option<&'a str>>> Drop for PolledWhenDropped<'a, F> {
    fn drop(&mut self) {
        self.log.borrow_mut().push(format!("{:?}", poll_once(self.pause.as_mut())));
    }
}

#[test]
fn rule_4_a_destructor_finds_no_item_once_its_send_has_gone_wrong() {
    let log = RefCell::new(Vec::new());
    let mut body = coroutine(async |mut items: Input<str>| {
        let mut watched = PolledWhenDropped { pause: Box::pin(items.next()), log: &log };
        assert!(poll_once(watched.pause.as_mut()).is_pending());
        poll_fn(|_| Poll::<()>::Pending).await;
    });
    assert!(panic_message(|| send_heap(&mut body, "not taken")).contains(FOREIGN));
    assert_eq!(log.take(), ["Pending"]);
}

#[test]
fn a_destructor_is_told_of_the_close_as_well() {
    let log = RefCell::new(Vec::new());
    let body = coroutine(async |mut items: Input<str>| {
        let mut watched = PolledWhenDropped { pause: Box::pin(items.next()), log: &log };
        assert!(poll_once(watched.pause.as_mut()).is_pending());
        poll_fn(|_| Poll::<()>::Pending).await;
    });
    assert!(panic_message(|| body.close()).contains("ignored its closing"));
    assert_eq!(log.take(), ["Ready(None)"]);
}
