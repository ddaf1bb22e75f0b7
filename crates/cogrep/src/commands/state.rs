//! `--save`: the result in a file, for [`merge`](super::merge).

use std::collections::BTreeMap;
use std::ffi::OsStr;

use cogrep_core::{Report, Shard, SourceDigest};
use cogrep_match::{Syntax, Unit};
use cogrep_report::{Collection, Saved};

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

/// What the counts depend on besides patterns and sources, under the names of the flags.
fn options(args: &CountArgs) -> BTreeMap<String, String> {
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
    if is_regex {
        options.insert("max-line", args.max_line_bytes.to_string());
    }
    options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
