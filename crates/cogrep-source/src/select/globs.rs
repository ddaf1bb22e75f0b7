//! Globs that select files, whatever other rules say.

use std::path::Path;

use ignore::overrides::{Override, OverrideBuilder};

use super::bad_rule::{BadRule, bad_rule};

/// Globs, in the order in which they were given: the later wins.
#[derive(Clone, Debug, Default)]
pub(super) struct Globs {
    as_they_are: Vec<String>,
    /// These come after the others.
    in_any_case: Vec<String>,
}

impl Globs {
    /// Takes these in place of those in which case matters.
    pub(super) fn set(
        &mut self,
        globs: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(), BadRule> {
        self.as_they_are = texts(globs);
        self.check()
    }

    /// Takes these in place of those in which case does not matter.
    pub(super) fn set_in_any_case(
        &mut self,
        globs: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(), BadRule> {
        self.in_any_case = texts(globs);
        self.check()
    }

    fn check(&self) -> Result<(), BadRule> {
        if self.is_empty() { Ok(()) } else { self.rules().map(drop).map_err(bad_rule) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.as_they_are.is_empty() && self.in_any_case.is_empty()
    }

    /// The globs, as rules. Without any, they match nothing.
    pub(super) fn rules(&self) -> Result<Override, ignore::Error> {
        // Without a current folder there is nothing that they could be taken from.
        let root = std::env::current_dir().unwrap_or_else(|_| Path::new(".").to_owned());
        let mut rules = OverrideBuilder::new(root);
        for glob in &self.as_they_are {
            rules.add(glob)?;
        }
        rules.case_insensitive(true)?;
        for glob in &self.in_any_case {
            rules.add(glob)?;
        }
        rules.build()
    }
}

fn texts(globs: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    globs.into_iter().map(|glob| glob.as_ref().to_owned()).collect()
}
