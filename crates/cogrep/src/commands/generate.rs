//! `--generate`: the manual page, the reference and completions, from the one definition of
//! the flags.

use std::io::{self, Write};

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use cogrep_source::{Encoding, Selection};

use crate::context::Context;
use crate::error::Error;
use crate::flags::{self, Document, id};
use crate::status::Status;
use crate::ui::stdout::Stdout;

/// Prints a document.
pub(crate) fn generate(_: &Context, document: Document) -> Result<Status, Error> {
    let command = flags::command();
    let mut text = Vec::new();
    match document {
        Document::Man => manual(command, &mut text)?,
        Document::Reference => reference(command, &mut text)?,
        Document::Completions(shell) => {
            clap_complete::generate(shell, &mut completed(&command), "cogrep", &mut text);
        }
    }
    // Generated in memory first: the generator of completions panics at a closed pipe.
    Stdout.write_all(&text)?;
    Ok(Status::Success)
}

/// The manual page. Its sections are those of clap, and two of our own in the place of one
/// without a name.
fn manual(command: Command, out: &mut Vec<u8>) -> io::Result<()> {
    // What the short help leaves out is left out of the manual, too.
    let command = command.mut_args(|arg| arg.hide_short_help(false));
    let section = |out: &mut Vec<u8>, title: &str, text: &str| {
        // Text is laid out as it is: in roff, a backslash and a leading dot are not text.
        let text = text.replace('\\', "\\\\").replace('-', "\\-").replace("\n.", "\n\\&.");
        writeln!(out, ".SH \"{title}\"\n.nf\n{text}\n.fi")
    };
    let man = clap_mangen::Man::new(command);
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    man.render_options_section(out)?;
    section(out, "EXIT STATUS", flags::EXIT_STATUS)?;
    section(out, "EXAMPLES", flags::EXAMPLES)?;
    man.render_version_section(out)
}

/// The command line as shells complete it: without flags that are hidden, and with the values
/// of those that take one of many.
fn completed(command: &Command) -> Command {
    let visible = command.get_arguments().filter(|arg| !arg.is_hide_set()).cloned();
    let types: Vec<String> = Selection::default().types().map(|(name, _)| name).collect();
    let values = |arg: Arg| match arg.get_id().as_str() {
        id::BY => arg.value_parser(PossibleValuesParser::new(["file", "part=10"])),
        id::TYPE | id::TYPE_NOT => arg.value_parser(PossibleValuesParser::new(&types)),
        id::ENCODING => arg.value_parser(PossibleValuesParser::new(Encoding::names())),
        _ => arg,
    };
    Command::new("cogrep").version(env!("CARGO_PKG_VERSION")).args(visible.map(values))
}

/// The reference page, in Markdown.
fn reference(mut command: Command, out: &mut impl Write) -> io::Result<()> {
    command.build();
    writeln!(out, "# Reference\n\nMade by `cogrep --generate reference`.\n")?;
    let usage = command.render_usage().to_string();
    writeln!(out, "```text\n{}\n```", usage.trim_start_matches("Usage: "))?;
    let mut heading = None;
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        if arg.get_help_heading() != heading {
            heading = arg.get_help_heading();
            let title = heading.unwrap_or("Help");
            writeln!(out, "\n## {title}\n\n| Flag | What it does |\n|---|---|")?;
        }
        writeln!(out, "| {} | {} |", name(arg).replace('|', "\\|"), description(arg))?;
    }
    let after = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
    for paragraph in after.split("\n\n") {
        let (title, text) = paragraph.split_once(": ").unwrap_or(("More", paragraph));
        writeln!(out, "\n## {title}\n\n{text}")?;
    }
    Ok(())
}

/// A flag as it is typed: `` `-f`, `--file FILE` ``.
fn name(arg: &Arg) -> String {
    let value = arg.get_value_names().filter(|_| arg.get_action().takes_values());
    let value = value.unwrap_or_default().join(" ");
    let Some(long) = arg.get_long() else { return format!("`{value}`") };
    // Where a value has to be in the same word, it can be left out, too.
    let (before, after) = if arg.is_require_equals_set() { ("[=", "]") } else { (" ", "") };
    let value = if value.is_empty() { value } else { format!("{before}{value}{after}") };
    let short = arg.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    format!("{short}`--{long}{value}`")
}

fn description(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default().replace('|', "\\|");
    let takes_values = arg.get_action().takes_values();
    let possible: Vec<String> = if takes_values {
        arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect()
    } else {
        Vec::new()
    };
    if possible.is_empty() { help } else { format!("{help}: {}", possible.join(", ")) }
}
