//! Progress on standard error: only on a terminal, only when it takes longer than a
//! second, and gone without a trace at the end.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use cogrep_core::Progress;
use cogrep_match::Plan;
use cogrep_report::{Rows, escape, separated};
use cogrep_source::Input;
use cogrep_source::backend::Files;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Nothing is shown of what is done within this time.
const PATIENCE: Duration = Duration::from_secs(1);

/// So often the numbers change.
const PERIOD: Duration = Duration::from_millis(100);

/// So many counts fit into a line at most.
const LIVE_ROWS: usize = 20;

/// Watches a job from a thread of its own, if anybody can see it.
pub(crate) struct Watch<'a> {
    progress: Option<Progress>,
    inputs: &'a [Input],
    rows: &'a Rows,
    plan: &'a Plan,
    /// Drawn once there is something to show.
    bar: OnceLock<ProgressBar>,
}

impl<'a> Watch<'a> {
    pub(crate) fn new(
        output: &Output,
        inputs: &'a [Input],
        rows: &'a Rows,
        plan: &'a Plan,
    ) -> Self {
        let is_seen = io::stderr().is_terminal() && !output.streams_to_terminal();
        let progress = match (is_seen, output.live) {
            (false, _) => None,
            (true, false) => Some(Progress::new()),
            (true, true) => Some(Progress::with_counts()),
        };
        Self { progress, inputs, rows, plan, bar: OnceLock::new() }
    }

    /// What the job is to tell.
    pub(crate) fn progress(&self) -> Option<&Progress> {
        self.progress.as_ref()
    }

    /// Does something while it is watched.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(progress) = &self.progress else { return work() };
        thread::scope(|scope| {
            let (working, end) = mpsc::channel::<()>();
            scope.spawn(move || self.look(progress, &end));
            let result = work();
            drop(working);
            result
        })
    }

    /// Writes to the terminal without disturbing what is shown.
    pub(crate) fn aside(&self, write: impl FnOnce()) {
        match self.bar.get() {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// Shows the progress from its time on, until the end.
    fn look(&self, progress: &Progress, end: &Receiver<()>) {
        let begun = Instant::now();
        if end.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        let total = self.total_bytes();
        let style = ProgressStyle::with_template("{wide_msg}\n{prefix}").ok();
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::new_spinner();
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
        self.inputs.iter().map(|input| input.size(&Files)).sum()
    }

    /// The counts so far, if they are wanted: the first few.
    fn counts(&self, progress: &Progress) -> String {
        let Some(live) = progress.live_tally() else { return String::new() };
        let totals: Vec<_> = self.plan.totals(&live.tally()).collect();
        let counts = self.rows.counts(&totals);
        let shown = self.rows.iter().zip(counts).take(LIVE_ROWS);
        let shown =
            shown.map(|(row, count)| format!("{} {}", escape(&row.label), separated(count)));
        shown.collect::<Vec<_>>().join("  ")
    }
}

/// How far it is: bytes, sources, rate, and the share and the time that is left where
/// that is known.
fn line(bytes: u64, sources: u64, elapsed: Duration, total: Option<u64>) -> String {
    let millions = |bytes: u64| separated(bytes / 1_000_000);
    let rate = u128::from(bytes) * 1000 / elapsed.as_millis().max(1);
    let rate = u64::try_from(rate).unwrap_or(u64::MAX);
    // Of compressed data there is more text than there are bytes in files.
    let total = total.filter(|total| *total >= bytes.max(1));
    let read = match total {
        Some(total) => {
            let percent = u128::from(bytes) * 100 / u128::from(total);
            format!("{} of {} MB ({percent} %)", millions(bytes), millions(total))
        }
        None => format!("{} MB", millions(bytes)),
    };
    let left = total.and_then(|total| (total - bytes).checked_div(rate));
    let left = left.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
    let ending = if sources == 1 { "" } else { "s" };
    format!("{read}, {} source{ending}, {} MB/s{left}", separated(sources), millions(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_it_is() {
        let line = |sources, total| line(30_000_000, sources, Duration::from_secs(2), total);
        assert_eq!(line(1, Some(120_000_000)), "30 of 120 MB (25 %), 1 source, 15 MB/s, 6 s left");
        assert_eq!(line(2000, None), "30 MB, 2,000 sources, 15 MB/s");
        assert_eq!(line(0, Some(29_999_999)), "30 MB, 0 sources, 15 MB/s", "unpacked");
        assert_eq!(line(0, Some(0)), "30 MB, 0 sources, 15 MB/s");
    }
}
