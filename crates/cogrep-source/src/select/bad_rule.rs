//! Rules for selecting that cannot be understood.

use std::path::PathBuf;

/// A rule for selecting that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRule {
    /// There is no type of this name.
    #[error("{0}: no such type of file")]
    UnknownType(String),
    /// This defines no type.
    #[error("{0}: not NAME:GLOB with a NAME of letters and digits, nor NAME:include:TYPE,TYPE")]
    TypeDefinition(String),
    /// A glob has no meaning.
    #[error("{glob}: {reason}")]
    Glob {
        /// The glob, as it was given.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of rules cannot be read.
    #[error("{}: {reason}", path.display())]
    IgnoreFile {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

pub(super) fn bad_rule(error: ignore::Error) -> BadRule {
    match error {
        ignore::Error::UnrecognizedFileType(name) => BadRule::UnknownType(name),
        ignore::Error::Glob { glob: Some(glob), err } => BadRule::Glob { glob, reason: err },
        other => BadRule::Other(other.to_string()),
    }
}
