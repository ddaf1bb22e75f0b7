//! Networks: fanout, tuples, boxed and borrowed sinks.

use std::cell::{Cell, RefCell};

use cosend::{Input, LocalBoxSink, Sink, Stopped, collect, coroutine, count, fanout};

use crate::support::panic_message;

/// Takes a given number of items, then returns their sum.
fn sum_of(first: usize) -> impl Sink<u32, Return = u32> {
    coroutine(async move |mut numbers: Input<u32>| {
        let mut sum = 0;
        for _ in 0..first {
            let Some(number) = numbers.next().await else { break };
            sum += number;
        }
        sum
    })
}

#[test]
fn fanout_skips_children_that_have_stopped_and_stops_with_the_last() {
    let mut children = fanout([1, 3, 2].map(sum_of));
    assert_eq!(children.children().len(), 3);
    for sent in 1..=3 {
        assert_eq!(Sink::send(&mut children, &10), Ok(()), "send {sent}");
    }
    assert_eq!(children.send(&10), Err(Stopped));
    assert_eq!(children.close(), [10, 30, 20]);
}

#[test]
fn fanout_without_children_has_stopped() {
    let mut none = fanout(Vec::<Box<dyn Sink<u8, Return = ()>>>::new());
    assert_eq!(none.send(&1), Err(Stopped));
    assert!(none.close().is_empty());
}

#[test]
fn fanout_finishes_every_child_although_one_has_no_result() {
    let closed = Cell::new(0);
    let child = || {
        coroutine(async |mut numbers: Input<u32>| {
            while numbers.next().await.is_some() {}
            closed.set(closed.get() + 1);
        })
    };
    let mut first = child();
    first.finish().unwrap();
    let mut children = fanout([first, child(), child()]);
    children.send(&1).unwrap();
    assert_eq!(children.finish(), Err(Stopped));
    assert_eq!(closed.get(), 3);
}

/// Counts words, and panics at one.
fn hates(hated: &str) -> impl Sink<str, Return = usize> {
    coroutine(async move |mut words: Input<str>| {
        let mut count = 0;
        while let Some(word) = words.next().await {
            assert_ne!(word, hated, "hated");
            count += 1;
        }
        assert_ne!(hated, "the end", "hated");
        count
    })
}

#[test]
fn a_child_that_panicked_loses_no_result_of_its_siblings() {
    let mut children = fanout(["x", "bad", "y"].map(hates));
    children.send("a").unwrap();
    panic_message(|| children.send("bad"));
    assert_eq!(children.send("c"), Ok(()));
    assert_eq!(children.finish(), Err(Stopped));
    assert_eq!(children.finish(), Err(Stopped));
    assert_eq!(children.finish_each(), [Ok(3), Err(Stopped), Ok(2)]);
    assert_eq!(children.finish_each(), [Err(Stopped); 3], "they were taken");
}

#[test]
fn a_child_that_panics_at_its_close_loses_no_result_of_its_siblings() {
    let mut children = fanout(["x", "the end", "y"].map(hates));
    children.send("a").unwrap();
    panic_message(|| children.finish());
    assert_eq!(children.finish_each(), [Ok(1), Err(Stopped), Ok(1)]);
}

#[test]
fn settled_children_of_a_tuple_lose_nothing() {
    let mut children = (hates("bad").settled(), hates("x").settled());
    children.send("a").unwrap();
    panic_message(|| children.send("bad"));
    assert_eq!(children.send("c"), Ok(()));
    assert_eq!(children.close(), (Err(Stopped), Ok(2)));
}

#[test]
fn results_are_mapped_so_that_different_sinks_are_one_type() {
    let children: Vec<LocalBoxSink<'_, str, String>> = vec![
        Box::new(count().map_result(|count| count.to_string())),
        Box::new(collect::<str, String>()),
    ];
    assert_eq!(fanout(children).run(["a", "b"]), ["2", "ab"]);
}

#[test]
fn fanout_gives_its_results_once() {
    let mut children = fanout([2, 2].map(sum_of));
    children.send(&4).unwrap();
    assert_eq!(children.finish(), Ok(vec![4, 4]));
    assert_eq!(children.send(&4), Err(Stopped));
    assert_eq!(children.finish(), Err(Stopped));
}

#[test]
fn fanout_dropped_closes_in_the_order_of_the_children() {
    let log = RefCell::new(Vec::new());
    let mut children = fanout(["hate", "love", "hope"].map(|word| {
        let log = &log;
        coroutine(async move |mut lines: Input<str>| {
            let mut found = 0;
            while let Some(line) = lines.next().await {
                found += usize::from(line.contains(word));
            }
            log.borrow_mut().push((word, found));
        })
    }));
    children.send("love and hope").unwrap();
    children.send("love").unwrap();
    drop(children);
    assert_eq!(log.take(), [("hate", 0), ("love", 2), ("hope", 1)]);
}

#[test]
fn fanout_nests() {
    let mut network = fanout([fanout([1, 2].map(sum_of)), fanout([3].map(sum_of))]);
    for _ in 0..2 {
        network.send(&1).unwrap();
    }
    assert_eq!(network.close(), [vec![1, 2], vec![2]]);
}

#[test]
fn a_tuple_feeds_children_of_different_kinds() {
    let names = coroutine(async |mut numbers: Input<u32>| {
        let mut text = String::new();
        while let Some(number) = numbers.next().await {
            text.push_str(&number.to_string());
        }
        text
    });
    let mut both = (sum_of(1), names);
    both.send(&1).unwrap();
    both.send(&2).unwrap();
    assert_eq!(both.close(), (1, "12".to_owned()));
}

#[test]
fn a_tuple_stops_with_its_last_child_and_gives_its_results_once() {
    let mut both = (sum_of(1), sum_of(2));
    both.send(&5).unwrap();
    both.send(&5).unwrap();
    assert_eq!(both.send(&5), Err(Stopped));
    assert_eq!(both.finish(), Ok((5, 10)));
    assert_eq!(both.finish(), Err(Stopped));
}

#[test]
fn a_tuple_finishes_every_child_although_the_first_has_no_result() {
    let closed = Cell::new(false);
    let mut first = sum_of(1);
    first.finish().unwrap();
    let second = coroutine(async |mut numbers: Input<u32>| {
        while numbers.next().await.is_some() {}
        closed.set(true);
    });
    let mut both = (first, second);
    assert_eq!(both.finish(), Err(Stopped));
    assert!(closed.get());
}

#[test]
fn tuples_go_up_to_eight() {
    let mut eight =
        (sum_of(1), sum_of(2), sum_of(3), sum_of(4), sum_of(5), sum_of(6), sum_of(7), (sum_of(8),));
    for _ in 0..8 {
        eight.send(&1).unwrap();
    }
    assert_eq!(eight.send(&1), Err(Stopped));
    assert_eq!(eight.close(), (1, 2, 3, 4, 5, 6, 7, (8,)));
}

#[test]
fn boxed_sinks_of_different_kinds_are_one_type() {
    let boxes: Vec<Box<dyn Sink<u32, Return = u32>>> = vec![
        Box::new(sum_of(1)),
        Box::new(coroutine(async |mut numbers: Input<u32>| {
            let mut product = 1;
            while let Some(number) = numbers.next().await {
                product *= number;
            }
            product
        })),
    ];
    let mut network = fanout(boxes);
    for number in [2, 3, 4] {
        network.send(&number).unwrap();
    }
    assert_eq!(network.close(), [2, 24]);
}

#[test]
fn a_borrowed_sink_is_fed_and_stays() {
    fn feed(mut sink: impl Sink<u32>) {
        for number in [1, 2, 3] {
            if sink.send(&number).is_err() {
                return;
            }
        }
    }
    let mut sum = sum_of(5);
    feed(&mut sum);
    assert_eq!(Sink::<u32>::finish(&mut &mut sum), Ok(6));
    assert_eq!(sum.send(&1), Err(Stopped));
}
