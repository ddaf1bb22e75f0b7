//! Files of rules in the syntax of `.gitignore` that are named, and hold for every input.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::bad_rule::{BadRule, bad_rule};
use super::walk::{fault, note};
use crate::notice::Notices;

/// Files of rules that were named, of which the later wins.
#[derive(Clone, Debug, Default)]
pub(super) struct IgnoreFiles {
    paths: Vec<PathBuf>,
    /// The rules of all of them, for names that no walk finds. None, if there are no files.
    rules: Option<Gitignore>,
}

impl IgnoreFiles {
    /// The files at these paths. A line that is no rule is noted, and left out.
    pub(super) fn new(
        paths: impl IntoIterator<Item = impl Into<PathBuf>>,
        notices: &Notices,
    ) -> Result<Self, BadRule> {
        let paths: Vec<PathBuf> = paths.into_iter().map(Into::into).collect();
        if paths.is_empty() {
            return Ok(Self::default());
        }
        let root = std::env::current_dir().unwrap_or_else(|_| Path::new(".").to_owned());
        let mut rules = GitignoreBuilder::new(root);
        for path in &paths {
            match rules.add(path) {
                Some(error) if error.is_io() => {
                    let reason = fault(error).to_string();
                    return Err(BadRule::IgnoreFile { path: path.clone(), reason });
                }
                Some(error) => note(&error, Some(path), notices),
                None => {}
            }
        }
        let rules = rules.build().map_err(bad_rule)?;
        Ok(Self { rules: Some(rules), paths })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The rules, if there are any files.
    pub(super) fn rules(&self) -> Option<&Gitignore> {
        self.rules.as_ref()
    }

    /// Has a walk look at the files too.
    pub(super) fn add_to(&self, walk: &mut WalkBuilder) {
        for path in &self.paths {
            // What is wrong with it was said when it was named.
            let _ = walk.add_ignore(path);
        }
    }
}
