//! From where a folder is walked, and how what is found there is called.

use std::env;
use std::path::{Component, Path, PathBuf};

/// A folder that is walked.
pub(super) struct Place {
    walked: PathBuf,
    /// What it was called, if that is something else.
    shown: Option<PathBuf>,
}

impl Place {
    /// A folder that is walked by the path that names it.
    pub(super) fn plain(folder: PathBuf) -> Self {
        if folder == Path::new("-") {
            // A walk takes this for standard input, and finds nothing in it.
            return Self { walked: Path::new(".").join(&folder), shown: Some(folder) };
        }
        Self { walked: folder, shown: None }
    }

    /// A folder in which globs are matched that are taken from the current folder: they
    /// match a path that begins with the current folder's, or that begins where it is.
    pub(super) fn for_globs(folder: PathBuf) -> Self {
        let Ok(current) = env::current_dir() else { return Self::plain(folder) };
        let is_above = folder.components().any(|part| part == Component::ParentDir);
        if !is_above && (folder.is_relative() || folder.starts_with(&current)) {
            return Self::plain(folder);
        }
        match folder.canonicalize() {
            Ok(walked) if walked != folder => Self { walked, shown: Some(folder) },
            // What cannot be resolved cannot be walked, and the walk says why.
            _ => Self::plain(folder),
        }
    }

    pub(super) fn walked(&self) -> &Path {
        &self.walked
    }

    /// What this path in the folder is called.
    pub(super) fn shown(&self, path: PathBuf) -> PathBuf {
        let Some(shown) = &self.shown else { return path };
        match path.strip_prefix(&self.walked) {
            Ok(inner) if inner.as_os_str().is_empty() => shown.clone(),
            Ok(inner) => shown.join(inner),
            Err(_) => path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_called_as_standard_input_is_walked() {
        let place = Place::plain("-".into());
        assert_ne!(place.walked(), Path::new("-"));
        assert_eq!(place.shown(place.walked().join("a/b")), Path::new("-/a/b"));
        assert_eq!(place.shown(place.walked().to_owned()), Path::new("-"));
    }
}
