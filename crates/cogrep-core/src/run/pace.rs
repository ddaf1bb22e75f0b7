//! Whether a source is worth a thread that decodes it ahead: if counting takes a good part
//! of the time that decoding takes, and there is much text.
//!
//! Where counting takes next to nothing, as for a few patterns, a thread would save as
//! little, and handing the text from core to core costs more than that.

use std::time::{Duration, Instant};

use cogrep_source::{Text, Wait};

/// A source is judged by this much text at a time, and no thread is started before: in a
/// small source it costs more than it saves.
const JUDGED_BYTES: usize = 1 << 20;

/// A thread is worth it if counting takes at least one part in this many of the time that
/// fetching takes.
const WORTH: u32 = 8;

/// How long it takes to fetch text and to count in it, of a source that can be read ahead.
///
/// A pipe may be slow at first and fast later, so it is judged again and again.
#[derive(Default)]
pub(crate) struct Pace {
    /// When the current one of the two began, if that matters.
    since: Option<Instant>,
    fetching: Duration,
    counting: Duration,
    bytes: usize,
    is_decided: bool,
}

impl Pace {
    /// A chunk is about to be fetched.
    pub(crate) fn begin<W: Wait>(&mut self, text: &Text<W>) {
        let matters = !self.is_decided && text.can_read_ahead();
        self.since = matters.then(Instant::now);
    }

    /// It was fetched.
    pub(crate) fn fetched(&mut self) {
        let took = self.lap();
        self.fetching += took;
    }

    /// This many bytes were counted in. Says, once, that it is worth it to read ahead.
    pub(crate) fn counted(&mut self, bytes: usize) -> bool {
        if self.since.is_none() {
            return false;
        }
        let took = self.lap();
        self.counting += took;
        self.bytes += bytes;
        if self.bytes < JUDGED_BYTES {
            return false;
        }
        self.is_decided = self.counting * WORTH >= self.fetching;
        *self = Self { is_decided: self.is_decided, ..Self::default() };
        self.is_decided
    }

    fn lap(&mut self) -> Duration {
        let Some(since) = &mut self.since else { return Duration::ZERO };
        let now = Instant::now();
        now.duration_since(std::mem::replace(since, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it is worth it, if the two take this many milliseconds for this many bytes.
    fn is_worth(pace: &mut Pace, fetching: u64, counting: u64, bytes: usize) -> bool {
        pace.since = Some(Instant::now());
        pace.fetching += Duration::from_millis(fetching);
        pace.counting += Duration::from_millis(counting);
        pace.counted(bytes)
    }

    #[test]
    fn reading_ahead_is_worth_it_once_counting_takes_long_in_much_text() {
        let mut pace = Pace::default();
        assert!(!is_worth(&mut pace, 100, 1000, JUDGED_BYTES - 1), "the text is small");
        assert!(is_worth(&mut pace, 0, 0, 1));
        pace = Pace::default();
        assert!(!is_worth(&mut pace, 100_000, 1000, JUDGED_BYTES));
        assert!(is_worth(&mut pace, 1000, 1000, JUDGED_BYTES), "the text is judged anew");
        assert!(!pace.counted(JUDGED_BYTES), "once");
    }
}
