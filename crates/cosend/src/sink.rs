//! The one push trait, and the one way a push can fail.
//!
//! Read next: [`Coroutine`](crate::Coroutine), the sink that is written as a
//! function body.

use alloc::boxed::Box;
use core::borrow::Borrow;
use core::error::Error;
use core::fmt;

/// The receiver takes no more items: it has returned, has been finished, or has
/// panicked.
///
/// This is what Python calls `StopIteration` on a coroutine that is over.
///
/// ```
/// use cosend::{Sink, Stopped, count};
///
/// let mut items = count::<u8>();
/// items.finish()?;
/// assert_eq!(items.send(&1), Err(Stopped));
/// assert_eq!(Stopped.to_string(), "the receiver has stopped");
/// # Ok::<(), Stopped>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the receiver has stopped")
    }
}

impl Error for Stopped {}

/// Something that items are pushed into, and that gives a result when it is
/// closed.
///
/// Items are lent: a sink sees `&T` for the length of one [`send`](Sink::send)
/// and copies what it wants to keep. So one item can go to many sinks without a
/// clone, and `T` may be unsized (`str`, `[u8]`).
///
/// ```
/// use cosend::{Sink, Stopped};
///
/// /// Adds up what it is sent.
/// struct Sum(Option<u64>);
///
/// impl Sink<u64> for Sum {
///     type Return = u64;
///
///     fn send(&mut self, item: &u64) -> Result<(), Stopped> {
///         *self.0.as_mut().ok_or(Stopped)? += item;
///         Ok(())
///     }
///
///     fn finish(&mut self) -> Result<u64, Stopped> {
///         self.0.take().ok_or(Stopped)
///     }
/// }
///
/// let mut sum = Sum(Some(0));
/// sum.send(&40)?;
/// sum.send(&2)?;
/// assert_eq!(sum.close(), 42);
/// # Ok::<(), Stopped>(())
/// ```
#[must_use = "a sink does nothing until it is sent to"]
pub trait Sink<T: ?Sized> {
    /// What closing gives back.
    type Return;

    /// Lends one item to the sink.
    ///
    /// ```
    /// use cosend::{Sink, count};
    ///
    /// let mut letters = count::<str>();
    /// assert_eq!(letters.send("a"), Ok(()));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the sink takes no more items. The item was not seen.
    #[track_caller]
    fn send(&mut self, item: &T) -> Result<(), Stopped>;

    /// Tells the sink that nothing more comes, and takes its result.
    ///
    /// This is [`close`](Sink::close) for a sink that is held by reference, as
    /// `dyn Sink` or shared. A sink that stopped by returning still has its
    /// result to give, once.
    ///
    /// ```
    /// use cosend::{Sink, Stopped, count};
    ///
    /// let mut items: Box<dyn Sink<u8, Return = usize>> = Box::new(count());
    /// assert_eq!(items.finish(), Ok(0));
    /// assert_eq!(items.finish(), Err(Stopped));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the result has been taken before, or never came to be
    /// because the sink panicked.
    #[track_caller]
    fn finish(&mut self) -> Result<Self::Return, Stopped>;

    /// Whether the sink takes no more items, as far as it knows: a further send is then
    /// refused.
    ///
    /// A source that asks before it reads its next item reads no more than it must:
    /// [`pass`](Sink::pass), [`send_all`](Sink::send_all) and [`run`](Sink::run) do. A sink
    /// of your own that never stops by itself, or does not know it yet, may leave this out;
    /// one that passes items on says `true` when its child does.
    ///
    /// ```
    /// use cosend::{Sink, count, filter, take};
    ///
    /// let mut small = filter(|number: &u32| *number < 10, take(2, count()));
    /// small.send(&1)?;
    /// assert!(!small.is_stopped());
    /// small.send(&2)?;
    /// assert!(small.is_stopped(), "there is no need to look for a third");
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    fn is_stopped(&self) -> bool {
        false
    }

    /// Lends one item to the sink, and says at once whether it wants another.
    ///
    /// This is [`send`](Sink::send) for a stage or a source that would have to work for its
    /// next item: `child.pass(word)?` ends it with its child.
    ///
    /// ```
    /// use cosend::{Sink, Stopped, collect, take};
    ///
    /// let mut head = take(2, collect::<str, Vec<_>>());
    /// assert_eq!(head.pass("a"), Ok(()));
    /// assert_eq!(head.pass("b"), Err(Stopped), "it took this, and wants no more");
    /// assert_eq!(head.close(), ["a", "b"]);
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the sink takes no more items after this one, or did not take this
    /// one.
    #[inline]
    #[track_caller]
    fn pass(&mut self, item: &T) -> Result<(), Stopped> {
        self.send(item)?;
        if self.is_stopped() { Err(Stopped) } else { Ok(()) }
    }

    /// Lends each item of a series to the sink, as long as it takes more.
    ///
    /// The series may give items by value or by reference. No item is asked for that the
    /// sink would refuse: what it leaves can be read on from `series.by_ref()`.
    ///
    /// ```
    /// use cosend::{Sink, Stopped, collect, take};
    ///
    /// let mut numbers = 1..;
    /// let mut head = take(2, collect::<u32, Vec<_>>());
    /// assert_eq!(head.send_all(numbers.by_ref()), Err(Stopped));
    /// assert_eq!(numbers.next(), Some(3));
    /// assert_eq!(head.close(), [1, 2]);
    /// ```
    ///
    /// # Errors
    ///
    /// [`Stopped`] when the sink takes no more items, also when the series has none left.
    #[track_caller]
    fn send_all<I>(&mut self, items: I) -> Result<(), Stopped>
    where
        Self: Sized,
        I: IntoIterator<Item: Borrow<T>>,
    {
        let mut items = items.into_iter();
        while !self.is_stopped() {
            let Some(item) = items.next() else { return Ok(()) };
            self.send(item.borrow())?;
        }
        Err(Stopped)
    }

    /// Lends each item of a series to the sink, as long as it takes more, and closes it.
    ///
    /// ```
    /// use cosend::{Sink, count, filter};
    ///
    /// let even = filter(|number: &u32| number % 2 == 0, count());
    /// assert_eq!(even.run(1..=9), 4);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`close`](Sink::close).
    #[track_caller]
    fn run<I>(mut self, items: I) -> Self::Return
    where
        Self: Sized,
        I: IntoIterator<Item: Borrow<T>>,
    {
        // That it has stopped is no reason not to close it.
        let _ = self.send_all(items);
        self.close()
    }

    /// The same sink with a function applied to its result.
    ///
    /// So sinks of different results go into one [`fanout`](crate::fanout()).
    ///
    /// ```
    /// use cosend::{BoxSink, Sink, collect, count, fanout};
    ///
    /// let lines = count::<str>().map_result(|lines| lines.to_string());
    /// let text = collect::<str, String>();
    /// let both: Vec<BoxSink<'_, str, String>> = vec![Box::new(lines), Box::new(text)];
    /// assert_eq!(fanout(both).run(["a", "b"]), ["2", "ab"]);
    /// ```
    fn map_result<R, F: FnOnce(Self::Return) -> R>(self, function: F) -> MapResult<Self, F>
    where
        Self: Sized,
    {
        MapResult { sink: self, function: Some(function) }
    }

    /// The same sink, whose closing always has a result: `Err` if the sink has none.
    ///
    /// Among the children of a tuple, or of a vector, one that panicked then takes nothing
    /// from its siblings.
    ///
    /// ```
    /// use cosend::{Sink, Stopped, count};
    ///
    /// let mut over = count::<str>();
    /// over.finish()?;
    /// let both = (over.settled(), count::<str>());
    /// assert_eq!(both.close(), (Err(Stopped), 0));
    /// # Ok::<(), Stopped>(())
    /// ```
    fn settled(self) -> Settled<Self>
    where
        Self: Sized,
    {
        Settled { sink: self, finished: false }
    }

    /// Borrows the sink, to give it to a function that takes one by value.
    ///
    /// ```
    /// use cosend::{Sink, count, take};
    ///
    /// let mut all = count::<u32>();
    /// take(2, all.by_ref()).send_all(1..5).unwrap_err();
    /// all.send(&7)?;
    /// assert_eq!(all.close(), 3);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    fn by_ref(&mut self) -> &mut Self
    where
        Self: Sized,
    {
        self
    }

    /// Closes the sink for good and returns its result.
    ///
    /// A send after this does not compile, since the sink is gone.
    ///
    /// ```
    /// use cosend::{Sink, count};
    ///
    /// let mut items = count();
    /// items.send(&'a')?;
    /// assert_eq!(items.close(), 1);
    /// # Ok::<(), cosend::Stopped>(())
    /// ```
    ///
    /// # Panics
    ///
    /// When there is no result: it was taken by an earlier
    /// [`finish`](Sink::finish), or the sink panicked before.
    #[track_caller]
    fn close(mut self) -> Self::Return
    where
        Self: Sized,
    {
        match self.finish() {
            Ok(result) => result,
            Err(Stopped) => {
                panic!("closed a sink that has no result: it was taken before, or a body panicked")
            }
        }
    }
}

/// Any sink of `T` with the result `R`, in a box; `'a` is how long what it borrows lives.
///
/// ```
/// use cosend::{BoxSink, Sink, count, fold};
///
/// fn measure(name: &str) -> BoxSink<'static, str, usize> {
///     match name {
///         "lines" => Box::new(count()),
///         _ => Box::new(fold(0, |bytes, line: &str| bytes + line.len())),
///     }
/// }
///
/// assert_eq!(measure("bytes").run(["to", "be"]), 4);
/// ```
pub type BoxSink<'a, T, R> = Box<dyn Sink<T, Return = R> + Send + 'a>;

/// A [`BoxSink`] that stays on its thread.
///
/// ```
/// use std::cell::Cell;
/// use cosend::{LocalBoxSink, Sink, for_each};
///
/// let last = Cell::new(0);
/// let sink: LocalBoxSink<'_, u32, ()> = Box::new(for_each(|number: &u32| last.set(*number)));
/// sink.run([1, 2]);
/// assert_eq!(last.get(), 2);
/// ```
pub type LocalBoxSink<'a, T, R> = Box<dyn Sink<T, Return = R> + 'a>;

/// A sink with another result; made by [`Sink::map_result`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct MapResult<S, F> {
    sink: S,
    /// `None` once it is finished.
    function: Option<F>,
}

impl<T: ?Sized, R, S: Sink<T>, F: FnOnce(S::Return) -> R> Sink<T> for MapResult<S, F> {
    type Return = R;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.sink.send(item)
    }

    fn finish(&mut self) -> Result<R, Stopped> {
        let result = self.sink.finish()?;
        self.function.take().map(|function| function(result)).ok_or(Stopped)
    }

    fn is_stopped(&self) -> bool {
        self.sink.is_stopped()
    }
}

impl<S: fmt::Debug, F> fmt::Debug for MapResult<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapResult").field("sink", &self.sink).finish_non_exhaustive()
    }
}

/// A sink whose closing always has a result; made by [`Sink::settled`].
#[derive(Debug)]
#[must_use = "a sink does nothing until it is sent to"]
pub struct Settled<S> {
    sink: S,
    finished: bool,
}

impl<T: ?Sized, S: Sink<T>> Sink<T> for Settled<S> {
    type Return = Result<S::Return, Stopped>;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.sink.send(item)
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        if self.finished {
            return Err(Stopped);
        }
        self.finished = true;
        Ok(self.sink.finish())
    }

    fn is_stopped(&self) -> bool {
        self.finished || self.sink.is_stopped()
    }
}

/// Passes all of a sink on to the one inside.
macro_rules! forward {
    () => {
        #[inline]
        fn send(&mut self, item: &T) -> Result<(), Stopped> {
            (**self).send(item)
        }

        fn finish(&mut self) -> Result<Self::Return, Stopped> {
            (**self).finish()
        }

        fn is_stopped(&self) -> bool {
            (**self).is_stopped()
        }
    };
}

impl<T: ?Sized, S: Sink<T> + ?Sized> Sink<T> for Box<S> {
    type Return = S::Return;

    forward!();
}

impl<T: ?Sized, S: Sink<T> + ?Sized> Sink<T> for &mut S {
    type Return = S::Return;

    forward!();
}

/// A sink that may be missing: `None` takes nothing, and its result is `None`.
///
/// ```
/// use cosend::{Sink, count, for_each};
///
/// let verbose = false;
/// let log = verbose.then(|| for_each(|line: &str| println!("{line}")));
/// assert_eq!((log, count()).run(["a", "b"]), (None, 2));
/// ```
impl<T: ?Sized, S: Sink<T>> Sink<T> for Option<S> {
    type Return = Option<S::Return>;

    #[inline]
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.as_mut().ok_or(Stopped)?.send(item)
    }

    fn finish(&mut self) -> Result<Self::Return, Stopped> {
        self.as_mut().map(Sink::finish).transpose()
    }

    fn is_stopped(&self) -> bool {
        self.as_ref().is_none_or(Sink::is_stopped)
    }
}
