//! Attacks by safe code that come through something else: re-entry, destructors, threads,
//! odd items, and the other kinds of bodies.

use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::thread;

use cosend::{
    FallibleInput, Input, LocalBoxSink, Output, Port, Shared, SharedError, Sink, Step, Stopped,
    coroutine, count, fallible, generator, inspect, resumable, shared,
};

use crate::support::{caught, foreign_pause, panic_message, poll_once, send_heap};

type Boxed = LocalBoxSink<'static, str, usize>;

#[test]
fn a_body_that_reaches_for_its_own_coroutine() {
    let place: Rc<Cell<Option<Boxed>>> = Rc::default();
    let inside = Rc::clone(&place);
    place.set(Some(Box::new(coroutine(async move |mut words: Input<str>| {
        let mut bytes = 0;
        while let Some(word) = words.next().await {
            assert!(inside.take().is_none(), "who sends has it");
            bytes += word.len();
        }
        bytes
    }))));
    for _ in 0..3 {
        let mut body = place.take().unwrap();
        send_heap(&mut body, "abc").unwrap();
        place.set(Some(body));
    }
    assert_eq!(place.take().unwrap().close(), 9);
}

#[test]
fn a_body_that_sends_to_itself_through_a_shared_handle() {
    let place: Rc<RefCell<Option<Shared<Boxed>>>> = Rc::default();
    let inside = Rc::clone(&place);
    let body: Boxed = Box::new(coroutine(async move |mut words: Input<str>| {
        let mut refused = 0;
        while let Some(word) = words.next().await {
            let sent = inside.borrow().as_ref().unwrap().try_send(word);
            assert_eq!(sent, Err(SharedError::AlreadyExecuting));
            refused += 1;
        }
        refused
    }));
    let mut handle = shared(body);
    *place.borrow_mut() = Some(handle.clone());
    send_heap(&mut handle, "x").unwrap();
    send_heap(&mut handle, "y").unwrap();
    *place.borrow_mut() = None;
    assert_eq!(handle.close(), Some(2));
}

#[test]
fn a_body_that_drops_a_handle_to_itself_while_it_runs() {
    let place: Rc<RefCell<Option<Shared<Boxed>>>> = Rc::default();
    let inside = Rc::clone(&place);
    let body: Boxed = Box::new(coroutine(async move |mut words: Input<str>| {
        let mut bytes = 0;
        while let Some(word) = words.next().await {
            bytes += word.len();
            drop(inside.borrow_mut().take());
        }
        bytes
    }));
    let mut other = shared(body);
    *place.borrow_mut() = Some(other.clone());
    send_heap(&mut other, "abc").unwrap();
    send_heap(&mut other, "abc").unwrap();
    assert_eq!(other.close(), Some(6));

    // The only handle is the one that is being sent to, and is borrowed meanwhile.
    let inside = Rc::clone(&place);
    let body: Boxed = Box::new(coroutine(async move |mut words: Input<str>| {
        let mut bytes = 0;
        while let Some(word) = words.next().await {
            assert!(inside.try_borrow_mut().is_err());
            bytes += word.len();
        }
        bytes
    }));
    *place.borrow_mut() = Some(shared(body));
    let item = String::from("abc");
    place.borrow().as_ref().unwrap().try_send::<str>(&item).unwrap();
    drop(item);
    assert_eq!(place.take().unwrap().close(), Some(3));
}

#[test]
fn a_destructor_that_sends_while_the_body_unwinds() {
    struct SendsInDrop<S: Sink<str>>(S);
    impl<S: Sink<str>> Drop for SendsInDrop<S> {
        fn drop(&mut self) {
            let _ = send_heap(&mut self.0, "from drop");
        }
    }
    let log = RefCell::new(Vec::new());
    let sink = shared(inspect(|word: &str| log.borrow_mut().push(word.to_owned()), count()));
    let inner = sink.clone();
    let mut body = coroutine(async move |mut words: Input<str>| {
        let _guard = SendsInDrop(inner);
        let loan = words.next().await;
        panic!("{loan:?}");
    });
    assert!(panic_message(|| send_heap(&mut body, "x")).contains('x'));
    drop((body, sink));
    assert_eq!(log.take(), ["from drop"]);
}

#[test]
fn coroutines_that_are_swapped_and_moved_between_sends() {
    fn named(name: &str) -> impl Sink<str, Return = String> {
        coroutine(async move |mut words: Input<str>| {
            let mut all = String::from(name);
            let last = &mut String::new();
            while let Some(word) = words.next().await {
                all.push_str(word);
                word.clone_into(last);
            }
            all + last
        })
    }
    let (mut first, mut second) = (named("a"), named("b"));
    send_heap(&mut first, "1").unwrap();
    mem::swap(&mut first, &mut second);
    send_heap(&mut first, "2").unwrap();
    let mut all = vec![first, second];
    all.swap(0, 1);
    all.reserve(100);
    for sink in &mut all {
        send_heap(sink, "3").unwrap();
    }
    assert_eq!(mem::replace(&mut all[0], named("c")).close(), "a133");
    all.rotate_left(1);
    assert_eq!(all.into_iter().map(Sink::close).collect::<Vec<_>>(), ["b233", "c"]);
}

#[test]
fn items_without_a_size_of_no_size_and_with_an_inside_that_changes() {
    let mut functions = coroutine(async |mut items: Input<dyn Fn(&str) -> usize>| {
        let mut sum = 0;
        while let Some(function) = items.next().await {
            sum += function("abc");
        }
        sum
    });
    {
        let more = Box::new(5);
        let function: Box<dyn Fn(&str) -> usize> = Box::new(move |text| text.len() + *more);
        functions.send(&*function).unwrap();
    }
    functions.send(&|text: &str| text.len()).unwrap();
    assert_eq!(functions.close(), 11);

    let mut nothings = coroutine(async |mut items: Input<[()]>| {
        let mut sum = 0;
        while let Some(item) = items.next().await {
            sum += item.len();
        }
        sum
    });
    nothings.send(&[(); 7]).unwrap();
    assert_eq!(nothings.close(), 7);

    let mut adder = coroutine(async |mut items: Input<RefCell<Vec<u8>>>| {
        while let Some(item) = items.next().await {
            item.borrow_mut().push(1);
        }
    });
    let numbers = RefCell::new(Vec::new());
    adder.send(&numbers).unwrap();
    numbers.borrow_mut().push(2);
    adder.send(&numbers).unwrap();
    assert_eq!(numbers.into_inner(), [1, 2, 1]);
}

#[test]
fn an_item_that_its_owner_changes_while_it_is_lent() {
    let number = Rc::new(Cell::new(1));
    let owner = Rc::clone(&number);
    let mut body = coroutine(async move |mut items: Input<Cell<u32>>| {
        let loan = items.next().await.unwrap();
        owner.set(10);
        let seen = loan.replace(20);
        assert_eq!(owner.get(), 20);
        seen
    });
    body.send(&number).unwrap();
    assert_eq!((body.close(), number.get()), (10, 20));
}

#[test]
fn a_pause_of_a_fallible_body_that_is_kept_over_errors() {
    let mut body = fallible(async |mut items: FallibleInput<str, u8>| {
        let mut pause = Box::pin(items.next());
        let mut errors = Vec::new();
        while errors.len() < 2 {
            errors.extend(pause.as_mut().await.err());
        }
        let item = pause.as_mut().await?.map(str::to_owned);
        drop(pause);
        let _ = items.next().await;
        Ok((errors, item))
    });
    body.throw(1).unwrap();
    body.throw(2).unwrap();
    send_heap(&mut body, "item").unwrap();
    assert_eq!(body.close(), Ok((vec![1, 2], Some("item".to_owned()))));

    let mut body = fallible(async |mut items: FallibleInput<str, u8>| {
        let mut pause = Box::pin(items.next());
        let length = pause.as_mut().await?.map(str::len);
        Ok((length, pause.as_mut().await.is_ok()))
    });
    let message = panic_message(|| send_heap(&mut body, "x"));
    assert!(message.contains("polled again"), "{message}");
    assert_eq!(body.throw(9), Err(9));
}

#[test]
fn an_error_for_a_body_that_waits_no_more() {
    let mut body = fallible(async |mut items: FallibleInput<str, u8>| {
        let mut pause = items.next();
        assert!(poll_once(Pin::new(&mut pause)).is_pending());
        mem::forget(pause);
        foreign_pause().await;
        foreign_pause().await;
        Ok(())
    });
    assert_eq!(body.throw(1), Err(1));
    assert!(body.is_stopped());
}

#[test]
fn a_coroutine_that_is_dropped_by_an_unwinding() {
    struct Guard<'a>(&'a RefCell<Vec<&'static str>>);
    impl Drop for Guard<'_> {
        fn drop(&mut self) {
            self.0.borrow_mut().push("guard");
        }
    }
    let log = RefCell::new(Vec::new());
    let message = panic_message(|| {
        let mut body = coroutine(async |mut words: Input<str>| {
            let _guard = Guard(&log);
            while words.next().await.is_some() {}
            log.borrow_mut().push("closed");
        });
        send_heap(&mut body, "x").unwrap();
        panic!("with a live coroutine");
    });
    assert!(message.contains("live"));
    assert_eq!(log.take(), ["guard"]);
}

#[test]
fn a_panic_in_a_close_in_a_close() {
    let mut third = coroutine(async |mut words: Input<str>| {
        while words.next().await.is_some() {}
        panic!("third");
    });
    let mut second = coroutine(async move |mut words: Input<str>| {
        while let Some(word) = words.next().await {
            send_heap(&mut third, word).unwrap();
        }
        send_heap(&mut third, "bye").unwrap();
        third.close();
    });
    send_heap(&mut second, "x").unwrap();
    assert_eq!(panic_message(|| second.finish()), "third");
    assert_eq!(second.finish(), Err(Stopped));
}

#[test]
fn a_body_that_catches_the_panic_of_its_own_pause() {
    let mut body = coroutine(async |mut words: Input<str>| {
        let mut pause = words.next();
        let first = (&mut pause).await.map(str::to_owned);
        let again = caught(|| poll_once(Pin::new(&mut pause)).is_ready());
        drop(pause);
        (first, again.is_err(), words.next().await.map(str::to_owned))
    });
    send_heap(&mut body, "a").unwrap();
    send_heap(&mut body, "b").unwrap();
    assert_eq!(body.close(), (Some("a".to_owned()), true, Some("b".to_owned())));
}

#[test]
fn yields_that_are_forgotten_and_given_up() {
    let mut values = generator(async |mut out: Output<Box<u32>>| {
        let mut given = out.yield_(Box::new(1));
        assert!(poll_once(Pin::new(&mut given)).is_pending());
        mem::forget(given);
        let mut given = out.yield_(Box::new(2));
        assert!(poll_once(Pin::new(&mut given)).is_pending());
        drop(given);
        foreign_pause().await;
        out.yield_(Box::new(3)).await;
        foreign_pause().await;
    });
    assert_eq!((values.next(), values.next()), (Some(Box::new(2)), Some(Box::new(3))));
    assert!(caught(|| values.next()).is_err());
    assert_eq!(values.next(), None);
}

#[test]
fn coroutines_that_are_closed_as_their_thread_ends() {
    thread_local! {
        static FIRST: RefCell<Option<Boxed>> = const { RefCell::new(None) };
        static SECOND: RefCell<Option<Boxed>> = const { RefCell::new(None) };
    }
    let ended = thread::spawn(|| {
        SECOND.set(Some(Box::new(count::<str>())));
        FIRST.set(Some(Box::new(coroutine(async |mut words: Input<str>| {
            while let Some(word) = words.next().await {
                SECOND.with_borrow_mut(|second| send_heap(second, word)).unwrap();
            }
            // Which of the two is dropped first is not said.
            let _ = SECOND.try_with(|second| send_heap(&mut *second.borrow_mut(), "late"));
            0
        }))));
        FIRST.with_borrow_mut(|first| send_heap(first, "x")).unwrap();
    });
    ended.join().unwrap();
}

#[test]
fn a_loan_that_is_read_by_scoped_threads() {
    let mut body = coroutine(async |mut words: Input<str>| {
        let mut bytes = 0;
        while let Some(word) = words.next().await {
            bytes += thread::scope(|threads| threads.spawn(|| word.len()).join().unwrap());
        }
        bytes
    });
    send_heap(&mut body, "abc").unwrap();
    send_heap(&mut body, "de").unwrap();
    assert_eq!(body.close(), 5);
}

#[test]
fn a_yield_of_a_resumable_body_that_is_given_up() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            assert!(thread::panicking(), "bomb");
        }
    }
    let (mut body, first) = resumable(async |mut port: Port<str, Box<u32>>| {
        {
            let mut given = Box::pin(port.yield_(Box::new(1)));
            assert!(poll_once(given.as_mut()).is_pending());
        }
        port.yield_(Box::new(2)).await.map(str::to_owned)
    });
    assert_eq!(first, Step::Yielded(Box::new(2)));
    let item = "x".to_owned();
    assert_eq!(body.resume(&item), Ok(Step::Returned(Some("x".to_owned()))));

    let made = catch_unwind(AssertUnwindSafe(|| {
        caught(|| {
            resumable(async |mut port: Port<str, Bomb>| {
                let mut given = Box::pin(port.yield_(Bomb));
                assert!(poll_once(given.as_mut()).is_pending());
                drop(given);
                port.yield_(Bomb).await;
            })
        })
    }));
    assert!(!matches!(made, Ok(Ok(_))), "the value that was given up went off");
}
