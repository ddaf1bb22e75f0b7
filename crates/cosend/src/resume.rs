//! What receives and yields, as a trait: for functions that take any, and for `dyn`.

use alloc::boxed::Box;
use core::future::Future;

use crate::{Resumable, Step, Stopped};

/// Something that is sent items, and answers each with what it yields next.
///
/// It is what `Coroutine` of nightly compilers may become in the standard library, with
/// items that are lent, and with a closing.
///
/// ```
/// use cosend::{Port, Resume, Step, resumable};
///
/// /// Goes on asking until it has an answer.
/// fn drive<R: Resume<str, Yield = String>>(body: &mut R, lines: &[&str]) -> Option<R::Return> {
///     for line in lines {
///         if let Ok(Step::Returned(answer)) = body.resume(line) {
///             return Some(answer);
///         }
///     }
///     None
/// }
///
/// let (mut body, _) = resumable(async |mut port: Port<str, String>| {
///     let name = port.yield_("name?".to_owned()).await?.to_owned();
///     let town = port.yield_(format!("{name}'s town?")).await?;
///     Some(format!("{name} of {town}"))
/// });
/// assert_eq!(drive(&mut body, &["Ada", "London"]), Some(Some("Ada of London".to_owned())));
/// ```
///
/// Bodies of different types go into one vector:
///
/// ```
/// use cosend::{Port, Resume, Step, resumable};
///
/// type Filter = Box<dyn Resume<u32, Yield = u32, Return = ()>>;
///
/// fn scaled(by: u32) -> Filter {
///     Box::new(resumable(async move |mut port: Port<u32, u32>| {
///         let mut say = 0;
///         while let Some(number) = port.yield_(say).await {
///             say = by * number;
///         }
///     }).0)
/// }
///
/// let mut chain = vec![scaled(2), scaled(5)];
/// let mut number = 3;
/// for filter in &mut chain {
///     number = filter.resume(&number)?.yielded().unwrap();
/// }
/// assert_eq!(number, 30);
/// # Ok::<(), cosend::Stopped>(())
/// ```
#[must_use = "it does nothing until it is resumed"]
pub trait Resume<T: ?Sized> {
    /// What it yields in answer to an item.
    type Yield;

    /// What it returns at its end.
    type Return;

    /// Lends one item, and gives what is yielded, or returned, in answer.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when it takes no more items. The item was not seen.
    #[track_caller]
    fn resume(&mut self, item: &T) -> Result<Step<Self::Yield, Self::Return>, Stopped>;

    /// Tells it that nothing more comes, and takes its result.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when there is no result: it was given before, or never came to be.
    #[track_caller]
    fn finish(&mut self) -> Result<Self::Return, Stopped>;

    /// Whether it takes no more items.
    fn is_stopped(&self) -> bool;
}

impl<T: ?Sized, Y, B: Future + ?Sized> Resume<T> for Resumable<T, Y, B> {
    type Yield = Y;
    type Return = B::Output;

    #[track_caller]
    fn resume(&mut self, item: &T) -> Result<Step<Y, B::Output>, Stopped> {
        Resumable::resume(self, item)
    }

    #[track_caller]
    fn finish(&mut self) -> Result<B::Output, Stopped> {
        Resumable::finish(self)
    }

    fn is_stopped(&self) -> bool {
        Resumable::is_stopped(self)
    }
}

/// Passes all on to the one inside.
macro_rules! forward {
    ($outer:ty) => {
        impl<T: ?Sized, R: Resume<T> + ?Sized> Resume<T> for $outer {
            type Yield = R::Yield;
            type Return = R::Return;

            fn resume(&mut self, item: &T) -> Result<Step<R::Yield, R::Return>, Stopped> {
                (**self).resume(item)
            }

            fn finish(&mut self) -> Result<R::Return, Stopped> {
                (**self).finish()
            }

            fn is_stopped(&self) -> bool {
                (**self).is_stopped()
            }
        }
    };
}

forward!(Box<R>);
forward!(&mut R);
