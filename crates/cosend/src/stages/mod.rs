//! Plain stages: sinks that need no body of their own.
//!
//! A stage that passes items on owns its child, and gives what the child gives; the last
//! argument is the child. The others are ends. Anything that keeps more state than these
//! is easier to read as a [`coroutine`](crate::coroutine()).
//!
//! Each names the type of its items, `T`, so that a network's types follow from its
//! stages alone. Where a closure receives items, it states their type as well:
//! `map(|line: &str| line.len(), child)`.
//!
//! Items are lent. A stage that must keep one copies it; its documentation says so.

mod attempt;
mod body;
mod choose;
mod end;
mod group;
#[cfg(feature = "std")]
mod io;
mod join;
mod transform;

use core::fmt;
use core::marker::PhantomData;

pub use attempt::{
    TryFilter, TryFold, TryForEach, TryMap, try_filter, try_fold, try_for_each, try_map,
};
pub use body::stage;
pub use choose::{
    Dedup, Filter, Skip, SkipWhile, Take, TakeWhile, dedup, filter, skip, skip_while, take,
    take_while,
};
pub use end::{
    Collect, Count, Fold, ForEach, Last, Max, Min, Sum, collect, count, fold, for_each, last, max,
    min, sum,
};
pub use group::{Batch, Partition, Route, Window, batch, partition, route, window};
#[cfg(feature = "std")]
pub use io::{Writer, writer};
pub use join::{Zip, ZipLeft, ZipRight, merge, zip};
pub use transform::{
    Enumerate, Expand, FilterMap, FlatMap, Inspect, Map, Project, Scan, enumerate, expand,
    filter_map, flat_map, inspect, map, project, scan,
};

use crate::{Sink, Stopped};

/// A stage that takes `&T` without holding any.
type Takes<T> = PhantomData<fn(&T)>;

/// The child of a stage, and whether the stage has stopped: it calls its function no more
/// once its child has refused an item, or it was finished.
struct Child<S> {
    sink: S,
    stopped: bool,
}

impl<S> Child<S> {
    fn new(sink: S) -> Self {
        Self { sink, stopped: false }
    }

    /// `Stopped` when the stage has stopped. Each send begins with it.
    #[inline]
    fn check(&self) -> Result<(), Stopped> {
        if self.stopped { Err(Stopped) } else { Ok(()) }
    }

    #[inline]
    #[track_caller]
    fn send<U: ?Sized>(&mut self, item: &U) -> Result<(), Stopped>
    where
        S: Sink<U>,
    {
        self.sink.send(item).inspect_err(|_| self.stopped = true)
    }

    #[track_caller]
    fn finish<U: ?Sized>(&mut self) -> Result<S::Return, Stopped>
    where
        S: Sink<U>,
    {
        self.stopped = true;
        self.sink.finish()
    }

    #[inline]
    fn is_stopped<U: ?Sized>(&self) -> bool
    where
        S: Sink<U>,
    {
        self.stopped || self.sink.is_stopped()
    }
}

/// A stage is shown by its child.
impl<S: fmt::Debug> fmt::Debug for Child<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sink.fmt(f)
    }
}

/// What a stage with a child does when it is finished, and whether it has stopped, if it
/// adds nothing to its child in this.
macro_rules! as_its_child {
    () => {
        fn finish(&mut self) -> Result<S::Return, Stopped> {
            self.child.finish()
        }

        #[inline]
        fn is_stopped(&self) -> bool {
            self.child.is_stopped()
        }
    };
}
use as_its_child;

/// Shows a stage by its child, and an end by what it holds: the functions between
/// them have nothing to show.
macro_rules! debug {
    ($name:ident<$($parameter:ident),*>, $field:ident: $shown:ty) => {
        impl<T: ?Sized, $($parameter),*> core::fmt::Debug for $name<T, $($parameter),*>
        where
            $shown: core::fmt::Debug,
        {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name))
                    .field(stringify!($field), &self.$field)
                    .finish_non_exhaustive()
            }
        }
    };
}
use debug;
