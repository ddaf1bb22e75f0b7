//! What people type first that is not quite right, and the way out of it.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::ArgMatches;
use cogrep_report::escape;

use crate::error::{Error, complain};
use crate::flags::id;
use crate::lists::Given;

/// Flags that there are not, under the names that people look for them.
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

/// What is meant by a flag that there is not, where that is known.
pub(crate) fn meant(flag: &str) -> Option<&'static str> {
    LOOKED_FOR.iter().find(|(name, _)| *name == flag).map(|(_, meant)| *meant)
}

/// Hints for flags that mean something else in grep, or nothing here.
pub(crate) fn refuse_habits(matches: &ArgMatches) -> Result<(), Error> {
    const HINTS: [(&str, &str); 3] = [
        ("only-matching", "-o: every occurrence is counted anyway; to see places, use --show N"),
        ("line-number", "-n: counts have no line numbers; to see places, use --show N"),
        ("invert-match", "-v: there is no inverted count; --lines counts the lines that match"),
    ];
    match HINTS.iter().find(|(flag, _)| matches.get_count(flag) > 0) {
        Some((_, hint)) => Err(Error::Usage((*hint).to_owned())),
        None => Ok(()),
    }
}

/// No pattern: perhaps `--in` took it, being before the patterns.
pub(crate) fn no_pattern(matches: &ArgMatches) -> Error {
    Error::Usage(if matches.contains_id(id::IN) {
        "no pattern given; --in takes every word up to the next flag, so patterns stand before \
         it: cogrep love hate --in book.txt"
            .to_owned()
    } else {
        "no pattern given; try: cogrep love book.txt, or cogrep --help".to_owned()
    })
}

/// The slip that everybody makes first: several patterns, then files, as if all words but
/// the last ones were patterns.
pub(crate) fn refuse_patterns_as_inputs(
    inputs: &[&OsStr],
    words: &[OsString],
) -> Result<(), Error> {
    let exists = |input: &&OsStr| *input == "-" || Path::new(*input).exists();
    // One that has a dot or a slash may be a file that should be there, beside others.
    let is_name = |input: &&OsStr| input.as_encoded_bytes().iter().any(|byte| b"./".contains(byte));
    let (lacking, files) = inputs.split_at(inputs.iter().position(exists).unwrap_or(0));
    let Some(first) = lacking.first() else { return Ok(()) };
    if !files.iter().all(exists) || files.len() > 1 && lacking.iter().any(is_name) {
        return Ok(());
    }
    let mut others: Vec<&OsString> = words.iter().skip(1).collect();
    for file in files {
        others.iter().rposition(|word| *word == file).map(|at| others.remove(at));
    }
    let others: Vec<String> = others.into_iter().map(|word| quote(word)).collect();
    let more = if files.len() > 1 { " ..." } else { "" };
    Err(Error::Usage(format!(
        "{}: no such file; for several patterns: cogrep {} --in {}{more}",
        escape(first.as_encoded_bytes()),
        others.join(" "),
        quote(files[0]),
    )))
}

/// A file, and no pattern. It may be meant, so it is done; but said.
pub(crate) fn hint_at_a_file(given: &Given) {
    if let Some(word) = given.only_word()
        && Path::new(word).is_file()
    {
        let shown = quote(word);
        complain(&format!(
            "hint: {shown} is taken for the pattern; did you mean a file? cogrep PATTERN {shown}"
        ));
    }
}

/// A word as one would type it into a shell.
fn quote(word: &OsStr) -> String {
    let shown = escape(word.as_encoded_bytes());
    let is_plain = |char: char| char.is_alphanumeric() || "-_./=:,+@%".contains(char);
    if !shown.is_empty() && shown.chars().all(is_plain) {
        shown
    } else {
        format!("'{}'", shown.replace('\'', "'\\''"))
    }
}

/// A file for a picture whose name says that it is something else.
pub(crate) fn refuse_picture(path: &OsStr) -> Result<(), Error> {
    const OTHERS: [&str; 8] = ["png", "pdf", "jpg", "jpeg", "gif", "webp", "html", "ps"];
    let shown = path.to_string_lossy();
    if matches!(&*shown, "bars" | "dispersion") {
        return Err(Error::Usage(format!(
            "--plot {shown}: it takes a file; try: --plot FILE.svg --plot-kind {shown}"
        )));
    }
    let extension = Path::new(path).extension().unwrap_or_default().to_string_lossy();
    if OTHERS.contains(&&*extension.to_lowercase()) {
        return Err(Error::Usage(format!(
            "--plot: what is drawn is SVG, not {extension}; name it FILE.svg, and have another \
             program turn it into something else"
        )));
    }
    Ok(())
}

/// What to say where nothing was found, if the one pattern is written as if it were a
/// regular expression.
pub(crate) fn not_literal(pattern: &str) -> Option<&'static str> {
    const SIGNS: [&str; 8] = [".*", "\\b", "\\w", "\\d", "\\s", "[a-", "[A-", "[0-"];
    if pattern.contains('|') {
        return Some(
            "| stands for itself; give each pattern its own -e, or make it a regular expression \
             with -E",
        );
    }
    let is_list = pattern.split(',').count() > 1
        && pattern.split(',').all(|word| !word.is_empty() && word.chars().all(char::is_alphabetic));
    if is_list {
        return Some("a comma stands for itself; several patterns: cogrep love hate --in book.txt");
    }
    let is_meant = SIGNS.iter().any(|sign| pattern.contains(sign));
    is_meant.then_some("the pattern stands for itself; with -E it is a regular expression")
}
