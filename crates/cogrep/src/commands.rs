//! What the program does: a function for each command, which may be called many times.

mod alerts;
mod count;
mod distinct;
mod explain;
mod files;
mod generate;
mod job;
mod label;
mod list_files;
mod list_types;
mod merge;
mod outcome;
mod plots;
mod preprocess;
mod remote;
mod state;

use std::io::Write;

pub(crate) use self::remote::Opener;

use crate::args::Command;
use crate::context::Context;
use crate::error::Error;
use crate::status::Status;
use crate::ui::stdout::Stdout;

/// Runs a command.
pub(crate) fn run(context: &Context, command: &Command) -> Result<Status, Error> {
    match command {
        Command::Count(args) => match &args.distinct {
            Some(what) => distinct::distinct(context, args, what),
            None => count::count(context, args),
        },
        Command::Explain(args) => explain::explain(context, args),
        Command::Merge(args) => merge::merge(context, args),
        Command::Generate(document) => generate::generate(context, *document),
        Command::Files(args) => list_files::list_files(context, args),
        Command::ListTypes(selection) => list_types::list_types(context, selection),
        Command::Help(text) => {
            Stdout.write_all(text.render().to_string().as_bytes())?;
            Ok(Status::Success)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;
    use crate::args;

    #[test]
    fn a_command_gives_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let [text, saved] = ["text", "saved"].map(|name| folder.path().join(name));
        std::fs::write(&text, "love").unwrap();
        let context = Context::from_env(&[]).unwrap();
        let run = |words: &[&OsStr]| {
            let words = ["cogrep", "-q"].map(OsStr::new).into_iter().chain(words.iter().copied());
            let words: Vec<_> = words.map(OsStr::to_owned).collect();
            let command = args::parse(&words).unwrap();
            [run(&context, &command).unwrap(), run(&context, &command).unwrap()]
        };
        let [love, hate, save, merge] = ["love", "hate", "--save", "--merge"].map(OsStr::new);
        let (text, saved) = (text.as_os_str(), saved.as_os_str());
        assert_eq!(run(&[love, text]), [Status::Success; 2]);
        assert_eq!(run(&[hate, text]), [Status::NotFound; 2]);
        assert_eq!(run(&[love, text, save, saved]), [Status::Success; 2]);
        assert_eq!(run(&[merge, saved]), [Status::Success; 2]);
        std::fs::write(text, "hate").unwrap();
        assert_eq!(run(&[hate, text]), [Status::Success; 2]);
    }
}
