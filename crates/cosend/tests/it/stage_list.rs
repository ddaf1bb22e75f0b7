//! Each plain stage against the iterator that it is called after, and what all stages have
//! in common: that they stop at once, and are over when they are finished.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, mpsc};

use cosend::{
    LocalBoxSink, Sink, Stopped, batch, collect, count, dedup, enumerate, expand, fanout, filter,
    filter_map, flat_map, fold, for_each, inspect, last, map, max, merge, min, partition, project,
    route, scan, shared, skip, skip_while, stage, sum, take, take_while, try_filter, try_fold,
    try_for_each, try_map, window, writer, zip,
};
use proptest::prelude::*;

use crate::support::caught;

type Items = Vec<u32>;

fn all() -> impl Sink<u32, Return = Items> {
    collect()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "a condition of a stage takes a loan")]
fn even(number: &u32) -> bool {
    number % 2 == 0
}

/// Refuses a five.
fn checked(number: u32) -> Result<u32, String> {
    if number == 5 { Err("five".to_owned()) } else { Ok(number) }
}

proptest! {
    #[test]
    fn stages_that_send_on_are_as_iterators(
        items in proptest::collection::vec(0_u32..6, 0..12),
        n in 0_usize..5,
    ) {
        let given = || items.iter().copied();
        let run = |stage: &mut dyn Sink<u32, Return = Items>| {
            let mut stage = stage;
            let _ = Sink::send_all(&mut stage, given());
            stage.finish().unwrap()
        };
        let expect = |expected: &mut dyn Iterator<Item = u32>| expected.collect::<Items>();
        prop_assert_eq!(run(&mut map(|n: &u32| n * 2, all())), expect(&mut given().map(|n| n * 2)));
        prop_assert_eq!(run(&mut inspect(|_: &u32| (), all())), expect(&mut given()));
        prop_assert_eq!(run(&mut filter(even, all())), expect(&mut given().filter(even)));
        prop_assert_eq!(
            run(&mut filter_map(|n: &u32| n.checked_sub(2), all())),
            expect(&mut given().filter_map(|n| n.checked_sub(2)))
        );
        prop_assert_eq!(
            run(&mut flat_map(|&n: &u32| 0..n, all())),
            expect(&mut given().flat_map(|n| 0..n))
        );
        prop_assert_eq!(
            run(&mut expand(|&n: &u32, child: &mut _| Sink::send_all(child, 0..n), all())),
            expect(&mut given().flat_map(|n| 0..n))
        );
        let total = |total: &mut u32, n: u32| {
            *total += n;
            (*total < 15).then_some(*total)
        };
        prop_assert_eq!(
            run(&mut scan(0, |state: &mut u32, n: &u32| total(state, *n), all())),
            expect(&mut given().scan(0, total))
        );
        prop_assert_eq!(run(&mut take(n, all())), expect(&mut given().take(n)));
        prop_assert_eq!(run(&mut skip(n, all())), expect(&mut given().skip(n)));
        prop_assert_eq!(
            run(&mut take_while(even, all())),
            expect(&mut given().take_while(even))
        );
        prop_assert_eq!(
            run(&mut skip_while(even, all())),
            expect(&mut given().skip_while(even))
        );
        let mut once = items.clone();
        once.dedup();
        prop_assert_eq!(run(&mut dedup(all())), once);
    }

    #[test]
    fn stages_that_group_are_as_slices(
        items in proptest::collection::vec(0_u32..6, 0..12),
        size in 1_usize..5,
    ) {
        let slices = || collect::<[u32], Vec<Vec<u32>>>();
        let chunks: Vec<_> = items.chunks(size).map(<[u32]>::to_vec).collect();
        prop_assert_eq!(batch::<u32, _>(size, slices()).run(&items), chunks);
        let windows: Vec<_> = items.windows(size).map(<[u32]>::to_vec).collect();
        prop_assert_eq!(window::<u32, _>(size, slices()).run(&items), windows);
        let parted: (Items, Items) = items.iter().partition(|n| even(n));
        prop_assert_eq!(partition(even, all(), all()).run(&items), parted);
        let mut routed = BTreeMap::<u32, Items>::new();
        for item in &items {
            routed.entry(item % 3).or_default().push(*item);
        }
        prop_assert_eq!(route(|n: &u32| n % 3, |_| all()).run(&items), routed);
        let numbered: Vec<_> = items.iter().copied().enumerate().collect();
        prop_assert_eq!(enumerate::<u32, _>(collect::<_, Vec<_>>()).run(&items), numbered);
    }

    #[test]
    fn ends_are_as_iterators(items in proptest::collection::vec(0_u32..6, 0..12)) {
        let given = || items.iter().copied();
        prop_assert_eq!(count::<u32>().run(&items), given().count());
        prop_assert_eq!(sum::<u32, u32>().run(&items), given().sum::<u32>());
        prop_assert_eq!(last::<u32>().run(&items), given().last());
        prop_assert_eq!(min::<u32>().run(&items), given().min());
        prop_assert_eq!(max::<u32>().run(&items), given().max());
        prop_assert_eq!(
            fold(7, |all: u32, n: &u32| all * 3 % 1000 + n).run(&items),
            given().fold(7, |all, n| all * 3 % 1000 + n)
        );
        let mut seen = Vec::new();
        for_each(|n: &u32| seen.push(*n)).run(&items);
        prop_assert_eq!(&seen, &items);
    }

    #[test]
    fn stages_that_may_fail_are_as_iterators(
        items in proptest::collection::vec(0_u32..6, 0..12),
    ) {
        let given = || items.iter().copied();
        prop_assert_eq!(
            try_map(|&n: &u32| checked(n), all()).run(&items),
            given().map(checked).collect::<Result<Items, _>>()
        );
        prop_assert_eq!(
            try_filter(|n: &u32| checked(*n).map(|n| even(&n)), count()).run(&items),
            given().map(checked).collect::<Result<Items, _>>().map(|all| {
                all.iter().filter(|n| even(n)).count()
            })
        );
        prop_assert_eq!(
            try_fold(0, |all, &n: &u32| Ok::<u32, String>(all + checked(n)?)).run(&items),
            given().map(checked).sum::<Result<u32, _>>()
        );
        let seen = RefCell::new(Vec::new());
        let result = try_for_each(|&n: &u32| {
            seen.borrow_mut().push(n);
            checked(n).map(drop)
        })
        .run(&items);
        prop_assert_eq!(result.is_err(), items.contains(&5));
        let read = items.iter().position(|n| *n == 5).map_or(items.len(), |at| at + 1);
        prop_assert_eq!(seen.take(), &items[..read]);
    }

    #[test]
    fn a_zip_is_that_of_iterators(
        left in proptest::collection::vec(0_u32..6, 0..6),
        right in proptest::collection::vec(0_u32..6, 0..6),
        left_first in any::<bool>(),
    ) {
        let (mut a, mut b) = zip(collect::<(u32, u32), Vec<_>>());
        let expected: Vec<_> = left.iter().copied().zip(right.iter().copied()).collect();
        let (first, second) = if left_first {
            let _ = Sink::<u32>::send_all(&mut a, &left);
            let _ = Sink::<u32>::send_all(&mut b, &right);
            (Sink::<u32>::close(a), Sink::<u32>::close(b))
        } else {
            let _ = Sink::<u32>::send_all(&mut b, &right);
            let _ = Sink::<u32>::send_all(&mut a, &left);
            (Sink::<u32>::close(b), Sink::<u32>::close(a))
        };
        prop_assert_eq!(first, None);
        prop_assert_eq!(second, Some(expected));
    }
}

/// How many of the numbers 0, 1, 2 ... a sink has to be given until it has stopped.
fn reads(mut sink: impl Sink<u32>) -> usize {
    let read = Cell::new(0);
    sink.send_all((0..1000).inspect(|_| read.set(read.get() + 1))).unwrap_err();
    read.get()
}

#[test]
fn every_stage_knows_at_once_that_its_child_has_stopped() {
    let two = || take(2, count::<u32>());
    assert_eq!(reads(two()), 2);
    assert_eq!(reads(filter(|n: &u32| *n < 2, two())), 2);
    assert_eq!(reads(filter(even, two())), 3);
    assert_eq!(reads(map(|n: &u32| *n, two())), 2);
    assert_eq!(reads(project(|n: &u32| n, two())), 2);
    assert_eq!(reads(inspect(|_: &u32| (), two())), 2);
    assert_eq!(reads(filter_map(|n: &u32| Some(*n), two())), 2);
    assert_eq!(reads(flat_map(|n: &u32| [*n, *n], two())), 1);
    assert_eq!(reads(flat_map(|n: &u32| [*n, *n], take(3, count()))), 2);
    assert_eq!(reads(expand(|n: &u32, child: &mut _| Sink::<u32>::send(child, n), two())), 2);
    assert_eq!(reads(scan((), |(), n: &u32| Some(*n), two())), 2);
    assert_eq!(reads(enumerate::<u32, _>(take(2, count()))), 2);
    assert_eq!(reads(skip(3, two())), 5);
    assert_eq!(reads(skip_while(|n: &u32| *n < 3, two())), 5);
    assert_eq!(reads(take_while(|n: &u32| *n < 5, two())), 2);
    assert_eq!(reads(take(7, two())), 2);
    assert_eq!(reads(dedup(two())), 2);
    assert_eq!(reads(batch::<u32, _>(3, take(2, count()))), 6);
    assert_eq!(reads(window::<u32, _>(3, take(2, count()))), 4);
    assert_eq!(reads(partition(even, two(), two())), 4);
    assert_eq!(reads(try_map(|n: &u32| Ok::<_, ()>(*n), two())), 2);
    assert_eq!(reads(try_filter(|_: &u32| Ok::<_, ()>(true), two())), 2);
    assert_eq!(reads(shared(two())), 2);
    assert_eq!(reads(fanout([two(), take(3, count())])), 3);
    assert_eq!(reads((two(), take(3, count()))), 3);
    assert_eq!(reads(vec![two(), take(3, count())]), 3);
    assert_eq!(reads(Some(two())), 2);
    assert_eq!(reads(None::<cosend::Count<u32>>), 0);
    assert_eq!(reads(two().map_result(|_| ())), 2);
    assert_eq!(reads(two().settled()), 2);
    assert_eq!(reads(Box::new(two()) as LocalBoxSink<'_, u32, usize>), 2);
    assert_eq!(reads(two().by_ref()), 2);
    assert_eq!(reads(Arc::new(Mutex::new(two()))), 2);
    assert_eq!(reads(merge::<1, _>(two()).into_iter().next().unwrap()), 2);
}

#[test]
fn stages_that_stop_by_themselves_say_so_at_once() {
    assert_eq!(reads(scan((), |(), n: &u32| (*n < 2).then_some(*n), count())), 3);
    assert_eq!(reads(take_while(|n: &u32| *n < 2, count())), 3);
    assert_eq!(reads(try_for_each(|n: &u32| if *n < 2 { Ok(()) } else { Err(()) })), 3);
    assert_eq!(reads(try_fold(0, |_, n: &u32| if *n < 2 { Ok(0) } else { Err(()) })), 3);
    assert_eq!(reads(try_map(|n: &u32| if *n < 2 { Ok(0) } else { Err(()) }, count::<i32>())), 3);
    assert_eq!(reads(try_filter(|n: &u32| if *n < 2 { Ok(true) } else { Err(()) }, count())), 3);
    let body = stage(
        async |mut numbers: cosend::Input<u32>, child: &mut _| {
            while let Some(number) = numbers.next().await {
                Sink::<u32>::pass(child, number)?;
            }
            Ok(())
        },
        take(2, count::<u32>()),
    );
    assert_eq!(reads(body), 2);
}

/// Checks that a sink that was finished takes nothing, gives nothing, and knows it.
#[track_caller]
fn assert_over<S: Sink<u32>>(mut sink: S) {
    sink.send(&1).unwrap();
    assert!(!sink.is_stopped());
    assert!(sink.finish().is_ok());
    assert_eq!(sink.send(&2), Err(Stopped));
    assert!(sink.is_stopped());
    assert!(sink.finish().is_err());
}

#[test]
fn every_sink_is_over_once_it_is_finished() {
    assert_over(map(|n: &u32| *n, all()));
    assert_over(project(|n: &u32| n, all()));
    assert_over(inspect(|_: &u32| (), all()));
    assert_over(filter(even, all()));
    assert_over(filter_map(|n: &u32| Some(*n), all()));
    assert_over(flat_map(|n: &u32| [*n], all()));
    assert_over(expand(|n: &u32, child: &mut _| Sink::<u32>::send(child, n), all()));
    assert_over(scan((), |(), n: &u32| Some(*n), all()));
    assert_over(enumerate::<u32, _>(count()));
    assert_over(take(7, all()));
    assert_over(skip(1, all()));
    assert_over(take_while(|_: &u32| true, all()));
    assert_over(skip_while(even, all()));
    assert_over(dedup(all()));
    assert_over(batch::<u32, _>(3, count()));
    assert_over(window::<u32, _>(3, count()));
    assert_over(partition(even, all(), all()));
    assert_over(route(even, |_| all()));
    assert_over(count::<u32>());
    assert_over(all());
    assert_over(fold(0, |all: u32, n: &u32| all + n));
    assert_over(for_each(|_: &u32| ()));
    assert_over(sum::<u32, u32>());
    assert_over(last::<u32>());
    assert_over(min::<u32>());
    assert_over(max::<u32>());
    assert_over(try_for_each(|_: &u32| Ok::<_, ()>(())));
    assert_over(try_fold(0, |_, _: &u32| Ok::<_, ()>(0)));
    assert_over(try_map(|n: &u32| Ok::<_, ()>(*n), all()));
    assert_over(try_filter(|_: &u32| Ok::<_, ()>(true), all()));
    assert_over(map(|_: &u32| "line", writer(Vec::new())));
    assert_over(shared(all()));
    assert_over(fanout([all()]));
    assert_over(all().map_result(|_| ()));
    assert_over(all().settled());
    assert_over(Arc::new(Mutex::new(all())));
    assert_over(vec![all()]);
    assert_over((all(), all()));
    assert_over(Some(all()));
    assert_over(zip::<u32, u32, _>(count()).0);
}

#[test]
fn a_refused_item_calls_no_function() {
    let calls = Cell::new(0);
    let called = || calls.set(calls.get() + 1);
    let none = || take(0, count::<u32>());
    let mut over = (
        map(|n: &u32| (called(), *n).1, none()),
        inspect(|_: &u32| called(), none()),
        filter_map(|n: &u32| (called(), Some(*n)).1, none()),
        scan((), |(), n: &u32| (called(), Some(*n)).1, none()),
        for_each(|_: &u32| called()),
    );
    over.4.finish().unwrap();
    for _ in 0..3 {
        assert_eq!(over.send(&1), Err(Stopped));
    }
    assert_eq!(calls.get(), 4, "each asked its child once, and never again");
}

#[test]
fn what_was_begun_is_sent_on_at_the_close() {
    let mut pages = batch::<u32, _>(3, collect::<[u32], Vec<Vec<u32>>>());
    pages.send_all([1, 2]).unwrap();
    assert_eq!(pages.finish(), Ok(vec![vec![1, 2]]));
    let mut full = batch::<u32, _>(2, take(1, collect::<[u32], Vec<Vec<u32>>>()));
    assert_eq!(full.send_all([1, 2, 3, 4]), Err(Stopped));
    assert_eq!(full.finish(), Ok(vec![vec![1, 2]]));
}

#[test]
fn a_size_of_nothing_is_refused() {
    assert_eq!(
        caught(|| batch::<u32, _>(0, count())).map(drop),
        Err("a batch of no items never ends".to_owned())
    );
    assert_eq!(
        caught(|| window::<u32, _>(0, count())).map(drop),
        Err("a window of no items shows nothing".to_owned())
    );
}

#[test]
fn a_project_lends_a_part_and_copies_nothing() {
    let text = "  love  ".to_owned();
    let seen = Cell::new(std::ptr::null());
    let mut trimmed = project(str::trim, for_each(|word: &str| seen.set(word.as_ptr())));
    trimmed.send(&text).unwrap();
    assert_eq!(seen.get(), text[2..].as_ptr());
}

#[test]
fn a_route_keeps_the_results_when_one_child_has_none() {
    let mut routed = route(
        |n: &u32| n % 2,
        |odd| {
            let odd = *odd == 1;
            fold(0, move |all: u32, n: &u32| if odd { panic!("{n}") } else { all + n })
        },
    );
    routed.send(&2).unwrap();
    assert_eq!(caught(|| routed.send(&3)), Err("3".to_owned()));
    routed.send(&4).unwrap();
    assert_eq!(routed.finish(), Err(Stopped));
    assert_eq!(routed.finish_each(), BTreeMap::from([(0, Ok(6)), (1, Err(Stopped))]));
    assert!(routed.is_stopped());
}

#[test]
fn both_ends_of_a_zip_stop_when_the_child_has_enough() {
    let (mut left, mut right) = zip(take(1, collect::<(u32, u32), Vec<_>>()));
    let stopped =
        |left: &_, right: &_| (Sink::<u32>::is_stopped(left), Sink::<u32>::is_stopped(right));
    left.send(&1).unwrap();
    assert_eq!(stopped(&left, &right), (false, false));
    right.send(&10).unwrap();
    assert_eq!(stopped(&left, &right), (true, true));
    assert_eq!(left.send(&2), Err(Stopped), "it would wait for a partner in vain");
    assert_eq!(Sink::<u32>::close(left), None);
    assert_eq!(Sink::<u32>::close(right), Some(vec![(1, 10)]));
}

#[test]
fn a_zip_end_stops_when_the_other_can_give_no_partner() {
    let (mut left, right) = zip::<u32, u32, _>(count::<(u32, u32)>());
    Sink::<u32>::send(&mut left, &1).unwrap();
    assert!(!Sink::<u32>::is_stopped(&left));
    assert_eq!(
        format!("{left:?} {right:?}"),
        "ZipLeft { waiting: 1, .. } ZipRight { waiting: 0, .. }"
    );
    drop(right);
    assert!(Sink::<u32>::is_stopped(&left));
    assert_eq!(Sink::<u32>::send(&mut left, &2), Err(Stopped));
    assert_eq!(Sink::<u32>::close(left), Some(0));
}

#[test]
fn a_writer_keeps_its_first_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut full = writer(Full);
    assert_eq!(full.send("a"), Ok(()));
    assert!(Sink::<str>::is_stopped(&full));
    assert_eq!(full.send("b"), Err(Stopped));
    let error = Sink::<str>::finish(&mut full).unwrap().map(drop).unwrap_err();
    assert_eq!(error.to_string(), "full");
    assert!(Sink::<str>::finish(&mut full).is_err());
    let mut both = writer(Vec::new());
    both.send("text, ").unwrap();
    both.send(b"bytes".as_slice()).unwrap();
    assert_eq!(Sink::<str>::close(both).unwrap(), b"text, bytes");
}

#[test]
fn a_channel_stops_with_its_receiver() {
    let (sender, receiver) = mpsc::channel::<u32>();
    let mut numbers = filter(even, sender);
    numbers.send(&2).unwrap();
    assert_eq!(receiver.recv(), Ok(2));
    drop(receiver);
    numbers.send(&3).unwrap();
    assert_eq!(numbers.send(&4), Err(Stopped));
    numbers.close();
    let (mut sender, receiver) = mpsc::sync_channel::<String>(1);
    Sink::<str>::send(&mut sender, "a").unwrap();
    Sink::<str>::close(sender);
    assert_eq!(receiver.into_iter().collect::<Vec<_>>(), ["a"]);
}

#[test]
fn a_sink_that_panicked_under_a_lock_has_stopped() {
    let mut locked = Arc::new(Mutex::new(for_each(|n: &u32| assert_eq!(*n, 0))));
    locked.send(&0).unwrap();
    caught(|| locked.clone().send(&1)).unwrap_err();
    assert!(locked.is_stopped());
    assert_eq!(locked.send(&0), Err(Stopped));
    assert_eq!(locked.finish(), Err(Stopped));
}

#[test]
fn send_all_takes_values_and_references_and_leaves_the_rest() {
    let mut text = collect::<str, String>();
    text.send_all(["a", "b"]).unwrap();
    text.send_all(["c".to_owned()]).unwrap();
    assert_eq!(text.close(), "abc");
    let numbers = vec![1, 2];
    assert_eq!(all().run(&numbers), numbers);
    let mut numbers = 0..;
    assert_eq!(take(2, all()).run(numbers.by_ref()), [0, 1]);
    assert_eq!(numbers.next(), Some(2));
    let mut none = 0..;
    assert_eq!(take(0, all()).run(none.by_ref()), [0_u32; 0]);
    assert_eq!(none.next(), Some(0));
}

#[test]
fn stages_show_their_children() {
    let chain = map(
        |n: &u32| *n,
        skip(1, dedup(take_while(even, scan((), |(), n: &u32| Some(*n), count::<u32>())))),
    );
    let shown = format!("{chain:?}");
    for name in ["Map", "Skip", "Dedup", "TakeWhile", "Scan", "Count { count: Some(0), .. }"] {
        assert!(shown.contains(name), "{shown}");
    }
    let parted = partition(even, min::<u32>(), skip_while(even, last::<u32>()));
    assert!(format!("{parted:?}").contains("Min { kept: None, .. }"));
    let failing = try_fold(3, |_, _: &u32| Err::<i32, _>("no"));
    assert_eq!(format!("{failing:?}"), "TryFold { attempt: Ok(3), .. }");
}
