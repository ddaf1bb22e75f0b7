//! How a run of the program ends.

use crate::ui::interrupt;

/// What the exit status says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Everything was read and something was found, or what was asked for was printed.
    Success,
    /// Everything was read and nothing was found.
    NotFound,
    /// An error, or something could not be read.
    Failure,
    /// A count is over or under a limit.
    Alert,
    /// Ctrl-C, or another signal that asks to stop.
    Interrupted,
}

impl From<Status> for u8 {
    fn from(status: Status) -> Self {
        match status {
            Status::Success => 0,
            Status::NotFound => 1,
            Status::Failure => 2,
            Status::Alert => 3,
            Status::Interrupted => 128 + interrupt::signal().unwrap_or(2),
        }
    }
}
