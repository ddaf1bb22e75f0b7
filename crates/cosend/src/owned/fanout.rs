//! One item to many owned coroutines, each of which runs in a task of its own.

use alloc::vec::Vec;
use core::fmt;

use super::Buffered;
use crate::Stopped;

/// Sends each item on to many buffered coroutines; made by [`owned_fanout`].
///
/// Their bodies may be of different types, since their handles are not. When this is
/// dropped, so are the handles: the bodies are closed, and their drivers give the results.
#[must_use = "the bodies are closed when the handles to them are dropped"]
pub struct OwnedFanout<T> {
    children: Vec<Buffered<T>>,
}

/// Sends to many owned coroutines at once, which overlap: the [`fanout`](crate::fanout())
/// of those that await something.
///
/// Each item is cloned for all children but the last: for large ones take an `Arc`. A child
/// that has stopped is skipped; when all have stopped, so has the fan-out. One without
/// children has stopped from the start.
///
/// ```
/// use std::sync::Arc;
/// use cosend::{OwnedInput, owned_coroutine, owned_fanout};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let (counts, count) = owned_coroutine(async |mut lines: OwnedInput<Arc<str>>| {
///     let mut count = 0;
///     while lines.next().await.is_some() {
///         count += 1;
///     }
///     count
/// })
/// .buffered(8);
/// let (texts, text) = owned_coroutine(async |mut lines: OwnedInput<Arc<str>>| {
///     let mut text = String::new();
///     while let Some(line) = lines.next().await {
///         tokio::time::sleep(std::time::Duration::from_millis(1)).await;
///         text += &line;
///     }
///     text
/// })
/// .buffered(8);
/// let (count, text) = (tokio::spawn(count), tokio::spawn(text));
///
/// let mut both = owned_fanout([counts, texts]);
/// both.send("to ".into()).await?;
/// both.send("be".into()).await?;
/// drop(both);
/// assert_eq!((count.await.unwrap(), text.await.unwrap()), (2, "to be".to_owned()));
/// # Ok::<(), cosend::Stopped>(()) }).unwrap();
/// ```
pub fn owned_fanout<T: Clone>(children: impl IntoIterator<Item = Buffered<T>>) -> OwnedFanout<T> {
    OwnedFanout { children: children.into_iter().collect() }
}

impl<T: Clone> OwnedFanout<T> {
    /// Puts the item into the buffer of each child; waits for the ones that have no room.
    ///
    /// A send that is dropped before its end has sent to the first children, and not to the
    /// rest.
    ///
    /// # Errors
    ///
    /// [`Stopped`] when no child takes more items.
    pub async fn send(&mut self, item: T) -> Result<(), Stopped> {
        let Some((last, first)) = self.children.split_last_mut() else { return Err(Stopped) };
        let mut taken = false;
        for child in first {
            // What has stopped needs no clone.
            if !child.is_stopped() {
                taken |= child.send(item.clone()).await.is_ok();
            }
        }
        taken |= last.send(item).await.is_ok();
        if taken { Ok(()) } else { Err(Stopped) }
    }
}

impl<T> OwnedFanout<T> {
    /// Whether no child takes more items, as far as they have run.
    pub fn is_stopped(&self) -> bool {
        self.children.iter().all(Buffered::is_stopped)
    }
}

impl<T> fmt::Debug for OwnedFanout<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedFanout").field("children", &self.children).finish()
    }
}
