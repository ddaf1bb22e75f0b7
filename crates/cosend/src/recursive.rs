//! Generators that delegate to bodies of their own kind, at any depth.
//!
//! A body of a [`generator`](crate::generator()) that delegates holds the body that it
//! delegates to, which holds the next, so each value goes through all of them, and a deep
//! recursion is deep on the thread's stack as well. Here the generator holds them all, on
//! a stack of its own, and runs the topmost alone.

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

/// A body that was delegated to. Its result goes to the body that waits for it.
type Frame<'b> = Pin<Box<dyn Future<Output = ()> + 'b>>;

/// What the bodies and their generator share.
struct Slot<'b, Y> {
    /// A value that was yielded and is not taken yet.
    value: Cell<Option<Y>>,
    /// A body that was delegated to and has not begun.
    delegated: Cell<Option<Frame<'b>>>,
}

/// The end of one body of a [`recursive`] generator: where it yields, and delegates.
///
/// `'b` is how long what the bodies borrow lives.
pub struct Branch<'b, Y> {
    slot: Rc<Slot<'b, Y>>,
}

impl<'b, Y> Branch<'b, Y> {
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
        let result = Rc::new(Cell::new(None));
        let filled = Rc::clone(&result);
        let body = body(Branch { slot: Rc::clone(&self.slot) });
        let frame: Frame<'b> = Box::pin(async move { filled.set(Some(body.await)) });
        Delegate { slot: &self.slot, frame: Some(frame), result }
    }
}

impl<Y> fmt::Debug for Branch<'_, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Branch").finish_non_exhaustive()
    }
}

/// The pause after a value.
struct YieldHere<'a, 'b, Y> {
    slot: &'a Slot<'b, Y>,
    value: Option<Y>,
}

/// The value is moved out whole and never pinned.
impl<Y> Unpin for YieldHere<'_, '_, Y> {}

impl<Y> Future for YieldHere<'_, '_, Y> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.value.take() {
            None => Poll::Ready(()),
            value => {
                self.slot.value.set(value);
                Poll::Pending
            }
        }
    }
}

/// The pause while another body runs.
struct Delegate<'a, 'b, Y, R> {
    slot: &'a Slot<'b, Y>,
    /// The body, until this is polled.
    frame: Option<Frame<'b>>,
    result: Rc<Cell<Option<R>>>,
}

impl<Y, R> Unpin for Delegate<'_, '_, Y, R> {}

impl<Y, R> Future for Delegate<'_, '_, Y, R> {
    type Output = R;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<R> {
        if let Some(frame) = self.frame.take() {
            self.slot.delegated.set(Some(frame));
            return Poll::Pending;
        }
        self.result.take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// One that is given up before its body has begun takes that with it.
impl<Y, R> Drop for Delegate<'_, '_, Y, R> {
    fn drop(&mut self) {
        if self.frame.is_none() {
            drop(self.slot.delegated.take());
        }
    }
}

/// A generator whose bodies delegate to others; made by [`recursive`].
///
/// As a [`Generator`](crate::Generator), it is lazy and fused, and drops its bodies where
/// they are, the topmost first. It stays on its thread.
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
pub struct Recursive<'b, Y, R = ()> {
    slot: Rc<Slot<'b, Y>>,
    body: Body<dyn Future<Output = R> + 'b>,
    /// The bodies that wait for another, and at the end the one that runs.
    stack: Vec<Frame<'b>>,
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
    let slot = Rc::new(Slot { value: Cell::new(None), delegated: Cell::new(None) });
    let body = Body::new(body(Branch { slot: Rc::clone(&slot) }))
        .erase::<dyn Future<Output = B::Output> + 'b>(|body| body);
    Recursive { slot, body, stack: Vec::new(), made: Location::caller() }
}

impl<Y, R> Recursive<'_, Y, R> {
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
        drop(self.slot.delegated.take());
        while let Some(frame) = self.stack.pop() {
            drop(frame);
        }
        if self.body.is_suspended() {
            self.body = Body::Over(Why::Panicked);
        }
    }
}

/// Ends a generator whose bodies unwind.
struct EndAll<'a, 'b, Y, R>(&'a mut Recursive<'b, Y, R>);

impl<Y, R> Drop for EndAll<'_, '_, Y, R> {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl<Y, R> Iterator for Recursive<'_, Y, R> {
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
                drop(this.slot.delegated.take());
                if this.stack.pop().is_none() {
                    core::mem::forget(run);
                    return None;
                }
                continue;
            }
            let delegated = this.slot.delegated.take();
            let value = this.slot.value.take();
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

impl<Y, R> FusedIterator for Recursive<'_, Y, R> {}

impl<Y, R> Drop for Recursive<'_, Y, R> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<Y, R> fmt::Debug for Recursive<'_, Y, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recursive")
            .field("depth", &self.stack.len())
            .field("exhausted", &self.is_exhausted())
            .finish_non_exhaustive()
    }
}
