//! How long a thread had a CPU, and how often it lost it, as Linux counts.

use std::fs;
use std::ops::{Add, Sub};
use std::time::Duration;

/// Context switches: voluntary ones, in which a thread waited of its own accord,
/// and involuntary ones, in which it was made to give way; and the time with a CPU.
#[derive(Clone, Copy, Default)]
pub(crate) struct Switches {
    pub(crate) voluntary: u64,
    pub(crate) involuntary: u64,
    pub(crate) cpu: Duration,
}

impl Switches {
    /// Those of this thread so far; `None` on a system that does not say.
    pub(crate) fn of_this_thread() -> Option<Self> {
        let status = fs::read_to_string("/proc/thread-self/status").ok()?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.strip_prefix(':')?.trim().parse().ok()
        };
        let times = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        Some(Self {
            cpu: Duration::from_nanos(times.split(' ').next()?.parse().ok()?),
            voluntary: field("voluntary_ctxt_switches")?,
            involuntary: field("nonvoluntary_ctxt_switches")?,
        })
    }

    /// Those of this thread since an earlier count.
    pub(crate) fn since(before: Option<Self>) -> Option<Self> {
        Some(Self::of_this_thread()? - before?)
    }
}

impl Add for Switches {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            voluntary: self.voluntary + other.voluntary,
            involuntary: self.involuntary + other.involuntary,
            cpu: self.cpu + other.cpu,
        }
    }
}

impl Sub for Switches {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            voluntary: self.voluntary - other.voluntary,
            involuntary: self.involuntary - other.involuntary,
            cpu: self.cpu.saturating_sub(other.cpu),
        }
    }
}
