//! How much of a chunk is scanned before a request to stop is looked at: with an engine that
//! is slow, or thousands of patterns, a chunk takes seconds.

use std::ops::Range;
use std::time::{Duration, Instant};

use cogrep_source::{Interrupt, LONG_CHUNK_BYTES};

/// A piece may take this long. It grows as long as it takes much less.
const MOST: Duration = Duration::from_millis(20);

/// The first piece has this many bytes: what engines choose by, when they look at the first
/// text that comes.
const FIRST_BYTES: usize = 64 << 10;

/// Cuts chunks into pieces that are scanned in a time that is not noticed.
#[derive(Debug)]
pub(super) struct Stride {
    bytes: usize,
    interrupt: Interrupt,
    /// Whether what is found is passed on with each chunk.
    pub(super) is_eager: bool,
}

impl Stride {
    pub(super) fn new(interrupt: Interrupt, is_eager: bool) -> Self {
        Self { bytes: FIRST_BYTES, interrupt, is_eager }
    }

    /// What asks to stop.
    pub(super) fn interrupt(&self) -> Interrupt {
        self.interrupt.clone()
    }

    /// Scans a chunk of this length piece by piece, until a stop is requested.
    ///
    /// # Errors
    ///
    /// The first one of the scan, which ends it.
    pub(super) fn over<E>(
        &mut self,
        length: usize,
        mut scan: impl FnMut(Range<usize>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut at = 0;
        while at < length {
            let end = length.min(at.saturating_add(self.bytes));
            // A short piece says little of the time that a long one takes: most files are one,
            // and looking at a clock costs more than scanning some of them.
            let is_timed = end - at >= self.bytes.min(FIRST_BYTES);
            let begun = is_timed.then(Instant::now);
            scan(at..end)?;
            if let Some(begun) = begun {
                self.adapt(end - at, begun.elapsed());
            }
            at = end;
            // What little was read still counts.
            if self.interrupt.is_requested() {
                break;
            }
        }
        Ok(())
    }

    fn adapt(&mut self, scanned: usize, took: Duration) {
        if took > MOST {
            let share = MOST.as_secs_f64() / took.as_secs_f64();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                clippy::cast_sign_loss,
                reason = "an estimate of how many bytes take that long"
            )]
            let bytes = (scanned as f64 * share) as usize;
            self.bytes = bytes.max(1);
        } else if took < MOST / 8 && scanned >= self.bytes && self.bytes < 2 * LONG_CHUNK_BYTES {
            self.bytes = self.bytes.saturating_mul(4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_scanned_whole_in_growing_pieces() {
        let mut stride = Stride::new(Interrupt::default(), false);
        let mut pieces = Vec::new();
        let mut scan = |piece| {
            pieces.push(piece);
            Ok::<(), ()>(())
        };
        stride.over(1 << 20, &mut scan).unwrap();
        stride.over(1 << 20, &mut scan).unwrap();
        let bytes: usize = pieces.iter().map(Range::len).sum();
        assert_eq!(bytes, 2 << 20);
        assert_eq!(pieces[0], 0..FIRST_BYTES);
    }

    #[test]
    fn a_slow_scan_is_asked_to_stop_soon() {
        let interrupt = Interrupt::default();
        let mut stride = Stride::new(interrupt.clone(), false);
        let mut bytes = 0;
        // As slow as 1 MB/s.
        let scan = |piece: Range<usize>| {
            std::thread::sleep(Duration::from_micros(piece.len() as u64));
            bytes += piece.len();
            if bytes > 100_000 {
                interrupt.request();
            }
            Ok::<(), ()>(())
        };
        stride.over(1 << 20, scan).unwrap();
        assert!(bytes <= 2 * FIRST_BYTES, "{bytes}");
    }
}
