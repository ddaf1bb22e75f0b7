//! What several subjects need: pauses elsewhere, panics that are expected, items that
//! an address sanitizer watches.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::AtomicPtr;
use std::sync::{Mutex, Once};
use std::task::{Context, Poll, Waker};

use cosend::{Sink, Stopped};

/// A pause on something other than an input or output.
pub(crate) async fn foreign_pause() {
    let mut paused = false;
    poll_fn(move |_| {
        if paused {
            return Poll::Ready(());
        }
        paused = true;
        Poll::Pending
    })
    .await;
}

/// Polls a future once, without waiting for it.
pub(crate) fn poll_once<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// Where the last quiet panic of this thread pointed.
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs an action whose panics are expected: this thread's are not reported meanwhile.
pub(crate) fn quietly<R>(action: impl FnOnce() -> R) -> R {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if QUIET.get() {
                PLACE.replace(panic.location().map_or(String::new(), ToString::to_string));
            } else {
                hook(panic);
            }
        }));
    });
    let before = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(action));
    QUIET.set(before);
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What an action gives, or the message of the panic that it ends in.
pub(crate) fn caught<R>(action: impl FnOnce() -> R) -> Result<R, String> {
    quietly(|| catch_unwind(AssertUnwindSafe(action))).map_err(|payload| {
        match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => payload.downcast_ref::<&str>().copied().unwrap_or("?").to_owned(),
        }
    })
}

/// The message of the panic that an action must end in.
pub(crate) fn panic_message<R>(action: impl FnOnce() -> R) -> String {
    match caught(action) {
        Ok(_) => panic!("it did not panic"),
        Err(message) => message,
    }
}

/// The place that the panic of an action points to: `file:line:column`.
pub(crate) fn panic_place<R>(action: impl FnOnce() -> R) -> String {
    panic_message(action);
    PLACE.take()
}

/// Sends an item that lives on the heap for the length of the send alone, so that
/// an address sanitizer sees who reads it later.
pub(crate) fn send_heap<S: Sink<str> + ?Sized>(sink: &mut S, item: &str) -> Result<(), Stopped> {
    let item = item.to_owned();
    sink.send(&item)
}

/// Notes what a test forgets on purpose, so that a leak checker still finds it.
pub(crate) fn forgotten<T: ?Sized>(address: *const T) {
    static FORGOTTEN: Mutex<Vec<AtomicPtr<u8>>> = Mutex::new(Vec::new());
    let address = AtomicPtr::new(address.cast::<u8>().cast_mut());
    FORGOTTEN.lock().unwrap().push(address);
}

/// Whether the long tests run in full.
pub(crate) fn thorough() -> bool {
    std::env::var_os("COGREP_THOROUGH").is_some_and(|value| value == "1")
}

/// What a body that pauses elsewhere is told.
pub(crate) const FOREIGN: &str = "paused on something other than its input";
/// What a body that goes on after its closing is told.
pub(crate) const IGNORED: &str = "ignored its closing: it paused again after `None`";

/// What the tests of the owned flavour need.
#[cfg(feature = "std")]
pub(crate) mod owned {
    use std::future::Future;
    use std::time::Duration;

    use cosend::{
        OwnedCoroutine, OwnedGenerator, OwnedInput, OwnedOutput, owned_coroutine, owned_generator,
    };

    /// Runs a test's future on tokio, where a timer stands for real input.
    pub(crate) fn run<F: Future>(test: F) -> F::Output {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.unwrap().block_on(test)
    }

    /// Joins the words it is sent, each after a pause.
    pub(crate) fn slow_join() -> OwnedCoroutine<String, impl Future<Output = String> + Send> {
        owned_coroutine(async move |mut words: OwnedInput<String>| {
            let mut joined = String::new();
            while let Some(word) = words.next().await {
                tokio::time::sleep(Duration::from_millis(10)).await;
                joined += &word;
            }
            joined
        })
    }

    /// Counts up, with a pause before each number.
    pub(crate) fn ticks(
        end: u32,
    ) -> OwnedGenerator<u32, impl Future<Output = &'static str> + Send> {
        owned_generator(async move |mut out: OwnedOutput<u32>| {
            for tick in 0..end {
                tokio::time::sleep(Duration::from_millis(10)).await;
                out.yield_(tick).await;
            }
            "the end"
        })
    }
}

/// The generator splitmix64 of Steele, Lea and Flood (2014). Shown, it says how to repeat
/// the run.
pub(crate) struct Random {
    seed: u64,
    state: u64,
}

impl Random {
    /// By `COSEND_SEED`, or anew each time.
    pub(crate) fn seeded() -> Self {
        let seed = match std::env::var("COSEND_SEED") {
            Ok(seed) => seed.parse().expect("COSEND_SEED is a number"),
            Err(_) => RandomState::new().build_hasher().finish(),
        };
        Self { seed, state: seed }
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.state;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((word ^ (word >> 31)) % bound as u64).expect("below a usize")
    }
}

impl fmt::Display for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "COSEND_SEED={} repeats this run", self.seed)
    }
}
