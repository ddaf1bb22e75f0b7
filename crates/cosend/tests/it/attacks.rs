//! Attacks on the lending slot by safe code, each of which tries to read an item after its
//! send. They are for an address sanitizer, valgrind and Miri as much as for their results.

use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::future::{Future, pending, poll_fn};
use std::mem::{self, ManuallyDrop};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll};

use cosend::{Input, Sink, Stopped, coroutine};

use crate::support::{
    FOREIGN, caught, foreign_pause, forgotten, panic_message, poll_once, send_heap,
};

/// A hand-written future as a body: it keeps what it can from poll to poll.
struct Hand<'id, F> {
    input: Input<'id, str>,
    step: F,
    polls: usize,
}

impl<F> Future for Hand<'_, F>
where
    F: FnMut(&mut Input<'_, str>, usize) -> Poll<usize> + Unpin,
{
    type Output = usize;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<usize> {
        let this = &mut *self;
        this.polls += 1;
        (this.step)(&mut this.input, this.polls - 1)
    }
}

fn hand<F>(input: Input<'_, str>, step: F) -> Hand<'_, F>
where
    F: FnMut(&mut Input<'_, str>, usize) -> Poll<usize> + Unpin,
{
    Hand { input, step, polls: 0 }
}

/// Polls a new pause once and forgets it; whether it gave an item, and its length.
fn poll_and_forget(input: &mut Input<'_, str>) -> Poll<Option<usize>> {
    let mut pause = input.next();
    let polled = poll_once(Pin::new(&mut pause)).map(|item| item.map(str::len));
    mem::forget(pause);
    polled
}

#[test]
fn pauses_that_are_forgotten_at_every_poll() {
    let mut body = coroutine(async |input: Input<str>| {
        let mut bytes = 0;
        hand(input, move |input, _| match poll_and_forget(input) {
            Poll::Ready(Some(length)) => {
                bytes += length;
                assert!(poll_and_forget(input).is_pending());
                Poll::Pending
            }
            Poll::Ready(None) => Poll::Ready(bytes),
            Poll::Pending => Poll::Pending,
        })
        .await
    });
    for word in ["a", "bc", "def"] {
        send_heap(&mut body, word).unwrap();
    }
    assert_eq!(body.close(), 6);
}

#[test]
fn an_item_taken_by_a_pause_that_is_forgotten_without_another() {
    let mut body = coroutine(async |input: Input<str>| {
        hand(input, |input, polls| {
            assert_eq!(poll_and_forget(input).is_ready(), polls > 0);
            Poll::Pending
        })
        .await
    });
    assert!(panic_message(|| send_heap(&mut body, "x")).contains(FOREIGN));
    assert_eq!(send_heap(&mut body, "y"), Err(Stopped));
}

#[test]
fn a_leaked_input_whose_loan_lasts_as_long_as_it() {
    let mut body = coroutine(async |input: Input<str>| {
        let leaked = Box::leak(Box::new(input));
        forgotten(&raw const *leaked);
        let kept = [leaked.next().await.unwrap()];
        foreign_pause().await;
        kept.len()
    });
    assert!(panic_message(|| send_heap(&mut body, "leak")).contains(FOREIGN));
    assert!(body.is_stopped());
}

#[test]
fn a_loan_sent_to_an_inner_coroutine_that_is_leaked() {
    let mut body = coroutine(async |input: Input<str>| {
        let leaked = Box::leak(Box::new(input));
        forgotten(&raw const *leaked);
        let loan = leaked.next().await.unwrap();
        let mut inner = Box::new(coroutine(async |mut words: Input<&str>| {
            let mut kept: Vec<&str> = Vec::new();
            while let Some(word) = words.next().await {
                kept.push(word);
            }
            kept.concat()
        }));
        inner.send(&loan).unwrap();
        inner.send(&loan).unwrap();
        forgotten(&raw const *inner);
        mem::forget(inner);
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut body, "abc")).contains(FOREIGN));
}

#[test]
fn an_inner_coroutine_that_reads_the_loan_while_the_outer_body_is_dropped() {
    let read = RefCell::new(String::new());
    let mut body = coroutine(async |mut input: Input<str>| {
        let loan = input.next().await.unwrap();
        let mut inner = coroutine(async |mut numbers: Input<u8>| {
            while numbers.next().await.is_some() {}
            read.borrow_mut().push_str(loan);
        });
        inner.send(&1).unwrap();
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut body, "read me")).contains(FOREIGN));
    drop(body);
    assert_eq!(read.take(), "read me", "the item still lived");
}

/// Asks for an item when it is dropped.
struct PollsInDrop<'a, 'id>(&'a mut Input<'id, str>);

impl Drop for PollsInDrop<'_, '_> {
    fn drop(&mut self) {
        let _ = poll_and_forget(self.0);
    }
}

#[test]
fn a_pause_that_is_polled_by_a_destructor() {
    let mut body = coroutine(async |mut input: Input<str>| {
        input.next().await;
        let _guard = PollsInDrop(&mut input);
        foreign_pause().await;
    });
    assert!(panic_message(|| send_heap(&mut body, "x")).contains(FOREIGN));
    assert_eq!(send_heap(&mut body, "y"), Err(Stopped));

    let mut body = coroutine(async |mut input: Input<str>| {
        drop(PollsInDrop(&mut input));
        input.next().await.map(str::to_owned)
    });
    send_heap(&mut body, "item").unwrap();
    assert_eq!(body.close().as_deref(), Some("item"));

    // The destructor runs while the slot is lent: it gets the item, which still lives.
    let mut body = coroutine(async |mut input: Input<str>| {
        assert!(poll_and_forget(&mut input).is_pending());
        let _guard = PollsInDrop(&mut input);
        foreign_pause().await;
        panic!("before the item was taken");
    });
    assert!(panic_message(|| send_heap(&mut body, "x")).contains("before the item"));
    assert_eq!(send_heap(&mut body, "y"), Err(Stopped));
}

#[test]
fn a_body_that_returns_while_an_item_is_lent() {
    let mut body = coroutine(async |input: Input<str>| {
        hand(input, |input, polls| match polls {
            0 => poll_and_forget(input).map(|_| 0),
            _ => Poll::Ready(polls),
        })
        .await
    });
    send_heap(&mut body, "never looked at").unwrap();
    assert_eq!(body.finish(), Ok(1));
}

#[test]
fn a_panic_at_every_poll_before_and_after_the_item_is_taken() {
    for (at, takes_first) in (0..4).flat_map(|at| [(at, false), (at, true)]) {
        let made = caught(|| {
            coroutine(async move |input: Input<str>| {
                hand(input, move |input, polls| {
                    assert!(takes_first || polls != at, "before");
                    if poll_and_forget(input) == Poll::Ready(None) {
                        return Poll::Ready(polls);
                    }
                    assert!(polls != at, "after");
                    let _ = poll_and_forget(input);
                    Poll::Pending
                })
                .await
            })
        });
        let Ok(mut body) = made else {
            assert_eq!(at, 0);
            continue;
        };
        for polls in 1..4 {
            let sent = caught(|| send_heap(&mut body, "word"));
            match polls.cmp(&at) {
                Ordering::Less => assert_eq!(sent, Ok(Ok(()))),
                Ordering::Equal => assert!(sent.is_err()),
                Ordering::Greater => assert_eq!(sent, Ok(Err(Stopped))),
            }
        }
        assert_eq!(body.finish(), Err(Stopped));
    }
}

#[test]
fn a_body_that_lets_its_input_go() {
    let body = coroutine(async |input: Input<str>| {
        drop(input);
        7
    });
    assert!(body.is_stopped());
    assert_eq!(body.close(), 7);

    let message = panic_message(|| {
        coroutine(async |input: Input<str>| {
            drop(input);
            pending::<()>().await;
        })
    });
    assert!(message.contains(FOREIGN), "{message}");

    let mut body = coroutine(async |mut input: Input<str>| {
        let mut inside = Box::pin(async move { input.next().await.map(str::to_owned) });
        inside.as_mut().await
    });
    send_heap(&mut body, "x").unwrap();
    assert_eq!(body.close().as_deref(), Some("x"));
}

#[test]
fn an_inner_body_that_waits_for_the_outer_input_and_for_its_own() {
    let mut outer = coroutine(async |mut words: Input<str>| {
        let got = RefCell::new(String::new());
        {
            let words = &mut words;
            let mut inner = coroutine(async |mut ticks: Input<u8>| {
                loop {
                    let mut word = pin!(words.next());
                    let mut tick = pin!(ticks.next());
                    let found = poll_fn(|context| {
                        if let Poll::Ready(word) = word.as_mut().poll(context) {
                            return Poll::Ready(word.map(str::to_owned));
                        }
                        tick.as_mut().poll(context).map(|tick| tick.map(|_| "tick".to_owned()))
                    })
                    .await;
                    match found {
                        Some(found) => got.borrow_mut().push_str(&found),
                        None => break,
                    }
                }
            });
            for _ in 0..3 {
                inner.send(&1).unwrap();
                foreign_pause().await;
            }
        }
        got.into_inner()
    });
    // The outer body pauses while an inner pause waits in its place: an item goes to the inner
    // body when that is run next, the last one when it is closed.
    for word in ["a", "b", "c"] {
        send_heap(&mut outer, word).unwrap();
    }
    assert_eq!(outer.close(), "tickatickbtickc");
}

#[test]
fn a_plain_function_that_works_in_its_call_and_leaves_a_wait_behind() {
    fn body<'id>(
        mut input: Input<'id, str>,
    ) -> Pin<Box<dyn Future<Output = Option<String>> + 'id>> {
        assert!(poll_and_forget(&mut input).is_pending());
        Box::pin(async move {
            foreign_pause().await;
            input.next().await.map(str::to_owned)
        })
    }
    let mut body = coroutine(body);
    send_heap(&mut body, "x").unwrap();
    assert_eq!(body.close().as_deref(), Some("x"));
}

#[test]
fn a_holder_of_a_loan_that_is_never_dropped() {
    let mut body = coroutine(async |mut input: Input<str>| {
        let mut parked = ManuallyDrop::new(Box::pin(async {
            let loan = input.next().await;
            foreign_pause().await;
            loan.map(str::len)
        }));
        forgotten(&raw const **parked);
        assert!(poll_once(parked.as_mut()).is_pending());
        foreign_pause().await;
        assert!(poll_once(parked.as_mut()).is_pending(), "it has the loan");
        foreign_pause().await;
        poll_once(parked.as_mut())
    });
    assert!(panic_message(|| send_heap(&mut body, "loan")).contains(FOREIGN));
    assert!(body.is_stopped());
}

#[test]
fn an_input_that_is_moved_from_function_to_function() {
    async fn hop(mut input: Input<'_, str>, more: u32) -> (Input<'_, str>, usize) {
        let length = input.next().await.map_or(0, str::len);
        if more == 0 {
            return (input, length);
        }
        let (input, rest) = Box::pin(hop(input, more - 1)).await;
        (input, length + rest)
    }
    let mut body = coroutine(async |input: Input<str>| {
        let (input, first) = hop(input, 3).await;
        let boxed = Box::new(input);
        let (_, second) = hop(*boxed, 1).await;
        first + second
    });
    for word in ["a", "bb", "ccc", "dddd", "e", "ff"] {
        send_heap(&mut body, word).unwrap();
    }
    assert_eq!(body.close(), 13);
}

#[test]
fn a_loan_in_a_cycle_that_is_never_freed() {
    struct Node<'a> {
        _loan: Cell<Option<&'a str>>,
        itself: RefCell<Option<Rc<Node<'a>>>>,
    }
    let mut body = coroutine(async |mut input: Input<str>| {
        {
            let loan = Cell::new(input.next().await);
            let node = Rc::new(Node { _loan: loan, itself: RefCell::new(None) });
            *node.itself.borrow_mut() = Some(Rc::clone(&node));
            forgotten(Rc::as_ptr(&node));
        }
        input.next().await.map(str::to_owned)
    });
    send_heap(&mut body, "leaked").unwrap();
    send_heap(&mut body, "second").unwrap();
    assert_eq!(body.close().as_deref(), Some("second"));
}

#[test]
fn a_body_that_drops_the_owner_of_its_item() {
    let owner = RefCell::new(Some(Rc::new("owned".to_owned())));
    let mut body = coroutine(async |mut items: Input<String>| {
        let loan = items.next().await.unwrap();
        *owner.borrow_mut() = None;
        loan.len()
    });
    let held = owner.borrow().clone().unwrap();
    body.send(&held).unwrap();
    drop(held);
    assert_eq!(body.close(), 5);
}
