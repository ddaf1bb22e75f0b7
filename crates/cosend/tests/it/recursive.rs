//! Generators that delegate at any depth.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;

use cosend::{Branch, Recursive, recursive};

use crate::support::{foreign_pause, panic_message, poll_once};

struct Tree(Vec<Tree>, u32);

async fn walk<'t>(tree: &'t Tree, mut out: Branch<'t, u32>) -> u32 {
    out.yield_(tree.1).await;
    let mut sum = tree.1;
    for branch in &tree.0 {
        sum += out.delegate(|out| walk(branch, out)).await;
    }
    sum
}

#[test]
fn a_tree_is_walked_and_results_come_back() {
    let leaf = |number| Tree(vec![], number);
    let tree = Tree(vec![leaf(2), Tree(vec![leaf(4), leaf(5)], 3), leaf(6)], 1);
    let mut numbers = recursive(|out| walk(&tree, out));
    assert_eq!(numbers.by_ref().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(numbers.next(), None);
    assert!(numbers.is_exhausted());
    assert_eq!(numbers.take_result(), Some(21));
    assert_eq!(numbers.take_result(), None);
}

async fn down(left: u64, mut out: Branch<'_, u64>) -> u64 {
    out.yield_(left).await;
    if left == 0 { 0 } else { 1 + out.delegate(|out| down(left - 1, out)).await }
}

#[test]
fn a_million_deep_does_not_overflow() {
    let mut numbers = recursive(|out| down(1_000_000, out));
    assert_eq!(numbers.by_ref().sum::<u64>(), 500_000_500_000);
    assert_eq!(numbers.take_result(), Some(1_000_000));
    // Dropped at the bottom, it does not either.
    let mut numbers = recursive(|out| down(1_000_000, out));
    assert_eq!(numbers.nth(1_000_000), Some(0));
    assert!(format!("{numbers:?}").starts_with("Recursive { depth: 1000000, exhausted: false"));
}

#[test]
fn a_value_costs_the_same_at_any_depth() {
    // The bodies that wait are not run: a count shows it, where a clock would be noisy.
    async fn count<'t>(polls: &'t RefCell<u32>, depth: u32, mut out: Branch<'t, u32>) {
        if depth > 0 {
            let mut below = pin!(out.delegate(|out| count(polls, depth - 1, out)));
            return std::future::poll_fn(|context| {
                *polls.borrow_mut() += 1;
                below.as_mut().poll(context)
            })
            .await;
        }
        out.yield_from(0..1000).await;
    }
    let polls = RefCell::new(0);
    assert_eq!(recursive(|out| count(&polls, 1000, out)).count(), 1000);
    assert_eq!(polls.take(), 2000, "one to begin, and one to end");
}

#[test]
fn bodies_are_dropped_where_they_stand_the_topmost_first() {
    struct Note(Rc<RefCell<Vec<u32>>>, u32);
    impl Drop for Note {
        fn drop(&mut self) {
            self.0.borrow_mut().push(self.1);
        }
    }
    async fn noted(log: Rc<RefCell<Vec<u32>>>, depth: u32, mut out: Branch<'_, u32>) {
        let _note = Note(Rc::clone(&log), depth);
        out.yield_(depth).await;
        if depth < 3 {
            out.delegate(|out| noted(log, depth + 1, out)).await;
        }
    }
    let log = Rc::new(RefCell::new(Vec::new()));
    let mut numbers = recursive(|out| noted(Rc::clone(&log), 0, out));
    assert_eq!(numbers.by_ref().take(4).collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert!(log.borrow().is_empty());
    drop(numbers);
    assert_eq!(log.take(), [3, 2, 1, 0]);
}

#[test]
fn a_panic_ends_all_bodies() {
    async fn fail(depth: u32, mut out: Branch<'_, u32>) {
        out.yield_(depth).await;
        assert!(depth < 2, "deep inside");
        out.delegate(|out| fail(depth + 1, out)).await;
    }
    let mut numbers = recursive(|out| fail(0, out));
    assert_eq!(numbers.by_ref().take(3).count(), 3);
    assert_eq!(panic_message(|| numbers.next()), "deep inside");
    assert_eq!(numbers.next(), None);
    assert_eq!(numbers.take_result(), None);
}

#[test]
fn a_pause_elsewhere_is_found_out_at_any_depth() {
    let mut numbers: Recursive<'_, u32> = recursive(async |mut out: Branch<'_, u32>| {
        out.yield_(1).await;
        out.delegate(|_| foreign_pause()).await;
    });
    assert_eq!(numbers.next(), Some(1));
    let message = panic_message(|| numbers.next());
    assert!(
        message.contains("paused on something other than its output")
            && message.contains("recursive.rs:"),
        "{message}"
    );
    assert_eq!(numbers.next(), None);
}

#[test]
fn a_delegation_that_is_not_awaited_does_not_run() {
    let ran = RefCell::new(false);
    let numbers = recursive(async |mut out| {
        drop(out.delegate(async |mut out| {
            *ran.borrow_mut() = true;
            out.yield_(1).await;
        }));
        out.yield_(2).await;
        // One that is polled and given up goes when this body goes on without it.
        let _ = poll_once(pin!(out.delegate(async |mut out| out.yield_(3).await)));
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [2]);
    assert!(!ran.take());
}

#[test]
fn a_delegation_that_is_given_up_before_its_body_begins_leaves_nothing_behind() {
    let numbers = recursive(async |mut out| {
        let _ = poll_once(pin!(out.delegate(async |mut out| out.yield_(1).await)));
        out.yield_(2).await;
        out.yield_(3).await;
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn it_is_a_field_and_an_item_of_a_vector() {
    let series: Vec<Recursive<'static, u64, u64>> =
        vec![recursive(|out| down(2, out)), recursive(async |_| 7)];
    assert_eq!(series.into_iter().flatten().collect::<Vec<_>>(), [2, 1, 0]);
}
