//! `--save` and `--resume`: the result in a file, for [`merge`](super::merge) and to go on from.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use cogrep_core::{Report, Shard, SourceDigest, TextStates};
use cogrep_match::{Syntax, Unit};
use cogrep_report::{
    Collection, NotSaved, Saved, SavedPattern, SavedRow, SavedTable, Sort, TableFacts, escape,
};
use cogrep_source::Fault;

use super::distinct::{Tabled, each};
use super::files::write_file;
use crate::args::{CountArgs, DistinctArgs, What};
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

/// A job that counted distinct texts.
pub(super) struct TableJob<'a> {
    pub(super) args: &'a CountArgs,
    pub(super) what: &'a DistinctArgs,
    pub(super) sources: (Shard, SourceDigest),
    pub(super) report: &'a Report,
}

/// Writes the file that was asked for, with a table.
pub(super) fn save_table(
    path: &OsStr,
    job: &TableJob<'_>,
    collection: &Collection,
    tabled: &Tabled,
    total: u64,
) -> Result<(), Error> {
    let &TableJob { args, what, sources, report } = job;
    let layout = tabled.layout;
    let is_regex = args.patterns.matching().syntax == Syntax::Regex;
    let facts = TableFacts {
        has_texts: tabled.has_texts,
        by_source: layout.by_source,
        step: tabled.step.map(|step| step.to_string()),
        by_key: layout.by_key,
        has_first: args.output.view.sort == Sort::Input,
        // Literals alone are in the order in which they were given.
        has_places: is_regex || layout.by_time || layout.by_key || what.template.is_some(),
        expanded: args.output.expanded,
        rows: tabled.texts.len() as u64,
        total,
    };
    let names = args.given.names().map(|name| name.map(<[u8]>::to_vec));
    let options = options(args).into_iter().chain(table_options(args, what, &facts));
    let mut saved = Saved::new(sources, options.collect(), 0, [], report, collection);
    saved.patterns = args
        .given
        .patterns()
        .zip(names)
        .map(|(pattern, name)| SavedPattern {
            pattern: pattern.to_vec(),
            name,
            count: 0,
            places: Vec::new(),
        })
        .collect();
    for source in &mut saved.sources {
        source.counts = None;
    }
    saved.table = Some(SavedTable::to_write(facts.clone()));
    let among_all = |ordinal| sources.0.place_among_all(ordinal);
    let mut lost = None;
    let written = write_file(path, |mut file| {
        saved.write(&mut file)?;
        let written = each(&tabled.texts, |text| {
            SavedRow::new(&text, &facts, among_all).write(&facts, &mut file)
        });
        // Without all of its rows it must not take the place of another.
        written.map_err(|error| {
            lost = Some(error);
            std::io::ErrorKind::Other.into()
        })
    });
    match lost {
        Some(error) => Err(error),
        None => written,
    }
}

/// What a table depends on besides, under the names of the flags.
fn table_options(
    args: &CountArgs,
    what: &DistinctArgs,
    facts: &TableFacts,
) -> impl Iterator<Item = (String, String)> {
    let of = match what.what {
        What::Patterns => "patterns",
        What::Matches => "matches",
        What::Words => "words",
        What::UnicodeWords => "unicode words",
    };
    let options = [
        ("table", Some(of.to_owned())),
        ("by file", Some(facts.by_source.to_string())),
        ("by time", what.time.map(|step| step.to_string())),
        ("by key", what.key_text.clone()),
        ("time-format", what.time_format.clone()),
        ("replace", what.template.clone()),
        ("ngrams", what.ngrams.map(|words| words.to_string())),
        ("expand", Some(args.output.expanded.to_string())),
        ("sort input", Some(facts.has_first.to_string())),
    ];
    options.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)))
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
    if args.loose_space {
        options.insert("loose-space", "true".to_owned());
    }
    if let Some(nest) = args.decoding.nest {
        options.insert("nest", nest.to_string());
    }
    if is_regex {
        options.insert("max-line", args.max_line_bytes.to_string());
    }
    options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
