//! From the command line to plain data: which command, with which arguments.
//!
//! A command line that makes no sense is an [`Error`] with a way out: [`clap_error`] puts
//! what clap refuses in the words of this program, [`suggest`] knows what is typed for
//! something else, and [`grep_compat`] and [`foreign_flags`] know the flags of grep, ripgrep,
//! wc and uniq.

mod clap_error;
mod count;
mod distinct;
mod files;
mod foreign_flags;
mod grep_compat;
mod inputs;
mod lists;
mod merge;
mod names;
mod output;
mod pattern_args;
mod pre;
mod remote;
mod suggest;
mod values;

use std::ffi::OsString;

pub(crate) use count::{CountArgs, TimelineKind};
pub(crate) use distinct::{DistinctArgs, What};
pub(crate) use files::FilesArgs;
pub(crate) use merge::MergeArgs;
pub(crate) use output::{OutputArgs, PlotKind};
pub(crate) use pre::PreArgs;
pub(crate) use remote::RemoteArgs;

use cogrep_source::Selection;

use crate::error::Error;
use crate::flags::{self, Document, id};

/// What to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// Count.
    Count(Box<CountArgs>),
    /// Say how it would be counted.
    Explain(Box<CountArgs>),
    /// Add up saved results.
    Merge(MergeArgs),
    /// Print what is generated from the definition of the flags.
    Generate(Document),
    /// Print the names of what would be read.
    Files(Box<FilesArgs>),
    /// Print the types of files that can be selected.
    ListTypes(Box<Selection>),
    /// Print help or version, which clap has made ready.
    Help(clap::Error),
}

impl Command {
    /// All of it as text, but for hints, which quote the words as they were typed.
    pub(crate) fn meaning(mut self) -> String {
        if let Self::Count(args) | Self::Explain(args) = &mut self {
            (args.hint, args.not_found_hint) = (None, None);
        }
        match self {
            Self::Help(text) => text.render().to_string(),
            command => format!("{command:?}"),
        }
    }
}

/// A command line as one would type it into a shell, whatever the path of the program.
pub(crate) fn command_line(words: &[OsString]) -> String {
    let words = words.iter().skip(1).map(|word| suggest::quote(word));
    std::iter::once("cogrep".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// Reads a command line, whose first word is the program's name.
pub(crate) fn parse(words: &[OsString]) -> Result<Command, Error> {
    let matches = match flags::command().try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) if clap_error::is_help(&error) => return Ok(Command::Help(error)),
        Err(error) => return Err(clap_error::explain(&error, words)),
    };
    if let Some(document) = matches.get_one::<String>(id::GENERATE) {
        return Ok(Command::Generate(document.parse()?));
    }
    if matches.contains_id(id::TYPE_LIST) {
        return Ok(Command::ListTypes(Box::new(inputs::selection(&matches)?)));
    }
    if matches.contains_id(id::FILES) {
        return Ok(Command::Files(Box::new(FilesArgs::new(&matches)?)));
    }
    if matches.contains_id(id::MERGE) {
        return Ok(Command::Merge(MergeArgs::new(&matches)?));
    }
    grep_compat::refuse(&matches)?;
    let args = Box::new(CountArgs::new(&matches, words)?);
    Ok(if matches.contains_id(id::EXPLAIN) { Command::Explain(args) } else { Command::Count(args) })
}
