//! Keeping a result in a file, for [`merge`](crate::merge).

use std::collections::BTreeMap;
use std::ffi::OsStr;

use cogrep_core::{Report, Shard, SourceDigest};
use cogrep_match::{Syntax, Unit};
use cogrep_report::{Collection, Saved};

use crate::arguments::Arguments;
use crate::error::Error;
use crate::files::write_file;

/// Writes the file that was asked for.
pub(crate) fn save(
    path: &OsStr,
    arguments: &Arguments,
    sources: (Shard, SourceDigest),
    report: &Report,
    collection: &Collection,
) -> Result<(), Error> {
    let names = arguments.given.names().map(|name| name.map(<[u8]>::to_vec));
    let saved = Saved::new(sources, options(arguments), arguments.show, names, report, collection);
    write_file(path, |mut file| saved.write(&mut file))
}

/// What the counts depend on, beside patterns and sources, named as the flags are.
fn options(arguments: &Arguments) -> BTreeMap<String, String> {
    let matching = arguments.patterns.matching();
    let unit = match matching.unit {
        Unit::Occurrences => "occurrences",
        Unit::Overlapping => "overlapping",
        Unit::Lines => "lines",
        Unit::WholeLines => "whole lines",
    };
    let encoding =
        arguments.opening.encoding().map_or_else(|| "by mark".to_owned(), |name| name.to_string());
    let is_regex = matching.syntax == Syntax::Regex;
    let mut options = BTreeMap::from([
        ("encoding", encoding),
        ("extended-regexp", is_regex.to_string()),
        ("no-decompress", arguments.opening.no_decompress().to_string()),
        ("ignore-case", matching.ignore_case.to_string()),
        ("unit", unit.to_owned()),
        ("word-regexp", matching.whole_words.to_string()),
    ]);
    if is_regex {
        options.insert("max-line", arguments.max_line_bytes.to_string());
    }
    options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
