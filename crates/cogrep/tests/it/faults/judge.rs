//! What a run is allowed to do in which something failed.

use cogrep_report::Saved;

use super::run::{Ended, Means, Run, old};
use super::{Cell, Fault, Operation, Subject};

const KILL: i32 = 9;
const FILE_TOO_LARGE: i32 = 25;
const TERMINATED: i32 = 128 + 15;

/// Whether a file of a subject is whole: one that can be read to its end.
fn is_whole(subject: Subject, bytes: &[u8]) -> bool {
    if subject == Subject::Saved {
        return Saved::read(bytes).is_ok();
    }
    let text = String::from_utf8_lossy(bytes);
    text.starts_with("<!DOCTYPE html>") && text.trim_end().ends_with("</html>")
}

/// How much love a run says that there is.
fn count(out: &[u8]) -> Option<u64> {
    std::str::from_utf8(out).ok()?.strip_prefix("love ")?.strip_suffix('\n')?.parse().ok()
}

/// Holds a run against the one in which nothing failed.
pub(super) fn judge(cell: Cell, means: &Means, run: &Run, plain: &Run) -> Result<(), String> {
    let check = |is_right: bool, why: &str| if is_right { Ok(()) } else { Err(why.to_owned()) };
    let is_old = run.file.as_deref().is_none_or(|file| file == old(cell.subject));
    let is_new = run.file.as_deref().is_none_or(|file| !is_old && is_whole(cell.subject, file));
    check(run.ended != Ended::Never, "it hangs")?;
    check(!run.err.contains("panicked"), "it panics")?;
    check(!run.err.contains("uncategorized"), "its reason is none")?;
    if cell.operation == Operation::Write
        && cell.fault == Fault::Short
        && matches!(means, Means::Inject { .. })
    {
        return short_write(run, plain, cell.subject);
    }
    check(is_old || is_new, "a file is half written")?;
    let is_killed = matches!(run.ended, Ended::Signal(_));
    check(is_killed || run.left == 0, "a file is left under another name")?;
    let most = count(&plain.out);
    let is_part = run.out.is_empty() || count(&run.out).is_some() && count(&run.out) <= most;
    match run.ended {
        Ended::Signal(KILL) if cell.fault == Fault::Killed => Ok(()),
        Ended::Signal(FILE_TOO_LARGE) if cell.fault == Fault::Short => Ok(()),
        Ended::Status(0) => {
            check(run.out == plain.out, "other counts")?;
            check(run.err.is_empty(), "a message without a fault")?;
            check(is_new, "the old file is still there")
        }
        Ended::Status(TERMINATED) if cell.operation == Operation::Signal => {
            check(is_part, "more than there is")?;
            check(run.err.contains("interrupted"), "it does not say that it was interrupted")
        }
        Ended::Status(2) => {
            check(is_part, "more than there is")?;
            honest(cell, means, run, plain)
        }
        _ => Err("another end".to_owned()),
    }
}

/// Whether a failure is said, with what it is about.
fn honest(cell: Cell, means: &Means, run: &Run, plain: &Run) -> Result<(), String> {
    // Where nothing can be written, nothing can be said.
    if cell.operation == Operation::Write && means.is_lasting() {
        return Ok(());
    }
    let mentions = |words: &[&str]| words.iter().any(|word| run.err.contains(word));
    let input = format!("cogrep: {}", cell.subject.input());
    let is_of_output = cell.subject.output().is_some_and(|name| mentions(&[name]));
    let is_of_resource = match cell.operation {
        Operation::Memory => mentions(&["memory"]),
        Operation::Thread => mentions(&["thread"]),
        Operation::Descriptors | Operation::Open | Operation::Signal => mentions(&["cogrep: "]),
        _ => false,
    };
    let is_named = mentions(&["standard output", &input]) || is_of_output || is_of_resource;
    if !is_named {
        return Err("it does not say what failed".to_owned());
    }
    let is_of_stdout = mentions(&["standard output"]);
    let is_only_of_output = is_of_output && !is_of_stdout && !mentions(&[&input]);
    if is_only_of_output && run.out != plain.out {
        return Err("the counts are lost with a file".to_owned());
    }
    Ok(())
}

/// Three bytes were taken and are gone; all others must be there.
fn short_write(run: &Run, plain: &Run, subject: Subject) -> Result<(), String> {
    const GONE: usize = 3;

    let is_whole_file = run.file.as_deref().is_none_or(|file| is_whole(subject, file));
    // Of a file, the first three bytes; of a longer one, three somewhere.
    let lacks = |bytes: &[u8]| {
        let length = plain.file.as_ref().map_or(0, Vec::len);
        bytes.len() + GONE == length || subject == Subject::Report
    };
    let is_right = run.ended == Ended::Status(0)
        && if run.out == plain.out {
            run.file.as_deref().is_none_or(lacks)
        } else {
            run.out == plain.out[GONE..] && is_whole_file
        };
    if is_right { Ok(()) } else { Err("bytes are lost or doubled".to_owned()) }
}
