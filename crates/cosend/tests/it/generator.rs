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
#[should_panic(expected = "paused on something other than its output")]
fn a_foreign_pause_panics() {
    generator(async |_: Output<u8>| pending::<()>().await).next();
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

#[test]
fn the_result_is_taken_once_and_after_the_last_value() {
    let mut words = generator(async |mut out| {
        out.yield_("a").await;
        7
    });
    assert_eq!(words.take_result(), None);
    assert_eq!(words.next(), Some("a"));
    assert_eq!(words.take_result(), None);
    assert_eq!(words.next(), None);
    assert_eq!(words.take_result(), Some(7));
    assert_eq!(words.take_result(), None);
    assert_eq!(words.next(), None);
}

#[test]
fn a_result_may_be_asked_for_late() {
    let mut words = generator(async |_: Output<u8>| "result");
    assert_eq!((words.next(), words.next()), (None, None));
    assert_eq!(words.take_result(), Some("result"));
}

#[test]
fn a_panic_leaves_no_result() {
    let mut words = generator(async |_: Output<u8>| -> u8 { panic!("in the body") });
    assert!(catch_unwind(AssertUnwindSafe(|| words.next())).is_err());
    assert_eq!(words.take_result(), None);
}

#[test]
fn it_delegates_to_a_function_whose_result_it_gets() {
    async fn inner(out: &mut Output<'_, u32>, from: u32) -> u32 {
        for number in from..from + 2 {
            out.yield_(number).await;
        }
        from * 100
    }
    let mut numbers = generator(async |mut out| {
        let first = inner(&mut out, 1).await;
        let second = inner(&mut out, 5).await;
        first + second
    });
    assert_eq!(numbers.by_ref().collect::<Vec<_>>(), [1, 2, 5, 6]);
    assert_eq!(numbers.take_result(), Some(600));
}

#[test]
fn it_delegates_to_itself_through_a_box() {
    enum Tree {
        Leaf,
        Node(Box<Tree>, u32, Box<Tree>),
    }
    async fn walk(tree: &Tree, out: &mut Output<'_, u32>) {
        if let Tree::Node(left, value, right) = tree {
            Box::pin(walk(left, out)).await;
            out.yield_(*value).await;
            Box::pin(walk(right, out)).await;
        }
    }
    fn node(left: Tree, value: u32, right: Tree) -> Tree {
        Tree::Node(Box::new(left), value, Box::new(right))
    }
    let one = node(Tree::Leaf, 1, Tree::Leaf);
    let tree = node(one, 2, node(Tree::Leaf, 3, Tree::Leaf));
    let values = generator(async |mut out| walk(&tree, &mut out).await);
    assert_eq!(values.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn it_delegates_to_other_series() {
    let inner = generator(async |mut out| out.yield_from(1..3).await);
    let all = generator(async |mut out| {
        out.yield_from([]).await;
        out.yield_from(inner).await;
        out.yield_(3).await;
    });
    assert_eq!(all.collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn an_endless_body_is_a_series_too() {
    let mut fibonacci = generator(async |mut out| {
        let (mut a, mut b) = (0_u64, 1);
        loop {
            out.yield_(a).await;
            (a, b) = (b, a + b);
        }
    });
    assert_eq!(fibonacci.by_ref().take(8).collect::<Vec<_>>(), [0, 1, 1, 2, 3, 5, 8, 13]);
}

#[test]
fn it_searches_with_one_generator_a_level() {
    /// Yields each way to place queens on the rows that are left.
    async fn place(columns: &mut Vec<usize>, size: usize, out: &mut Output<'_, Vec<usize>>) {
        if columns.len() == size {
            return out.yield_(columns.clone()).await;
        }
        let row = columns.len();
        for column in 0..size {
            let attacked = columns.iter().enumerate().any(|(other_row, &other)| {
                other == column || other.abs_diff(column) == row - other_row
            });
            if !attacked {
                columns.push(column);
                Box::pin(place(columns, size, out)).await;
                columns.pop();
            }
        }
    }
    let mut boards = generator(async |mut out| place(&mut Vec::new(), 8, &mut out).await);
    assert_eq!(boards.next(), Some(vec![0, 4, 7, 5, 2, 6, 1, 3]));
    assert_eq!(boards.count(), 91);
}
