//! `--save` and `--resume`: the result in a file, for [`merge`](super::merge) and to go on from.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use cogrep_core::{Report, Shard, SourceDigest, TextStates};
use cogrep_match::{Syntax, Unit};
use cogrep_report::{Collection, NotSaved, Saved, escape};
use cogrep_source::Fault;

use super::files::write_file;
use crate::args::CountArgs;
use crate::error::Error;

/// Writes the file that was asked for.
pub(super) fn save(
    path: &OsStr,
    args: &CountArgs,
    sources: (Shard, SourceDigest),
    report: &Report,
    collection: &Collection,
) -> Result<(), Error> {
    let names = args.given.names().map(|name| name.map(<[u8]>::to_vec));
    let saved = Saved::new(sources, options(args), args.show, names, report, collection);
    write_file(path, |mut file| saved.write(&mut file))
}

/// What the result that was saved in this file says of texts that may have grown since.
///
/// It must be of the same patterns, counted in the same way.
pub(super) fn resume(path: &OsStr, args: &CountArgs) -> Result<TextStates, Error> {
    let (name, saved) = read(path)?;
    let other = |what: String| {
        Error::input(format!("--resume {name}: {what}")).hint("count without --resume")
    };
    if !saved.patterns.iter().map(|pattern| &pattern.pattern[..]).eq(args.patterns.iter()) {
        return Err(other("it has other patterns".to_owned()));
    }
    let options = options(args);
    if let Some((option, now)) =
        options.iter().find(|(name, now)| saved.options.get(*name) != Some(now))
    {
        let before = saved.options.get(option).map_or("nothing", String::as_str);
        return Err(other(format!("it has other options: {option} was {before}, not {now}")));
    }
    let states = saved.sources.into_iter().filter_map(|source| Some((source.name, source.state?)));
    Ok(states.collect())
}

/// Reads a saved result; gives the name of its file with it.
pub(super) fn read(file: &OsStr) -> Result<(String, Saved), Error> {
    let name = escape(file.as_encoded_bytes());
    let bytes = std::fs::read(file)
        .map_err(|error| Error::input(format!("{name}: {}", Fault::from(error))))?;
    match Saved::read(&bytes) {
        Ok(saved) => Ok((name, saved)),
        Err(error) => {
            let is_other = matches!(error, NotSaved::Foreign);
            Err(Error::input(format!("{name}: {error}"))
                .maybe_hint(is_other.then_some("cogrep --save FILE makes one")))
        }
    }
}

/// What the counts depend on besides patterns and sources, under the names of the flags.
pub(super) fn options(args: &CountArgs) -> BTreeMap<String, String> {
    let matching = args.patterns.matching();
    let unit = match matching.unit {
        Unit::Occurrences => "occurrences",
        Unit::Overlapping => "overlapping",
        Unit::Lines => "lines",
        Unit::WholeLines => "whole lines",
    };
    let encoding =
        args.decoding.encoding.map_or_else(|| "by mark".to_owned(), |name| name.to_string());
    let is_regex = matching.syntax == Syntax::Regex;
    let mut options = BTreeMap::from([
        ("encoding", encoding),
        ("extended-regexp", is_regex.to_string()),
        ("no-decompress", args.decoding.no_decompress.to_string()),
        ("ignore-case", matching.ignore_case.to_string()),
        ("unit", unit.to_owned()),
        ("word-regexp", matching.whole_words.to_string()),
    ]);
    if let Some(nest) = args.decoding.nest {
        options.insert("nest", nest.to_string());
    }
    if is_regex {
        options.insert("max-line", args.max_line_bytes.to_string());
    }
    options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
