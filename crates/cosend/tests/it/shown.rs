//! What each type shows of itself, as in a log: its name, what it holds, and its children.

use std::fmt::Debug;
use std::future::Future;
use std::pin::pin;

use cosend::{
    Branch, FallibleInput, Input, Item, Next, Output, OwnedInput, OwnedOutput, OwnedPort, Port,
    Sink, batch, collect, coroutine, count, dedup, enumerate, expand, fallible, fanout, filter_map,
    flat_map, for_each, generator, last, min, owned_coroutine, owned_fanout, owned_generator,
    owned_resumable, partition, project, recursive, resumable, route, scan, shared, skip,
    skip_while, sum, take, take_while, try_filter, try_fold, try_for_each, try_generator, try_map,
    window, writer, zip,
};

use crate::support::poll_once;

const COUNT: &str = "Count { count: Some(0), .. }";

/// Asserts that a stage above a count shows its own name, and the count.
fn assert_stage(stage: &impl Debug, name: &str) {
    assert_eq!(format!("{stage:?}"), format!("{name} {{ child: {COUNT}, .. }}"));
}

#[test]
fn stages_show_their_child() {
    assert_stage(&filter_map(|it: &u8| Some(*it), count()), "FilterMap");
    assert_stage(&flat_map(|it: &u8| [*it], count()), "FlatMap");
    assert_stage(&project(|it: &String| it.as_str(), count::<str>()), "Project");
    assert_stage(
        &expand(|it: &u8, child: &mut cosend::Count<u8>| child.send(it), count()),
        "Expand",
    );
    assert_stage(&enumerate::<u8, _>(count()), "Enumerate");
    assert_stage(&scan(0, |_: &mut u8, it: &u8| Some(*it), count()), "Scan");
    assert_stage(&take(1, count::<u8>()), "Take");
    assert_stage(&skip(1, count::<u8>()), "Skip");
    assert_stage(&take_while(|_: &u8| true, count()), "TakeWhile");
    assert_stage(&skip_while(|_: &u8| true, count()), "SkipWhile");
    assert_stage(&dedup::<u8, _>(count()), "Dedup");
    assert_stage(&batch::<u8, _>(2, count()), "Batch");
    assert_stage(&window::<u8, _>(2, count()), "Window");
    assert_stage(&try_map(|it: &u8| Ok::<_, ()>(*it), count()), "TryMap");
    assert_stage(&try_filter(|_: &u8| Ok::<_, ()>(true), count::<u8>()), "TryFilter");
}

#[test]
fn those_of_many_children_show_them_all() {
    let two = partition(|_: &u8| true, count(), last::<u8>());
    let shown = format!("Partition {{ met: {COUNT}, not_met: Last {{ ");
    assert!(format!("{two:?}").starts_with(&shown), "{two:?}");
    let mut routed = route(|it: &u8| it % 2, |_: &u8| count::<u8>());
    routed.send(&3).unwrap();
    assert_eq!(format!("{routed:?}"), "Route { children: {1: Count { count: Some(1), .. }}, .. }");
    let fan = fanout::<u8, _>([count(), count()]);
    assert_eq!(format!("{fan:?}"), format!("Fanout {{ children: [{COUNT}, {COUNT}], .. }}"));
    let mapped = count::<u8>().map_result(|count| count + 1);
    assert_eq!(format!("{mapped:?}"), format!("MapResult {{ sink: {COUNT}, .. }}"));
    let settled = count::<u8>().settled();
    assert_eq!(format!("{settled:?}"), format!("Settled {{ sink: {COUNT}, finished: false }}"));
    let (mut left, right) = zip(collect::<(u8, u8), Vec<_>>());
    left.send(&1).unwrap();
    assert_eq!(
        format!("{left:?} {right:?}"),
        "ZipLeft { waiting: 1, .. } ZipRight { waiting: 0, .. }"
    );
    assert_eq!(format!("{:?}", shared(count::<u8>())), "Shared { handles: 1, .. }");
}

#[test]
fn ends_show_what_they_have_so_far() {
    let mut total = sum::<u8, u8>();
    total.send(&3).unwrap();
    assert_eq!(format!("{total:?}"), "Sum { total: Some(3), .. }");
    let mut least = min::<u8>();
    least.send(&3).unwrap();
    assert!(format!("{least:?}").contains("Some(3)"), "{least:?}");
    assert!(format!("{:?}", for_each(|_: &u8| ())).starts_with("ForEach"));
    assert_eq!(
        format!("{:?}", writer(Vec::<u8>::new())),
        "Writer { writer: Some([]), error: None }"
    );
    let mut folded = try_fold(1, |sum: u8, it: &u8| sum.checked_add(*it).ok_or("too much"));
    assert_eq!(format!("{folded:?}"), "TryFold { attempt: Ok(1), .. }");
    folded.send(&255).unwrap();
    assert_eq!(format!("{folded:?}"), "TryFold { attempt: Err(\"too much\"), .. }");
    folded.finish().unwrap().unwrap_err();
    assert_eq!(format!("{folded:?}"), "TryFold { attempt: Over, .. }");
    let each = try_for_each(|_: &u8| Err::<(), _>("no"));
    assert_eq!(format!("{each:?}"), "TryForEach { attempt: Ok(()), .. }");
}

#[test]
fn bodies_show_whether_they_go_on() {
    let body = coroutine(async |mut items: Input<u8>| while items.next().await.is_some() {});
    assert_eq!(format!("{body:?}"), "Coroutine { stopped: false, .. }");
    let mut series = generator(async |mut out| out.yield_(1).await);
    assert_eq!(format!("{series:?}"), "Generator { exhausted: false, .. }");
    assert_eq!(series.by_ref().count(), 1);
    assert_eq!(format!("{series:?}"), "Generator { exhausted: true, .. }");
    let tried = try_generator(async |mut out: Output<u8>| {
        out.yield_(1).await;
        Ok::<_, ()>(())
    });
    assert_eq!(
        format!("{tried:?}"),
        "TryGenerator { generator: Generator { exhausted: false, .. } }"
    );
    let owned = owned_coroutine(async |_: OwnedInput<u8>| ());
    assert_eq!(format!("{owned:?}"), "OwnedCoroutine { stopped: false, .. }");
    let owned = owned_generator(async |_: OwnedOutput<u8>| ());
    assert_eq!(format!("{owned:?}"), "OwnedGenerator { exhausted: false, .. }");
    let (handle, _driver) = owned_coroutine(async |_: OwnedInput<u8>| ()).buffered(1);
    assert_eq!(format!("{handle:?}"), "Buffered { waiting: 0, stopped: false, .. }");
    let fan = owned_fanout([handle]);
    assert!(format!("{fan:?}").starts_with("OwnedFanout { children: [Buffered { "), "{fan:?}");
}

#[test]
fn handles_and_pauses_show_how_far_they_are() {
    let seen = coroutine(async |mut items: Input<u8>| {
        let mut seen = vec![format!("{items:?}")];
        let mut next: Next<'_, '_, u8> = items.next();
        seen.push(format!("{next:?}"));
        (&mut next).await;
        seen.push(format!("{next:?}"));
        drop(next);
        seen.push(format!("{items:?}"));
        let item: Item<'_, '_, u8> = items.item();
        seen.push(format!("{item:?}"));
        drop(item);
        seen
    });
    assert_eq!(
        seen.close(),
        [
            "Input { closing: false, .. }",
            "Next { finished: false, .. }",
            "Next { finished: true, .. }",
            "Input { closing: true, .. }",
            "Item { next: Next { finished: false, .. } }",
        ]
    );

    let thrown = fallible(async |mut items: FallibleInput<u8, ()>| {
        Ok((format!("{items:?}"), format!("{:?}", items.next())))
    });
    let (input, pause) = thrown.close().unwrap();
    assert_eq!(input, "FallibleInput { input: Input { closing: false, .. }, .. }");
    assert_eq!(pause, "NextOrError { next: Next { finished: false, .. }, .. }");

    let (mut body, _) = resumable(async |mut port: Port<u8, ()>| {
        port.yield_(()).await;
        format!("{port:?}")
    });
    assert_eq!(body.finish().unwrap(), "Port { input: Input { closing: true, .. }, .. }");

    let mut series = generator(async |mut out: Output<u8>| {
        let mut pause = out.yield_(1);
        let before = format!("{pause:?}");
        (&mut pause).await;
        (before, format!("{pause:?}"))
    });
    assert_eq!(series.by_ref().count(), 1);
    let (before, after) = series.take_result().unwrap();
    assert_eq!(before, "Yield { yielded: false, .. }");
    assert_eq!(after, "Yield { yielded: true, .. }");

    let mut deep = recursive(async |out: Branch<'_, u8>| format!("{out:?}"));
    assert_eq!(deep.next(), None);
    assert_eq!(deep.take_result().unwrap(), "Branch { .. }");
}

#[test]
fn handles_of_owned_bodies_show_how_far_they_are() {
    let body = owned_coroutine(async |mut items: OwnedInput<u8>| format!("{:?}", items.next()));
    assert_eq!(ready(body.close()), "OwnedNext { input: OwnedInput { closing: true, .. }, .. }");
    let mut series = owned_generator(async |mut out: OwnedOutput<u8>| {
        (format!("{out:?}"), format!("{:?}", out.yield_(1)))
    });
    let (output, pause) = ready(series.finish()).unwrap();
    assert_eq!(output, "OwnedOutput { .. }");
    assert_eq!(pause, "OwnedYield { yielded: false, .. }");
    let (mut body, _) = ready(owned_resumable(async |mut port: OwnedPort<u8, ()>| {
        port.yield_(()).await;
        format!("{port:?}")
    }));
    assert_eq!(format!("{body:?}"), "OwnedResumable { stopped: false, .. }");
    assert_eq!(
        ready(body.finish()).unwrap(),
        "OwnedPort { input: OwnedInput { closing: true, .. }, .. }"
    );
}

/// What a future that waits for nothing gives.
fn ready<F: Future>(future: F) -> F::Output {
    match poll_once(pin!(future)) {
        std::task::Poll::Ready(output) => output,
        std::task::Poll::Pending => panic!("it waits"),
    }
}
