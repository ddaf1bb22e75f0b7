//! Generators from the outside: lazy, fused, dropped where they stand.

use std::cell::Cell;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use cosend::{Output, generator};

#[test]
fn nothing_runs_before_the_first_next() {
    let begun = Cell::new(false);
    let mut numbers = generator(async |mut out| {
        begun.set(true);
        out.yield_(1).await;
    });
    assert!(!begun.get());
    assert_eq!(numbers.next(), Some(1));
    assert!(begun.get());
}

#[test]
fn the_body_runs_no_further_than_its_yield() {
    let reached = Cell::new(0);
    let mut numbers = generator(async |mut out| {
        for step in 1..=3 {
            reached.set(step);
            out.yield_(step).await;
        }
    });
    numbers.next();
    numbers.next();
    assert_eq!(reached.get(), 2);
}

#[test]
fn it_stays_exhausted() {
    let mut numbers = generator(async |mut out| out.yield_(1).await);
    assert_eq!(numbers.next(), Some(1));
    for _ in 0..3 {
        assert_eq!(numbers.next(), None);
    }
}

#[test]
fn a_body_that_yields_nothing_is_an_empty_series() {
    assert_eq!(generator(async |_: Output<u8>| ()).next(), None);
}

#[test]
fn a_drop_drops_the_body_where_it_stands() {
    let held = Rc::new(());
    let inside = Rc::clone(&held);
    let after = Cell::new(false);
    let mut numbers = generator(async |mut out| {
        out.yield_(1).await;
        after.set(true);
        drop(inside);
    });
    numbers.next();
    drop(numbers);
    assert!(!after.get());
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn a_panic_in_the_body_exhausts_it() {
    let mut numbers = generator(async |mut out| {
        out.yield_(1).await;
        panic!("in the body");
    });
    assert_eq!(numbers.next(), Some(1));
    assert!(catch_unwind(AssertUnwindSafe(|| numbers.next())).is_err());
    assert_eq!(numbers.next(), None);
}

#[test]
#[should_panic(expected = "a generator paused on something other than its output")]
fn a_foreign_pause_panics() {
    generator(async |_: Output<u8>| pending().await).next();
}

#[test]
fn it_debugs_whether_it_is_exhausted() {
    let mut numbers = generator(async |mut out| {
        let handle = format!("{out:?}");
        let pause = format!("{:?}", out.yield_(String::new()));
        out.yield_(format!("{handle} {pause}")).await;
    });
    assert_eq!(format!("{numbers:?}"), "Generator { exhausted: false, .. }");
    assert_eq!(numbers.next().unwrap(), "Output { .. } Yield { yielded: false, .. }");
    numbers.next();
    assert_eq!(format!("{numbers:?}"), "Generator { exhausted: true, .. }");
}
