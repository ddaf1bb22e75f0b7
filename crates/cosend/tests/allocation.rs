//! No allocation after creation, shown with a counting allocator.
#![allow(unsafe_code, reason = "a global allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use cosend::{Input, Reader, Sink, coroutine, fanout, generator};

/// The system's allocator, counting what each thread asks of it.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, address: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(address, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many allocations an action makes.
fn allocations<R>(action: impl FnOnce() -> R) -> usize {
    let before = ALLOCATIONS.get();
    std::hint::black_box(action());
    ALLOCATIONS.get() - before
}

fn sum() -> impl Sink<u64, Return = u64> {
    coroutine(async |mut numbers: Input<u64>| {
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += number;
        }
        sum
    })
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations(|| Box::new(1)), 1);
}

#[test]
fn a_coroutine_is_two_allocations_and_a_send_none() {
    let mut made = None;
    assert_eq!(allocations(|| made = Some(sum())), 2);
    let mut body = made.unwrap();
    let sends = allocations(|| {
        for number in 0..1000 {
            body.send(&number).unwrap();
        }
    });
    assert_eq!(sends, 0);
    assert_eq!(allocations(|| body.finish()), 0);
}

#[test]
fn a_network_allocates_nothing_when_sent_to() {
    let mut network = (fanout([(); 3].map(|()| sum())), sum());
    let sends = allocations(|| {
        for number in 0..1000 {
            network.send(&number).unwrap();
        }
    });
    assert_eq!(sends, 0);
    assert_eq!(network.close(), (vec![499_500; 3], 499_500));
}

#[test]
fn a_generator_is_two_allocations_and_a_yield_none() {
    let mut made = None;
    let create = || {
        generator(async |mut out| {
            for number in 0..1000_u64 {
                out.yield_(number).await;
            }
        })
    };
    assert_eq!(allocations(|| made = Some(create())), 2);
    assert_eq!(allocations(|| made.unwrap().sum::<u64>()), 0);
}

#[test]
fn a_reader_of_a_long_input_keeps_no_more_than_a_piece_of_it() {
    let mut lines = coroutine(async |bytes: Input<[u8]>| {
        let (mut reader, mut lines) = (Reader::new(bytes), 0);
        while reader.line().await.is_ok() {
            lines += 1;
        }
        lines
    });
    let mut feed = |times| {
        allocations(|| {
            for _ in 0..times {
                lines.send(b"one line, and the beginning\nof ano".as_slice()).unwrap();
                lines.send(b"ther one\n".as_slice()).unwrap();
            }
        })
    };
    feed(10);
    assert_eq!(feed(10_000), 0, "its buffer does not grow with the input");
    assert_eq!(lines.close(), 20_020);
}
