//! What people type first that is not quite right, and the way out of it.

use std::ffi::OsStr;
use std::path::Path;

use clap::ArgMatches;

use crate::error::Error;
use crate::flags::id;

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
    let is_meant = SIGNS.iter().any(|sign| pattern.contains(sign));
    is_meant.then_some("the pattern stands for itself; with -E it is a regular expression")
}
