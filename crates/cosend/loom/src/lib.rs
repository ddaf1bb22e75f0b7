//! Models of the owned flavour: its sources, compiled with loom's locks, and run in every
//! order of steps in which two threads can meet.
//!
//! A body, its input or its output are in two threads here, as in two tasks. Whatever the
//! order, each send and each `next` ends, nothing is lost, and each side learns when the
//! other goes.
#![cfg(test)]

extern crate alloc;

#[path = "../../src/body.rs"]
mod body;
#[path = "../../src/owned/mod.rs"]
mod owned;

/// What the sources share their slots through.
mod sync {
    pub(crate) use loom::sync::{Arc, Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

#[derive(Debug)]
pub enum Step<Y, R> {
    Yielded(Y),
    Returned(R),
}

use std::future::{Future, Pending, pending};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;
use owned::{
    OwnedCoroutine, OwnedGenerator, OwnedInput, OwnedOutput, owned_coroutine, owned_generator,
};

fn model(test: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.max_branches = 50_000;
    builder.check(test);
}

/// A coroutine whose input has left its body, which waits for ever.
fn divided() -> (OwnedCoroutine<u32, Pending<()>>, OwnedInput<u32>) {
    let mut kept = None;
    let coroutine = owned_coroutine(|input| {
        kept = Some(input);
        pending()
    });
    (coroutine, kept.unwrap())
}

/// A generator whose output has left its body, which waits for ever.
fn divided_generator() -> (OwnedGenerator<u32, Pending<()>>, OwnedOutput<u32>) {
    let mut kept = None;
    let generator = owned_generator(|output| {
        kept = Some(output);
        pending()
    });
    (generator, kept.unwrap())
}

#[test]
fn a_reader_elsewhere_gets_all_items_and_the_end() {
    model(|| {
        let (mut body, mut input) = divided();
        let reader = thread::spawn(move || {
            block_on(async move {
                let mut sum = 0;
                while let Some(item) = input.next().await {
                    sum += item;
                }
                sum
            })
        });
        block_on(async {
            body.send(1).await.unwrap();
            body.send(2).await.unwrap();
        });
        drop(body);
        assert_eq!(reader.join().unwrap(), 3);
    });
}

#[test]
fn a_reader_that_leaves_refuses_the_next_item() {
    model(|| {
        let (mut body, mut input) = divided();
        let reader = thread::spawn(move || block_on(async move { input.next().await }));
        let (first, second) = block_on(async { (body.send(1).await, body.send(2).await) });
        assert_eq!(reader.join().unwrap(), Some(1));
        assert_eq!((first, second), (Ok(()), Err(Stopped)));
    });
}

#[test]
fn a_reader_learns_that_the_coroutine_is_dropped() {
    model(|| {
        let (body, mut input) = divided();
        let reader = thread::spawn(move || block_on(async move { input.next().await }));
        drop(body);
        assert_eq!(reader.join().unwrap(), None);
    });
}

#[test]
fn a_yielder_elsewhere_hands_out_all_values() {
    model(|| {
        let (mut series, mut output) = divided_generator();
        let yielder = thread::spawn(move || {
            block_on(async move {
                output.yield_(1).await;
                output.yield_(2).await;
            });
        });
        let values = block_on(async { (series.next().await, series.next().await) });
        assert_eq!(values, (Some(1), Some(2)));
        // The last pause ends when a third value is asked for.
        let _ = pin!(series.next()).poll(&mut Context::from_waker(Waker::noop()));
        yielder.join().unwrap();
    });
}

#[test]
fn an_asker_learns_that_the_output_is_dropped() {
    model(|| {
        let (mut series, output) = divided_generator();
        let yielder = thread::spawn(move || drop(output));
        assert_eq!(block_on(async { series.next().await }), None);
        yielder.join().unwrap();
    });
}

#[test]
fn a_yielder_learns_that_the_generator_is_dropped() {
    model(|| {
        let (series, mut output) = divided_generator();
        let yielder = thread::spawn(move || block_on(async move { output.send(1).await }));
        drop(series);
        assert_eq!(yielder.join().unwrap(), Err(Stopped));
    });
}

#[test]
fn a_driver_elsewhere_gets_all_items_and_the_end() {
    model(|| {
        let body = owned_coroutine(async |mut items: OwnedInput<u32>| {
            let mut sum = 0;
            while let Some(item) = items.next().await {
                sum += item;
            }
            sum
        });
        let (mut handle, driver) = body.buffered(1);
        let driver = thread::spawn(move || block_on(driver));
        block_on(async {
            handle.send(1).await.unwrap();
            handle.send(2).await.unwrap();
        });
        drop(handle);
        assert_eq!(driver.join().unwrap(), 3);
    });
}

#[test]
fn a_sender_learns_that_the_driver_is_dropped() {
    model(|| {
        let (mut handle, driver) =
            owned_coroutine(|_: OwnedInput<u32>| pending::<()>()).buffered(1);
        let sender = thread::spawn(move || {
            block_on(async move {
                let _ = handle.send(1).await;
                handle.send(2).await
            })
        });
        drop(driver);
        assert_eq!(sender.join().unwrap(), Err(Stopped));
    });
}

#[test]
fn a_poll_that_is_ready_needs_nobody_else() {
    model(|| {
        let mut body = owned_coroutine(async |mut items: OwnedInput<u32>| {
            while items.next().await.is_some() {}
        });
        let polled = pin!(body.send(1)).poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(polled, Poll::Ready(Ok(())));
    });
}
