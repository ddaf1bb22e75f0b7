//! `--generate`: the manual page, the reference and completions, from the one definition of
//! the flags.

use std::io::{self, Write};

use clap::{Arg, Command};

use crate::context::Context;
use crate::error::Error;
use crate::flags::{self, Document};
use crate::status::Status;

/// Prints a document.
pub(crate) fn generate(_: &Context, document: Document) -> Result<Status, Error> {
    let mut command = flags::command();
    let mut text = Vec::new();
    match document {
        Document::Man => clap_mangen::Man::new(command).render(&mut text)?,
        Document::Reference => reference(command, &mut text)?,
        Document::Completions(shell) => {
            clap_complete::generate(shell, &mut command, "cogrep", &mut text);
        }
    }
    // Generated in memory first: the generator of completions panics at a closed pipe.
    io::stdout().write_all(&text)?;
    Ok(Status::Success)
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
    let short = arg.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    format!("{short}`{}`", format!("--{long} {value}").trim_end())
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
