//! How sources and whole runs end, for the user.

use cogrep_core::{Report, SourceReport};
use cogrep_report::escape;
use cogrep_source::Fault;

use crate::error::Error;
use crate::status::Status;
use crate::ui::messages;

/// Names a source that was not read to its end, and says why.
pub(super) fn report_fault(source: &SourceReport) {
    let Some(fault) = source.outcome.fault() else { return };
    if matches!(fault, Fault::Interrupted) {
        return;
    }
    let is_long_line = matches!(fault, Fault::LongLine { .. });
    let bytes = source.text_bytes;
    let error = Error::input(format!("{}: {fault}", escape(source.name.as_bytes())))
        .maybe_hint(is_long_line.then_some("raise --max-line"))
        .maybe_hint((bytes > 0).then(|| format!("{bytes} bytes were read")));
    messages::error(&error);
}

/// The exit status; the last line on standard error says if anything is missing.
pub(super) fn conclude(report: &Report) -> Status {
    if report.interrupted {
        messages::incomplete("interrupted; these are the counts so far");
        return Status::Interrupted;
    }
    if !report.is_complete() {
        messages::incomplete(&format!(
            "{} of {} sources could not be read to the end",
            report.fault_count(),
            report.source_count
        ));
        return Status::Failure;
    }
    if report.has_found() { Status::Success } else { Status::NotFound }
}
