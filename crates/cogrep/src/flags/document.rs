//! What can be generated from the definition of the flags.

use std::str::FromStr;

use clap_complete::Shell;

use crate::error::Error;

/// A document that is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    /// The manual page.
    Man,
    /// The reference page.
    Reference,
    /// Completions for a shell.
    Completions(Shell),
}

const DOCUMENTS: [(&str, Document); 7] = [
    ("man", Document::Man),
    ("reference", Document::Reference),
    ("bash", Document::Completions(Shell::Bash)),
    ("elvish", Document::Completions(Shell::Elvish)),
    ("fish", Document::Completions(Shell::Fish)),
    ("powershell", Document::Completions(Shell::PowerShell)),
    ("zsh", Document::Completions(Shell::Zsh)),
];

impl Document {
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        DOCUMENTS.iter().map(|(name, _)| *name)
    }
}

impl FromStr for Document {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = DOCUMENTS.iter().find(|(known, _)| *known == name);
        known
            .map(|(_, document)| *document)
            .ok_or_else(|| Error::usage(format!("--generate {name}: there is no such document")))
    }
}
