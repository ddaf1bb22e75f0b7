//! What is asked of distinct texts.

use clap::ArgMatches;
use cogrep_core::time::Step;
use cogrep_match::LineKey;

use crate::error::Error;
use crate::flags::{self, id};

/// The expression that every word matches, and nothing else.
pub(super) const EVERY_WORD: &str = r"\w+";

/// What is counted in tables, and by what of the lines.
#[derive(Clone, Debug)]
pub(crate) struct DistinctArgs {
    pub(crate) what: What,
    /// The expression that gives lines a key.
    pub(crate) key: Option<LineKey>,
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
}

impl DistinctArgs {
    /// What is asked for, if it is anything.
    pub(super) fn new(matches: &ArgMatches) -> Result<Option<Self>, Error> {
        let what = if is_words(matches) {
            What::Words
        } else if matches.get_flag(id::ONLY_MATCHING) {
            What::Matches
        } else {
            What::Patterns
        };
        let by = matches.get_one::<flags::By>(id::BY).cloned().unwrap_or_default();
        let time_format: Option<String> = matches.get_one(id::TIME_FORMAT).cloned();
        if time_format.is_some() && by.time.is_none() {
            return Err(Error::usage("--time-format: of which stamps?").hint("add --by time=1h"));
        }
        if what == What::Patterns && by.time.is_none() && by.key.is_none() {
            return Ok(None);
        }
        let flag = match what {
            What::Words => "--words",
            What::Matches => "-o",
            What::Patterns => "--by",
        };
        let not_yet = [id::SHOW, id::REPORT, id::SAVE, id::RESUME, id::TIMELINE];
        if let Some(other) = not_yet.iter().find(|other| matches.contains_id(other)) {
            let message = format!("{flag}: such a table has no --{other}");
            return Err(Error::usage(message));
        }
        if matches.get_one::<String>(id::PLOT_KIND).is_some_and(|kind| kind == "dispersion") {
            return Err(Error::usage(format!("{flag}: such a table is drawn as bars"))
                .hint("leave out --plot-kind"));
        }
        if by.parts.is_some() {
            let message = format!("{flag}: distinct texts are not broken down by part");
            return Err(Error::usage(message).hint("--by file is there"));
        }
        if what == What::Words {
            refuse_patterns(matches)?;
        }
        let key = by.key.as_deref().map(LineKey::new).transpose().map_err(|error| {
            let error = error.to_string();
            let error = error.strip_prefix("pattern 1 is").unwrap_or(&error);
            Error::usage(format!("--by key=REGEX: REGEX is{error}"))
        })?;
        Ok(Some(Self { what, key, time: by.time, time_format }))
    }

    /// Whether rows are in the order of their counts, unless another one is asked for: times
    /// have an order of their own.
    pub(super) fn sorts_by_count(&self) -> bool {
        self.what != What::Patterns || self.time.is_none()
    }
}

/// Whether every word is counted, so that no argument is a pattern.
pub(super) fn is_words(matches: &ArgMatches) -> bool {
    matches.get_flag(id::EVERY_WORD)
}

/// Refuses what makes sense for patterns only.
fn refuse_patterns(matches: &ArgMatches) -> Result<(), Error> {
    if let Some(flag) = flags::LISTING.iter().find(|flag| matches.contains_id(flag)) {
        let message = format!("--words: every word is counted, and --{flag} has no meaning");
        return Err(Error::usage(message).hint("-o counts what a pattern matches"));
    }
    let switches = [id::LINE, id::LINES, id::OVERLAPPING];
    if let Some(flag) = switches.iter().find(|flag| matches.get_flag(flag)) {
        return Err(Error::usage(format!(
            "--words: words are counted, and --{flag} has no meaning"
        )));
    }
    Ok(())
}
