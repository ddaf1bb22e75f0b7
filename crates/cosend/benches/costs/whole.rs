//! What is timed as a whole, and not by the operation: a deep recursion, and stages that
//! overlap.

use std::future::Future;
use std::time::{Duration, Instant};

use cosend::{Branch, OwnedCoroutine, OwnedInput, owned_coroutine, recursive};

use crate::measure::timed;

/// How many bodies deep.
const DEPTH: u32 = 64_000;
/// How many values come out of the deepest body.
const VALUES: u32 = 64_000;

/// Delegates to the bottom, which yields all values.
async fn descend(depth: u32, mut out: Branch<'_, u32>) {
    if depth == 0 {
        return out.yield_from(0..VALUES).await;
    }
    out.delegate(|out| descend(depth - 1, out)).await;
}

/// The time that the values take once the first is there, and before the bodies end.
fn values(depth: u32) -> Duration {
    let mut series = recursive(|out| descend(depth, out));
    assert_eq!(series.next(), Some(0));
    let more = VALUES as usize - 1;
    let (time, sum) = timed(|| series.by_ref().take(more).map(u64::from).sum::<u64>());
    assert_eq!(sum, u64::from(VALUES) * u64::from(VALUES - 1) / 2);
    time
}

/// A value out of one body, and out of the last of many.
#[allow(clippy::cast_precision_loss, reason = "a count of operations is small")]
pub(crate) fn delegation(rounds: usize) -> Option<String> {
    let (mut shallow, mut deep) = (Duration::MAX, Duration::MAX);
    for _ in 0..rounds.div_ceil(10) {
        shallow = shallow.min(values(0));
        deep = deep.min(values(DEPTH));
    }
    let nanoseconds = |time: Duration| time.as_nanos() as f64 / f64::from(VALUES);
    let ratio = nanoseconds(deep) / nanoseconds(shallow);
    println!("delegation: a value out of a recursive generator");
    println!("  {:26} {:8.2} ns", "one body", nanoseconds(shallow));
    println!("  {:26} {:8.2} ns {ratio:7.2} x", "the last of 64,000", nanoseconds(deep));
    (ratio > 1.5).then(|| format!("a value out of 64,000 bodies costs {ratio:.2} times one"))
}

const WORK: Duration = Duration::from_millis(20);
const ITEMS: u32 = 5;

fn slow() -> OwnedCoroutine<u32, impl Future<Output = u32> + Send> {
    owned_coroutine(async |mut items: OwnedInput<u32>| {
        let mut sum = 0;
        while let Some(item) = items.next().await {
            tokio::time::sleep(WORK).await;
            sum += item;
        }
        sum
    })
}

async fn one_by_one() -> u32 {
    let mut second = slow();
    for item in 0..ITEMS {
        tokio::time::sleep(WORK).await;
        second.send(item).await.unwrap();
    }
    second.close().await
}

async fn overlapping() -> u32 {
    let (mut second, driver) = slow().buffered(1);
    let sum = tokio::spawn(driver);
    for item in 0..ITEMS {
        tokio::time::sleep(WORK).await;
        second.send(item).await.unwrap();
    }
    drop(second);
    sum.await.unwrap()
}

/// Two stages that wait 20 ms an item, for five items.
pub(crate) fn overlap() -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let time = |begun: Instant| begun.elapsed().as_secs_f64() * 1e3;
    let begun = Instant::now();
    assert_eq!(runtime.block_on(one_by_one()), 10);
    let apart = time(begun);
    let begun = Instant::now();
    assert_eq!(runtime.block_on(overlapping()), 10);
    let together = time(begun);
    println!("two stages of 20 ms, five items");
    println!("  {:26} {apart:8.0} ms", "one after the other");
    println!("  {:26} {together:8.0} ms", "buffered");
    // Six times 20 ms, and what the timer adds.
    (together > 150.0).then(|| format!("two buffered stages took {together:.0} ms, goal 150"))
}
