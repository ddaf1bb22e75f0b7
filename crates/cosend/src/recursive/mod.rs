//! Generators that delegate to bodies of their own kind, at any depth.
//!
//! A body of a [`generator`](crate::generator()) that delegates holds the body that it
//! delegates to, which holds the next, so each value goes through all of them, and a deep
//! recursion is deep on the thread's stack as well. Here the generator holds them all, on
//! a stack of its own, and runs the topmost alone.
//!
//! That stack forgets the types of the bodies, and so whether they are `Send`. Whether it
//! is one of bodies that are is therefore said beforehand, by a [`Kind`].

mod kind;

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;
use core::future::Future;
use core::iter::FusedIterator;
use core::panic::Location;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use crate::body::{Body, Why};
#[cfg(feature = "std")]
use crate::sync::{Arc, Mutex};
#[cfg(feature = "std")]
pub use kind::AnyThread;
use kind::{Frame, Place as _};
pub use kind::{Kind, OneThread};

/// What the bodies and their generator share.
struct Slot<'b, Y, K: Kind> {
    /// A value that was yielded and is not taken yet.
    value: K::Place<Y>,
    /// A body that was delegated to and has not begun.
    delegated: K::Place<Frame<'b, K>>,
}

impl<Y, K: Kind> Slot<'_, Y, K> {
    fn new() -> K::Pointer<Self> {
        K::share(Self { value: K::Place::default(), delegated: K::Place::default() })
    }
}

/// The end of one body of a [`recursive`] generator: where it yields, and delegates.
///
/// `'b` is how long what the bodies borrow lives, and `K` whether they stay on their thread.
pub struct Branch<'b, Y, K: Kind = OneThread> {
    slot: K::Pointer<Slot<'b, Y, K>>,
}

/// The [`Branch`] of a body of a [`recursive_send`] generator.
#[cfg(feature = "std")]
pub type SendBranch<'b, Y> = Branch<'b, Y, AnyThread>;

impl<'b, Y, K: Kind> Branch<'b, Y, K> {
    /// Hands out one value and pauses until the next one is asked for.
    ///
    /// ```
    /// use cosend::recursive;
    ///
    /// let both = recursive(async |mut out| {
    ///     out.yield_("first").await;
    ///     out.yield_("second").await;
    /// });
    /// assert_eq!(both.collect::<Vec<_>>(), ["first", "second"]);
    /// ```
    pub fn yield_(&mut self, value: Y) -> impl Future<Output = ()> {
        YieldHere { slot: &self.slot, value: Some(value) }
    }

    /// Hands out the values of a series one by one.
    ///
    /// ```
    /// use cosend::recursive;
    ///
    /// let numbers = recursive(async |mut out| out.yield_from(1..=3).await);
    /// assert_eq!(numbers.sum::<i32>(), 6);
    /// ```
    pub async fn yield_from(&mut self, values: impl IntoIterator<Item = Y>) {
        for value in values {
            self.yield_(value).await;
        }
    }

    /// Another handle for another body.
    fn another(&self) -> Self {
        Branch { slot: K::Pointer::clone(&self.slot) }
    }

    /// The pause until the frame has put a result in its place.
    fn wait<R>(
        &mut self,
        frame: Frame<'b, K>,
        result: K::Pointer<K::Place<R>>,
    ) -> Delegate<'_, 'b, Y, R, K> {
        Delegate { slot: &self.slot, frame: Some(frame), result }
    }
}

impl<'b, Y> Branch<'b, Y> {
    /// Lets another body yield in this one's place until it returns, and gives its result:
    /// Python's `yield from`, and C++'s `elements_of`.
    ///
    /// Until then this one is not run at all, so that a value costs the same at any depth.
    ///
    /// ```
    /// use cosend::{Branch, recursive};
    ///
    /// /// Counts down, one delegation a number, and gives their sum.
    /// async fn countdown(n: u64, mut out: Branch<'_, u64>) -> u64 {
    ///     out.yield_(n).await;
    ///     if n == 0 { 0 } else { n + out.delegate(|out| countdown(n - 1, out)).await }
    /// }
    ///
    /// let mut numbers = recursive(|out| countdown(100_000, out));
    /// assert_eq!(numbers.by_ref().count(), 100_001);
    /// assert_eq!(numbers.take_result(), Some(5_000_050_000));
    /// ```
    pub fn delegate<R: 'b, B>(&mut self, body: impl FnOnce(Self) -> B) -> impl Future<Output = R>
    where
        B: Future<Output = R> + 'b,
        Y: 'b,
    {
        let body = body(self.another());
        let result = Rc::new(Cell::new(None));
        let filled = Rc::clone(&result);
        self.wait(Box::pin(async move { filled.set(Some(body.await)) }), result)
    }
}

#[cfg(feature = "std")]
impl<'b, Y> SendBranch<'b, Y> {
    /// As [`delegate`](Branch::delegate), for bodies that go to other threads.
    ///
    /// A body that delegates to its own kind is a function that says so in its type, as
    /// [`recursive_send`] shows.
    pub fn delegate<R, B>(&mut self, body: impl FnOnce(Self) -> B) -> impl Future<Output = R> + Send
    where
        R: Send + 'b,
        B: Future<Output = R> + Send + 'b,
        Y: Send + 'b,
    {
        let body = body(self.another());
        let result = Arc::new(Mutex::new(None));
        let filled = Arc::clone(&result);
        let frame = async move {
            let result = body.await;
            filled.exchange(Some(result));
        };
        self.wait(Box::pin(frame), result)
    }
}

impl<Y, K: Kind> fmt::Debug for Branch<'_, Y, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch").finish_non_exhaustive()
    }
}

/// The pause after a value.
struct YieldHere<'a, 'b, Y, K: Kind> {
    slot: &'a Slot<'b, Y, K>,
    value: Option<Y>,
}

/// The value is moved out whole and never pinned.
impl<Y, K: Kind> Unpin for YieldHere<'_, '_, Y, K> {}

impl<Y, K: Kind> Future for YieldHere<'_, '_, Y, K> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.value.take() {
            None => Poll::Ready(()),
            value => {
                self.slot.value.exchange(value);
                Poll::Pending
            }
        }
    }
}

/// The pause while another body runs.
struct Delegate<'a, 'b, Y, R, K: Kind> {
    slot: &'a Slot<'b, Y, K>,
    /// The body, until this is polled.
    frame: Option<Frame<'b, K>>,
    result: K::Pointer<K::Place<R>>,
}

impl<Y, R, K: Kind> Unpin for Delegate<'_, '_, Y, R, K> {}

impl<Y, R, K: Kind> Future for Delegate<'_, '_, Y, R, K> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        if let Some(frame) = self.frame.take() {
            self.slot.delegated.exchange(Some(frame));
            return Poll::Pending;
        }
        self.result.exchange(None).map_or(Poll::Pending, Poll::Ready)
    }
}

/// One that is given up before its body has begun takes that with it.
impl<Y, R, K: Kind> Drop for Delegate<'_, '_, Y, R, K> {
    fn drop(&mut self) {
        if self.frame.is_none() {
            drop(self.slot.delegated.exchange(None));
        }
    }
}

/// A generator whose bodies delegate to others; made by [`recursive`].
///
/// As a [`Generator`](crate::Generator), it is lazy and fused, and drops its bodies where
/// they are, the topmost first. It stays on its thread; one of [`recursive_send`] does not.
///
/// ```
/// use cosend::{Recursive, recursive};
///
/// struct Numbers {
///     left: Recursive<'static, u8>,
/// }
///
/// let mut numbers = Numbers { left: recursive(async |mut out| out.yield_from([1, 2]).await) };
/// assert_eq!(numbers.left.next(), Some(1));
/// ```
#[must_use = "a generator is lazy: it does nothing until it is iterated"]
pub struct Recursive<'b, Y, R = (), K: Kind = OneThread> {
    slot: K::Pointer<Slot<'b, Y, K>>,
    body: Body<K::Body<'b, R>>,
    /// The bodies that wait for another, and at the end the one that runs.
    stack: Vec<Frame<'b, K>>,
    made: &'static Location<'static>,
}

/// Makes an iterator out of a body that yields, and delegates to other bodies at any depth.
///
/// A body is an async closure, or a call of an `async fn`, that is given its [`Branch`].
/// Take a [`generator`](crate::generator()) where bodies delegate to a few others, at a
/// depth that is known: it makes no box for each.
///
/// ```
/// use cosend::{Branch, recursive};
///
/// struct Tree(Vec<Tree>, u32);
///
/// async fn walk<'t>(tree: &'t Tree, mut out: Branch<'t, u32>) {
///     out.yield_(tree.1).await;
///     for branch in &tree.0 {
///         out.delegate(|out| walk(branch, out)).await;
///     }
/// }
///
/// let tree = Tree(vec![Tree(vec![], 2), Tree(vec![Tree(vec![], 4)], 3)], 1);
/// let values = recursive(|out| walk(&tree, out));
/// assert_eq!(values.collect::<Vec<_>>(), [1, 2, 3, 4]);
/// ```
///
/// # Panics
///
/// `next` panics when a body awaits anything that is not ready and is not its [`Branch`],
/// and with what a body itself panics.
#[track_caller]
pub fn recursive<'b, Y, B>(body: impl FnOnce(Branch<'b, Y>) -> B) -> Recursive<'b, Y, B::Output>
where
    B: Future + 'b,
{
    let slot = Slot::<Y, OneThread>::new();
    let body = Body::new(body(Branch { slot: Rc::clone(&slot) }))
        .erase::<dyn Future<Output = B::Output> + 'b>(|body| body);
    Recursive { slot, body, stack: Vec::new(), made: Location::caller() }
}

/// A [`Recursive`] generator that goes to other threads; from [`recursive_send`].
#[cfg(feature = "std")]
pub type SendRecursive<'b, Y, R = ()> = Recursive<'b, Y, R, AnyThread>;

/// As [`recursive`], for a generator that is `Send`, as its bodies and values are.
///
/// A body is a function whose type says that its future is `Send`: of an `async fn` that
/// delegates to itself the compiler cannot tell, so that Clippy's `manual_async_fn` is wrong
/// here. A value costs a few locks that nobody else holds.
///
/// ```
/// use std::thread;
/// use cosend::{SendBranch, recursive_send};
///
/// struct Tree(Vec<Tree>, u32);
///
/// fn walk<'t>(
///     tree: &'t Tree,
///     mut out: SendBranch<'t, u32>,
/// ) -> impl Future<Output = ()> + Send {
///     async move {
///         out.yield_(tree.1).await;
///         for branch in &tree.0 {
///             out.delegate(|out| walk(branch, out)).await;
///         }
///     }
/// }
///
/// let tree = Tree(vec![Tree(vec![], 2), Tree(vec![Tree(vec![], 4)], 3)], 1);
/// let mut values = recursive_send(|out| walk(&tree, out));
/// assert_eq!(values.next(), Some(1));
/// let rest = thread::scope(|threads| {
///     threads.spawn(|| values.collect::<Vec<_>>()).join().unwrap()
/// });
/// assert_eq!(rest, [2, 3, 4]);
/// ```
///
/// # Panics
///
/// As those of [`recursive`].
#[cfg(feature = "std")]
#[track_caller]
pub fn recursive_send<'b, Y, B>(
    body: impl FnOnce(SendBranch<'b, Y>) -> B,
) -> SendRecursive<'b, Y, B::Output>
where
    B: Future + Send + 'b,
{
    let slot = Slot::<Y, AnyThread>::new();
    let body = Body::new(body(Branch { slot: Arc::clone(&slot) }))
        .erase::<dyn Future<Output = B::Output> + Send + 'b>(|body| body);
    Recursive { slot, body, stack: Vec::new(), made: Location::caller() }
}

impl<Y, R, K: Kind> Recursive<'_, Y, R, K> {
    /// What the first body returned after its last value, once; `None` before its end.
    pub fn take_result(&mut self) -> Option<R> {
        self.body.take_result()
    }

    /// Whether the first body is over: it returned, or one panicked.
    pub fn is_exhausted(&self) -> bool {
        !self.body.is_suspended()
    }

    /// Ends all bodies where they are, the topmost first.
    fn end(&mut self) {
        drop(self.slot.delegated.exchange(None));
        while let Some(frame) = self.stack.pop() {
            drop(frame);
        }
        if self.body.is_suspended() {
            self.body = Body::Over(Why::Panicked);
        }
    }
}

/// Ends a generator whose bodies unwind.
struct EndAll<'a, 'b, Y, R, K: Kind>(&'a mut Recursive<'b, Y, R, K>);

impl<Y, R, K: Kind> Drop for EndAll<'_, '_, Y, R, K> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<Y, R, K: Kind> Iterator for Recursive<'_, Y, R, K> {
    type Item = Y;

    #[track_caller]
    fn next(&mut self) -> Option<Y> {
        let context = &mut Context::from_waker(Waker::noop());
        let run = EndAll(self);
        loop {
            let this = &mut *run.0;
            let polled = match this.stack.last_mut() {
                Some(frame) => frame.as_mut().poll(context),
                None => this.body.poll(context),
            };
            if polled.is_ready() {
                // One that it delegated to, and did not wait for, goes with it.
                drop(this.slot.delegated.exchange(None));
                if this.stack.pop().is_none() {
                    core::mem::forget(run);
                    return None;
                }
                continue;
            }
            let delegated = this.slot.delegated.exchange(None);
            let value = this.slot.value.exchange(None);
            if delegated.is_none() && value.is_none() {
                let made = this.made;
                drop(run);
                panic!(
                    "the recursive generator made at {made} paused on something other than its \
                     output; a body that awaits a timer or a socket is an `owned_generator`"
                );
            }
            this.stack.extend(delegated);
            if value.is_some() {
                core::mem::forget(run);
                return value;
            }
        }
    }
}

impl<Y, R, K: Kind> FusedIterator for Recursive<'_, Y, R, K> {}

impl<Y, R, K: Kind> Drop for Recursive<'_, Y, R, K> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<Y, R, K: Kind> fmt::Debug for Recursive<'_, Y, R, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recursive")
            .field("depth", &self.stack.len())
            .field("exhausted", &self.is_exhausted())
            .finish_non_exhaustive()
    }
}
