//! Types of files, each a name for some globs.

use ignore::types::{Types, TypesBuilder};

use super::bad_rule::{BadRule, bad_rule};

/// Whether files of a type are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no third")]
pub enum TypeChoice<T> {
    /// They are, and others only if they are wanted too.
    Wanted(T),
    /// They are not.
    Unwanted(T),
}

/// The types there are, and those that were chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct FileTypes {
    definitions: Vec<String>,
    choices: Vec<TypeChoice<String>>,
    /// What follows from the two, if any type was chosen.
    rules: Option<Types>,
}

impl FileTypes {
    pub(super) fn define(
        &mut self,
        definitions: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<(), BadRule> {
        self.definitions = definitions.into_iter().map(|it| it.as_ref().to_owned()).collect();
        if !self.definitions.is_empty() {
            // The globs of a type are looked at where it is chosen, and not before.
            self.builder()?.select("all").build().map_err(bad_rule)?;
        }
        self.update()
    }

    pub(super) fn choose(
        &mut self,
        choices: impl IntoIterator<Item = TypeChoice<impl AsRef<str>>>,
    ) -> Result<(), BadRule> {
        let owned = |choice| match choice {
            TypeChoice::Wanted(name) => TypeChoice::Wanted(AsRef::<str>::as_ref(&name).to_owned()),
            TypeChoice::Unwanted(name) => {
                TypeChoice::Unwanted(AsRef::<str>::as_ref(&name).to_owned())
            }
        };
        self.choices = choices.into_iter().map(owned).collect();
        self.update()
    }

    /// The rules, if any type was chosen.
    pub(super) fn rules(&self) -> Option<&Types> {
        self.rules.as_ref()
    }

    /// Each type with its globs.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, Vec<String>)> {
        // Those that could not be understood were refused.
        let types = self.builder().map_or_else(|_| Vec::new(), |types| types.definitions());
        types.into_iter().map(|type_| (type_.name().to_owned(), type_.globs().to_vec()))
    }

    fn update(&mut self) -> Result<(), BadRule> {
        self.rules = None;
        if self.choices.is_empty() {
            return Ok(());
        }
        let mut rules = self.builder()?;
        for choice in &self.choices {
            match choice {
                TypeChoice::Wanted(name) => rules.select(name),
                TypeChoice::Unwanted(name) => rules.negate(name),
            };
        }
        self.rules = Some(rules.build().map_err(bad_rule)?);
        Ok(())
    }

    fn builder(&self) -> Result<TypesBuilder, BadRule> {
        let mut types = TypesBuilder::new();
        types.add_defaults();
        for definition in &self.definitions {
            let refused = |error| match error {
                ignore::Error::InvalidDefinition => BadRule::TypeDefinition(definition.clone()),
                other => bad_rule(other),
            };
            types.add_def(definition).map_err(refused)?;
        }
        Ok(types)
    }
}
