//! The arguments of a count.

use std::ffi::{OsStr, OsString};
use std::num::NonZeroUsize;
use std::path::Path;

use clap::ArgMatches;
use cogrep_core::Shard;
use cogrep_core::network::with_loose_space;
use cogrep_match::{EngineChoice, LineGrouper, Matching, Patterns, Plan, Syntax, Unit};
use cogrep_source::{Input, Selection};

use crate::args::distinct::{self, DistinctArgs};
use crate::args::inputs::{self, Decoding};
use crate::args::output::{self, OutputArgs};
use crate::args::pattern_args::PatternArgs;
use crate::args::pre::PreArgs;
use crate::args::remote::RemoteArgs;
use crate::args::suggest;
use crate::args::values::{in_order, named, shown};
use crate::error::Error;
use crate::flags::{self, id};

/// What to count, where, and how to show it.
#[derive(Debug)]
pub(crate) struct CountArgs {
    pub(crate) patterns: Patterns,
    pub(crate) given: PatternArgs,
    pub(crate) inputs: Vec<Input>,
    pub(crate) selection: Selection,
    pub(crate) decoding: Decoding,
    pub(crate) remote: RemoteArgs,
    /// The program that is run for each file, if one is.
    pub(crate) pre: Option<PreArgs>,
    /// How many threads count, if not one a core.
    pub(crate) workers: Option<NonZeroUsize>,
    pub(crate) max_line_bytes: usize,
    /// The memory that all regular expressions may take.
    pub(crate) regex_limit_bytes: u64,
    pub(crate) engine: EngineChoice,
    /// Whether a space matches any run of white space.
    pub(crate) loose_space: bool,
    /// How many places of each pattern to show.
    pub(crate) show: usize,
    pub(crate) output: OutputArgs,
    /// Which distinct texts are counted, if not patterns.
    pub(crate) distinct: Option<DistinctArgs>,
    /// A larger count is an alert.
    pub(crate) fail_over: Option<u64>,
    /// A smaller count is an alert.
    pub(crate) fail_under: Option<u64>,
    /// Whether the progress shows counts.
    pub(crate) live: bool,
    /// Whether to say at the end what the run took.
    pub(crate) stats: bool,
    /// The files that timelines are written to.
    pub(crate) timelines: Vec<(OsString, TimelineKind)>,
    /// Which shard of the inputs is counted, if not all of them.
    pub(crate) shard: Option<Shard>,
    /// The name of standard input, if it has one.
    pub(crate) label: Option<String>,
    /// The file to save the result in.
    pub(crate) save: Option<OsString>,
    /// The saved result to go on from.
    pub(crate) resume: Option<OsString>,
    /// What may have been meant instead.
    pub(crate) hint: Option<String>,
    /// What may have been meant instead, if nothing is found.
    pub(crate) not_found_hint: Option<String>,
}

/// How a timeline is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimelineKind {
    Plot,
    Trace,
}

/// What the words of a command line are.
struct Words<'a> {
    given: PatternArgs,
    inputs: Vec<&'a OsStr>,
    /// What may have been meant instead.
    hint: Option<String>,
}

impl CountArgs {
    /// The arguments as clap has them, and as they were typed.
    pub(super) fn new(matches: &ArgMatches, words: &[OsString]) -> Result<Self, Error> {
        let distinct = DistinctArgs::new(matches)?;
        let output = OutputArgs::new(matches, distinct.as_ref())?;
        let show = output::show(matches, output.format)?;
        let loose_space = loose_space(matches)?;
        let timelines = timelines(matches)?;
        let Words { given, inputs, hint } = patterns_and_inputs(matches, words)?;
        let no_spaces = || suggest::words_without_spaces(given.patterns());
        let not_found_hint = not_found_hint(matches, &given, &inputs)
            .or_else(|| matches.contains_id(id::WORD).then(no_spaces).flatten());
        let (inputs, is_default) = inputs::all(matches, inputs)?;
        refuse_stdin_twice(matches, &given, &inputs)?;
        let walks_here = is_default && inputs != [Input::Stdin];
        let only_word = given.only_word().filter(|_| walks_here && !lists_patterns(matches));
        Ok(Self {
            patterns: patterns(matches, &given)?,
            hint: hint.or_else(|| only_word.and_then(suggest::file_as_pattern)),
            shard: shard(matches, &inputs)?,
            given,
            inputs,
            selection: inputs::selection(matches)?,
            decoding: Decoding::new(matches)?,
            remote: RemoteArgs::new(matches)?,
            pre: PreArgs::new(matches)?,
            workers: matches.get_one(id::THREADS).copied().and_then(NonZeroUsize::new),
            max_line_bytes: matches
                .get_one(id::MAX_LINE)
                .map_or(LineGrouper::DEFAULT_LIMIT_BYTES, |bytes: &u64| {
                    usize::try_from(*bytes).unwrap_or(usize::MAX)
                }),
            regex_limit_bytes: matches
                .get_one(id::REGEX_SIZE_LIMIT)
                .copied()
                .unwrap_or(Plan::DEFAULT_REGEX_LIMIT_BYTES),
            engine: named(matches, id::ENGINE)?,
            loose_space,
            show,
            output,
            distinct,
            fail_over: matches.get_one(id::FAIL_OVER).copied(),
            fail_under: matches.get_one(id::FAIL_UNDER).copied(),
            live: matches.contains_id(id::LIVE),
            stats: matches.contains_id(id::STATS),
            timelines,
            label: matches.get_one(id::LABEL).cloned(),
            save: matches.get_one(id::SAVE).cloned(),
            resume: matches.get_one(id::RESUME).cloned(),
            not_found_hint,
        })
    }

    /// Whether the facts of the run are asked for.
    pub(crate) fn needs_facts(&self) -> bool {
        self.stats || self.output.report.is_some()
    }
}

/// Whether flags give the patterns, or there are none, so that all other words are inputs.
fn lists_patterns(matches: &ArgMatches) -> bool {
    distinct::is_words(matches) || flags::LISTING.iter().any(|flag| matches.contains_id(flag))
}

/// Which words are patterns and which are inputs.
fn patterns_and_inputs<'a>(
    matches: &'a ArgMatches,
    words: &[OsString],
) -> Result<Words<'a>, Error> {
    let mut given = PatternArgs::default();
    let values = |ids: &[&'static str]| in_order(matches, ids).into_iter().map(|(_, word)| word);
    let inputs: Vec<&OsStr>;
    let hint;
    if distinct::is_words(matches) {
        given.take_word(OsStr::new(distinct::EVERY_WORD));
        hint = None;
        inputs = values(&[id::WORDS, id::IN]).collect();
    } else if lists_patterns(matches) {
        given.take_flags(&in_order(matches, &flags::LISTING))?;
        hint = suggest::definition_in_one(&values(&[id::DEF]).collect::<Vec<_>>());
        inputs = values(&[id::WORDS, id::IN]).collect();
    } else if matches.contains_id(id::IN) {
        let words: Vec<&OsStr> = values(&[id::WORDS]).collect();
        for word in &words {
            given.take_word(word);
        }
        inputs = values(&[id::IN]).collect();
        hint = suggest::files_as_patterns(&words);
    } else {
        let mut positionals = values(&[id::WORDS]);
        if let Some(word) = positionals.next() {
            given.take_word(word);
        }
        inputs = positionals.collect();
        let is_input = inputs::is_listed(matches) || inputs::default_input() == Input::Stdin;
        hint = suggest::patterns_as_inputs(&inputs, words, is_input);
    }
    if given.is_empty() {
        return Err(suggest::no_pattern(matches));
    }
    let hint = hint.or_else(|| suggest::remote_input(&inputs));
    Ok(Words { given, inputs, hint })
}

fn refuse_stdin_twice(
    matches: &ArgMatches,
    given: &PatternArgs,
    inputs: &[Input],
) -> Result<(), Error> {
    if !given.reads_stdin() {
        return Ok(());
    }
    let twice = "-f -: standard input cannot be both the list of patterns and";
    if inputs::lists_from_stdin(matches) {
        return Err(Error::usage(format!("{twice} that of inputs")));
    }
    if inputs.contains(&Input::Stdin) {
        return Err(Error::usage(format!("{twice} an input")).hint("name an input"));
    }
    Ok(())
}

/// Prepares the patterns, and refuses those that cannot be counted.
fn patterns(matches: &ArgMatches, given: &PatternArgs) -> Result<Patterns, Error> {
    let is_set = |flag: &str| matches.contains_id(flag);
    let unit = match (is_set(id::LINE), is_set(id::LINES), is_set(id::OVERLAPPING)) {
        (true, ..) => Unit::WholeLines,
        (_, true, _) => Unit::Lines,
        (_, _, true) => Unit::Overlapping,
        _ => Unit::Occurrences,
    };
    let matching = Matching {
        syntax: if is_set(id::REGEX) || distinct::is_words(matches) {
            Syntax::Regex
        } else {
            Syntax::Literal
        },
        ignore_case: is_set(id::IGNORE_CASE),
        whole_words: is_set(id::WORD),
        unit,
    };
    let loose = is_set(id::LOOSE_SPACE);
    let as_searched = |pattern: &[u8]| {
        if loose { with_loose_space(pattern) } else { pattern.to_vec() }
    };
    let new = |matching| {
        Patterns::new(given.patterns().map(as_searched), matching)
            .map_err(|error| given.refused(&error))
    };
    let patterns = new(matching)?;
    if is_set(id::SMART_CASE) && !patterns.any_uppercase() {
        return new(Matching { ignore_case: true, ..matching });
    }
    Ok(patterns)
}

/// Whether a space matches any white space: of literals only, and where no place is asked
/// for, since places are those in a text that is laid out otherwise.
fn loose_space(matches: &ArgMatches) -> Result<bool, Error> {
    if !matches.contains_id(id::LOOSE_SPACE) {
        return Ok(false);
    }
    let refuse =
        |flag: &str, why: &str| Err(Error::usage(format!("--loose-space: not with {flag}, {why}")));
    if matches.contains_id(id::REGEX) {
        return refuse("-E", r"where \s+ matches white space within a line");
    }
    if distinct::is_words(matches) {
        return refuse("--words", "whose words have no space; --ngrams counts sequences of them");
    }
    for (id, flag) in [(id::LINE, "-x"), (id::LINES, "-c")] {
        if matches.contains_id(id) {
            return refuse(flag, "since there are no lines left");
        }
    }
    let by = matches.get_one::<flags::By>(id::BY);
    let asks_where =
        by.is_some_and(|by| by.parts.is_some() || by.time.is_some() || by.key.is_some());
    let draws_where =
        matches.get_one::<String>(id::PLOT_KIND).is_some_and(|kind| kind == "dispersion");
    for (is_asked, flag) in [
        (asks_where, "--by part, time or key"),
        (draws_where, "--plot-kind dispersion"),
        (matches.contains_id(id::REPORT), "--report"),
        (matches.contains_id(id::SHOW), "--show"),
    ] {
        if is_asked {
            return refuse(flag, "since places in the text are not known");
        }
    }
    Ok(true)
}

/// What may have been meant by the only pattern, if it is not found.
fn not_found_hint(matches: &ArgMatches, given: &PatternArgs, inputs: &[&OsStr]) -> Option<String> {
    let word = given.only_word().and_then(OsStr::to_str)?;
    let says_how = matches.contains_id(id::REGEX) || matches.contains_id(id::FIXED);
    let says_how = says_how || distinct::is_words(matches);
    let not_literal = || suggest::not_literal(word).filter(|_| !says_how).map(str::to_owned);
    let is_positional = || !lists_patterns(matches) && !matches.contains_id(id::IN);
    let as_command = suggest::merge_as_command(word, inputs).filter(|_| is_positional());
    as_command.or_else(not_literal)
}

/// Which shard of the inputs is counted; what can be read only once has none.
fn shard(matches: &ArgMatches, inputs: &[Input]) -> Result<Option<Shard>, Error> {
    let shard = matches.get_one(id::PART).copied();
    if shard.is_some() && inputs.contains(&Input::Stdin) {
        let message = "--part: standard input comes only once and cannot be in parts";
        return Err(Error::usage(message).hint("name files or folders"));
    }
    Ok(shard)
}

/// The files that timelines are written to; their names say in which form.
fn timelines(matches: &ArgMatches) -> Result<Vec<(OsString, TimelineKind)>, Error> {
    let paths = matches.get_many::<OsString>(id::TIMELINE).unwrap_or_default();
    let by_name = |path: &OsString| {
        let extension = Path::new(path).extension().map(|extension| extension.to_string_lossy());
        match extension.as_deref() {
            Some("svg") => Ok((path.clone(), TimelineKind::Plot)),
            Some("json") => Ok((path.clone(), TimelineKind::Trace)),
            _ => {
                let path = shown(path);
                let message = format!("--timeline {path}: its name must end in .svg or .json");
                Err(Error::usage(message))
            }
        }
    };
    paths.map(by_name).collect()
}
