//! How a source ended, and why.

use std::io;
use std::sync::Arc;

/// What went wrong with a source.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The system refused to open or read it.
    #[error("{}", describe(.0))]
    Io(Arc<io::Error>),
    /// It had fewer bytes than when it was opened.
    #[error("shrank while it was read: {read} of {expected} bytes were there")]
    Shrank {
        /// The bytes that were read.
        read: u64,
        /// The size it had when it was opened.
        expected: u64,
    },
    /// A line was longer than regular expressions may hold.
    #[error("a line is longer than {limit_bytes} bytes")]
    LongLine {
        /// The most bytes a line may have, without its line feed.
        limit_bytes: usize,
    },
    /// The walk of a folder met something that it could not read.
    #[error("{0}")]
    Walk(String),
    /// It was to be divided into equal parts, but its length is only known at its end.
    #[error("its length is not known before it is read, so it has no equal parts")]
    NoLength,
    /// What went wrong in another run or another program, as it was reported there.
    #[error("{0}")]
    Reported(String),
    /// Compressed data ended before its end.
    #[error("the {format} data is cut off")]
    Truncated {
        /// The name of the format.
        format: &'static str,
    },
    /// Compressed data is not what its format allows.
    #[error("the {format} data is corrupt")]
    Corrupt {
        /// The name of the format.
        format: &'static str,
    },
    /// The same, or it was compressed with a dictionary that it does not name.
    #[error("the {format} data is corrupt, or needs the dictionary that it was packed with")]
    CorruptOrDictionary {
        /// The name of the format.
        format: &'static str,
    },
    /// Compressed data says that it was compressed with a dictionary.
    #[error(
        "the {format} data needs the dictionary that it was packed with; unpack it first, and pipe it in"
    )]
    Dictionary {
        /// The name of the format.
        format: &'static str,
    },
    /// Compressed data is of a format that this program was built without.
    #[error("this is {format} data, which this program was built without")]
    NotBuiltIn {
        /// The name of the format.
        format: &'static str,
    },
    /// Compressed data refers back further than a decoder is given memory for.
    #[error(
        "the {format} data needs a window of more than 128 MiB; unpack it first, and pipe it in"
    )]
    Window {
        /// The name of the format.
        format: &'static str,
    },
    /// Something else follows compressed data.
    #[error("something that is no {format} data follows the {format} data")]
    Trailing {
        /// The name of the format.
        format: &'static str,
    },
    /// A member of an archive does not have the check sum that the archive has for it.
    #[error("the {format} data does not have its check sum")]
    Checksum {
        /// The name of the format.
        format: &'static str,
    },
    /// A member of an archive is encrypted.
    #[error("it is encrypted")]
    Encrypted,
    /// A member of an archive is packed by a method that is not known here.
    #[error("it is packed by method {number}, which is not known here")]
    Method {
        /// The number of the method.
        number: u16,
    },
    /// A member of an archive has bytes that are those of another, too.
    #[error("it overlaps another member of the {format} archive")]
    Overlap {
        /// The name of the format.
        format: &'static str,
    },
    /// It is an archive in an archive, deeper than they are opened.
    #[error("it is an archive, nested deeper than archives are opened")]
    NestedTooDeep,
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}

/// The system's own words, without the number that `io::Error` appends.
fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::OutOfMemory => "the system has no memory to give".to_owned(),
        _ => {
            let text = error.to_string();
            let plain = text.split(" (os error").next().unwrap_or(&text);
            let mut letters = plain.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_lowercase().chain(letters).collect::<String>()
            })
        }
    }
}

/// How far a source was read.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// To its end.
    Complete,
    /// Not to its end; what was read before counts.
    Partial(Fault),
    /// Not at all.
    Failed(Fault),
}

impl Outcome {
    /// Whether the source was read to its end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        matches!(self, Self::Complete)
    }

    /// The word for it in results: `complete`, `partial` or `failed`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Partial(_) => "partial",
            Self::Failed(_) => "failed",
        }
    }

    /// What went wrong, if anything did.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Complete => None,
            Self::Partial(fault) | Self::Failed(fault) => Some(fault),
        }
    }
}
