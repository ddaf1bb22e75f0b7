//! What several subjects need: pauses elsewhere, panics that are expected, items that
//! an address sanitizer watches.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Once;
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

/// Whether the long tests run in full.
pub(crate) fn thorough() -> bool {
    std::env::var_os("COGREP_THOROUGH").is_some_and(|value| value == "1")
}

/// What a body that pauses elsewhere is told.
pub(crate) const FOREIGN: &str = "paused on something other than its input";
/// What a body that goes on after its closing is told.
pub(crate) const IGNORED: &str = "ignored its closing: it paused again after `None`";
