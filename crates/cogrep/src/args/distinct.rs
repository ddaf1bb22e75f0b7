//! What is asked of distinct texts.

use std::num::NonZeroUsize;

use clap::ArgMatches;
use cogrep_core::time::Step;
use cogrep_match::LineKey;

use crate::args::names;
use crate::error::Error;
use crate::flags::{self, id};

/// The expression that every word matches, and nothing else.
pub(super) const EVERY_WORD: &str = r"\w+";

/// What is counted in tables, and by what of the lines.
#[derive(Clone, Debug)]
pub(crate) struct DistinctArgs {
    pub(crate) what: What,
    /// What matches become before they are counted.
    pub(crate) template: Option<String>,
    /// How many words a sequence has, if sequences of words are counted.
    pub(crate) ngrams: Option<NonZeroUsize>,
    /// How much memory a table may take.
    pub(crate) max_memory: Option<u64>,
    /// The expression that gives lines a key.
    pub(crate) key: Option<LineKey>,
    /// The same as it was given.
    pub(crate) key_text: Option<String>,
    /// The length of the steps of time.
    pub(crate) time: Option<Step>,
    /// The form of time stamps, if it is none of the usual ones.
    pub(crate) time_format: Option<String>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// The patterns.
    Patterns,
    /// Each text that the patterns match.
    Matches,
    /// Every word.
    Words,
    /// Every word, by the rules of Unicode.
    UnicodeWords,
}

impl DistinctArgs {
    /// What is asked for, if it is anything.
    pub(super) fn new(matches: &ArgMatches) -> Result<Option<Self>, Error> {
        let rule = matches.get_one::<String>(id::EVERY_WORD).map(String::as_str);
        let what = if rule == Some("unicode") {
            What::UnicodeWords
        } else if is_words(matches) {
            What::Words
        } else if matches.contains_id(id::ONLY_MATCHING) {
            What::Matches
        } else {
            What::Patterns
        };
        let by = matches.get_one::<flags::By>(id::BY).cloned().unwrap_or_default();
        let time_format: Option<String> = matches.get_one(id::TIME_FORMAT).cloned();
        if time_format.is_some() && by.time.is_none() {
            return Err(Error::usage("--time-format: of which stamps?").hint("add --by time=1h"));
        }
        let template: Option<String> = matches.get_one(id::REPLACE).cloned();
        if template.is_some() && what != What::Matches {
            return Err(Error::usage("--replace: of which matches?").hint("add -o"));
        }
        let ngrams: Option<u64> = matches.get_one(id::NGRAMS).copied();
        let ngrams = ngrams.and_then(|words| NonZeroUsize::new(usize::try_from(words).ok()?));
        if what == What::UnicodeWords && (ngrams.is_some() || by.time.is_some() || by.key.is_some())
        {
            let message = "--words=unicode: such words have no --ngrams, and no time and key";
            return Err(Error::usage(message).hint("--words has them"));
        }
        if ngrams.is_some() && what != What::Words {
            return Err(Error::usage("--ngrams: of which words?").hint("add --words"));
        }
        let is_table = what != What::Patterns || by.time.is_some() || by.key.is_some();
        if is_words(matches) {
            refuse_patterns(matches)?;
        }
        // Where files are named, it does not matter which texts are in them.
        if !is_table || names::names(matches)?.is_some() {
            return Ok(None);
        }
        let flag = match what {
            What::Words | What::UnicodeWords => "--words",
            What::Matches => "-o",
            What::Patterns => "--by",
        };
        let not_yet = [id::SHOW, id::RESUME, id::TIMELINE, id::PLOT_AXIS];
        if let Some(other) = not_yet.iter().find(|other| matches.contains_id(other)) {
            let message = format!("{flag}: such a table has no --{other}");
            return Err(Error::usage(message));
        }
        if matches.get_one::<String>(id::PLOT_KIND).is_some_and(|kind| kind == "dispersion") {
            return Err(Error::usage(format!("{flag}: such a table is drawn as bars or series"))
                .hint("leave out --plot-kind"));
        }
        if by.parts.is_some() {
            let message = format!("{flag}: distinct texts are not broken down by part");
            return Err(Error::usage(message).hint("--by file is there"));
        }
        let key = by.key.as_deref().map(LineKey::new).transpose().map_err(|error| {
            let error = error.to_string();
            let error = error.strip_prefix("pattern 1 is").unwrap_or(&error);
            Error::usage(format!("--by key=REGEX: REGEX is{error}"))
        })?;
        if ngrams.is_some() && (by.time.is_some() || by.key.is_some()) {
            let message = "--ngrams: sequences of words are in no line, and so have no time or key";
            return Err(Error::usage(message).hint("--by file is there"));
        }
        let max_memory = matches.get_one(id::MAX_MEMORY).copied();
        Ok(Some(Self {
            what,
            template,
            ngrams,
            max_memory,
            key,
            key_text: by.key,
            time: by.time,
            time_format,
        }))
    }

    /// Whether rows are in the order of their counts, unless another one is asked for: times
    /// have an order of their own.
    pub(super) fn sorts_by_count(&self) -> bool {
        self.what != What::Patterns || self.time.is_none()
    }
}

/// Whether every word is counted, so that no argument is a pattern.
pub(super) fn is_words(matches: &ArgMatches) -> bool {
    matches.contains_id(id::EVERY_WORD)
}

/// Refuses what makes sense for patterns only.
fn refuse_patterns(matches: &ArgMatches) -> Result<(), Error> {
    if let Some(flag) = flags::LISTING.iter().find(|flag| matches.contains_id(flag)) {
        let message = format!("--words: every word is counted, and --{flag} has no meaning");
        return Err(Error::usage(message).hint("-o counts what a pattern matches"));
    }
    let switches = [id::LINE, id::LINES, id::OVERLAPPING];
    if let Some(flag) = switches.iter().find(|flag| matches.contains_id(flag)) {
        return Err(Error::usage(format!(
            "--words: words are counted, and --{flag} has no meaning"
        )));
    }
    Ok(())
}
