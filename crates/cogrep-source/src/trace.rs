//! What reading spends its time on.

use std::rc::Rc;
use std::time::{Duration, Instant};

/// Is handed down to what reads, and receives how long each kind of work took.
///
/// `()` traces nothing, and costs nothing; `None` costs a branch a chunk.
pub trait Trace {
    /// Whether anything is traced; if not, no clock is read.
    fn is_on(&self) -> bool {
        true
    }

    /// Decoding took this long: unpacking, or converting to UTF-8. It is a part of the time
    /// that fetching the chunk took.
    fn decoded(&self, took: Duration);

    /// Another thread opened a file or read from it, which took this long.
    fn elsewhere(&self, took: Duration);
}

impl Trace for () {
    fn is_on(&self) -> bool {
        false
    }

    fn decoded(&self, _: Duration) {}

    fn elsewhere(&self, _: Duration) {}
}

impl<T: Trace> Trace for Option<T> {
    fn is_on(&self) -> bool {
        self.as_ref().is_some_and(Trace::is_on)
    }

    fn decoded(&self, took: Duration) {
        if let Some(trace) = self {
            trace.decoded(took);
        }
    }

    fn elsewhere(&self, took: Duration) {
        if let Some(trace) = self {
            trace.elsewhere(took);
        }
    }
}

impl<T: Trace + ?Sized> Trace for Rc<T> {
    fn is_on(&self) -> bool {
        (**self).is_on()
    }

    fn decoded(&self, took: Duration) {
        (**self).decoded(took);
    }

    fn elsewhere(&self, took: Duration) {
        (**self).elsewhere(took);
    }
}

/// Decodes, and says how long that took.
pub(crate) fn decoding<R>(trace: &impl Trace, work: impl FnOnce() -> R) -> R {
    let begun = trace.is_on().then(Instant::now);
    let result = work();
    if let Some(begun) = begun {
        trace.decoded(begun.elapsed());
    }
    result
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Default)]
    struct Sum(Cell<Duration>);

    impl Trace for Sum {
        fn decoded(&self, took: Duration) {
            self.0.set(self.0.get() + took);
        }

        fn elsewhere(&self, _: Duration) {}
    }

    #[test]
    fn decoding_is_timed_where_something_is_traced() {
        let work = || std::thread::sleep(Duration::from_millis(1));
        let sum = Rc::new(Sum::default());
        decoding(&Some(Rc::clone(&sum)), work);
        decoding(&Some(Rc::clone(&sum)), work);
        assert!(sum.0.get() >= Duration::from_millis(2));
        assert!(!None::<Rc<Sum>>.is_on() && !().is_on());
    }
}
