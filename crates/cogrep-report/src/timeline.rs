//! What a run spent its time on: [`trace`] for programs that show traces, and [`draw`] as a
//! plot.
//!
//! The plot is the chapter's: the run as it was, and below it the same measured pieces as they
//! would have run one source after the other. See [`Serial`].

mod draw;
mod lane;
mod serial;
mod trace;

use cogrep_core::trace::{Recording, Task};

pub use draw::draw;
pub use serial::Serial;
pub use trace::trace;

/// The name of a source, or its number if too many sources had names.
fn name(recording: &Recording, task: Task) -> String {
    recording
        .names
        .get(&task)
        .map_or_else(|| format!("source {}", u64::from(task) + 1), |name| crate::escape(name))
}

/// A length of time in words.
#[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
fn duration(nanoseconds: u64) -> String {
    let (unit, name) = match nanoseconds {
        0..1_000 => (1.0, "ns"),
        1_000..1_000_000 => (1e3, "µs"),
        1_000_000..1_000_000_000 => (1e6, "ms"),
        _ => (1e9, "s"),
    };
    let value = nanoseconds as f64 / unit;
    let digits = if unit <= 1.0 || value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    format!("{value:.digits$} {name}")
}

/// A share in percent.
fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
