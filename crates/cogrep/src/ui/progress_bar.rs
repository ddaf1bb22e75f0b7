//! Progress on standard error: only on a terminal, only of what takes longer than a
//! second, and removed at the end.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use cogrep_core::Progress;
use cogrep_match::Plan;
use cogrep_report::{Rows, escape, separated};
use cogrep_source::Input;
use cogrep_source::backend::Backend;
use indicatif::ProgressStyle;

/// What ends sooner than this shows no progress.
const DELAY: Duration = Duration::from_secs(1);

/// The time between two updates.
const PERIOD: Duration = Duration::from_millis(100);

/// The most counts that are shown.
const MOST_COUNTS: usize = 20;

/// What progress is shown of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) inputs: &'a [Input],
    /// What opens them.
    pub(crate) backend: &'a dyn Backend,
    pub(crate) rows: &'a Rows,
    pub(crate) plan: &'a Plan,
    /// How many of the largest counts are shown, if not the first ones.
    pub(crate) top: Option<usize>,
}

/// The progress of a job, shown by a thread of its own.
pub(crate) struct ProgressBar<'a> {
    /// Where the job reports, if the bar can be seen.
    progress: Option<Progress>,
    subject: Subject<'a>,
    /// Drawn once there is something to show.
    bar: OnceLock<indicatif::ProgressBar>,
}

impl<'a> ProgressBar<'a> {
    /// A bar with the counts so far, or without; hidden if the result itself shows how far
    /// the job is.
    pub(crate) fn new(subject: Subject<'a>, with_counts: bool, is_hidden: bool) -> Self {
        let is_seen = io::stderr().is_terminal() && !is_hidden;
        let progress = match (is_seen, with_counts) {
            (false, _) => None,
            (true, false) => Some(Progress::new()),
            (true, true) => Some(Progress::with_counts()),
        };
        Self { progress, subject, bar: OnceLock::new() }
    }

    /// Where the job is to report its progress.
    pub(crate) fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// Shows the progress while something is done.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(progress) = &self.progress else { return work() };
        thread::scope(|scope| {
            let (working, end) = mpsc::channel::<()>();
            // Where the system has no thread to give, nothing is shown of how far it is.
            let _ = thread::Builder::new().spawn_scoped(scope, move || self.show(progress, &end));
            let result = work();
            drop(working);
            result
        })
    }

    /// Writes something else to the terminal, and draws the bar again.
    pub(crate) fn suspend(&self, write: impl FnOnce()) {
        match self.bar.get() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Shows the progress after the delay, until the end.
    fn show(&self, progress: &Progress, end: &Receiver<()>) {
        let begun = Instant::now();
        if end.recv_timeout(DELAY) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let total = self.total_bytes();
        let style = ProgressStyle::with_template("{wide_msg}\n{prefix}").ok();
        let bar = self.bar.get_or_init(|| {
            let bar = indicatif::ProgressBar::new_spinner();
            style.map_or_else(|| bar.clone(), |style| bar.clone().with_style(style))
        });
        loop {
            bar.set_prefix(self.counts(progress));
            let (bytes, sources) = (progress.text_bytes(), progress.sources());
            bar.set_message(line(bytes, sources, begun.elapsed(), total));
            bar.tick();
            if end.recv_timeout(PERIOD) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        bar.finish_and_clear();
    }

    /// The bytes of all inputs, if they are all plain files.
    fn total_bytes(&self) -> Option<u64> {
        self.subject.inputs.iter().map(|input| input.size(self.subject.backend)).sum()
    }

    /// The first few counts so far, if the job reports them.
    fn counts(&self, progress: &Progress) -> String {
        let Some(live) = progress.live_tally() else { return String::new() };
        let totals: Vec<_> = self.subject.plan.totals(&live.tally()).collect();
        let counts = self.subject.rows.counts(&totals);
        let mut shown: Vec<_> = self.subject.rows.iter().zip(counts).collect();
        if let Some(top) = self.subject.top {
            shown.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            shown.truncate(top);
        }
        let shown = shown.into_iter().take(MOST_COUNTS);
        let shown =
            shown.map(|(row, count)| format!("{} {}", escape(&row.label), separated(count)));
        shown.collect::<Vec<_>>().join("  ")
    }
}

/// How far the job is: bytes, sources, rate; and the percentage and the remaining time where
/// the total is known.
fn line(bytes: u64, sources: u64, elapsed: Duration, total: Option<u64>) -> String {
    // What is being read is one, too.
    let sources = sources.max(u64::from(bytes > 0));
    let millions = |bytes: u64| separated(bytes / 1_000_000);
    let rate = u128::from(bytes) * 1000 / elapsed.as_millis().max(1);
    let rate = u64::try_from(rate).unwrap_or(u64::MAX);
    // Compressed files hold more text than they have bytes.
    let total = total.filter(|total| *total >= bytes.max(1));
    let read = match total {
        Some(total) => {
            let percent = u128::from(bytes) * 100 / u128::from(total);
            format!("{} of {} MB ({percent} %)", millions(bytes), millions(total))
        }
        None => format!("{} MB", millions(bytes)),
    };
    let left = total.and_then(|total| (total - bytes).checked_div(rate));
    let left = left.map(|seconds| format!(", {} left", time(seconds))).unwrap_or_default();
    let ending = if sources == 1 { "" } else { "s" };
    format!("{read}, {} source{ending}, {} MB/s{left}", separated(sources), millions(rate))
}

/// A time that is looked at, and not measured.
fn time(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        let line = |sources, total| line(30_000_000, sources, Duration::from_secs(2), total);
        assert_eq!(line(1, Some(120_000_000)), "30 of 120 MB (25 %), 1 source, 15 MB/s, 6 s left");
        assert_eq!(line(2000, None), "30 MB, 2,000 sources, 15 MB/s");
        assert_eq!(line(0, Some(29_999_999)), "30 MB, 1 source, 15 MB/s", "unpacked");
        assert_eq!(line(0, Some(0)), "30 MB, 1 source, 15 MB/s");
        assert!(line(1, Some(1 << 50)).ends_with(" days left"));
    }
}
