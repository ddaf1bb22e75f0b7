//! Chooses the engines for literals.

use std::sync::Arc;

use crate::engine::{Automaton, Compare, Histogram, Memmem, Naive, Regex, Sieve};
use crate::pattern::{Matching, PatternError};
use crate::plan::Chosen;
use crate::plan::choice::EngineChoice;
use crate::scan::group::Group;
use crate::scan::interface::Engine;

/// Needles, each with its index into a tally.
type Needles = Vec<(usize, Box<[u8]>)>;

/// Up to this many needles, comparing all of them is faster than a sieve.
const FEW: usize = 4;

/// Chooses for needles that can occur.
pub(super) fn choose(
    needles: Needles,
    matching: Matching,
    choice: EngineChoice,
) -> Result<Chosen, PatternError> {
    let count = needles.len();
    if count == 0 {
        return Ok(Chosen::new(Vec::new(), "no engine, since there is nothing to count"));
    }
    let group = |needles: Needles| Group::new(needles, matching);
    if choice == EngineChoice::Auto && needles.iter().any(|(_, bytes)| bytes.len() > LONG_BYTES) {
        return with_long(needles, matching);
    }
    Ok(match choice {
        EngineChoice::Auto if count <= FEW => Chosen::new(
            vec![Arc::new(Compare::new(group(needles)))],
            format!("compare, every place at once, since {FEW} needles or fewer are few"),
        ),
        EngineChoice::Auto => Chosen::new(
            sieved(needles, matching, Shortest::Spared)?,
            format!("sieve, a closer look at few places, since {count} are more than {FEW}"),
        ),
        EngineChoice::Naive => Chosen::new(
            alone(needles, |needle| Arc::new(Naive::new(group(vec![needle])))),
            "naive, as chosen: an engine a pattern",
        ),
        EngineChoice::Memmem => Chosen::new(
            alone(needles, |needle| Arc::new(Memmem::new(group(vec![needle])))),
            "memmem, as chosen: a substring search a needle",
        ),
        EngineChoice::Compare => Chosen::new(
            vec![Arc::new(Compare::new(group(needles)))],
            "compare, as chosen: all needles at every place at once",
        ),
        EngineChoice::Sieve => Chosen::new(
            sieved(needles, matching, Shortest::Sieved)?,
            "sieve, as chosen: a closer look at few places",
        ),
        EngineChoice::Automaton => Chosen::new(
            vec![Arc::new(Automaton::new(group(needles))?)],
            "automaton, as chosen: one pass for all needles",
        ),
        EngineChoice::Histogram => Chosen::new(
            short_engines(needles, matching, 0)?,
            "histogram, as chosen: how often each pair of bytes occurs",
        ),
        EngineChoice::Regex => {
            return Err(PatternError::Engine {
                engine: Regex::NAME,
                reason: "counts regular expressions, not literals".into(),
            });
        }
    })
}

/// The engines that suit needles.
pub(super) fn choose_engines(
    needles: Needles,
    matching: Matching,
) -> Result<Vec<Arc<dyn Engine>>, PatternError> {
    choose(needles, matching, EngineChoice::Auto).map(|chosen| chosen.engines)
}

/// A needle of more bytes than this goes to an automaton. Others look at a place again and
/// again, up to the length of the needle: where text and needle repeat themselves, the work is
/// the product of their lengths.
const LONG_BYTES: usize = 1024;

/// An automaton takes some thirty times as much memory as its needles have bytes: with more
/// than this, a substring search each has to do.
const MOST_LONG_BYTES: usize = 16 << 20;

/// Chooses for needles of which some are very long.
fn with_long(needles: Needles, matching: Matching) -> Result<Chosen, PatternError> {
    let (long, others): (Needles, Needles) =
        needles.into_iter().partition(|(_, bytes)| bytes.len() > LONG_BYTES);
    let count = long.len();
    let chosen = if others.is_empty() {
        Chosen::new(Vec::new(), "")
    } else {
        choose(others, matching, EngineChoice::Auto)?
    };
    let Chosen { mut engines, reason } = chosen;
    let is_too_much = long.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > MOST_LONG_BYTES;
    if is_too_much {
        let search = |needle| Arc::new(Memmem::new(Group::new(vec![needle], matching))) as _;
        engines.extend(alone(long, search));
    } else {
        engines.push(Arc::new(Automaton::new(Group::new(long, matching))?));
    }
    let how = if is_too_much { "memmem, a search each" } else { "automaton, one pass" };
    let what = format!("{how}, for {count} of more than {LONG_BYTES} bytes");
    Ok(Chosen::new(engines, if reason.is_empty() { what } else { format!("{reason}; {what}") }))
}

/// An engine a needle.
fn alone(
    needles: Needles,
    make: impl Fn((usize, Box<[u8]>)) -> Arc<dyn Engine>,
) -> Vec<Arc<dyn Engine>> {
    needles.into_iter().map(make).collect()
}

/// More needles too short for a sieve than this are counted by a histogram, if each of
/// their places counts.
const FEW_SHORT: usize = 8;

/// Up to this many others are compared, rather than left to an automaton.
const FEW_JUDGED: usize = 16;

/// Up to this many needles of three bytes are compared, or of four or less, so that anchors
/// can be longer: the shortest needle decides how long they are all, and one of three bytes
/// among hundreds makes a sieve take three times as long.
const FEW_OF_THREE: usize = 16;
const FEW_OF_FOUR: usize = 8;

/// What becomes of the shortest needles that a sieve can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shortest {
    /// They are in the sieve.
    Sieved,
    /// If they are few, another engine counts them.
    Spared,
}

/// A sieve for the needles that are long enough, and what suits the others.
fn sieved(
    needles: Needles,
    matching: Matching,
    shortest: Shortest,
) -> Result<Vec<Arc<dyn Engine>>, PatternError> {
    let (rest, short): (Needles, _) =
        needles.into_iter().partition(|(_, bytes)| bytes.len() >= Sieve::SHORTEST);
    let up_to = |most| rest.iter().filter(|(_, bytes)| bytes.len() <= most).count();
    let compared_bytes = match (shortest, up_to(3), up_to(4)) {
        (Shortest::Spared, 0..=FEW_OF_THREE, 0..=FEW_OF_FOUR) => 4,
        (Shortest::Spared, 0..=FEW_OF_THREE, _) => 3,
        _ => 0,
    };
    let (compared, sieved): (Needles, Needles) =
        rest.into_iter().partition(|(_, bytes)| bytes.len() <= compared_bytes);
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if !sieved.is_empty() {
        engines.push(Arc::new(Sieve::new(Group::new(sieved, matching))?));
    }
    if !compared.is_empty() {
        engines.push(Arc::new(Compare::new(Group::new(compared, matching))));
    }
    engines.extend(short_engines(short, matching, FEW_SHORT)?);
    Ok(engines)
}

/// A histogram for the needles that suit it, if there are more than `few`, and what suits
/// the others.
fn short_engines(
    mut needles: Needles,
    matching: Matching,
    few: usize,
) -> Result<Vec<Arc<dyn Engine>>, PatternError> {
    let mut engines = Vec::<Arc<dyn Engine>>::new();
    if needles.len() > few {
        let group = Group::new(needles.iter().cloned(), matching);
        let (counted, judged): (Vec<_>, Vec<_>) =
            needles.into_iter().enumerate().partition(|(slot, _)| Histogram::suits(&group, *slot));
        let needles_of = |slots: Vec<(usize, _)>| slots.into_iter().map(|(_, needle)| needle);
        if !counted.is_empty() {
            engines.push(Arc::new(Histogram::new(Group::new(needles_of(counted), matching))?));
        }
        needles = needles_of(judged).collect();
    }
    if needles.len() > FEW_JUDGED {
        engines.push(Arc::new(Automaton::new(Group::new(needles, matching))?));
    } else if !needles.is_empty() {
        engines.push(Arc::new(Compare::new(Group::new(needles, matching))));
    }
    Ok(engines)
}
