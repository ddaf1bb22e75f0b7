//! The owned flavour as `Stream` and `Sink` of the `futures` crates.

use std::cell::Cell;
use std::pin::pin;

use cosend::{OwnedInput, OwnedOutput, Stopped, owned_coroutine, owned_generator};
use futures_util::{SinkExt, StreamExt as _, stream};

use crate::support::owned::{run, slow_join, ticks};
use crate::support::poll_once;

#[test]
fn a_generator_is_a_stream() {
    run(async {
        let mut ticks = ticks(3);
        let tens: Vec<_> = ticks.by_ref().map(|tick| tick * 10).collect().await;
        assert_eq!(tens, [0, 10, 20]);
        assert_eq!(ticks.take_result(), Some("the end"));
    });
}

#[test]
fn a_coroutine_is_a_sink() {
    run(async {
        let mut body = slow_join();
        let words = stream::iter(["a", "b", "c"]).map(|word| Ok(word.to_owned()));
        words.forward(&mut body).await.unwrap();
        assert_eq!(body.finish().await.as_deref(), Ok("abc"));
        assert_eq!(SinkExt::send(&mut body, "late".into()).await, Err(Stopped));
    });
}

#[test]
fn items_fed_without_a_flush_arrive_in_order() {
    run(async {
        let mut body = slow_join();
        body.feed("a".into()).await.unwrap();
        body.feed("b".into()).await.unwrap();
        SinkExt::flush(&mut body).await.unwrap();
        body.feed("c".into()).await.unwrap();
        assert_eq!(body.finish().await.as_deref(), Ok("abc"), "the last was in the slot");
    });
}

#[test]
fn a_stopped_coroutine_is_a_stopped_sink() {
    run(async {
        let mut one = owned_coroutine(async move |mut items: OwnedInput<u8>| items.next().await);
        let sent = stream::iter([1, 2, 3]).map(Ok).forward(&mut one).await;
        assert_eq!(sent, Err(Stopped));
        assert_eq!(one.finish().await, Ok(Some(1)));
    });
}

#[test]
fn an_input_is_a_stream_inside_the_body() {
    run(async {
        let mut body = owned_coroutine(|items: OwnedInput<u8>| {
            items.filter(|item| std::future::ready(item % 2 == 0)).collect::<Vec<_>>()
        });
        for item in 0..5 {
            body.send(item).await.unwrap();
        }
        assert_eq!(body.close().await, [0, 2, 4]);
    });
}

#[test]
fn an_output_takes_a_stream() {
    run(async {
        let numbers = owned_generator(async move |mut out: OwnedOutput<u32>| {
            out.yield_stream(ticks(2)).await;
            out.yield_(7).await;
        });
        assert_eq!(numbers.collect::<Vec<_>>().await, [0, 1, 7]);
    });
}

#[test]
fn an_input_is_forwarded_into_a_sink() {
    run(async {
        let mut body = owned_coroutine(async move |items: OwnedInput<String>| {
            let mut inner = slow_join();
            items.forward(&mut inner).await?;
            inner.finish().await
        });
        body.send("a".into()).await.unwrap();
        body.send("b".into()).await.unwrap();
        assert_eq!(body.close().await.as_deref(), Ok("ab"));
    });
}

#[test]
fn forwarding_ends_with_the_error_of_the_sink() {
    run(async {
        let mut body = owned_coroutine(async move |items: OwnedInput<u8>| {
            let one = owned_coroutine(async move |mut items: OwnedInput<u8>| items.next().await);
            items.forward(one).await
        });
        assert_eq!(body.send(1).await, Ok(()));
        assert_eq!(body.send(2).await, Ok(()), "it was taken, and then refused inside");
        assert_eq!(body.close().await, Err(Stopped));
    });
}

#[test]
fn an_item_that_comes_after_the_input_has_gone_is_refused() {
    let handed_out = Cell::new(None);
    let mut body = owned_coroutine(async |items: OwnedInput<u8>| {
        handed_out.set(Some(items));
        std::future::pending::<()>().await;
    });
    assert!(poll_once(pin!(body.ready())).is_pending());
    drop(handed_out.take());
    assert_eq!(body.start_send_unpin(1), Err(Stopped), "nobody is there to take it");
}

#[test]
fn a_sink_that_is_closed_has_run_its_body_to_the_end() {
    run(async {
        let written = Cell::new(false);
        let mut body = owned_coroutine(async |mut items: OwnedInput<u8>| {
            while items.next().await.is_some() {}
            tokio::task::yield_now().await;
            written.set(true);
        });
        body.feed(1).await.unwrap();
        SinkExt::close(&mut body).await.unwrap();
        assert!(written.get());
        assert!(body.is_stopped());
    });
}

#[test]
fn an_item_that_is_flushed_has_been_worked_off() {
    run(async {
        let done = Cell::new(0);
        let mut body = owned_coroutine(async |mut items: OwnedInput<u8>| {
            while let Some(item) = items.next().await {
                tokio::task::yield_now().await;
                done.set(done.get() + item);
            }
        });
        body.feed(1).await.unwrap();
        assert_eq!(done.get(), 0);
        SinkExt::flush(&mut body).await.unwrap();
        assert_eq!(done.get(), 1);
        SinkExt::send(&mut body, 10).await.unwrap();
        assert_eq!(done.get(), 11);
    });
}
