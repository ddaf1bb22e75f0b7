//! LZ4 frames.
//!
//! The decoder of the library reads for itself, reads past the end of some frames, and
//! forgets what it wrote before it failed. So it is fed through a tray that knows the
//! structure of a frame: each read gives bytes of one part of it at most, and none of what
//! follows the frame. Frames of the format before this one are in [`legacy`].

mod frame;
mod legacy;

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::frame::Frame;
use self::legacy::Legacy;
use super::{Decoder, State, Step, Trouble};

/// A decoder for a member that begins like this.
pub(super) fn decoder(start: &[u8]) -> Result<Box<dyn Decoder>, Trouble> {
    if start.starts_with(&legacy::MAGIC) {
        return Ok(Box::new(Legacy::new()));
    }
    Ok(Box::new(Lz4::new()?))
}

/// The decoder, and the tray out of which it reads.
struct Lz4 {
    /// `None` once it has come to an end.
    decoder: Option<::lz4::Decoder<Tray>>,
    tray: Tray,
}

/// What the decoder of lz4 finds when it reads. Only one of its two holders is at work at a
/// time, so the lock is always free.
#[derive(Clone, Default)]
struct Tray(Arc<Mutex<Fed>>);

#[derive(Default)]
struct Fed {
    bytes: Vec<u8>,
    read: usize,
    frame: Frame,
}

impl Tray {
    fn fed(&self) -> MutexGuard<'_, Fed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Tray {
    /// Gives nothing where there is nothing now: the decoder then gives what it still holds.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut fed = self.fed();
        let Fed { bytes, read, frame } = &mut *fed;
        let rest = &bytes[*read..];
        let length = rest.len().min(buffer.len()).min(frame.left());
        buffer[..length].copy_from_slice(&rest[..length]);
        frame.advance(&rest[..length]);
        *read += length;
        Ok(length)
    }
}

impl Lz4 {
    fn new() -> Result<Self, Trouble> {
        let tray = Tray::default();
        let decoder = ::lz4::Decoder::new(tray.clone()).map_err(|_| Trouble::Memory)?;
        Ok(Self { decoder: Some(decoder), tray })
    }

    /// Why the decoder failed.
    fn trouble(&self, error: &io::Error) -> Trouble {
        if error.to_string().contains("allocation_failed") {
            return Trouble::Memory;
        }
        // The first block has nothing to refer back to, unless there is a dictionary.
        if self.tray.fed().frame.is_at_first_block() {
            return Trouble::CorruptOrDictionary;
        }
        Trouble::Corrupt
    }
}

impl Decoder for Lz4 {
    fn step(&mut self, packed: &[u8], _: bool, plain: &mut [u8]) -> Step {
        {
            let mut fed = self.tray.fed();
            fed.bytes.clear();
            fed.bytes.extend_from_slice(packed);
            fed.read = 0;
        }
        let result = self.decoder.as_mut().map_or(Ok(0), |decoder| decoder.read(plain));
        let (taken, is_over) = {
            let fed = self.tray.fed();
            (fed.read, fed.frame.left() == 0)
        };
        let (written, state) = match result {
            Ok(0) if is_over => match self.decoder.take().map(|done| done.finish().1) {
                Some(Ok(())) => (0, State::Ended),
                _ => (0, State::Failed(Trouble::Corrupt)),
            },
            Ok(written) => (written, State::Within),
            Err(error) => (0, State::Failed(self.trouble(&error))),
        };
        Step { taken, written, state }
    }
}
