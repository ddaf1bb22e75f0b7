//! Saved results, added up.
//!
//! All must have the same patterns and options. Parts of one job are recognised by the digest
//! of its sources, and each must be there exactly once. Jobs over different inputs add up too.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use cogrep_core::measure::Rank;
use cogrep_core::{
    Located, Outcome, PatternCount, Report, Shard, SourceDigest, SourceName, SourceReport,
};

use super::{Saved, SavedPattern, SavedTable};
use crate::escape::escape;

/// What saved results add up to.
#[derive(Debug)]
pub struct Merged {
    /// The totals.
    pub report: Report,
    /// The name of each pattern, if it has one.
    pub names: Vec<Option<Vec<u8>>>,
    /// All sources, in the order of one run over all of them.
    pub sources: Vec<SourceReport>,
    /// The most places of a pattern that are known.
    pub show: usize,
    /// What the counts depend on besides the patterns and the sources, by name.
    pub options: BTreeMap<String, String>,
    /// The tables, if distinct texts were counted.
    pub tables: Vec<MergedTable>,
    /// The names of sources by their places in such tables.
    pub ranks: HashMap<Rank, Vec<u8>>,
}

/// The table of one saved result among others.
#[derive(Debug)]
pub struct MergedTable {
    /// The name of the file.
    pub file: String,
    /// What is added to the ordinals of its sources, so that no others have the same.
    pub base: u64,
    /// The table.
    pub table: SavedTable,
}

/// Why saved results do not add up. A file goes by the name that it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// There is none.
    Nothing,
    /// Two of them counted different patterns.
    Patterns {
        /// One, and the first, with which all others are compared.
        files: [String; 2],
    },
    /// Two of them counted in different ways.
    Options {
        /// One, and the first.
        files: [String; 2],
        /// The option.
        option: String,
        /// What it was for each of the two.
        values: [Option<String>; 2],
    },
    /// One was interrupted, so it does not fit the other parts.
    Interrupted {
        /// The file.
        file: String,
        /// What it is.
        part: Shard,
    },
    /// Two have the same sources.
    Doubled {
        /// One, and the first with its sources.
        files: [String; 2],
        /// What they are.
        parts: [Shard; 2],
    },
    /// A part is not there.
    Missing {
        /// The first that is missing.
        part: Shard,
        /// One of the parts that are there.
        file: String,
    },
    /// Two are parts of jobs over different inputs.
    Inputs {
        /// Both.
        files: [String; 2],
        /// What they are.
        parts: [Shard; 2],
        /// How many sources they had, with those of the other parts.
        sources: [u64; 2],
    },
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |file: &String| escape(file.as_bytes());
        let words = |part: &Shard| format!("part {} of {}", part.number(), part.of());
        match self {
            Self::Nothing => write!(f, "no saved result to merge"),
            Self::Patterns { files: [file, first] } => {
                write!(f, "{}: has other patterns than {}", name(file), name(first))
            }
            Self::Options { files: [file, first], option, values } => {
                let [here, there] =
                    values.each_ref().map(|value| value.as_deref().unwrap_or("nothing"));
                let (file, first) = (name(file), name(first));
                write!(f, "{file}: has other options than {first}: {option} is {here}, not {there}")
            }
            Self::Interrupted { file, part } => {
                write!(f, "{}: {} was interrupted; run it again", name(file), words(part))
            }
            Self::Doubled { files: [file, first], parts: [part, other] } if part == other => {
                let (file, first) = (name(file), name(first));
                if *part == Shard::WHOLE {
                    write!(
                        f,
                        "{file}: duplicate; {first} has the same inputs; if only their names are \
                         the same, save them with --label"
                    )
                } else {
                    write!(f, "{file}: duplicate; {first} is {} already", words(part))
                }
            }
            Self::Doubled { files: [file, first], parts: [part, other] } => {
                let (file, first) = (name(file), name(first));
                let (part, other) = (words(part), words(other));
                write!(f, "{file}: is {part}, but {first} is {other} of the same inputs")
            }
            Self::Missing { part, file } => {
                write!(f, "{} is missing; {} belongs to it", words(part), name(file))
            }
            Self::Inputs { files: [file, first], parts: [part, other], sources: [here, there] } => {
                let (file, first) = (name(file), name(first));
                let (part, other) = (words(part), words(other));
                write!(
                    f,
                    "{file}: {part} has other inputs than {first}, {other}: {here} sources in all, \
                     not {there}; all parts must have the same sources in the same order"
                )
            }
        }
    }
}

impl std::error::Error for MergeError {}

/// The results of one job, by part.
struct Group {
    inputs: SourceDigest,
    of: u32,
    /// The file of each part that is there, by the number of the part.
    parts: BTreeMap<u32, usize>,
}

impl Group {
    fn files(&self) -> impl Iterator<Item = usize> {
        self.parts.values().copied()
    }

    fn first(&self) -> usize {
        self.files().next().unwrap_or(0)
    }

    /// The first part that is not there.
    fn missing(&self) -> Option<Shard> {
        let number = (1..=self.of).find(|number| !self.parts.contains_key(number))?;
        Shard::new(number, self.of).ok()
    }
}

/// Adds up saved results, each with the name of its file.
///
/// # Errors
///
/// When a part is not there, is there twice, or does not belong to the others.
pub fn merge(files: Vec<(String, Saved)>) -> Result<Merged, MergeError> {
    let (names, mut saved): (Vec<_>, Vec<_>) = files.into_iter().unzip();
    let first = saved.first().ok_or(MergeError::Nothing)?;
    for (name, other) in names.iter().zip(&saved) {
        let files = || [name.clone(), names[0].clone()];
        if !counted_the_same(first, other) {
            return Err(MergeError::Patterns { files: files() });
        }
        if let Some((option, values)) = differing_option(other, first) {
            return Err(MergeError::Options { files: files(), option, values });
        }
        if other.interrupted && other.part != Shard::WHOLE {
            return Err(MergeError::Interrupted { file: name.clone(), part: other.part });
        }
    }
    let groups = group(&names, &saved)?;
    let order: Vec<usize> = groups.iter().flat_map(Group::files).collect();
    let show = saved.iter().map(|saved| saved.show).min().unwrap_or(0);
    tell_apart(&groups, &names, &mut saved);
    Ok(add_up(&groups, &order, &names, saved, show))
}

fn counted_the_same(one: &Saved, other: &Saved) -> bool {
    let given = |pattern: &SavedPattern| (pattern.pattern.clone(), pattern.name.clone());
    one.patterns.iter().map(given).eq(other.patterns.iter().map(given))
}

/// The first option in which two differ, and its values.
fn differing_option(one: &Saved, other: &Saved) -> Option<(String, [Option<String>; 2])> {
    let names = one.options.keys().chain(other.options.keys());
    let values = |name: &String| [one, other].map(|saved| saved.options.get(name).cloned());
    let mut differing = names.filter(|name| one.options.get(*name) != other.options.get(*name));
    differing.next().map(|name| (name.clone(), values(name)))
}

/// Puts the parts of each job together, and checks that each is there exactly once.
fn group(names: &[String], saved: &[Saved]) -> Result<Vec<Group>, MergeError> {
    let mut groups: Vec<Group> = Vec::new();
    let pair = |one: usize, other: usize| {
        ([names[one].clone(), names[other].clone()], [saved[one].part, saved[other].part])
    };
    for (file, Saved { part, inputs, .. }) in saved.iter().enumerate() {
        match groups.iter_mut().find(|group| group.inputs == *inputs) {
            Some(group) if group.of != part.of() || group.parts.contains_key(&part.number()) => {
                let other = group.parts.get(&part.number()).copied();
                let (files, parts) = pair(file, other.unwrap_or(group.first()));
                return Err(MergeError::Doubled { files, parts });
            }
            Some(group) => drop(group.parts.insert(part.number(), file)),
            None => {
                let parts = BTreeMap::from([(part.number(), file)]);
                groups.push(Group { inputs: *inputs, of: part.of(), parts });
            }
        }
    }
    let mut incomplete = groups.iter().filter(|group| group.missing().is_some());
    match (incomplete.next(), incomplete.next()) {
        (Some(one), Some(other)) => {
            let (files, parts) = pair(other.first(), one.first());
            let sources = [other.inputs.sources, one.inputs.sources];
            Err(MergeError::Inputs { files, parts, sources })
        }
        (Some(group), None) => {
            let part = group.missing().unwrap_or(Shard::WHOLE);
            Err(MergeError::Missing { part, file: names[group.first()].clone() })
        }
        (None, _) => Ok(groups),
    }
}

/// Gives sources of different jobs that have one name the name of their file besides.
fn tell_apart(groups: &[Group], files: &[String], saved: &mut [Saved]) {
    let mut jobs = HashMap::<SourceName, (usize, bool)>::new();
    for (job, group) in groups.iter().enumerate() {
        for source in group.files().flat_map(|file| &saved[file].sources) {
            let (first, is_doubled) = jobs.entry(source.name.clone()).or_insert((job, false));
            *is_doubled |= *first != job;
        }
    }
    jobs.retain(|_, (_, is_doubled)| *is_doubled);
    if jobs.is_empty() {
        return;
    }
    for (file, saved) in files.iter().zip(saved) {
        let of_sources = saved.sources.iter_mut().map(|source| &mut source.name);
        let places = saved.patterns.iter_mut().flat_map(|pattern| &mut pattern.places);
        for name in of_sources.chain(places.map(|located| &mut located.source)) {
            if jobs.contains_key(name) {
                *name = SourceName::memory(format!("{name} ({file})"));
            }
        }
    }
}

/// Adds up results that belong together; `order` has the files, job by job.
fn add_up(
    groups: &[Group],
    order: &[usize],
    files: &[String],
    mut saved: Vec<Saved>,
    show: usize,
) -> Merged {
    let names = saved[0].patterns.iter().map(|pattern| pattern.name.clone()).collect();
    let blank = |saved: &SavedPattern| PatternCount {
        pattern: saved.pattern.clone(),
        count: 0,
        places: Vec::new(),
    };
    let mut counted: Vec<PatternCount> = saved[0].patterns.iter().map(blank).collect();
    for file in order {
        for (sum, pattern) in counted.iter_mut().zip(&saved[*file].patterns) {
            sum.count += pattern.count;
        }
    }
    let interrupted = saved.iter().any(|saved| saved.interrupted);
    let options = saved[0].options.clone();
    for group in groups {
        for (index, sum) in counted.iter_mut().enumerate() {
            let of_parts = group.files().map(|file| &saved[file]);
            add_places(
                sum,
                of_parts.map(|saved| (&saved.sources[..], &saved.patterns[index])),
                show,
            );
        }
    }
    let (mut tables, mut ranks, mut base) = (Vec::new(), HashMap::new(), 0);
    for group in groups {
        for file in group.files() {
            let Some(table) = saved[file].table.take() else { continue };
            for source in &saved[file].sources {
                let rank = Rank { ordinal: base + source.ordinal, member: source.member };
                ranks.insert(rank, source.name.as_bytes().to_vec());
            }
            tables.push(MergedTable { file: files[file].clone(), base, table });
        }
        base += group.inputs.sources;
    }
    let mut of_files: Vec<_> = saved.into_iter().map(|saved| saved.sources).collect();
    let mut sources = Vec::new();
    for group in groups {
        let of_parts = group.files().flat_map(|file| std::mem::take(&mut of_files[file]));
        let mut of_group: Vec<SourceReport> = of_parts.collect();
        of_group.sort_by_key(|source| source.ordinal);
        sources.extend(of_group);
    }
    let partial = sources.iter().filter(|source| matches!(source.outcome, Outcome::Partial(_)));
    let failed = sources.iter().filter(|source| matches!(source.outcome, Outcome::Failed(_)));
    let report = Report {
        patterns: counted,
        source_count: sources.len() as u64,
        partial_count: partial.count() as u64,
        failed_count: failed.count() as u64,
        cores: 1,
        sources: Vec::new(),
        text_bytes: sources.iter().map(|source| source.text_bytes).sum(),
        interrupted,
        notices: Vec::new(),
        members_left_out: BTreeMap::new(),
    };
    Merged { report, names, sources, show, options, tables, ranks }
}

/// Adds the first places of one pattern in the sources of one job, given those of each part.
fn add_places<'a>(
    sum: &mut PatternCount,
    of_parts: impl Iterator<Item = (&'a [SourceReport], &'a SavedPattern)>,
    show: usize,
) {
    let mut places: Vec<(u64, &Located)> = Vec::new();
    for (sources, pattern) in of_parts {
        places.extend(with_ordinals(sources, &pattern.places));
    }
    places.sort_by_key(|(ordinal, _)| *ordinal);
    let wanted = show.saturating_sub(sum.places.len());
    sum.places.extend(places.into_iter().map(|(_, located)| located.clone()).take(wanted));
}

/// Adds to each place of a part the ordinal of its source; both are in order.
fn with_ordinals<'a>(
    sources: &'a [SourceReport],
    located: &'a [Located],
) -> impl Iterator<Item = (u64, &'a Located)> {
    let mut at = 0;
    let mut least = 0;
    located.iter().map(move |located| {
        // An input that was named twice has its places twice.
        let is_next = located.place.bytes.start < least;
        let from = at + usize::from(is_next);
        let step = sources[from.min(sources.len())..]
            .iter()
            .position(|source| source.name == located.source)
            .unwrap_or(0);
        at = from + step;
        least = located.place.bytes.start + 1;
        (sources.get(at).map_or(0, |source| source.ordinal), located)
    })
}
