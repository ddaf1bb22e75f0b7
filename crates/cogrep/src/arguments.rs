//! From the command line to what is to be done.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::num::{NonZeroU64, NonZeroUsize};

use clap::ArgMatches;
use cogrep_core::Shard;
use cogrep_match::{EngineChoice, LineGrouper, Matching, Patterns, Syntax, Unit};
use cogrep_report::{Format, escape};
use cogrep_source::{Input, Selection};

use crate::error::{Early, Error};
use crate::files;
use crate::flags::{self, id};
use crate::generate::Kind;
use crate::lists::Given;
use crate::merge::{self, Merge};
use crate::output::Output;
use crate::refusal;
use crate::slips;
use crate::sources::{self, Opening};

/// What is to be done, fully understood.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) patterns: Patterns,
    pub(crate) given: Given,
    pub(crate) inputs: Vec<Input>,
    pub(crate) selection: Selection,
    pub(crate) opening: Opening,
    pub(crate) workers: Option<NonZeroUsize>,
    /// The ranges in which large files are counted, in bytes, if not as it suits.
    pub(crate) range_bytes: Option<NonZeroU64>,
    pub(crate) max_line_bytes: usize,
    pub(crate) engine: EngineChoice,
    pub(crate) explain: bool,
    /// How many places of each pattern to show.
    pub(crate) show: usize,
    pub(crate) output: Output,
    /// What to say if nothing is found.
    pub(crate) slip: Option<&'static str>,
    /// Which part of the inputs is counted in, if not all of them.
    pub(crate) part: Option<Shard>,
    /// The file to keep the result in.
    pub(crate) save: Option<OsString>,
}

/// What the program is to do.
#[derive(Debug)]
pub(crate) enum Work {
    Count(Box<Arguments>),
    Merge(Merge),
}

/// Understands a command line, whose first word is the program's name.
pub(crate) fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Work, Early> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    if merge::is_meant(&words) {
        words.remove(1);
        let matches = flags::command().try_get_matches_from(&words).map_err(refusal::of)?;
        return Ok(Work::Merge(Merge::new(&matches)?));
    }
    let matches = flags::command().try_get_matches_from(&words).map_err(refusal::of)?;
    if let Some(kind) = matches.get_one::<String>(id::GENERATE).and_then(|name| Kind::of(name)) {
        return Err(Early::Generate(kind));
    }
    if matches.get_flag(id::TYPE_LIST) {
        return Err(Early::Types);
    }
    slips::refuse_habits(&matches)?;
    let output = Output::new(&matches)?;
    let show = show(&matches, output.layout.format)?;

    let (given, inputs) = patterns_and_inputs(&matches, &words)?;
    let patterns = patterns(&matches, &given)?;
    let says_how = matches.get_flag(id::REGEX) || matches.get_flag(id::FIXED);
    let only_word = given.only_word().and_then(OsStr::to_str).filter(|_| !says_how);
    let slip = only_word.and_then(slips::not_literal);
    let part = part(&matches, &inputs)?;
    let save: Option<OsString> = matches.get_one(id::SAVE).cloned();
    if let Some(path) = &save {
        files::refuse_loss(id::SAVE, path, files::Kind::Result)?;
    }
    Ok(Work::Count(Box::new(Arguments {
        patterns,
        given,
        inputs,
        selection: sources::selection(&matches)?,
        opening: Opening::new(&matches)?,
        workers: matches.get_one(id::THREADS).copied().and_then(NonZeroUsize::new),
        range_bytes: range_bytes(std::env::var_os("COGREP_RANGE").as_deref())?,
        max_line_bytes: matches
            .get_one(id::MAX_LINE)
            .map_or(LineGrouper::DEFAULT_LIMIT_BYTES, |bytes: &u64| {
                usize::try_from(*bytes).unwrap_or(usize::MAX)
            }),
        engine: named(&matches, id::ENGINE)?,
        explain: matches.get_flag(id::EXPLAIN),
        show,
        output,
        slip,
        part,
        save,
    })))
}

/// Which part of the inputs is counted in; what is read only once cannot be in parts.
fn part(matches: &ArgMatches, inputs: &[Input]) -> Result<Option<Shard>, Error> {
    let part = matches.get_one(id::PART).copied();
    if part.is_some() && inputs.contains(&Input::Stdin) {
        return Err(Error::Usage(
            "--part: standard input comes only once and cannot be in parts; name files or folders"
                .to_owned(),
        ));
    }
    Ok(part)
}

/// How many places are to be shown, where the format has room for them.
pub(crate) fn show(matches: &ArgMatches, format: Format) -> Result<usize, Error> {
    let show = matches.get_one(id::SHOW).copied().unwrap_or(0);
    if show > 0 && !format.has_places() {
        let name = matches.get_one::<String>(id::FORMAT).map_or("text", String::as_str);
        return Err(Error::Usage(format!(
            "--show: {name} has no column for places; use text, json or jsonl"
        )));
    }
    Ok(show)
}

/// The value of a flag whose possible values have been checked by name.
pub(crate) fn named<T: Default + std::str::FromStr<Err: std::fmt::Display>>(
    matches: &ArgMatches,
    flag: &str,
) -> Result<T, Error> {
    matches.get_one::<String>(flag).map_or_else(
        || Ok(T::default()),
        |name| {
            name.parse().map_err(|error: T::Err| Error::Usage(format!("--{flag} {name}: {error}")))
        },
    )
}

/// The ranges in which workers count in one file, for tests: so a small file is divided,
/// too.
fn range_bytes(bytes: Option<&OsStr>) -> Result<Option<NonZeroU64>, Error> {
    let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
    let number = bytes.to_str().and_then(|bytes| bytes.parse().ok());
    number.map(Some).ok_or_else(|| {
        let given = escape(bytes.as_encoded_bytes());
        Error::Usage(format!("COGREP_RANGE={given}: not a number of bytes, from 1"))
    })
}

/// Which words are patterns and which are inputs.
fn patterns_and_inputs(
    matches: &ArgMatches,
    words: &[OsString],
) -> Result<(Given, Vec<Input>), Error> {
    let mut given = Given::default();
    let mut inputs = Vec::new();
    let listed = flags::LISTING.iter().any(|flag| matches.contains_id(flag));
    if listed {
        given.take_flags(&in_order(matches, &flags::LISTING))?;
        inputs.extend(in_order(matches, &[id::WORDS, id::IN]).into_iter().map(|(_, word)| word));
    } else if matches.contains_id(id::IN) {
        for (_, word) in in_order(matches, &[id::WORDS]) {
            given.take_word(word);
        }
        inputs.extend(in_order(matches, &[id::IN]).into_iter().map(|(_, word)| word));
    } else {
        let mut positionals = in_order(matches, &[id::WORDS]).into_iter().map(|(_, word)| word);
        if let Some(word) = positionals.next() {
            given.take_word(word);
        }
        inputs.extend(positionals);
        slips::refuse_patterns_as_inputs(&inputs, words)?;
    }
    if given.is_empty() {
        return Err(slips::no_pattern(matches));
    }
    let mut inputs: Vec<Input> = inputs.into_iter().map(Input::from_argument).collect();
    match sources::listed(matches)? {
        Some(listed) => inputs.extend(listed),
        None if inputs.is_empty() => {
            let input = default_input();
            if !listed && input != Input::Stdin {
                slips::hint_at_a_file(&given);
            }
            inputs.push(input);
        }
        None => {}
    }
    if given.reads_stdin() && sources::lists_from_stdin(matches) {
        return Err(Error::Usage(
            "-f -: standard input cannot be both the list of patterns and that of inputs"
                .to_owned(),
        ));
    }
    if given.reads_stdin() && inputs.contains(&Input::Stdin) {
        return Err(Error::Usage(
            "-f -: standard input cannot be both the list of patterns and an input; name an input"
                .to_owned(),
        ));
    }
    Ok((given, inputs))
}

/// The values of some flags in the order of the command line, each with its flag.
fn in_order<'a>(matches: &'a ArgMatches, ids: &[&'static str]) -> Vec<(&'static str, &'a OsStr)> {
    let mut found: Vec<(usize, &'static str, &OsStr)> = Vec::new();
    for &id in ids {
        let (Some(indices), Some(values)) =
            (matches.indices_of(id), matches.get_many::<OsString>(id))
        else {
            continue;
        };
        found.extend(indices.zip(values).map(|(index, value)| (index, id, value.as_os_str())));
    }
    found.sort_by_key(|&(index, ..)| index);
    found.into_iter().map(|(_, id, value)| (id, value)).collect()
}

/// Without an input: standard input where something is piped in, else this folder.
fn default_input() -> Input {
    if is_piped(&io::stdin()) { Input::Stdin } else { Input::Path(".".into()) }
}

#[cfg(unix)]
fn is_piped(stdin: &io::Stdin) -> bool {
    use rustix::fs::{FileType, fstat};

    let kind = fstat(stdin).map(|status| FileType::from_raw_mode(status.st_mode));
    !stdin.is_terminal()
        && matches!(kind, Ok(FileType::RegularFile | FileType::Fifo | FileType::Socket))
}

#[cfg(not(unix))]
fn is_piped(stdin: &io::Stdin) -> bool {
    !stdin.is_terminal()
}

/// Makes the patterns ready, and refuses those that cannot be counted.
fn patterns(matches: &ArgMatches, given: &Given) -> Result<Patterns, Error> {
    let is_set = |flag: &str| matches.get_flag(flag);
    let unit = match (is_set(id::LINE), is_set(id::LINES), is_set(id::OVERLAPPING)) {
        (true, ..) => Unit::WholeLines,
        (_, true, _) => Unit::Lines,
        (_, _, true) => Unit::Overlapping,
        _ => Unit::Occurrences,
    };
    let matching = Matching {
        syntax: if is_set(id::REGEX) { Syntax::Regex } else { Syntax::Literal },
        ignore_case: is_set(id::IGNORE_CASE),
        whole_words: is_set(id::WORD),
        unit,
    };
    let make = |matching| Patterns::new(given.patterns(), matching).map_err(|e| given.locate(e));
    let patterns = make(matching)?;
    if is_set(id::SMART_CASE) && !patterns.any_uppercase() {
        return make(Matching { ignore_case: true, ..matching });
    }
    Ok(patterns)
}
