//! Two sources, or more, into one child.

use alloc::borrow::ToOwned;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use core::array;
use core::cell::RefCell;
use core::fmt;

use crate::{Shared, Sink, Stopped, shared};

/// Makes `N` handles to one child, each of which feeds it, for as many sources.
///
/// It is [`shared`](shared()) under the name of the other libraries: the last handle that is
/// closed gives the child's result.
///
/// ```
/// use cosend::{Sink, collect, map, merge};
///
/// let [numbers, words] = merge(collect::<String, Vec<_>>());
/// let mut numbers = map(|number: &u32| number.to_string(), numbers);
/// let mut words = map(|word: &str| word.to_owned(), words);
/// numbers.send(&1)?;
/// words.send("a")?;
/// numbers.send(&2)?;
/// assert_eq!(numbers.close(), None);
/// assert_eq!(words.close().unwrap(), ["1", "a", "2"]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
pub fn merge<const N: usize, S>(child: S) -> [Shared<S>; N] {
    let handle = shared(child);
    array::from_fn(|_| handle.clone())
}

/// Where the two sides of a [`zip`] meet.
struct Meeting<A, B, S> {
    left: Side<A>,
    right: Side<B>,
    /// `None` once it is finished.
    child: Option<S>,
}

/// The items of one side that wait for the other's.
struct Side<A> {
    waiting: VecDeque<A>,
    finished: bool,
}

impl<A> Side<A> {
    fn new() -> Self {
        Self { waiting: VecDeque::new(), finished: false }
    }

    /// Whether no item of the other side will find a partner here any more.
    fn is_over(&self) -> bool {
        self.finished && self.waiting.is_empty()
    }
}

impl<A, B, S: Sink<(A, B)>> Meeting<A, B, S> {
    /// Sends a pair on, if there is one.
    fn pair(&mut self) -> Result<(), Stopped> {
        if self.left.waiting.is_empty() || self.right.waiting.is_empty() {
            return Ok(());
        }
        let (Some(a), Some(b)) = (self.left.waiting.pop_front(), self.right.waiting.pop_front())
        else {
            return Ok(());
        };
        self.child.as_mut().ok_or(Stopped)?.send(&(a, b))
    }

    /// The child's result, once both sides are finished.
    fn result(&mut self) -> Result<Option<S::Return>, Stopped> {
        if !(self.left.finished && self.right.finished) {
            return Ok(None);
        }
        self.child.take().ok_or(Stopped)?.finish().map(Some)
    }

    fn is_stopped(&self) -> bool {
        self.child.as_ref().is_none_or(Sink::is_stopped)
    }
}

/// The two ends that [`zip`] makes.
pub type Zip<A, B, S> = (ZipLeft<A, B, S>, ZipRight<A, B, S>);

/// Makes two ends whose items are sent on in pairs: the first of the one with the first of
/// the other, and so on.
///
/// An item is copied and waits for its partner. An end stops when the other is finished and
/// has none left; the one that is finished last gives the child's result.
///
/// ```
/// use cosend::{Sink, Stopped, collect, zip};
///
/// let (mut names, mut ages) = zip(collect::<(String, u32), Vec<_>>());
/// Sink::<str>::send_all(&mut names, ["Ada", "Grace", "Joan"])?;
/// ages.send_all([36, 85])?;
/// assert_eq!(Sink::<u32>::close(ages), None);
/// assert_eq!(Sink::<str>::close(names).unwrap().len(), 2);
/// # Ok::<(), Stopped>(())
/// ```
pub fn zip<A, B, S: Sink<(A, B)>>(child: S) -> Zip<A, B, S> {
    let meeting = Rc::new(RefCell::new(Meeting {
        left: Side::new(),
        right: Side::new(),
        child: Some(child),
    }));
    (ZipLeft { meeting: Rc::clone(&meeting) }, ZipRight { meeting })
}

/// The two ends differ in their side alone.
macro_rules! end {
    ($name:ident<$own:ident>, $side:ident, $other:ident, $which:literal) => {
        #[doc = concat!("The ", $which, " end of a [`zip`].")]
        #[must_use = "a sink does nothing until it is sent to"]
        pub struct $name<A, B, S> {
            meeting: Rc<RefCell<Meeting<A, B, S>>>,
        }

        impl<T: ?Sized + ToOwned<Owned = $own>, A, B, S: Sink<(A, B)>> Sink<T> for $name<A, B, S> {
            /// The child's result, from the end that is finished last.
            type Return = Option<S::Return>;

            fn send(&mut self, item: &T) -> Result<(), Stopped> {
                let mut meeting = self.meeting.borrow_mut();
                if meeting.$side.finished || meeting.$other.is_over() || meeting.is_stopped() {
                    return Err(Stopped);
                }
                meeting.$side.waiting.push_back(item.to_owned());
                meeting.pair()
            }

            fn finish(&mut self) -> Result<Self::Return, Stopped> {
                let mut meeting = self.meeting.borrow_mut();
                if core::mem::replace(&mut meeting.$side.finished, true) {
                    return Err(Stopped);
                }
                meeting.result()
            }

            fn is_stopped(&self) -> bool {
                self.meeting.try_borrow().is_ok_and(|meeting| {
                    meeting.$side.finished || meeting.$other.is_over() || meeting.is_stopped()
                })
            }
        }

        /// An end that goes sends nothing more: the other needs to know.
        impl<A, B, S> Drop for $name<A, B, S> {
            fn drop(&mut self) {
                if let Ok(mut meeting) = self.meeting.try_borrow_mut() {
                    meeting.$side.finished = true;
                }
            }
        }

        impl<A, B, S> fmt::Debug for $name<A, B, S> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let waiting = self.meeting.try_borrow().map_or(0, |it| it.$side.waiting.len());
                f.debug_struct(stringify!($name)).field("waiting", &waiting).finish_non_exhaustive()
            }
        }
    };
}

end!(ZipLeft<A>, left, right, "left");
end!(ZipRight<B>, right, left, "right");
