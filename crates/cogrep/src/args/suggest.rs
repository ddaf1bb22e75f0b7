//! What people type first that is not quite right, and what to type instead.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::ArgMatches;

use crate::args::values::shown;
use crate::error::Error;
use crate::flags::id;

/// Flags that do not exist, and what does the same here.
const LOOKED_FOR: [(&str, &str); 27] = [
    ("--csv", "--format csv"),
    ("--tsv", "--format tsv"),
    ("--json", "--format json"),
    ("--jsonl", "--format jsonl"),
    ("--parquet", "--format parquet"),
    ("--table", "--format table"),
    ("--by-file", "--by file"),
    ("--per-file", "--by file"),
    ("-H", "--by file"),
    ("--with-filename", "--by file"),
    ("-l", "--by file --only-found"),
    ("--files-with-matches", "--by file --only-found"),
    ("-A", "--show N, which shows places in their lines"),
    ("-B", "--show N, which shows places in their lines"),
    ("-C", "--show N, which shows places in their lines"),
    ("--include", "--glob GLOB"),
    ("--exclude", "--glob '!GLOB'"),
    ("--words", "-f FILE, patterns one a line"),
    ("--wordlist", "-f FILE, patterns one a line"),
    ("--patterns", "-f FILE, patterns one a line"),
    ("--dispersion", "--plot FILE.svg --plot-kind dispersion"),
    ("--bars", "--plot FILE.svg"),
    ("--html", "--report FILE.html"),
    ("--out", "> FILE, since results go to standard output"),
    ("--output", "> FILE, since results go to standard output"),
    ("--count-matches", "nothing: it counts anyway; or --lines, to count lines"),
    ("--count-lines", "--lines"),
];

/// What does here what a flag that does not exist does elsewhere, where that is known.
pub(super) fn meant(flag: &str) -> Option<&'static str> {
    LOOKED_FOR.iter().find(|(name, _)| *name == flag).map(|(_, meant)| *meant)
}

/// No pattern: perhaps `--in` took it, because the patterns followed it.
pub(super) fn no_pattern(matches: &ArgMatches) -> Error {
    let error = Error::usage("no pattern given");
    if matches.contains_id(id::IN) {
        error.hint(
            "--in takes every word up to the next flag, so patterns go before it: \
             cogrep love hate --in book.txt",
        )
    } else {
        error.hint("try: cogrep love book.txt, or cogrep --help")
    }
}

/// The most common slip: several patterns and then files, as if all words but the last ones
/// were patterns.
pub(super) fn refuse_patterns_as_inputs(
    inputs: &[&OsStr],
    words: &[OsString],
) -> Result<(), Error> {
    let exists = |input: &&OsStr| *input == "-" || Path::new(*input).exists();
    // A word with a dot or a slash may be a file that is missing, among others.
    let is_name = |input: &&OsStr| input.as_encoded_bytes().iter().any(|byte| b"./".contains(byte));
    let (missing, files) = inputs.split_at(inputs.iter().position(exists).unwrap_or(0));
    let Some(first) = missing.first() else { return Ok(()) };
    if !files.iter().all(exists) || files.len() > 1 && missing.iter().any(is_name) {
        return Ok(());
    }
    let mut others: Vec<&OsString> = words.iter().skip(1).collect();
    for file in files {
        others.iter().rposition(|word| *word == file).map(|at| others.remove(at));
    }
    let others: Vec<String> = others.into_iter().map(|word| quote(word)).collect();
    let more = if files.len() > 1 { " ..." } else { "" };
    let (others, file) = (others.join(" "), quote(files[0]));
    Err(Error::usage(format!("{}: no such file", shown(first)))
        .hint(format!("for several patterns: cogrep {others} --in {file}{more}")))
}

/// What may be meant where a file is named and no pattern. It is a pattern all the same.
pub(super) fn file_as_pattern(pattern: &OsStr) -> Option<String> {
    let shown = Path::new(pattern).is_file().then(|| quote(pattern))?;
    Some(format!("{shown} is taken for the pattern; did you mean a file? cogrep PATTERN {shown}"))
}

/// What may be meant by the pattern `merge` with inputs after it, which once was a command.
pub(super) fn merge_as_command(pattern: &str, inputs: &[&OsStr]) -> Option<String> {
    let first = inputs.first().filter(|_| pattern == "merge")?;
    let more = if inputs.len() > 1 { " ..." } else { "" };
    Some(format!("to add up saved results: cogrep --merge {}{more}", quote(first)))
}

/// A word as one would type it into a shell.
fn quote(word: &OsStr) -> String {
    let shown = shown(word);
    let is_plain = |char: char| char.is_alphanumeric() || "-_./=:,+@%".contains(char);
    if !shown.is_empty() && shown.chars().all(is_plain) {
        shown
    } else {
        format!("'{}'", shown.replace('\'', "'\\''"))
    }
}

/// Refuses a file for a plot whose name says that it is something else.
pub(super) fn refuse_plot(path: &OsStr) -> Result<(), Error> {
    const OTHERS: [&str; 8] = ["png", "pdf", "jpg", "jpeg", "gif", "webp", "html", "ps"];
    let shown = path.to_string_lossy();
    if matches!(&*shown, "bars" | "dispersion") {
        return Err(Error::usage(format!("--plot {shown}: it takes a file"))
            .hint(format!("try: --plot FILE.svg --plot-kind {shown}")));
    }
    let extension = Path::new(path).extension().unwrap_or_default().to_string_lossy();
    if OTHERS.contains(&&*extension.to_lowercase()) {
        return Err(Error::usage(format!("--plot: what is drawn is SVG, not {extension}"))
            .hint("name it FILE.svg, and have another program turn it into something else"));
    }
    Ok(())
}

/// What may be meant by a literal that looks like a regular expression or a list.
pub(super) fn not_literal(pattern: &str) -> Option<&'static str> {
    const SIGNS: [&str; 8] = [".*", "\\b", "\\w", "\\d", "\\s", "[a-", "[A-", "[0-"];
    if pattern.contains('|') {
        return Some(
            "| is an ordinary character here; give each pattern its own -e, or use a regular \
             expression with -E",
        );
    }
    let is_list = pattern.split(',').count() > 1
        && pattern.split(',').all(|word| !word.is_empty() && word.chars().all(char::is_alphabetic));
    if is_list {
        return Some(
            "a comma is an ordinary character; several patterns: cogrep love hate --in book.txt",
        );
    }
    let is_meant = SIGNS.iter().any(|sign| pattern.contains(sign));
    is_meant.then_some("the pattern is literal text; with -E it is a regular expression")
}
