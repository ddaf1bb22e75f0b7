//! The file of a saved result, field by field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use cogrep_core::measure::{
    Disperse, Dispersion, Divide, Division, Divisions, Findings, Slice, Slices,
};
use cogrep_core::{
    Counts, Excerpt, Fault, Located, Outcome, Place, Shard, SourceDigest, SourceName, SourceReport,
    TextState,
};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fields::{exact, is_zero};
use super::{NotSaved, SCHEMA, Saved, SavedPattern, SavedTable, TABLE_SCHEMA, TableFacts};
use crate::formats::slices;
use crate::formats::strings;

/// The object that the file is.
#[derive(Serialize, Deserialize)]
pub(super) struct File<'a> {
    /// First, since files are recognised by it.
    cogrep_result: u32,
    part: u32,
    of: u32,
    inputs: InputsField,
    options: BTreeMap<String, String>,
    interrupted: bool,
    show: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    table: Option<Cow<'a, TableFacts>>,
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
    #[serde(default, skip_serializing_if = "is_zero")]
    member: u64,
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
    divisions: Option<DivisionsField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    state: Option<Cow<'a, TextState>>,
}

#[derive(Serialize, Deserialize)]
struct DispersionField {
    bin_bytes: u64,
    /// By pattern: the bins in which it starts, and how often.
    bins: Vec<Vec<(u32, u64)>>,
}

#[derive(Serialize, Deserialize)]
struct DivisionsField {
    /// What they are: lines or words.
    of: String,
    bin_bytes: u64,
    /// The bins in which they end, and how many.
    bins: Vec<(u32, u64)>,
}

impl DivisionsField {
    fn new(divisions: &Divisions) -> Self {
        Self {
            of: divisions.division().name().to_owned(),
            bin_bytes: divisions.bin_bytes(),
            bins: divisions.bins().collect(),
        }
    }

    fn into_divisions(self) -> Option<Divisions> {
        let division = Division::ALL.into_iter().find(|division| division.name() == self.of)?;
        Divisions::from_bins(division, self.bin_bytes, self.bins)
    }
}

impl<'a> File<'a> {
    pub(super) fn new(saved: &'a Saved) -> Self {
        Self {
            cogrep_result: if saved.table.is_some() { TABLE_SCHEMA } else { SCHEMA },
            part: saved.part.number(),
            of: saved.part.of(),
            inputs: InputsField {
                sources: saved.inputs.sources,
                digest: format!("{:016x}", saved.inputs.digest),
            },
            options: saved.options.clone(),
            interrupted: saved.interrupted,
            show: saved.show,
            table: saved.table.as_ref().map(|table| Cow::Borrowed(table.facts())),
            patterns: saved.patterns.iter().map(PatternField::new).collect(),
            sources: saved
                .sources
                .iter()
                .map(|source| SourceField::new(source, saved.patterns.len()))
                .collect(),
        }
    }
}

/// Reads a file that begins as a saved result does.
pub(super) fn read(bytes: &[u8]) -> Result<Saved, NotSaved> {
    let damaged = |error: serde_json::Error| NotSaved::Damaged(error.to_string());
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| end + 1);
    let (bytes, lines) = bytes.split_at(end);
    let File { part, of, inputs, options, interrupted, show, table, patterns, sources, .. } =
        match serde_json::from_slice(bytes) {
            Ok(
                file @ (File { cogrep_result: SCHEMA, table: None, .. }
                | File { cogrep_result: TABLE_SCHEMA, table: Some(_), .. }),
            ) => file,
            Ok(File { cogrep_result: SCHEMA | TABLE_SCHEMA, .. }) => {
                return Err(NotSaved::Damaged("it is of another version".to_owned()));
            }
            Ok(File { cogrep_result: version, .. }) => return Err(NotSaved::Version(version)),
            Err(error) => {
                // Fields of another version may be missing here.
                return Err(match serde_json::from_slice(bytes) {
                    Ok(Version { cogrep_result })
                        if ![SCHEMA, TABLE_SCHEMA].contains(&cogrep_result) =>
                    {
                        NotSaved::Version(cogrep_result)
                    }
                    _ => damaged(error),
                });
            }
        };
    if table.is_none() && !lines.is_empty() {
        return Err(NotSaved::Damaged("something follows it".to_owned()));
    }
    let wrong = |what: &str| NotSaved::Damaged(format!("its {what} makes no sense"));
    let digest = u64::from_str_radix(&inputs.digest, 16).map_err(|_| wrong("digest"))?;
    let patterns = patterns.into_iter().map(PatternField::into_pattern);
    let sources = sources.into_iter().map(SourceField::into_source);
    Ok(Saved {
        part: Shard::new(part, of).map_err(|_| wrong("part"))?,
        inputs: SourceDigest { sources: inputs.sources, digest },
        options,
        interrupted,
        show,
        patterns: patterns.collect::<Option<_>>().ok_or_else(|| wrong("list of patterns"))?,
        sources: sources.collect::<Option<_>>().ok_or_else(|| wrong("list of sources"))?,
        table: table.map(|facts| SavedTable::new(facts.into_owned(), lines)),
    })
}

impl PatternField {
    fn new(saved: &SavedPattern) -> Self {
        let (pattern, pattern_base64) = strings(&saved.pattern);
        let (name, name_base64) = saved.name.as_deref().map(strings).unzip();
        let places = saved.places.iter().map(PlaceField::new).collect();
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
    fn new(located: &Located) -> Self {
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
    fn new(saved: &'a SourceReport, patterns: usize) -> Self {
        let (source, source_base64) = strings(saved.name.as_bytes());
        let dispersion = saved.findings.get::<Dispersion>().map(|dispersion| DispersionField {
            bin_bytes: dispersion.bin_bytes(),
            bins: (0..patterns).map(|pattern| dispersion.bins(pattern).collect()).collect(),
        });
        Self {
            ordinal: saved.ordinal,
            member: saved.member,
            source,
            source_base64,
            outcome: saved.outcome.as_str().to_owned(),
            reason: saved.outcome.fault().map(ToString::to_string),
            bytes: saved.text_bytes,
            counts: saved.counts.as_ref().map(Pairs::new),
            parts: slices(saved).iter().map(Pairs::new).collect(),
            dispersion,
            divisions: saved.findings.get().map(DivisionsField::new),
            state: saved.state.as_ref().map(Cow::Borrowed),
        }
    }

    fn into_source(self) -> Option<SourceReport> {
        let name = source_name(exact(self.source, self.source_base64)?);
        let fault = self.reason.map(|reason| {
            let was_interrupted = reason == Fault::Interrupted.to_string();
            if was_interrupted { Fault::Interrupted } else { Fault::Reported(reason) }
        });
        let outcome = match (self.outcome.as_str(), fault) {
            ("complete", None) => Outcome::Complete,
            ("partial", Some(fault)) => Outcome::Partial(fault),
            ("failed", Some(fault)) => Outcome::Failed(fault),
            _ => return None,
        };
        let mut findings = Findings::default();
        if !self.parts.is_empty() {
            let slices: Vec<Counts> = self.parts.into_iter().map(Pairs::into_counts).collect();
            findings.insert(Slice::new(slices.len()), Slices::from_counts(slices));
        }
        if let Some(DispersionField { bin_bytes, bins }) = self.dispersion {
            findings.insert(Disperse, Dispersion::from_bins(bin_bytes, bins)?);
        }
        if let Some(field) = self.divisions {
            let divisions = field.into_divisions()?;
            findings.insert(Divide(divisions.division()), divisions);
        }
        Some(SourceReport {
            ordinal: self.ordinal,
            member: self.member,
            counts: self.counts.map(Pairs::into_counts),
            findings,
            state: self.state.map(Cow::into_owned),
            ..SourceReport::new(name, outcome, self.bytes)
        })
    }
}

/// Counts as pairs of the index of a pattern and its count, without those of zero.
struct Pairs<'a>(Cow<'a, Counts>);

impl<'a> Pairs<'a> {
    fn new(counts: &'a Counts) -> Self {
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

fn source_name(bytes: Vec<u8>) -> SourceName {
    if bytes == b"-" { SourceName::Stdin } else { SourceName::from(path(bytes)) }
}

#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;

    std::ffi::OsString::from_vec(bytes).into()
}

/// Where names are not bytes, those from other systems are only shown.
#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}
