//! The cases. What a case makes beforehand is not timed; the loop over its
//! operations is.

use std::fmt::Write as _;
use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::process::Command;
use std::sync::Mutex;
use std::task::{Context, Waker};
use std::time::Duration;

use corosensei::CoroutineResult;
use cosend::{
    Input, OwnedInput, Port, Sink, Stopped, coroutine, filter, generator, inspect, map,
    owned_coroutine, resumable,
};

use crate::measure::{OPERATIONS, timed};

/// What a method call costs that the compiler cannot see through.
struct Plain(u64);

impl Plain {
    #[inline(never)]
    fn send(&mut self, number: &u64) -> Result<(), Stopped> {
        self.0 += number;
        Ok(())
    }
}

pub(crate) fn send_plain() -> (Duration, u64) {
    let mut sum = Plain(0);
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            sum.send(&black_box(number)).unwrap();
        }
    });
    (time, sum.0)
}

/// What one would write without coroutines.
enum ByHand {
    Adding(u64),
    Over,
}

impl ByHand {
    #[inline(never)]
    fn send(&mut self, number: &u64) -> Result<(), Stopped> {
        match self {
            Self::Adding(sum) => {
                *sum += number;
                Ok(())
            }
            Self::Over => Err(Stopped),
        }
    }

    fn close(&mut self) -> u64 {
        match std::mem::replace(self, Self::Over) {
            Self::Adding(sum) => sum,
            Self::Over => 0,
        }
    }
}

pub(crate) fn send_by_hand() -> (Duration, u64) {
    let mut sum = black_box(ByHand::Adding(0));
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            sum.send(&black_box(number)).unwrap();
        }
    });
    (time, sum.close())
}

pub(crate) fn send_cosend() -> (Duration, u64) {
    let mut sum = coroutine(async |mut numbers: Input<u64>| {
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += number;
        }
        sum
    });
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            sum.send(&black_box(number)).unwrap();
        }
    });
    (time, sum.close())
}

pub(crate) fn send_resumable() -> (Duration, u64) {
    let (mut sum, _) = resumable(async |mut port: Port<u64, ()>| {
        let mut sum = 0;
        while let Some(number) = port.yield_(()).await {
            sum += number;
        }
        sum
    });
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            sum.resume(&black_box(number)).unwrap();
        }
    });
    (time, sum.close())
}

pub(crate) fn send_owned() -> (Duration, u64) {
    let mut sum = owned_coroutine(|mut numbers: OwnedInput<u64>| async move {
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += number;
        }
        sum
    });
    let mut context = Context::from_waker(Waker::noop());
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            assert!(pin!(sum.send(black_box(number))).poll(&mut context).is_ready());
        }
    });
    match pin!(sum.close()).poll(&mut context) {
        std::task::Poll::Ready(sum) => (time, sum),
        std::task::Poll::Pending => (time, 0),
    }
}

/// What an owned send does to its slot, without the rest: it locks it to put the item in, to
/// take it out, to wait for another, and to find that the body waits.
pub(crate) fn send_by_locks() -> (Duration, u64) {
    let sum = black_box(Mutex::new(0));
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            *sum.lock().unwrap() += black_box(number);
            for _ in 0..3 {
                black_box(*sum.lock().unwrap());
            }
        }
    });
    (time, sum.into_inner().unwrap())
}

pub(crate) fn send_genawaiter() -> (Duration, u64) {
    use genawaiter::GeneratorState::Complete;
    let mut sum = genawaiter::rc::Gen::new(|co: genawaiter::rc::Co<(), Option<u64>>| async move {
        let mut sum = 0;
        while let Some(number) = co.yield_(()).await {
            sum += number;
        }
        sum
    });
    sum.resume_with(None);
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            sum.resume_with(Some(black_box(number)));
        }
    });
    match sum.resume_with(None) {
        Complete(sum) => (time, sum),
        genawaiter::GeneratorState::Yielded(()) => (time, 0),
    }
}

pub(crate) fn send_corosensei() -> (Duration, u64) {
    let mut sum = corosensei::Coroutine::new(|yielder, first: Option<u64>| {
        let (mut sum, mut number) = (0, first);
        while let Some(item) = number {
            sum += item;
            number = yielder.suspend(());
        }
        sum
    });
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            sum.resume(Some(black_box(number)));
        }
    });
    match sum.resume(None) {
        CoroutineResult::Return(sum) => (time, sum),
        CoroutineResult::Yield(()) => (time, 0),
    }
}

// A chain: what is odd goes on doubled, is looked at, and ends as text.

fn doubled(number: &u64) -> u64 {
    number * 2
}

fn odd(number: &u64) -> bool {
    number % 2 == 1
}

fn append(text: &mut String, number: u64) {
    // The text is kept short, so that its growth is not what is timed.
    if text.len() > 1000 {
        text.clear();
    }
    write!(text, "{number}").unwrap();
}

/// The stages as calls, none of them inlined.
struct PlainChain {
    looked_at: u64,
    text: String,
}

impl PlainChain {
    #[inline(never)]
    fn filter(&mut self, number: &u64) {
        if odd(number) {
            self.map(number);
        }
    }

    #[inline(never)]
    fn map(&mut self, number: &u64) {
        self.inspect(&doubled(number));
    }

    #[inline(never)]
    fn inspect(&mut self, number: &u64) {
        self.looked_at += number;
        self.keep(number);
    }

    #[inline(never)]
    fn keep(&mut self, number: &u64) {
        append(&mut self.text, *number);
    }
}

pub(crate) fn chain_plain() -> (Duration, u64) {
    let mut chain = PlainChain { looked_at: 0, text: String::with_capacity(2000) };
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            chain.filter(&black_box(number));
        }
    });
    (time, chain.looked_at + chain.text.len() as u64)
}

/// The body at the end of the chain.
fn keep() -> impl Sink<u64, Return = u64> {
    coroutine(async |mut numbers: Input<u64>| {
        let mut text = String::with_capacity(2000);
        while let Some(number) = numbers.next().await {
            append(&mut text, *number);
        }
        text.len() as u64
    })
}

pub(crate) fn chain_cosend() -> (Duration, u64) {
    let mut looked_at = 0;
    let mut chain = filter(odd, map(doubled, inspect(|number: &u64| looked_at += number, keep())));
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            chain.send(&black_box(number)).unwrap();
        }
    });
    let length = chain.close();
    (time, looked_at + length)
}

pub(crate) fn chain_boxed() -> (Duration, u64) {
    type Stage<'a> = Box<dyn Sink<u64, Return = u64> + 'a>;
    let mut looked_at = 0;
    let end: Stage = Box::new(keep());
    let inspected: Stage = Box::new(inspect(|number: &u64| looked_at += number, end));
    let mapped: Stage = Box::new(map(doubled, inspected));
    let mut chain: Stage = Box::new(filter(odd, mapped));
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            chain.send(&black_box(number)).unwrap();
        }
    });
    let length = chain.close();
    (time, looked_at + length)
}

pub(crate) fn chain_genawaiter() -> (Duration, u64) {
    use genawaiter::GeneratorState::Complete;
    let mut end = genawaiter::rc::Gen::new(|co: genawaiter::rc::Co<(), Option<u64>>| async move {
        let mut text = String::with_capacity(2000);
        while let Some(number) = co.yield_(()).await {
            append(&mut text, number);
        }
        text.len() as u64
    });
    end.resume_with(None);
    let mut looked_at = 0;
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            let number = black_box(number);
            if odd(&number) {
                let number = doubled(&number);
                looked_at += number;
                end.resume_with(Some(number));
            }
        }
    });
    match end.resume_with(None) {
        Complete(length) => (time, looked_at + length),
        genawaiter::GeneratorState::Yielded(()) => (time, 0),
    }
}

pub(crate) fn chain_corosensei() -> (Duration, u64) {
    let mut end = corosensei::Coroutine::new(|yielder, first: Option<u64>| {
        let mut text = String::with_capacity(2000);
        let mut number = first;
        while let Some(item) = number {
            append(&mut text, item);
            number = yielder.suspend(());
        }
        text.len() as u64
    });
    let mut looked_at = 0;
    let (time, ()) = timed(|| {
        for number in 0..OPERATIONS {
            let number = black_box(number);
            if odd(&number) {
                let number = doubled(&number);
                looked_at += number;
                end.resume(Some(number));
            }
        }
    });
    match end.resume(None) {
        CoroutineResult::Return(length) => (time, looked_at + length),
        CoroutineResult::Yield(()) => (time, 0),
    }
}

/// Adds up a series.
fn sum(mut next: impl FnMut() -> Option<u64>) -> (Duration, u64) {
    timed(|| {
        let mut sum = 0;
        while let Some(number) = next() {
            sum += black_box(number);
        }
        sum
    })
}

pub(crate) fn yield_plain() -> (Duration, u64) {
    struct Plain(u64);
    impl Plain {
        #[inline(never)]
        fn next(&mut self) -> Option<u64> {
            self.0 += 1;
            (self.0 <= OPERATIONS).then_some(self.0 - 1)
        }
    }
    let mut series = Plain(0);
    sum(|| series.next())
}

pub(crate) fn yield_by_hand() -> (Duration, u64) {
    enum Series {
        At(u64),
        Over,
    }
    impl Series {
        #[inline(never)]
        fn next(&mut self) -> Option<u64> {
            match *self {
                Self::At(number) if number < OPERATIONS => {
                    *self = Self::At(number + 1);
                    Some(number)
                }
                _ => {
                    *self = Self::Over;
                    None
                }
            }
        }
    }
    let mut series = black_box(Series::At(0));
    sum(|| series.next())
}

pub(crate) fn yield_cosend() -> (Duration, u64) {
    let mut series = generator(async |mut out| {
        for number in 0..OPERATIONS {
            out.yield_(number).await;
        }
    });
    sum(|| series.next())
}

pub(crate) fn yield_genawaiter() -> (Duration, u64) {
    let mut series = genawaiter::rc::Gen::new(|co| async move {
        for number in 0..OPERATIONS {
            co.yield_(number).await;
        }
    })
    .into_iter();
    sum(|| series.next())
}

pub(crate) fn yield_corosensei() -> (Duration, u64) {
    let mut series = corosensei::Coroutine::new(|yielder, ()| {
        for number in 0..OPERATIONS {
            yielder.suspend(number);
        }
    });
    sum(|| series.resume(()).as_yield())
}

/// The generator of `CPython` and its `send`, by its own clock, if it is installed.
pub(crate) fn python() {
    let program = "
import timeit
def numbers():
    n = 0
    while True:
        yield n
        n += 1
def adder():
    total = 0
    while True:
        total += yield
g = numbers(); c = adder(); next(c)
for name, call in (('CPython next()', g.__next__), ('CPython send()', lambda s=c.send: s(1))):
    best = min(timeit.repeat(call, number=100000, repeat=9))
    print(f'  {name:26} {best / 100000 * 1e9:8.2f} ns')
";
    match Command::new("python3").args(["-c", program]).output() {
        Ok(output) if output.status.success() => {
            print!("{}", String::from_utf8_lossy(&output.stdout));
        }
        _ => println!("  CPython is not installed"),
    }
}

/// Makes, starts and drops; a stack each time would take long, so there are fewer.
fn made<R>(mut make: impl FnMut() -> R) -> (Duration, u64) {
    const FEWER: u64 = 20;
    let (time, ()) = timed(|| {
        for _ in 0..OPERATIONS / FEWER {
            drop(black_box(make()));
        }
    });
    (time * u32::try_from(FEWER).unwrap(), 0)
}

pub(crate) fn create_box() -> (Duration, u64) {
    made(|| Box::new(black_box(0_u64)))
}

pub(crate) fn create_coroutine() -> (Duration, u64) {
    made(|| {
        coroutine(async |mut numbers: Input<u64>| {
            let mut sum = 0;
            while let Some(number) = numbers.next().await {
                sum += number;
            }
            sum
        })
    })
}

pub(crate) fn create_generator() -> (Duration, u64) {
    made(|| {
        let mut series = generator(async |mut out| {
            for number in 0..OPERATIONS {
                out.yield_(number).await;
            }
        });
        series.next();
        series
    })
}

pub(crate) fn create_genawaiter() -> (Duration, u64) {
    made(|| {
        let mut series = genawaiter::rc::Gen::new(|co| async move {
            for number in 0..OPERATIONS {
                co.yield_(number).await;
            }
        });
        series.resume();
        series
    })
}

pub(crate) fn create_corosensei() -> (Duration, u64) {
    made(|| {
        let mut series = corosensei::Coroutine::new(|yielder, ()| {
            for number in 0..OPERATIONS {
                yielder.suspend(number);
            }
        });
        series.resume(());
        series
    })
}
