//! `CPython`'s tests of asynchronous comprehensions: combinators of a stream, where the
//! generator is an owned one that waits before each value.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, ready};
use std::time::Duration;

use cosend::{OwnedGenerator, OwnedOutput, owned_generator};
use futures_util::{Stream, StreamExt as _, stream};

use crate::support::owned::run;
use crate::support::quietly;

/// Yields the values, each after a wait.
fn waiting<T, I>(values: I) -> impl Stream<Item = T>
where
    I: IntoIterator<Item = T>,
{
    owned_generator(async move |mut out: OwnedOutput<T>| {
        for value in values {
            tokio::time::sleep(Duration::from_millis(1)).await;
            out.yield_(value).await;
        }
    })
}

async fn f<T>(value: T) -> T {
    tokio::time::sleep(Duration::from_millis(1)).await;
    value
}

fn collected<T, C: Default + Extend<T>>(values: impl Stream<Item = T>) -> C {
    run(values.collect())
}

#[test]
fn comp_1() {
    let awaited = || stream::iter([f(1), f(41)]).then(|it| it);
    assert_eq!(collected::<_, Vec<_>>(awaited()), [1, 41]);
    assert_eq!(collected::<_, BTreeSet<_>>(awaited()), [1, 41].into());
    let keys: BTreeMap<_, _> = collected(awaited().map(|it| (it, 'a')));
    assert_eq!(keys, [(1, 'a'), (41, 'a')].into());
    let values: BTreeMap<_, _> = collected(awaited().enumerate());
    assert_eq!(values, [(0, 1), (1, 41)].into());
}

#[test]
fn comp_2() {
    let words = [f(vec![]), f(vec!["a", "b", "c"]), f(vec![]), f(vec!["de", "fg"])];
    let letters = stream::iter(words).then(|it| it).flat_map(stream::iter);
    assert_eq!(collected::<_, Vec<_>>(letters), ["a", "b", "c", "de", "fg"]);
    let nested = [f(vec![f(vec![10, 30]), f(vec![20])])];
    let flat = stream::iter(nested).then(|it| it).flat_map(stream::iter).then(|it| it);
    let numbers: BTreeSet<_> = collected(flat.flat_map(stream::iter));
    assert_eq!(numbers, [10, 20, 30].into());
    let inner = stream::iter([f(vec![f(10), f(20)])]).then(|it| it).flat_map(stream::iter);
    assert_eq!(collected::<_, BTreeSet<_>>(inner.then(|it| it)), [10, 20].into());
}

#[test]
fn comp_3() {
    let added = || waiting([10, 20]).map(|i| i + 1);
    assert_eq!(collected::<_, Vec<_>>(added()), [11, 21]);
    assert_eq!(collected::<_, BTreeSet<_>>(added()), [11, 21].into());
    let pairs: BTreeMap<_, _> = collected(waiting([10, 20]).map(|i| (i + 1, i + 2)));
    assert_eq!(pairs, [(11, 12), (21, 22)].into());
    assert_eq!(collected::<_, Vec<_>>(added().map(|g| g + 100)), [111, 121]);
}

#[test]
fn comp_4() {
    let large = || waiting([10, 20]).filter(|&i| ready(i > 10));
    assert_eq!(collected::<_, Vec<_>>(large().map(|i| i + 1)), [21]);
    assert_eq!(collected::<_, BTreeSet<_>>(large().map(|i| i + 1)), [21].into());
    let pairs: BTreeMap<_, _> = collected(large().map(|i| (i + 1, i + 2)));
    assert_eq!(pairs, [(21, 22)].into());
    assert_eq!(collected::<_, Vec<_>>(large().map(|i| i + 1).map(|g| g + 100)), [121]);
}

#[test]
fn comp_4_2() {
    let middle = || waiting(0..5).filter(|&i| ready(0 < i && i < 4));
    assert_eq!(collected::<_, Vec<_>>(middle().map(|i| i + 10)), [11, 12, 13]);
    assert_eq!(collected::<_, BTreeSet<_>>(middle().map(|i| i + 10)), [11, 12, 13].into());
    let pairs: BTreeMap<_, _> = collected(middle().map(|i| (i + 10, i + 100)));
    assert_eq!(pairs, [(11, 101), (12, 102), (13, 103)].into());
    assert_eq!(collected::<_, Vec<_>>(middle().map(|i| i + 10 + 100)), [111, 112, 113]);
}

#[test]
fn comp_5() {
    let pairs = stream::iter([[10, 20], [30, 40]]).filter(|pair| ready(pair[0] > 10));
    let numbers = pairs.flat_map(waiting).filter(|&i| ready(i > 30));
    assert_eq!(collected::<_, Vec<_>>(numbers.map(|i| i + 1)), [41]);
}

#[test]
fn comp_6() {
    let numbers = waiting([vec![10, 20], vec![30]]).flat_map(stream::iter);
    assert_eq!(collected::<_, Vec<_>>(numbers.map(|i| i + 1)), [11, 21, 31]);
}

/// Yields 1 and 2, and then fails.
fn failing() -> OwnedGenerator<u32, impl Future<Output = ()>> {
    owned_generator(async |mut out: OwnedOutput<u32>| {
        out.yield_(1).await;
        out.yield_(2).await;
        panic!("the third");
    })
}

#[test]
fn comp_7() {
    let mut seen = Vec::new();
    let failed = quietly(|| {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            run(failing().for_each(|i| {
                seen.push(i);
                ready(())
            }));
        }))
    });
    assert_eq!(failed.unwrap_err().downcast_ref(), Some(&"the third"));
    assert_eq!(seen, [1, 2]);
}

#[test]
fn comp_8_and_10() {
    let body = async { [1, 2, 3].into_iter().collect::<BTreeSet<_>>() };
    let doubled = run(async { body.await.into_iter().map(|x| (x, x)).collect::<Vec<_>>() });
    assert_eq!(doubled, [(1, 1), (2, 2), (3, 3)]);
}

#[test]
fn comp_9() {
    let all = run(async { waiting([1, 2]).collect::<Vec<_>>().await });
    assert_eq!(all, [1, 2]);
}

#[test]
fn nested_comp() {
    let inside = |j: i32| waiting([1, 2]).map(move |i| i + j);
    let lists = stream::iter([10, 20]).then(|j| inside(j).collect::<Vec<_>>());
    assert_eq!(collected::<_, Vec<_>>(lists), [[11, 12], [21, 22]]);
    let sums = stream::iter([3, 5]).then(|j| waiting(0..j).fold(0, |sum, i| ready(sum + i)));
    assert_eq!(collected::<_, BTreeSet<_>>(sums), [3, 10].into());
    let maps = stream::iter([10, 20]).then(|j| async move {
        (j, waiting([1, 2]).map(|i| (i, i + j)).collect::<BTreeMap<_, _>>().await)
    });
    let maps: BTreeMap<_, _> = collected(maps);
    assert_eq!(maps[&20], [(1, 21), (2, 22)].into());
    let flat = stream::iter([3, 5]).flat_map(|j| waiting(0..j));
    assert_eq!(collected::<_, Vec<_>>(flat), [0, 1, 2, 0, 1, 2, 3, 4]);
}

#[test]
fn async_gen_expression_01() {
    let doubled = waiting(0..10).map(|i| i * 2);
    assert_eq!(collected::<_, Vec<_>>(doubled), (0..10).map(|i| i * 2).collect::<Vec<_>>());
}

#[test]
fn async_gen_expression_02() {
    // What is awaited in the condition is the number itself: all but zero are true.
    let kept = stream::iter(0..10).filter(|&i| async move { f(i).await != 0 }).map(|i| i * 2);
    assert_eq!(collected::<_, Vec<_>>(kept), (1..10).map(|i| i * 2).collect::<Vec<_>>());
}
