//! Ends in the standard library: writers, channels, and locks around a sink.

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use core::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{Sender, SyncSender};
use std::sync::{Mutex, TryLockError};

use crate::{Sink, Stopped};

/// Writes what it is sent; made by [`writer`].
#[must_use = "a sink does nothing until it is sent to"]
pub struct Writer<W> {
    /// `None` once it is finished.
    writer: Option<W>,
    error: Option<io::Error>,
}

/// Makes an end that writes texts or bytes, with nothing in between, to anything that is
/// [`Write`].
///
/// It stops at the first error, which is then its result; otherwise that is the writer,
/// flushed.
///
/// ```
/// use cosend::{Sink, map, writer};
///
/// let lines = map(|line: &str| format!("{line}\n"), writer(Vec::new()));
/// assert_eq!(lines.run(["a", "b"]).unwrap(), b"a\nb\n");
/// ```
pub fn writer<W: Write>(writer: W) -> Writer<W> {
    Writer { writer: Some(writer), error: None }
}

impl<T: ?Sized + AsRef<[u8]>, W: Write> Sink<T> for Writer<W> {
    type Return = io::Result<W>;

    /// The item at which writing failed was taken, maybe in part.
    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        if self.error.is_some() {
            return Err(Stopped);
        }
        let writer = self.writer.as_mut().ok_or(Stopped)?;
        self.error = writer.write_all(item.as_ref()).err();
        Ok(())
    }

    fn finish(&mut self) -> Result<io::Result<W>, Stopped> {
        let mut writer = self.writer.take().ok_or(Stopped)?;
        if let Some(error) = self.error.take() {
            return Ok(Err(error));
        }
        Ok(writer.flush().map(|()| writer))
    }

    fn is_stopped(&self) -> bool {
        self.writer.is_none() || self.error.is_some()
    }
}

impl<W: fmt::Debug> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("writer", &self.writer).field("error", &self.error).finish()
    }
}

/// Sends copies of the items into a channel, to be received in another thread.
///
/// It stops when the receiver is gone, which it learns with the next item. The channel ends
/// when its last sender is dropped, as by [`close`](Sink::close): finishing alone does
/// nothing.
///
/// ```
/// use std::sync::mpsc;
/// use std::thread;
/// use cosend::{Sink, filter};
///
/// let (sender, receiver) = mpsc::channel::<String>();
/// let longest = thread::spawn(move || receiver.into_iter().map(|word| word.len()).max());
/// filter(|word: &str| word != "not", sender).run(["to", "be", "or", "not"]);
/// assert_eq!(longest.join().unwrap(), Some(2));
/// ```
impl<T: ?Sized + ToOwned> Sink<T> for Sender<T::Owned> {
    type Return = ();

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        Sender::send(self, item.to_owned()).map_err(|_| Stopped)
    }

    fn finish(&mut self) -> Result<(), Stopped> {
        Ok(())
    }
}

/// As for [`Sender`]; a send waits while the channel is full.
///
/// ```
/// use std::sync::mpsc;
/// use std::thread;
/// use cosend::Sink;
///
/// let (sender, receiver) = mpsc::sync_channel::<u32>(1);
/// let sum = thread::spawn(move || receiver.into_iter().sum::<u32>());
/// sender.run(1..=4);
/// assert_eq!(sum.join().unwrap(), 10);
/// ```
impl<T: ?Sized + ToOwned> Sink<T> for SyncSender<T::Owned> {
    type Return = ();

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        SyncSender::send(self, item.to_owned()).map_err(|_| Stopped)
    }

    fn finish(&mut self) -> Result<(), Stopped> {
        Ok(())
    }
}

/// A sink that many threads feed, one at a time.
///
/// Unlike [`Shared`](crate::Shared), the first handle that is closed closes it for all. A
/// sink that panicked has stopped. A network in which an item comes back to the same lock
/// waits for itself.
///
/// ```
/// use std::sync::{Arc, Mutex};
/// use std::thread;
/// use cosend::{Sink, count};
///
/// let total = Arc::new(Mutex::new(count::<u32>()));
/// thread::scope(|threads| {
///     for _ in 0..4 {
///         let mut handle = Arc::clone(&total);
///         threads.spawn(move || handle.send_all(0..100));
///     }
/// });
/// assert_eq!(total.close(), 400);
/// ```
impl<T: ?Sized, S: Sink<T>> Sink<T> for Arc<Mutex<S>> {
    type Return = S::Return;

    fn send(&mut self, item: &T) -> Result<(), Stopped> {
        self.lock().map_err(|_| Stopped)?.send(item)
    }

    fn finish(&mut self) -> Result<S::Return, Stopped> {
        self.lock().map_err(|_| Stopped)?.finish()
    }

    /// A sink that is locked at this moment counts as one that goes on.
    fn is_stopped(&self) -> bool {
        match self.try_lock() {
            Ok(sink) => sink.is_stopped(),
            Err(TryLockError::Poisoned(_)) => true,
            Err(TryLockError::WouldBlock) => false,
        }
    }
}
