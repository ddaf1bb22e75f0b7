//! A stage that is written as a body.

use core::future::Future;

use crate::{Coroutine, Input, Sink, Stopped, coroutine};

/// Makes a stage out of a body that is given its input, and its child to send to.
///
/// The child is closed at the end of the body, and gives the result. `?` after a send or a
/// [`pass`](Sink::pass) ends the body with its child: `pass` at once, `send` with the next
/// item.
///
/// ```
/// use cosend::{Input, Sink, collect, stage, take};
///
/// /// Sends on each word of each line.
/// fn words<S: Sink<str>>(child: S) -> impl Sink<str, Return = S::Return> {
///     stage(
///         async |mut lines: Input<str>, child| {
///             while let Some(line) = lines.next().await {
///                 for word in line.split_whitespace() {
///                     child.pass(word)?;
///                 }
///             }
///             Ok(())
///         },
///         child,
///     )
/// }
///
/// let mut first_three = words(take(3, collect::<str, Vec<_>>()));
/// first_three.send("to be")?;
/// first_three.send("or not")?;
/// assert!(first_three.is_stopped());
/// assert_eq!(first_three.close(), ["to", "be", "or"]);
/// # Ok::<(), cosend::Stopped>(())
/// ```
///
/// # Panics
///
/// As [`coroutine`], and as [`close`](Sink::close) of the child.
#[track_caller]
pub fn stage<T, U, S, F>(body: F, child: S) -> Coroutine<T, impl Future<Output = S::Return>>
where
    T: ?Sized,
    U: ?Sized,
    S: Sink<U>,
    F: for<'id, 'child> AsyncFnOnce(Input<'id, T>, &'child mut S) -> Result<(), Stopped>,
{
    coroutine(async move |input: Input<'_, T>| {
        let mut child = child;
        // That the child has stopped is no reason not to close it.
        let _ = body(input, &mut child).await;
        child.close()
    })
}
