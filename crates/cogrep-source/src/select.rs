//! From inputs to sources: a folder of files is walked by the rules of ripgrep, and a
//! folder of anything else is listed by its backend.

mod bad_rule;
mod gate;
mod globs;
mod ignore_files;
mod left_out;
mod member;
mod object;
mod place;
mod types;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use futures_util::StreamExt;
use ignore::overrides::Override;
use ignore::{Walk, WalkBuilder};

pub use self::bad_rule::BadRule;
use self::globs::Globs;
use self::ignore_files::IgnoreFiles;
pub use self::left_out::Rule;
use self::place::Place;
use self::types::FileTypes;
pub use self::types::TypeChoice;
use self::walk::{in_order, walk_parallel};
pub use self::walk::{is_starting_walkers, walkers};
use crate::backend::{Backend, Listing};
use crate::input::Input;
use crate::name::SourceName;
use crate::notice::Notices;
use crate::outcome::Fault;
use crate::wait::block_on;

/// Which files of a folder are read. Selection never looks at content, and never
/// leaves out what is named itself.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "rules that are independent of each other")]
pub struct Selection {
    /// Files and folders whose names begin with a dot are read too.
    pub hidden: bool,
    /// The rules of `.gitignore`, `.ignore`, `.rgignore` and their like are not looked at.
    pub no_ignore: bool,
    /// Those of version control, such as `.gitignore`, are not looked at.
    pub no_ignore_vcs: bool,
    /// Links to files are read, and links to folders are walked through. A link that leads
    /// nowhere, or back to a folder above it, is a fault.
    pub follow: bool,
    /// Folders on another file system than the one named are not walked through.
    pub one_file_system: bool,
    /// How deep a walk goes: 1 is the files of the folder itself, 0 nothing.
    pub max_depth: Option<usize>,
    /// Larger files are left out.
    pub max_file_bytes: Option<u64>,
    /// Where it is said that a file with ignore rules has some that are none.
    pub notices: Notices,
    globs: Globs,
    /// The globs as rules, for members of archives, once they are asked for.
    rules_of_members: OnceLock<Option<Override>>,
    ignore_files: IgnoreFiles,
    types: FileTypes,
    /// How many objects of listings were left out, by rule.
    objects_left_out: Arc<Mutex<BTreeMap<Rule, u64>>>,
}

/// A source that was found, or the place where finding failed.
pub type Selected = Result<SourceName, (SourceName, Fault)>;

impl Selection {
    /// Selects by these globs, in the syntax of `.gitignore`: what one matches is read,
    /// whatever other rules say, and nothing else is; what one with a `!` in front matches
    /// is left out. The later glob wins. One with a slash is taken from the current folder,
    /// however an input is spelt.
    ///
    /// # Errors
    ///
    /// When one is no glob.
    pub fn set_globs<G: AsRef<str>>(
        &mut self,
        globs: impl IntoIterator<Item = G>,
    ) -> Result<(), BadRule> {
        self.rules_of_members = OnceLock::new();
        self.globs.set(globs)
    }

    /// Selects by these globs, too, in which case does not matter: as
    /// [`set_globs`](Self::set_globs), and after those.
    ///
    /// # Errors
    ///
    /// When one is no glob.
    pub fn set_globs_in_any_case<G: AsRef<str>>(
        &mut self,
        globs: impl IntoIterator<Item = G>,
    ) -> Result<(), BadRule> {
        self.rules_of_members = OnceLock::new();
        self.globs.set_in_any_case(globs)
    }

    /// Leaves out what the rules in these files say, which are written as in `.gitignore`;
    /// the rules of a folder come before them, and `no_ignore` does not concern them. One
    /// with a slash is taken from the current folder. A line that is no rule is a notice.
    ///
    /// # Errors
    ///
    /// When one of the files cannot be read.
    pub fn set_ignore_files<P: Into<PathBuf>>(
        &mut self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<(), BadRule> {
        self.ignore_files = IgnoreFiles::new(paths, &self.notices)?;
        Ok(())
    }

    /// Adds types to those there are: `web:*.html`, or `web:include:html,css` with all globs
    /// of others. One that there is has more globs then.
    ///
    /// # Errors
    ///
    /// When one is no definition, or includes what is not defined before it.
    pub fn define_types<D: AsRef<str>>(
        &mut self,
        definitions: impl IntoIterator<Item = D>,
    ) -> Result<(), BadRule> {
        self.types.define(definitions)
    }

    /// Reads only files of some types, if any are wanted, and none of those that are not: of
    /// two choices for one file, the later wins.
    ///
    /// # Errors
    ///
    /// When there is no type of that name.
    pub fn set_types<T: AsRef<str>>(
        &mut self,
        choices: impl IntoIterator<Item = TypeChoice<T>>,
    ) -> Result<(), BadRule> {
        self.types.choose(choices)
    }

    /// All types that can be selected, each with its globs.
    pub fn types(&self) -> impl Iterator<Item = (String, Vec<String>)> {
        self.types.all()
    }

    /// Walks through the inputs in their order: a file is a source, a folder is all that is
    /// selected in it and below it, by name in each folder.
    pub fn sources<'a>(
        &'a self,
        inputs: &'a [Input],
        backend: &'a dyn Backend,
    ) -> impl Iterator<Item = Selected> + 'a {
        inputs.iter().flat_map(move |input| self.expand(input, backend))
    }

    fn expand<'a>(
        &'a self,
        input: &Input,
        backend: &'a dyn Backend,
    ) -> Box<dyn Iterator<Item = Selected> + 'a> {
        let name = input.name();
        if !input.is_folder(backend) {
            return Box::new(std::iter::once(Ok(name)));
        }
        match backend.list(&name) {
            Listing::Path(path) => {
                let place = self.place(path);
                Box::new(in_order(self.walk(&place), place, &self.notices))
            }
            Listing::Names(mut names) => {
                // A listing comes in pages: what was found is counted while more is asked for.
                let names = std::iter::from_fn(move || block_on(names.next()));
                Box::new(names.filter(|found| self.is_selected(found)))
            }
        }
    }

    /// Walks through one input with several threads, so that a disk is asked for many
    /// folders at once: as [`sources`](Self::sources), but in any order.
    ///
    /// `put` gets some at a time, and says whether more are wanted. With less than two
    /// [`walkers`] it walks here.
    ///
    /// It also does where the system refuses one of the threads, after a panic that is caught
    /// and that the hook for panics has reported ("failed to spawn thread"). Where a panic
    /// aborts, it does.
    pub fn walk_parallel(
        &self,
        input: &Input,
        backend: &dyn Backend,
        walkers: usize,
        put: &(dyn Fn(Vec<Selected>) -> bool + Sync),
    ) {
        let name = input.name();
        if walkers > 1
            && input.is_folder(backend)
            && let Listing::Path(path) = backend.list(&name)
        {
            let place = self.place(path);
            if walk_parallel(&mut self.rules(), walkers, &place, &self.notices, put) {
                return;
            }
        }
        for found in self.expand(input, backend) {
            if !put(vec![found]) {
                return;
            }
        }
    }

    /// Whether a name that a backend listed is selected by the rules that look at names. In
    /// no folder of files are there other rules for it.
    fn is_selected(&self, found: &Selected) -> bool {
        let Ok(name) = found else { return true };
        if let SourceName::Remote(name) = name {
            return self.is_object_selected(name);
        }
        let text = name.to_string();
        let path = Path::new(&text);
        let is_hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        match self.globs.rules() {
            Ok(globs) if globs.matched(path, false).is_whitelist() => return true,
            Ok(globs) if globs.matched(path, false).is_ignore() => return false,
            _ => {}
        }
        let is_other =
            self.types.rules().is_some_and(|types| types.matched(path, false).is_ignore());
        (self.hidden || !is_hidden) && !is_other
    }

    /// From where a folder is walked.
    fn place(&self, folder: PathBuf) -> Place {
        let are_relative = !self.globs.is_empty() || !self.ignore_files.is_empty();
        if are_relative { Place::for_globs(folder) } else { Place::plain(folder) }
    }

    fn walk(&self, place: &Place) -> Walk {
        self.rules().add(place.walked()).sort_by_file_name(Ord::cmp).build()
    }

    /// The rules of a walk, which has no roots yet.
    fn rules(&self) -> WalkBuilder {
        let mut walk = WalkBuilder::empty();
        if !self.no_ignore {
            walk.add_custom_ignore_filename(".rgignore");
        }
        let asks_git = !self.no_ignore && !self.no_ignore_vcs;
        walk.hidden(!self.hidden)
            .ignore(!self.no_ignore)
            .git_ignore(asks_git)
            .git_global(asks_git)
            .git_exclude(asks_git)
            .parents(!self.no_ignore)
            .follow_links(self.follow)
            .same_file_system(self.one_file_system)
            .max_depth(self.max_depth)
            .max_filesize(self.max_file_bytes);
        if !self.globs.is_empty()
            && let Ok(globs) = self.globs.rules()
        {
            walk.overrides(globs);
        }
        self.ignore_files.add_to(&mut walk);
        if let Some(types) = self.types.rules() {
            walk.types(types.clone());
        }
        walk
    }
}

#[cfg(test)]
#[cfg(unix)]
mod as_ripgrep;

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::backend::Files;

    /// Many threads find what one does, by the same rules.
    #[test]
    fn a_parallel_walk_finds_the_same_sources() {
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
            let in_order: Vec<SourceName> = selection.sources(&inputs, &Files).map(name).collect();
            let found = Mutex::new(Vec::new());
            selection.walk_parallel(&inputs[0], &Files, 8, &|some| {
                found.lock().unwrap().extend(some.into_iter().map(name));
                true
            });
            let mut found = found.into_inner().unwrap();
            found.sort();
            assert!(in_order.is_sorted() && in_order.len() > 200);
            assert!(found == in_order, "hidden {hidden}, no_ignore {no_ignore}");
        }
    }
}
