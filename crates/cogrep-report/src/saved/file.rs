//! What stands in the file of a saved result, field by field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cogrep_core::measure::Dispersion;
use cogrep_core::{Counts, Excerpt, Located, Place, Shard, SourceDigest, SourceName, TextState};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{NotSaved, SCHEMA, Saved, SavedPattern};
use crate::collection::Source;
use crate::json::strings;

/// The object that the file is.
#[derive(Serialize, Deserialize)]
pub(super) struct File<'a> {
    /// First, since files are told by it.
    cogrep_result: u32,
    part: u32,
    of: u32,
    inputs: InputsField,
    options: BTreeMap<String, String>,
    interrupted: bool,
    show: usize,
    patterns: Vec<PatternField>,
    sources: Vec<SourceField<'a>>,
}

/// Enough to tell the version, whatever else there is.
#[derive(Deserialize)]
struct Version {
    cogrep_result: u32,
}

#[derive(Serialize, Deserialize)]
struct InputsField {
    sources: u64,
    /// In hexadecimal: not every reader of JSON keeps 64 bits.
    digest: String,
}

#[derive(Serialize, Deserialize)]
struct PatternField {
    pattern: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pattern_base64: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name_base64: Option<String>,
    count: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    places: Vec<PlaceField>,
}

#[derive(Serialize, Deserialize)]
struct PlaceField {
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_base64: Option<String>,
    bytes: (u64, u64),
    line: u64,
    column: u64,
    excerpt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    excerpt_base64: Option<String>,
    matched: (usize, usize),
    cut_before: bool,
    cut_after: bool,
}

#[derive(Serialize, Deserialize)]
struct SourceField<'a> {
    ordinal: u64,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_base64: Option<String>,
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counts: Option<Pairs<'a>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Pairs<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispersion: Option<DispersionField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<Cow<'a, TextState>>,
}

#[derive(Serialize, Deserialize)]
struct DispersionField {
    bin_bytes: u64,
    /// By pattern: the bins in which it starts, and how often.
    bins: Vec<Vec<(u32, u64)>>,
}

impl<'a> File<'a> {
    pub(super) fn of(saved: &'a Saved) -> Self {
        Self {
            cogrep_result: SCHEMA,
            part: saved.part.number(),
            of: saved.part.of(),
            inputs: InputsField {
                sources: saved.census.sources,
                digest: format!("{:016x}", saved.census.digest),
            },
            options: saved.options.clone(),
            interrupted: saved.interrupted,
            show: saved.show,
            patterns: saved.patterns.iter().map(PatternField::of).collect(),
            sources: saved
                .sources
                .iter()
                .map(|source| SourceField::of(source, saved.patterns.len()))
                .collect(),
        }
    }
}

/// Reads a file of which only the beginning is known to be right.
pub(super) fn read(bytes: &[u8]) -> Result<Saved, NotSaved> {
    let damaged = |error: serde_json::Error| NotSaved::Damaged(error.to_string());
    let File { part, of, inputs, options, interrupted, show, patterns, sources, .. } =
        match serde_json::from_slice(bytes) {
            Ok(file @ File { cogrep_result: SCHEMA, .. }) => file,
            Ok(File { cogrep_result: version, .. }) => return Err(NotSaved::Version(version)),
            Err(error) => {
                // Fields of another version may be missing here.
                return Err(match serde_json::from_slice(bytes) {
                    Ok(Version { cogrep_result }) if cogrep_result != SCHEMA => {
                        NotSaved::Version(cogrep_result)
                    }
                    _ => damaged(error),
                });
            }
        };
    let wrong = |what: &str| NotSaved::Damaged(format!("its {what} makes no sense"));
    let digest = u64::from_str_radix(&inputs.digest, 16).map_err(|_| wrong("digest"))?;
    let patterns = patterns.into_iter().map(PatternField::into_pattern);
    let sources = sources.into_iter().map(SourceField::into_source);
    Ok(Saved {
        part: Shard::new(part, of).map_err(|_| wrong("part"))?,
        census: SourceDigest { sources: inputs.sources, digest },
        options,
        interrupted,
        show,
        patterns: patterns.collect::<Option<_>>().ok_or_else(|| wrong("list of patterns"))?,
        sources: sources.collect::<Option<_>>().ok_or_else(|| wrong("list of sources"))?,
    })
}

impl PatternField {
    fn of(saved: &SavedPattern) -> Self {
        let (pattern, pattern_base64) = strings(&saved.pattern);
        let (name, name_base64) = saved.name.as_deref().map(strings).unzip();
        let places = saved.places.iter().map(PlaceField::of).collect();
        let name_base64 = name_base64.flatten();
        Self { pattern, pattern_base64, name, name_base64, count: saved.count, places }
    }

    fn into_pattern(self) -> Option<SavedPattern> {
        let name = match self.name {
            Some(name) => Some(exact(name, self.name_base64)?),
            None => None,
        };
        Some(SavedPattern {
            pattern: exact(self.pattern, self.pattern_base64)?,
            name,
            count: self.count,
            places: self.places.into_iter().map(PlaceField::into_located).collect::<Option<_>>()?,
        })
    }
}

impl PlaceField {
    fn of(located: &Located) -> Self {
        let Place { bytes, line, column, excerpt } = &located.place;
        let (source, source_base64) = strings(located.source.as_bytes());
        let (text, excerpt_base64) = strings(&excerpt.text);
        Self {
            source,
            source_base64,
            bytes: (bytes.start, bytes.end),
            line: *line,
            column: *column,
            excerpt: text,
            excerpt_base64,
            matched: (excerpt.matched.start, excerpt.matched.end),
            cut_before: excerpt.cut_before,
            cut_after: excerpt.cut_after,
        }
    }

    fn into_located(self) -> Option<Located> {
        let excerpt = Excerpt {
            text: exact(self.excerpt, self.excerpt_base64)?,
            matched: self.matched.0..self.matched.1,
            cut_before: self.cut_before,
            cut_after: self.cut_after,
        };
        let bytes = self.bytes.0..self.bytes.1;
        let place = Place { bytes, line: self.line, column: self.column, excerpt };
        Some(Located { source: source_name(exact(self.source, self.source_base64)?), place })
    }
}

impl<'a> SourceField<'a> {
    fn of(saved: &'a Source, patterns: usize) -> Self {
        let (source, source_base64) = strings(saved.name.as_bytes());
        let dispersion = saved.dispersion.as_ref().map(|dispersion| DispersionField {
            bin_bytes: dispersion.bin_bytes(),
            bins: (0..patterns).map(|pattern| dispersion.bins(pattern).collect()).collect(),
        });
        Self {
            ordinal: saved.ordinal,
            source,
            source_base64,
            outcome: saved.outcome.to_owned(),
            reason: saved.reason.clone(),
            bytes: saved.text_bytes,
            counts: saved.counts.as_ref().map(Pairs::of),
            parts: saved.parts.iter().map(Pairs::of).collect(),
            dispersion,
            state: saved.state.as_ref().map(Cow::Borrowed),
        }
    }

    fn into_source(self) -> Option<Source> {
        let outcome = ["complete", "partial", "failed"];
        let dispersion = match self.dispersion {
            Some(DispersionField { bin_bytes, bins }) => {
                Some(Dispersion::from_bins(bin_bytes, bins)?)
            }
            None => None,
        };
        let outcome = *outcome.iter().find(|word| **word == self.outcome)?;
        if (outcome == "complete") != self.reason.is_none() {
            return None;
        }
        Some(Source {
            ordinal: self.ordinal,
            name: source_name(exact(self.source, self.source_base64)?),
            outcome,
            reason: self.reason,
            text_bytes: self.bytes,
            counts: self.counts.map(Pairs::into_counts),
            parts: self.parts.into_iter().map(Pairs::into_counts).collect(),
            dispersion,
            state: self.state.map(Cow::into_owned),
        })
    }
}

/// Counts as pairs of a pattern's place and its count, those of zero left out.
struct Pairs<'a>(Cow<'a, Counts>);

impl<'a> Pairs<'a> {
    fn of(counts: &'a Counts) -> Self {
        Self(Cow::Borrowed(counts))
    }

    fn into_counts(self) -> Counts {
        self.0.into_owned()
    }
}

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

impl<'de> Deserialize<'de> for Pairs<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(u32, u64)>::deserialize(deserializer)?;
        let counts = Counts::from_found(&pairs);
        counts
            .map(|counts| Self(Cow::Owned(counts)))
            .ok_or_else(|| D::Error::custom("counts that are not in the order of the patterns"))
    }
}

/// The bytes of a field that stands beside its `_base64`.
fn exact(text: String, base64: Option<String>) -> Option<Vec<u8>> {
    match base64 {
        Some(base64) => BASE64_STANDARD.decode(base64).ok(),
        None => Some(text.into_bytes()),
    }
}

fn source_name(bytes: Vec<u8>) -> SourceName {
    if bytes == b"-" { SourceName::Stdin } else { SourceName::from(path(bytes)) }
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;

    std::ffi::OsString::from_vec(bytes).into()
}

/// Where names are not bytes, those from elsewhere may only be shown.
#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}
