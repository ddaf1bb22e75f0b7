//! One item to many owned coroutines.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use cosend::{Buffered, OwnedInput, Stopped, owned_coroutine, owned_fanout};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::support::owned::run;

const WORK: Duration = Duration::from_millis(20);

/// Takes so many items, and works on each.
fn summing(limit: usize) -> (Buffered<u32>, JoinHandle<u32>) {
    let (handle, driver) = owned_coroutine(async move |mut items: OwnedInput<u32>| {
        let mut sum = 0;
        for _ in 0..limit {
            let Some(item) = items.next().await else { break };
            sleep(WORK).await;
            sum += item;
        }
        sum
    })
    .buffered(1);
    (handle, tokio::spawn(driver))
}

#[test]
fn all_children_get_all_items_and_overlap() {
    run(async {
        let (children, sums): (Vec<_>, Vec<_>) = (0..3).map(|_| summing(usize::MAX)).unzip();
        let mut all = owned_fanout(children);
        let begun = Instant::now();
        for item in [1, 20, 300] {
            all.send(item).await.unwrap();
        }
        drop(all);
        for sum in sums {
            assert_eq!(sum.await.unwrap(), 321);
        }
        // As long as one of them alone takes, and a tick of the timer an item.
        assert!(begun.elapsed() <= 3 * WORK + Duration::from_millis(3), "{:?}", begun.elapsed());
    });
}

#[test]
fn a_child_that_has_stopped_is_skipped_until_all_have() {
    run(async {
        let (short, first) = summing(1);
        let (long, second) = summing(2);
        let mut both = owned_fanout([short, long]);
        both.send(1).await.unwrap();
        assert_eq!(first.await.unwrap(), 1);
        assert!(!both.is_stopped());
        assert_eq!(both.send(2).await, Ok(()));
        assert_eq!(second.await.unwrap(), 3);
        assert!(both.is_stopped());
        assert_eq!(both.send(3).await, Err(Stopped));
    });
}

#[test]
fn without_children_it_has_stopped() {
    run(async {
        let mut none = owned_fanout::<u32>([]);
        assert!(none.is_stopped());
        assert_eq!(none.send(1).await, Err(Stopped));
    });
}

#[test]
fn the_last_child_gets_the_item_itself() {
    struct Counted(Rc<Cell<u32>>);
    impl Clone for Counted {
        fn clone(&self) -> Self {
            self.0.set(self.0.get() + 1);
            Self(Rc::clone(&self.0))
        }
    }
    run(async {
        let clones = Rc::new(Cell::new(0));
        let (handles, drivers): (Vec<_>, Vec<_>) = (0..3)
            .map(|limit| {
                owned_coroutine(async move |mut items: OwnedInput<Counted>| {
                    let mut taken = 0;
                    while taken < limit && items.next().await.is_some() {
                        taken += 1;
                    }
                    taken
                })
                .buffered(4)
            })
            .unzip();
        let mut all = owned_fanout(handles);
        all.send(Counted(Rc::clone(&clones))).await.unwrap();
        assert_eq!(clones.get(), 2);
        assert_eq!(format!("{all:?}").matches("waiting: 1").count(), 3);
        drop(all);
        let mut taken = Vec::new();
        for driver in drivers {
            taken.push(driver.await);
        }
        assert_eq!(taken, [0, 1, 1]);
    });
}

#[test]
fn an_item_that_one_child_took_is_taken_wherever_that_child_is() {
    run(async {
        for last_is_over in [false, true] {
            let ((over, sum), (going, going_sum)) = (summing(0), summing(1));
            assert_eq!(sum.await.unwrap(), 0);
            let mut both = owned_fanout(if last_is_over { [going, over] } else { [over, going] });
            assert_eq!(both.send(7).await, Ok(()));
            assert_eq!(going_sum.await.unwrap(), 7);
            assert_eq!(both.send(8).await, Err(Stopped));
        }
    });
}
