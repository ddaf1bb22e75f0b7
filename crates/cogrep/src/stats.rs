//! What a run took, for `--stats` and for the facts of a report.

use std::time::{Duration, Instant};

use cogrep_core::Report;
use cogrep_match::Plan;
use cogrep_report::separated;

/// A run that is being timed.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// What the run took, a fact a line: its name and its value.
    pub(crate) fn facts(&self, report: &Report, plan: &Plan) -> Vec<(&'static str, String)> {
        let taken = self.0.elapsed();
        let [complete, partial, failed] =
            [report.source_count - report.fault_count(), report.partial_count, report.failed_count];
        let sources = format!(
            "{}: {} complete, {} partial, {} failed",
            separated(report.source_count),
            separated(complete),
            separated(partial),
            separated(failed),
        );
        let mut facts = vec![
            ("time", format!("{:.3} s", taken.as_secs_f64())),
            ("text", format!("{} bytes", separated(report.text_bytes))),
            ("rate", format!("{} MB/s", rate(report.text_bytes, taken))),
            ("sources", sources),
            ("patterns", separated(report.patterns.len() as u64)),
            ("engine", plan.reason().to_owned()),
            ("cores", report.cores.to_string()),
        ];
        facts.extend(peak_memory().map(|peak| ("memory", format!("{peak} at the peak"))));
        facts
    }
}

/// Millions of bytes a second.
fn rate(bytes: u64, taken: Duration) -> String {
    let nanoseconds = taken.as_nanos().max(1);
    let millions = u128::from(bytes) * 1000 / nanoseconds;
    separated(u64::try_from(millions).unwrap_or(u64::MAX))
}

/// The most memory that the program had at once, where the system tells.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(format!("{} kB", separated(kibibytes * 1024 / 1000)))
}
