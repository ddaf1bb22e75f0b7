//! What people type first that is not quite right, and what to type instead.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::ArgMatches;
use cogrep_report::plots::Picture;

use crate::args::values::shown;
use crate::error::Error;
use crate::flags::id;

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
/// were patterns. They are counted as they were given, and this is said besides.
///
/// `is_input` says whether there is an input that is no word, such as what is piped in.
pub(super) fn patterns_as_inputs(
    inputs: &[&OsStr],
    words: &[OsString],
    is_input: bool,
) -> Option<String> {
    let exists = |input: &&OsStr| *input == "-" || Path::new(*input).exists();
    // A word with a dot or a slash may be a file that is missing, among others.
    let is_name = |input: &&OsStr| input.as_encoded_bytes().iter().any(|byte| b"./".contains(byte));
    let first_file = inputs.iter().position(exists).unwrap_or(inputs.len());
    let (lacking, files) = inputs.split_at(first_file);
    let is_slip = !lacking.is_empty()
        && !lacking.iter().any(is_name)
        && files.iter().all(exists)
        && (is_input || !files.is_empty());
    if !is_slip {
        return None;
    }
    let mut others: Vec<&OsString> = words.iter().skip(1).collect();
    for file in files {
        others.iter().rposition(|word| *word == file).map(|at| others.remove(at));
    }
    let others: Vec<String> = others.into_iter().map(|word| quote(word)).collect();
    let others = others.join(" ");
    let files = match files {
        [] => "-".to_owned(),
        [file] => quote(file),
        [file, ..] => format!("{} ...", quote(file)),
    };
    Some(format!("for several patterns: cogrep {others} --in {files}"))
}

/// What may be meant where files are named before `--in`. They are patterns all the same.
pub(super) fn files_as_patterns(words: &[&OsStr]) -> Option<String> {
    let file = words.iter().find(|word| {
        word.as_encoded_bytes().iter().any(|byte| b"./".contains(byte)) && Path::new(word).is_file()
    })?;
    Some(format!("{0} is taken for a pattern; inputs come after --in: --in {0} ...", quote(file)))
}

/// What may be meant by a named pattern that was given as one word, so that a file follows as
/// the pattern.
pub(super) fn definition_in_one(definitions: &[&OsStr]) -> Option<String> {
    let (pairs, _) = definitions.as_chunks::<2>();
    let (name, pattern) = pairs.iter().find_map(|[definition, file]| {
        let text = definition.to_str().filter(|_| Path::new(file).exists())?;
        text.split_once('=')
    })?;
    let (name, pattern) = (quote(OsStr::new(name)), quote(OsStr::new(pattern)));
    Some(format!("a name and its pattern are two words: --def {name} {pattern}"))
}

/// What may be meant by an input that is the address of something elsewhere.
pub(super) fn remote_input(inputs: &[&OsStr]) -> Option<String> {
    const SCHEMES: [&str; 2] = ["ftp://", "hdfs://"];
    let input = inputs.iter().find(|input| {
        let text = input.to_string_lossy();
        SCHEMES.iter().any(|scheme| text.starts_with(scheme)) && !Path::new(input).exists()
    })?;
    let shown = quote(input);
    let is_got_by_curl = shown.contains("ftp://");
    Some(if is_got_by_curl {
        format!("{shown} is not read from where it is: curl -s {shown} | cogrep PATTERN")
    } else {
        format!("{shown} is not read from where it is; copy it here, or pipe it in")
    })
}

/// What may be meant by whole words in a language that does not separate them.
pub(super) fn words_without_spaces<'p>(patterns: impl Iterator<Item = &'p [u8]>) -> Option<String> {
    let is_joined = |letter: char| {
        matches!(letter,
            '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
            | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
    };
    let mut texts = patterns.filter_map(|pattern| std::str::from_utf8(pattern).ok());
    let text = texts.find(|text| text.chars().any(is_joined))?;
    let shown = shown(OsStr::new(text));
    Some(format!(
        "with -w, {shown} counts only between spaces and signs, which text in its language rarely has"
    ))
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
pub(super) fn quote(word: &OsStr) -> String {
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
    let shown = path.to_string_lossy();
    if matches!(&*shown, "bars" | "dispersion" | "series") {
        return Err(Error::usage(format!("--plot {shown}: it takes a file"))
            .hint(format!("try: --plot FILE.svg --plot-kind {shown}")));
    }
    let suffixes: Vec<&str> = Picture::SUFFIXES.iter().map(|(suffix, _)| *suffix).collect();
    refuse_suffix(id::PLOT, path, &suffixes)
}

/// Refuses a file whose name says that it is something else, or nothing: what is meant may be
/// a pattern or an input.
pub(super) fn refuse_suffix(flag: &str, path: &OsStr, suffixes: &[&str]) -> Result<(), Error> {
    let extension = Path::new(path).extension().unwrap_or_default().to_string_lossy();
    let is_special = path == "-" || Path::new(path).metadata().is_ok_and(|it| !it.is_file());
    if is_special || suffixes.contains(&&*extension.to_lowercase()) {
        return Ok(());
    }
    let known: Vec<String> = suffixes.iter().map(|suffix| format!(".{suffix}")).collect();
    let known = match known.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    };
    let message = format!("--{flag} {}: its name must end in {known}", shown(path));
    let is = |known: &&str| extension.eq_ignore_ascii_case(known);
    let is_paper = flag == id::REPORT && is(&"pdf");
    let is_left_out = flag == id::PLOT && Picture::OF_FEATURE.iter().any(is);
    Err(Error::usage(message).hint(if is_left_out {
        "PNG and PDF take a program that was built for them: cargo install cogrep --features pictures".to_owned()
    } else if is_paper {
        "a browser prints the page into a PDF, all of it".to_owned()
    } else {
        format!("--{flag} FILE.{}", suffixes[0])
    }))
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
