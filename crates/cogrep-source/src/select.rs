//! From inputs to sources: folders are walked by the rules of ripgrep.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};
use ignore::types::{Types, TypesBuilder};
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, Walk, WalkBuilder, WalkState};

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
#[non_exhaustive]
pub enum BadRule {
    /// There is no type of this name.
    #[error("{0}: no such type of file")]
    UnknownType(String),
    /// A glob has no meaning.
    #[error("{glob}: {reason}")]
    Glob {
        /// The glob, as it was given.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

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

    /// Walks through one input with several threads, so that a disk is asked for many
    /// folders at once: as [`sources`](Self::sources), but in any order.
    ///
    /// `put` gets some at a time, and says whether more are wanted.
    pub fn scatter(&self, input: &Input, put: &(dyn Fn(Vec<Selected>) -> bool + Sync)) {
        match input {
            Input::Path(path) if path.is_dir() => {
                let mut walk = self.rules(path);
                walk.threads(WALKERS);
                walk.build_parallel().visit(&mut Walkers(put));
            }
            _ => drop(put(self.expand(input).collect())),
        }
    }

    pub(crate) fn walk(&self, folder: &Path) -> Walk {
        self.rules(folder).sort_by_file_name(Ord::cmp).build()
    }

    fn rules(&self, folder: &Path) -> WalkBuilder {
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
            .max_filesize(self.max_file_bytes);
        if let Some(globs) = &self.globs {
            walk.overrides(globs.clone());
        }
        if let Some(types) = &self.types {
            walk.types(types.clone());
        }
        walk
    }
}

/// So many threads walk through a tree: they read little, and wait for it long where the
/// folders are not in memory.
const WALKERS: usize = 8;

/// So many sources are put at once, at most; those of a folder, if it has less.
const TOGETHER: usize = 64;

/// Makes a [`Walker`] for each thread.
struct Walkers<'a>(&'a (dyn Fn(Vec<Selected>) -> bool + Sync));

/// One of the threads that walk through a tree.
struct Walker<'a> {
    /// Each with its place among the files of its disk, as far as that is known.
    found: Vec<(u64, Selected)>,
    put: &'a (dyn Fn(Vec<Selected>) -> bool + Sync),
}

impl<'a> ParallelVisitorBuilder<'a> for Walkers<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'a> {
        Box::new(Walker { found: Vec::new(), put: self.0 })
    }
}

impl ParallelVisitor for Walker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        let is_folder = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
        // Before it goes into another folder, which may take long.
        let is_done = self.found.len() >= TOGETHER || entry.as_ref().is_ok_and(is_folder);
        let place = entry.as_ref().map_or(0, place_on_disk);
        self.found.extend(selected(entry).map(|found| (place, found)));
        if is_done && !self.put_all() {
            return WalkState::Quit;
        }
        WalkState::Continue
    }
}

impl Walker<'_> {
    /// Puts what was found in the order of the disk, which is read faster so.
    fn put_all(&mut self) -> bool {
        if self.found.is_empty() {
            return true;
        }
        self.found.sort_by_key(|(place, _)| *place);
        (self.put)(self.found.drain(..).map(|(_, found)| found).collect())
    }
}

/// File systems tend to put files of neighbouring numbers next to each other.
#[cfg(unix)]
fn place_on_disk(entry: &DirEntry) -> u64 {
    entry.ino().unwrap_or(0)
}

#[cfg(not(unix))]
fn place_on_disk(_: &DirEntry) -> u64 {
    0
}

impl Drop for Walker<'_> {
    fn drop(&mut self) {
        self.put_all();
    }
}

fn bad_rule(error: ignore::Error) -> BadRule {
    match error {
        ignore::Error::UnrecognizedFileType(name) => BadRule::UnknownType(name),
        ignore::Error::Glob { glob: Some(glob), err } => BadRule::Glob { glob, reason: err },
        other => BadRule::Other(other.to_string()),
    }
}

/// A regular file is a source; folders, links, pipes and devices met on the way
/// are not.
fn selected(entry: Result<DirEntry, ignore::Error>) -> Option<Selected> {
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
        Some(error) => error.into(),
        None => Fault::Walk(text),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Many threads find what one does, by the same rules.
    #[test]
    fn scattering_finds_the_same_sources() {
        let place = tempfile::tempdir().unwrap();
        for folder in ["a", "a/b", "a/.hidden", "a/b/ignored", "c", "c/d/e"] {
            let folder = place.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            for file in 0..70 {
                std::fs::write(folder.join(format!("{file}.txt")), "love").unwrap();
            }
        }
        std::fs::write(place.path().join("a/.ignore"), "ignored\n3*.txt\n").unwrap();
        let inputs = [Input::Path(place.path().into())];
        for (hidden, no_ignore) in [(false, false), (true, false), (false, true), (true, true)] {
            let selection = Selection { hidden, no_ignore, ..Selection::default() };
            let name = |selected: Selected| selected.unwrap();
            let in_order: Vec<SourceName> = selection.sources(&inputs).map(name).collect();
            let scattered = Mutex::new(Vec::new());
            selection.scatter(&inputs[0], &|some| {
                scattered.lock().unwrap().extend(some.into_iter().map(name));
                true
            });
            let mut scattered = scattered.into_inner().unwrap();
            scattered.sort();
            assert!(in_order.is_sorted() && in_order.len() > 200);
            assert!(scattered == in_order, "hidden {hidden}, no_ignore {no_ignore}");
        }
    }
}
