//! What a walk through folders leaves out, and by which rule.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::walk::failed;
use super::{Override, Selection};
use crate::backend::{Backend, Listing};
use crate::input::Input;
use crate::name::SourceName;

/// A rule by which a file or folder is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// Its name begins with a dot.
    Hidden,
    /// `.gitignore` and its like.
    IgnoreFile,
    /// A glob.
    Glob,
    /// Its type.
    Type,
    /// It is too large.
    Size,
    /// It is too deep.
    Depth,
    /// It is on another file system.
    FileSystem,
    /// It is a link, and links are not followed.
    Link,
    /// It is a pipe, a socket or a device.
    Special,
    /// It is an empty object that stands for a folder.
    Marker,
}

/// A folder that the walk went into.
struct Folder {
    path: PathBuf,
    depth: usize,
    /// What the walk gave of it.
    met: HashSet<OsString>,
}

impl Selection {
    /// How many files and folders of these inputs are left out, by rule. A folder that is
    /// left out is one, whatever is in it.
    ///
    /// Of stores, it gives what was left out of the listings of this selection and its clones.
    /// In folders it walks, as [`sources`](Self::sources) does, and looks in each folder for what the
    /// walk did not give. Of several rules that leave out the same, one is named.
    #[must_use]
    pub fn left_out(&self, inputs: &[Input], backend: &dyn Backend) -> BTreeMap<Rule, u64> {
        let mut counts = self.objects_left_out();
        for input in inputs.iter().filter(|input| input.is_folder(backend)) {
            // A store was asked by the run, and each page that is asked for has its price.
            let name = input.name();
            if !matches!(name, SourceName::Remote(_))
                && let Listing::Path(path) = backend.list(&name)
            {
                self.look_through(path, |rule| *counts.entry(rule).or_insert(0) += 1);
            }
        }
        counts
    }

    fn look_through(&self, root: PathBuf, mut tell: impl FnMut(Rule)) {
        let place = self.place(root);
        let root = place.walked();
        let globs = self.globs.rules().ok().filter(|globs| !globs.is_empty());
        let mut open: Vec<Folder> = Vec::new();
        let mut failures = HashSet::new();
        let device = fs::metadata(root).ok().and_then(|root| device(&root));
        let mut close = |folder: &Folder, failures: &HashSet<PathBuf>| {
            // What cannot be listed was named by the run.
            for entry in fs::read_dir(&folder.path).into_iter().flatten().flatten() {
                let path = folder.path.join(entry.file_name());
                if !folder.met.contains(&entry.file_name()) && !failures.contains(&path) {
                    tell(self.rule(folder, &path, globs.as_ref(), device));
                }
            }
        };
        let mut others = Vec::new();
        for entry in self.walk(&place) {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    failures.extend(failed(error).ok().map(|(path, _)| path));
                    continue;
                }
            };
            while let Some(folder) = open.pop_if(|folder| folder.depth >= entry.depth()) {
                close(&folder, &failures);
            }
            if let Some(folder) = open.last_mut() {
                folder.met.insert(entry.file_name().to_owned());
            }
            match entry.file_type() {
                Some(kind) if kind.is_dir() => {
                    let (path, depth) = (entry.path().to_owned(), entry.depth());
                    open.push(Folder { path, depth, met: HashSet::new() });
                }
                Some(kind) if kind.is_symlink() => others.push(Rule::Link),
                Some(kind) if !kind.is_file() => others.push(Rule::Special),
                _ => {}
            }
        }
        while let Some(folder) = open.pop() {
            close(&folder, &failures);
        }
        others.into_iter().for_each(tell);
    }

    /// Why this was left out.
    fn rule(
        &self,
        folder: &Folder,
        path: &Path,
        globs: Option<&Override>,
        root_device: Option<u64>,
    ) -> Rule {
        if self.max_depth.is_some_and(|most| folder.depth >= most) {
            return Rule::Depth;
        }
        let of_folder = fs::metadata(&folder.path).ok().and_then(|folder| device(&folder));
        if self.one_file_system && of_folder != root_device {
            return Rule::FileSystem;
        }
        let metadata =
            if self.follow { fs::metadata(path) } else { fs::symlink_metadata(path) }.ok();
        let is_folder = metadata.as_ref().is_some_and(Metadata::is_dir);
        let inner = path.strip_prefix("./").unwrap_or(path);
        if globs.is_some_and(|globs| globs.matched(inner, is_folder).is_ignore()) {
            return Rule::Glob;
        }
        let name = path.file_name().unwrap_or_default();
        if !self.hidden && name.as_encoded_bytes().starts_with(b".") {
            return Rule::Hidden;
        }
        if self.types.rules().is_some_and(|types| types.matched(inner, is_folder).is_ignore()) {
            return Rule::Type;
        }
        let length = metadata.filter(Metadata::is_file).map_or(0, |metadata| metadata.len());
        if self.max_file_bytes.is_some_and(|most| length > most) {
            return Rule::Size;
        }
        Rule::IgnoreFile
    }
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn device(metadata: &Metadata) -> Option<u64> {
    use std::os::unix::fs::MetadataExt;

    Some(metadata.dev())
}

#[cfg(not(unix))]
fn device(_: &Metadata) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Files;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            (".gitignore", "*.log\nbuild\n"),
            (".hidden/a", "a"),
            (".git/config", ""),
            ("build/a", "a"),
            ("a.log", "a"),
            ("a.txt", "a"),
            ("b.rs", "long enough"),
            ("deep/c.log", "c"),
            ("deep/deeper/c.txt", "c"),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn each_rule_is_named() {
        let folder = tree();
        let inputs = [Input::Path(folder.path().into())];
        let left_out = |selection: &Selection| {
            selection.left_out(&inputs, &Files).into_iter().collect::<Vec<_>>()
        };
        let plain = Selection::default();
        assert_eq!(left_out(&plain), [(Rule::Hidden, 3), (Rule::IgnoreFile, 3)]);
        let all = Selection { hidden: true, no_ignore: true, ..Selection::default() };
        assert_eq!(left_out(&all), []);
        let flat = Selection { max_depth: Some(1), max_file_bytes: Some(10), ..all.clone() };
        assert_eq!(left_out(&flat), [(Rule::Size, 2), (Rule::Depth, 5)]);
        let mut chosen = all.clone();
        chosen.set_globs(["!deep"]).unwrap();
        assert_eq!(left_out(&chosen), [(Rule::Glob, 1)]);
        let mut chosen = all.clone();
        chosen.set_types([crate::TypeChoice::Wanted("rust")]).unwrap();
        assert_eq!(left_out(&chosen).last(), Some(&(Rule::Type, 8)));
    }

    #[test]
    #[cfg(unix)]
    fn links_are_left_out_unless_they_are_followed() {
        let folder = tree();
        let link =
            |to: &str, name| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
        link("a.txt", "link");
        link("nowhere", "broken");
        let inputs = [Input::Path(folder.path().into())];
        let plain = Selection { hidden: true, no_ignore: true, ..Selection::default() };
        assert_eq!(plain.left_out(&inputs, &Files), BTreeMap::from([(Rule::Link, 2)]));
        let follow = Selection { follow: true, ..plain };
        assert_eq!(follow.left_out(&inputs, &Files), BTreeMap::new(), "what fails is not left out");
    }
}
