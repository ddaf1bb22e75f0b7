//! Everything that can go wrong, what is said of it, and the exit status, in one
//! place. A message is one line on standard error that begins with `cogrep: `.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::process::ExitCode;

use cogrep_match::PatternError;
use cogrep_report::{MergeError, escape};
use cogrep_source::{Fault, UnknownEncoding};

use crate::generate::{self, Kind};
use crate::sources;

/// How a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Everything was read and something was found.
    Found,
    /// Everything was read and nothing was found.
    NotFound,
    /// An error, or something could not be read.
    Trouble,
    /// Ctrl-C.
    Interrupted,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Found => 0,
            Status::NotFound => 1,
            Status::Trouble => 2,
            Status::Interrupted => 130,
        })
    }
}

/// What ends a run before there is a result, or instead of one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line does not make sense.
    #[error("{0}")]
    Usage(String),
    /// A pattern cannot be counted.
    #[error("{}{source}{}", .origin.as_ref().map(|place| format!("{place}: ")).unwrap_or_default(), way_out(source))]
    Pattern {
        /// Where the pattern was given, if not on the command line.
        origin: Option<String>,
        source: PatternError,
    },
    /// A list of patterns or inputs cannot be read.
    #[error("{name}: {fault}")]
    List { name: String, fault: Fault },
    /// A list of patterns holds none.
    #[error("{0}: no pattern in it; a list has one pattern a line")]
    EmptyList(String),
    /// A line of a list of names and patterns lacks one of them.
    #[error("{name}:{line}: no tab between a name and a pattern")]
    NoTab { name: String, line: usize },
    /// A file that was asked for could not be written.
    #[error("{name}: {}", Fault::from(io::Error::from(.error.kind())))]
    Unwritten { name: String, error: io::Error },
    /// A saved result cannot be read.
    #[error("{name}: {reason}")]
    Saved { name: String, reason: String },
    /// Saved results do not add up.
    #[error("{0}")]
    Merge(#[from] MergeError),
    /// An encoding that does not exist.
    #[error("--encoding {0}")]
    Encoding(#[from] UnknownEncoding),
    /// The result could not be written.
    #[error("standard output: {}", Fault::from(io::Error::from(.0.kind())))]
    Output(#[from] io::Error),
}

/// What may have been meant by a pattern that cannot be counted: grep counts lines by one
/// that is empty.
fn way_out(error: &PatternError) -> &'static str {
    match error {
        PatternError::Empty { .. } => "; to count lines, use -cE '^'",
        _ => "",
    }
}

/// What ends a run while its command line is read.
#[derive(Debug)]
pub(crate) enum Early {
    /// Help or version were asked for; the text is ready.
    Answer(clap::Error),
    /// Something that is made from the flags was asked for.
    Generate(Kind),
    /// The types of files were asked for.
    Types,
    Error(Error),
}

impl From<Error> for Early {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// The name of a file, as it is quoted.
pub(crate) fn shown(name: &OsStr) -> String {
    escape(name.as_encoded_bytes())
}

/// Says what is wrong on standard error, in one line, whatever is quoted in it.
pub(crate) fn complain(message: &str) {
    // Standard error is where a failure to write would be reported.
    let _ = writeln!(io::stderr(), "cogrep: {}", escape(message.as_bytes()));
}

/// Ends a run whose command line was not one to run.
pub(crate) fn end_early(early: Early) -> ExitCode {
    match early {
        Early::Answer(answer) => match answer.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => end(&error.into()),
        },
        Early::Generate(kind) => match generate::write(kind, &mut io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => end(&error.into()),
        },
        Early::Types => match sources::write_types(&mut io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => end(&error.into()),
        },
        Early::Error(error) => end(&error),
    }
}

/// Ends a run that came to no result.
pub(crate) fn end(error: &Error) -> ExitCode {
    if let Error::Output(output) = error
        && output.kind() == io::ErrorKind::BrokenPipe
    {
        // Whoever read the output has seen enough.
        return ExitCode::SUCCESS;
    }
    complain(&error.to_string());
    Status::Trouble.into()
}
