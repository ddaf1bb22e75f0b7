//! From inputs to sources: folders are walked by the rules of ripgrep.

use std::path::Path;

use ignore::{Walk, WalkBuilder};

use crate::input::{Input, SourceName};
use crate::outcome::Fault;

/// Which files of a folder are read. Selection never looks at content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Selection {
    /// Files and folders whose names begin with a dot are read too.
    pub hidden: bool,
    /// The rules of `.gitignore`, `.ignore` and their like are not looked at.
    pub no_ignore: bool,
}

/// A source that was found, or the place where finding failed.
pub type Selected = Result<SourceName, (SourceName, Fault)>;

impl Selection {
    /// Walks through the inputs in their order: a file is a source, a folder is
    /// all that is selected below it, by name in each folder.
    pub fn sources(self, inputs: &[Input]) -> impl Iterator<Item = Selected> {
        inputs.iter().flat_map(move |input| self.expand(input))
    }

    fn expand(self, input: &Input) -> Box<dyn Iterator<Item = Selected>> {
        match input {
            Input::Path(path) if path.is_dir() => Box::new(self.walk(path).filter_map(selected)),
            Input::Path(path) => Box::new(std::iter::once(Ok(SourceName::from(path.as_path())))),
            Input::Stdin => Box::new(std::iter::once(Ok(SourceName::Stdin))),
        }
    }

    fn walk(self, folder: &Path) -> Walk {
        WalkBuilder::new(folder)
            .hidden(!self.hidden)
            .ignore(!self.no_ignore)
            .git_ignore(!self.no_ignore)
            .git_global(!self.no_ignore)
            .git_exclude(!self.no_ignore)
            .parents(!self.no_ignore)
            .sort_by_file_name(Ord::cmp)
            .build()
    }
}

/// A regular file is a source; folders, links, pipes and devices met on the way
/// are not.
fn selected(entry: Result<ignore::DirEntry, ignore::Error>) -> Option<Selected> {
    match entry {
        Ok(entry) => {
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            is_file.then(|| Ok(SourceName::from(entry.path())))
        }
        Err(error) => Some(Err(failed(error))),
    }
}

/// Takes the path out of a walk's error, so that it is named once.
fn failed(error: ignore::Error) -> (SourceName, Fault) {
    match error {
        ignore::Error::WithPath { path, err } => (SourceName::Path(path), fault(*err)),
        ignore::Error::WithDepth { err, .. } => failed(*err),
        other => (SourceName::Path("walk".into()), fault(other)),
    }
}

fn fault(error: ignore::Error) -> Fault {
    let text = error.to_string();
    match error.into_io_error() {
        Some(error) => Fault::Io(error),
        None => Fault::Walk(text),
    }
}
