//! What ends a command without a result: a kind, a message and hints, as data.
//!
//! Libraries say what is wrong; the hints, which name flags of the program, are added
//! where a command uses the library. [`Display`](fmt::Display) is the one place that puts
//! message and hints together, and [`messages`](crate::ui::messages) the one that prints.

use std::fmt;
use std::io;

use cogrep_source::Fault;

use crate::status::Status;

/// What kind of error it is, which decides the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command line, or a variable of the environment, makes no sense.
    Usage,
    /// Something that the command needs cannot be read, or is not what it should be.
    Input,
    /// A result cannot be written.
    Output,
    /// The reader of standard output has closed it: it has seen enough.
    ClosedOutput,
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    kind: Kind,
    message: String,
    /// What the user can do about it, or more of what is known.
    hints: Vec<String>,
}

impl Error {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new() }
    }

    /// The command line makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Something cannot be read.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message)
    }

    /// A file cannot be written.
    pub(crate) fn output(name: &str, error: &io::Error) -> Self {
        // An error cannot be cloned, and its kind alone has no words for many.
        let error = match error.raw_os_error() {
            Some(number) => io::Error::from_raw_os_error(number),
            None => io::Error::from(error.kind()),
        };
        let fault = Fault::from(error);
        Self::new(Kind::Output, format!("{name}: {fault}"))
    }

    /// Adds a hint.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a hint, if there is one.
    #[must_use]
    pub(crate) fn maybe_hint(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.hint(hint),
            None => self,
        }
    }

    /// Whether the user has no need to hear of it.
    pub(crate) fn is_silent(&self) -> bool {
        self.kind == Kind::ClosedOutput
    }

    /// The exit status.
    pub(crate) fn status(&self) -> Status {
        match self.kind {
            Kind::Usage | Kind::Input | Kind::Output => Status::Failure,
            Kind::ClosedOutput => Status::Success,
        }
    }
}

/// The message and its hints, on one line.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let separator = if self.message.ends_with('?') { " " } else { "; " };
        self.hints.iter().try_for_each(|hint| write!(f, "{separator}{hint}"))
    }
}

/// Standard output cannot be written to.
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        let error = Self::output("standard output", &error);
        if kind == io::ErrorKind::BrokenPipe {
            Self { kind: Kind::ClosedOutput, ..error }
        } else {
            error
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_an_error_is_its_message_and_its_hints() {
        let error =
            Error::usage("--part: not for pipes").hint("name files").maybe_hint(None::<&str>);
        assert_eq!(error.to_string(), "--part: not for pipes; name files");
        assert_eq!(error.status(), Status::Failure);
    }

    #[test]
    fn a_closed_pipe_is_no_failure_and_says_nothing() {
        let error = Error::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(error.is_silent());
        assert_eq!(error.status(), Status::Success);
        let error = Error::from(io::Error::from(io::ErrorKind::StorageFull));
        assert!(!error.is_silent());
        assert_eq!(error.status(), Status::Failure);
    }
}
