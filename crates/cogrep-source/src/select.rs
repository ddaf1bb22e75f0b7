//! From inputs to sources: folders are walked by the rules of ripgrep.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{Walk, WalkBuilder};

use crate::input::{Input, SourceName};
use crate::outcome::Fault;

/// Which files of a folder are read. Selection never looks at content, and never
/// leaves out what is named itself.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "rules that are independent of each other")]
pub struct Selection {
    /// Files and folders whose names begin with a dot are read too.
    pub hidden: bool,
    /// The rules of `.gitignore`, `.ignore` and their like are not looked at.
    pub no_ignore: bool,
    /// Links to files are read, and links to folders walked through. One that leads
    /// back to where it is, or nowhere, is a fault.
    pub follow: bool,
    /// Folders on another file system than the one named are not walked through.
    pub one_file_system: bool,
    /// How deep a walk goes: 1 is what is right in the folder, 0 nothing.
    pub max_depth: Option<usize>,
    /// Larger files are left out.
    pub max_file_bytes: Option<u64>,
    pub(crate) globs: Option<Override>,
    pub(crate) types: Option<Types>,
}

/// A rule for selecting that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadRule(String);

/// A source that was found, or the place where finding failed.
pub type Selected = Result<SourceName, (SourceName, Fault)>;

impl Selection {
    /// Selects by these globs, in the syntax of `.gitignore`: what one matches is read
    /// whatever other rules say, and nothing else is; with `!` in front, it is left
    /// out. The later glob wins.
    ///
    /// # Errors
    ///
    /// When one is no glob.
    pub fn set_globs<G: AsRef<str>>(
        &mut self,
        globs: impl IntoIterator<Item = G>,
    ) -> Result<(), BadRule> {
        let mut rules = OverrideBuilder::new(".");
        for glob in globs {
            rules.add(glob.as_ref()).map_err(bad_rule)?;
        }
        self.globs = Some(rules.build().map_err(bad_rule)?);
        Ok(())
    }

    /// Reads only files of some types, if any are wanted, and none of others.
    ///
    /// # Errors
    ///
    /// When there is no type of that name.
    pub fn set_types<T: AsRef<str>>(
        &mut self,
        wanted: impl IntoIterator<Item = T>,
        unwanted: impl IntoIterator<Item = T>,
    ) -> Result<(), BadRule> {
        let mut rules = TypesBuilder::new();
        rules.add_defaults();
        for name in wanted {
            rules.select(name.as_ref());
        }
        for name in unwanted {
            rules.negate(name.as_ref());
        }
        self.types = Some(rules.build().map_err(bad_rule)?);
        Ok(())
    }

    /// All types that can be selected, each with its globs.
    pub fn types() -> impl Iterator<Item = (String, Vec<String>)> {
        let definitions = TypesBuilder::new().add_defaults().definitions();
        definitions.into_iter().map(|type_| (type_.name().to_owned(), type_.globs().to_vec()))
    }

    /// Walks through the inputs in their order: a file is a source, a folder is
    /// all that is selected below it, by name in each folder.
    pub fn sources<'a>(&'a self, inputs: &'a [Input]) -> impl Iterator<Item = Selected> + 'a {
        inputs.iter().flat_map(|input| self.expand(input))
    }

    fn expand(&self, input: &Input) -> Box<dyn Iterator<Item = Selected>> {
        match input {
            Input::Path(path) if path.is_dir() => Box::new(self.walk(path).filter_map(selected)),
            Input::Path(path) => Box::new(std::iter::once(Ok(SourceName::from(path.as_path())))),
            Input::Stdin => Box::new(std::iter::once(Ok(SourceName::Stdin))),
        }
    }

    pub(crate) fn walk(&self, folder: &Path) -> Walk {
        let mut walk = WalkBuilder::new(folder);
        walk.hidden(!self.hidden)
            .ignore(!self.no_ignore)
            .git_ignore(!self.no_ignore)
            .git_global(!self.no_ignore)
            .git_exclude(!self.no_ignore)
            .parents(!self.no_ignore)
            .follow_links(self.follow)
            .same_file_system(self.one_file_system)
            .max_depth(self.max_depth)
            .max_filesize(self.max_file_bytes)
            .sort_by_file_name(Ord::cmp);
        if let Some(globs) = &self.globs {
            walk.overrides(globs.clone());
        }
        if let Some(types) = &self.types {
            walk.types(types.clone());
        }
        walk.build()
    }
}

fn bad_rule(error: ignore::Error) -> BadRule {
    BadRule(match error {
        ignore::Error::UnrecognizedFileType(name) => {
            format!("{name}: no such type of file; --type-list shows them")
        }
        ignore::Error::Glob { glob: Some(glob), err } => format!("{glob}: {err}"),
        other => other.to_string(),
    })
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
pub(crate) fn failed(error: ignore::Error) -> (SourceName, Fault) {
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
