//! LZ4 frames. The decoder reads for itself, so it is fed through a tray.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Decoder, State, Step, Trouble};

pub(super) fn decoder() -> Result<Box<dyn Decoder>, Trouble> {
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
    is_all: bool,
}

impl Tray {
    fn fed(&self) -> MutexGuard<'_, Fed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for Tray {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut fed = self.fed();
        let length = (fed.bytes.len() - fed.read).min(buffer.len());
        if length == 0 && !fed.is_all {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let start = fed.read;
        buffer[..length].copy_from_slice(&fed.bytes[start..start + length]);
        fed.read += length;
        Ok(length)
    }
}

impl Lz4 {
    fn new() -> Result<Self, Trouble> {
        let tray = Tray::default();
        let decoder = ::lz4::Decoder::new(tray.clone()).map_err(|_| Trouble::Corrupt)?;
        Ok(Self { decoder: Some(decoder), tray })
    }
}

impl Decoder for Lz4 {
    fn step(&mut self, packed: &[u8], is_all: bool, plain: &mut [u8]) -> Step {
        {
            let mut fed = self.tray.fed();
            fed.bytes.clear();
            fed.bytes.extend_from_slice(packed);
            fed.read = 0;
            fed.is_all = is_all;
        }
        let result = self.decoder.as_mut().map_or(Ok(0), |decoder| decoder.read(plain));
        let taken = self.tray.fed().read;
        let (written, state) = match result {
            // It gives nothing only at the end of a frame, or of all there is.
            Ok(0) => match self.decoder.take().map(|done| done.finish().1) {
                Some(Ok(())) => (0, State::Ended),
                _ => (0, State::Within),
            },
            Ok(written) => (written, State::Within),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => (0, State::Within),
            Err(_) => (0, State::Failed(Trouble::Corrupt)),
        };
        Step { taken, written, state }
    }
}
