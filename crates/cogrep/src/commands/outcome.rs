//! How sources and whole runs end, for the user.

use std::io;

use cogrep_core::{Report, SourceReport};
use cogrep_report::escape;
use cogrep_source::Fault;

use crate::error::Error;
use crate::status::Status;
use crate::ui::messages;

/// What went wrong while a result was written: each thing is said at once, and the others
/// are written all the same.
#[derive(Debug, Default)]
pub(super) struct Writing {
    has_failed: bool,
    /// Why standard output takes no more, if it does not.
    is_closed: bool,
}

impl Writing {
    /// Notes how writing a file went.
    pub(super) fn note(&mut self, written: Result<(), Error>) {
        if let Err(error) = written {
            messages::error(&error);
            self.has_failed |= !error.is_silent();
        }
    }

    /// Notes how writing to standard output went; after a failure it is not written to.
    pub(super) fn note_output(&mut self, written: io::Result<()>) {
        self.is_closed |= written.is_err();
        self.note(written.map_err(Error::from));
    }

    /// Whether standard output takes no more.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The exit status of a run that ended in this way but for what was written.
    pub(super) fn status(&self, status: Status) -> Status {
        match status {
            Status::Interrupted => status,
            _ if self.has_failed => Status::Failure,
            // A reader that goes away has seen enough.
            Status::NotFound if self.is_closed => Status::Success,
            _ => status,
        }
    }
}

/// Names a source that was not read to its end, and says why. Gives whether it is a fault,
/// and not a request to stop.
pub(super) fn report_fault(source: &SourceReport) -> bool {
    let Some(fault) = source.outcome.fault() else { return false };
    if matches!(fault, Fault::Interrupted) {
        return false;
    }
    let hint = match fault {
        Fault::LongLine { .. } => Some("raise --max-line"),
        Fault::NestedTooDeep => Some("raise --nest"),
        _ => super::remote::hint(fault),
    };
    let bytes = source.text_bytes;
    let error = Error::input(format!("{}: {fault}", escape(source.name.as_bytes())))
        .maybe_hint(hint)
        .maybe_hint((bytes > 0).then(|| format!("{bytes} bytes were read")));
    messages::error(&error);
    true
}

/// The exit status of a run, in which something was found or not; the last line on standard
/// error says if anything is missing.
pub(super) fn conclude(report: &Report, has_found: bool) -> Status {
    if report.interrupted {
        messages::incomplete("interrupted; these are the counts so far");
        return Status::Interrupted;
    }
    if !report.is_complete() {
        return incomplete(report, report.fault_count());
    }
    if has_found { Status::Success } else { Status::NotFound }
}

/// The exit status of a run that was stopped because the rest would not be seen: by what is
/// known until then.
pub(super) fn conclude_early(report: &Report, faults: u64) -> Status {
    if faults > 0 { incomplete(report, faults) } else { Status::Success }
}

fn incomplete(report: &Report, faults: u64) -> Status {
    messages::incomplete(&format!(
        "{faults} of {} sources could not be read to the end",
        report.source_count
    ));
    Status::Failure
}
