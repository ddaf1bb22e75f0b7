//! Plain stages and shared children.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use cosend::{
    Input, Shared, SharedError, Sink, Stopped, collect, coroutine, count, fanout, filter, flat_map,
    fold, inspect, map, shared, take,
};

#[test]
fn stages_compose_without_boxes() {
    let mut network = filter(
        |line: &str| !line.is_empty(),
        map(
            |line: &str| line.len(),
            inspect(
                |length: &usize| assert!(*length > 0),
                take(3, (count(), fold(0, |sum, length: &usize| sum + length))),
            ),
        ),
    );
    for line in ["a", "", "bc", "", "def"] {
        assert_eq!(network.send(line), Ok(()), "{line}");
    }
    assert_eq!(network.send("ghij"), Err(Stopped));
    assert_eq!(network.close(), (3, 6));
}

#[test]
fn stages_compose_as_trait_objects() {
    let stages: Vec<Box<dyn Sink<u32, Return = usize>>> = vec![
        Box::new(count()),
        Box::new(filter(|number: &u32| *number > 1, count())),
        Box::new(map(|number: &u32| number + 1, filter(|number: &u32| *number > 3, count()))),
    ];
    let mut network = fanout(stages);
    for number in 0..4 {
        network.send(&number).unwrap();
    }
    assert_eq!(network.close(), [4, 2, 1]);
}

/// A stage, or end, after `finish`: no more items, no more results.
fn assert_over<T: ?Sized, S: Sink<T>>(sink: &mut S, item: &T) {
    assert_eq!(sink.send(item), Err(Stopped));
    assert!(sink.finish().is_err());
}

#[test]
fn every_stage_is_over_once_it_is_finished() {
    let calls = Cell::new(0);
    let called = || calls.set(calls.get() + 1);
    let mut stage = map(|_: &u8| called(), count());
    assert_eq!(stage.finish(), Ok(0));
    assert_over(&mut stage, &1);
    let mut stage = filter(
        |_: &u8| {
            called();
            false
        },
        count(),
    );
    assert_eq!(stage.finish(), Ok(0));
    assert_over(&mut stage, &1);
    let mut stage = inspect(|_: &u8| called(), count());
    assert_eq!(stage.finish(), Ok(0));
    assert_over(&mut stage, &1);
    let mut stage = take::<u8, _>(5, count());
    assert_eq!(stage.finish(), Ok(0));
    assert_over(&mut stage, &1);
    let mut end = collect::<u8, Vec<u8>>();
    assert_eq!(end.finish(), Ok(vec![]));
    assert_over(&mut end, &1);
    let mut end = count::<u8>();
    assert_eq!(end.finish(), Ok(0));
    assert_over(&mut end, &1);
    let mut end = fold(0, |sum: u8, _: &u8| {
        called();
        sum
    });
    assert_eq!(end.finish(), Ok(0));
    assert_over(&mut end, &1);
    assert_eq!(calls.get(), 0, "no function saw an item that was refused");
}

#[test]
fn a_stage_stops_with_its_child_and_calls_its_function_no_more() {
    let calls = Cell::new(0);
    let called = || calls.set(calls.get() + 1);
    let mut mapped = map(|_: &u8| called(), take(1, count()));
    let mut filtered = filter(
        |_: &u8| {
            called();
            true
        },
        take(1, count()),
    );
    let mut inspected = inspect(|_: &u8| called(), take(1, count()));
    for stage in [&mut mapped as &mut dyn Sink<u8, Return = usize>, &mut filtered, &mut inspected] {
        calls.set(0);
        assert_eq!(stage.send(&1), Ok(()));
        assert_eq!(stage.send(&2), Err(Stopped), "the child refuses");
        assert_eq!(stage.send(&3), Err(Stopped), "the stage refuses");
        assert_eq!(calls.get(), 2);
        assert_eq!(stage.finish(), Ok(1));
    }
    let mut taken = take::<u8, _>(5, take(1, count()));
    assert_eq!(taken.send(&1), Ok(()));
    assert_eq!(taken.send(&2), Err(Stopped));
    assert_eq!(format!("{taken:?}").matches("Take").count(), 2);
    assert_eq!(taken.close(), 1);
}

#[test]
fn take_nothing_takes_nothing() {
    let mut none = take::<u8, _>(0, count());
    assert_eq!(none.send(&1), Err(Stopped));
    assert_eq!(none.close(), 0);
}

#[test]
fn a_fold_whose_function_panics_has_stopped() {
    let mut sum = fold(0_u8, |sum, number: &u8| sum.checked_add(*number).unwrap());
    sum.send(&200).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| sum.send(&100))).is_err());
    assert_over(&mut sum, &1);
}

#[test]
fn stages_debug_what_they_hold() {
    let stage = map(|item: &u8| *item, filter(|_: &u8| true, inspect(|_: &u8| (), count::<u8>())));
    assert_eq!(
        format!("{stage:?}"),
        "Map { child: Filter { child: Inspect { child: Count { count: Some(0), .. }, .. }, .. }, .. }"
    );
    let mut end = collect::<u8, Vec<u8>>();
    end.send(&1).unwrap();
    assert_eq!(format!("{end:?}"), "Collect { collection: Some([1]), .. }");
    assert_eq!(format!("{:?}", fold(7, |sum, _: &u8| sum)), "Fold { value: Some(7), .. }");
}

#[test]
fn shared_closes_with_its_last_handle() {
    let closed = Cell::new(false);
    let mut left = shared(coroutine(async |mut items: Input<u8>| {
        let mut sum = 0;
        while let Some(item) = items.next().await {
            sum += item;
        }
        closed.set(true);
        sum
    }));
    let mut right = left.clone();
    let idle = right.clone();
    left.send(&1).unwrap();
    right.send(&2).unwrap();
    assert_eq!(left.finish(), Ok(None));
    assert_eq!(left.send(&4), Err(Stopped), "this handle is finished");
    assert_eq!(left.finish(), Err(Stopped));
    assert_eq!(left.try_send(&4), Err(SharedError::Stopped));
    right.send(&8).unwrap();
    drop(idle);
    assert!(!closed.get());
    assert_eq!(right.finish(), Ok(Some(11)));
    assert!(closed.get());
}

#[test]
fn shared_dropped_closes_with_its_last_handle() {
    let closed = Cell::new(false);
    let first = shared(coroutine(async |mut items: Input<u8>| {
        while items.next().await.is_some() {}
        closed.set(true);
    }));
    let second = first.clone();
    drop(first);
    assert!(!closed.get());
    drop(second);
    assert!(closed.get());
}

#[test]
fn shared_passes_on_that_the_child_has_stopped() {
    let mut handle = shared(take(1, count::<u8>()));
    handle.send(&1).unwrap();
    assert_eq!(handle.send(&1), Err(Stopped));
    assert_eq!(handle.try_send(&1), Err(SharedError::Stopped));
    assert_eq!(handle.close(), Some(1));
}

/// A stage that leads back to itself.
type Cycle = Shared<Box<dyn Sink<u8, Return = ()>>>;

/// Makes a child that runs an action on its own handle for each item.
fn cycle(mut action: impl FnMut(&mut Cycle) + 'static) -> (Cycle, Rc<RefCell<Option<Cycle>>>) {
    let own = Rc::new(RefCell::new(None::<Cycle>));
    let inside = Rc::clone(&own);
    let handle: Cycle = shared(Box::new(coroutine(async move |mut items: Input<u8>| {
        while items.next().await.is_some() {
            action(inside.borrow_mut().as_mut().unwrap());
        }
    })));
    *own.borrow_mut() = Some(handle.clone());
    (handle, own)
}

#[test]
fn a_cycle_is_already_executing() {
    let refused = Rc::new(Cell::new(0));
    let seen = Rc::clone(&refused);
    let (mut handle, own) = cycle(move |own| {
        assert_eq!(own.try_send(&2), Err(SharedError::AlreadyExecuting));
        seen.set(seen.get() + 1);
    });
    handle.send(&1).unwrap();
    handle.send(&1).unwrap();
    assert_eq!(refused.get(), 2);
    // The child owns a handle to itself: without this it would never be closed.
    let inside = own.borrow_mut().take();
    drop(inside);
    assert_eq!(handle.finish(), Ok(Some(())));
}

#[test]
fn a_cycle_that_does_not_ask_panics() {
    let (mut handle, own) = cycle(|own| {
        let _ = own.send(&2);
    });
    let payload = catch_unwind(AssertUnwindSafe(|| handle.send(&1))).unwrap_err();
    assert_eq!(
        payload.downcast_ref::<String>().map(String::as_str),
        Some("the receiver is already executing")
    );
    assert_eq!(handle.send(&1), Err(Stopped), "the panic ended the body");
    let inside = own.borrow_mut().take();
    drop(inside);
}

#[test]
fn shared_debugs_how_many_handles_there_are() {
    let first = shared(count::<u8>());
    let mut second = first.clone();
    assert_eq!(format!("{second:?}"), "Shared { handles: 2, .. }");
    second.finish().unwrap();
    assert_eq!(format!("{second:?}"), "Shared { handles: 0, .. }");
    assert_eq!(format!("{first:?}"), "Shared { handles: 1, .. }");
}

#[test]
fn a_sink_of_the_users_own_goes_on_unless_it_says_that_it_has_stopped() {
    struct Longest(String);
    impl Sink<str> for Longest {
        type Return = String;

        fn send(&mut self, item: &str) -> Result<(), Stopped> {
            if item.len() > self.0.len() {
                item.clone_into(&mut self.0);
            }
            Ok(())
        }

        fn finish(&mut self) -> Result<String, Stopped> {
            Ok(std::mem::take(&mut self.0))
        }
    }
    assert!(!Longest(String::new()).is_stopped());
    assert_eq!(Longest(String::new()).run(["to", "be", "or", "not", "to"]), "not");
}

#[test]
fn an_item_of_which_a_part_was_taken_is_taken() {
    let mut letters = flat_map(|word: &String| word.clone().into_bytes(), take(2, count()));
    assert_eq!(letters.send(&"abc".to_owned()), Ok(()), "two letters of three");
    assert_eq!(letters.send(&"d".to_owned()), Err(Stopped));
    assert_eq!(letters.close(), 2);
}
