//! A second reference, for lists too long for the first: every stretch of the text is
//! looked up in a table of the patterns.

use std::collections::HashMap;

use cogrep_match::{Matching, Unit, fold_all};

use super::{word_after, word_before};

/// A pattern of the list, and what was found of it.
#[derive(Default)]
struct Entry {
    count: u64,
    /// Where its next place may start.
    not_before: usize,
}

/// The counts of literals as occurrences or lines, by looking up.
pub(crate) fn look_up(text: &[u8], patterns: &[Vec<u8>], matching: Matching) -> Vec<u64> {
    let change = |bytes: &[u8]| if matching.ignore_case { fold_all(bytes) } else { bytes.into() };
    let text = change(text);
    let patterns: Vec<Vec<u8>> = patterns.iter().map(|pattern| change(pattern)).collect();
    let mut entries: HashMap<&[u8], Entry> =
        patterns.iter().map(|pattern| (&pattern[..], Entry::default())).collect();
    // The lengths of the patterns that begin with these bytes.
    let mut lens = HashMap::<&[u8], Vec<usize>>::new();
    for pattern in entries.keys() {
        lens.entry(&pattern[..pattern.len().min(3)]).or_default().push(pattern.len());
    }
    let line_ends: Vec<_> = (0..text.len()).filter(|at| text[*at] == b'\n').collect();
    for start in 0..text.len() {
        for beginning in 1..=3.min(text.len() - start) {
            let Some(lens) = lens.get(&text[start..start + beginning]) else { continue };
            for end in lens.iter().map(|len| start + len).filter(|end| *end <= text.len()) {
                let Some(entry) = entries.get_mut(&text[start..end]) else { continue };
                let counts = start >= entry.not_before
                    && !(matching.whole_words
                        && (word_before(&text[..start]) || word_after(&text[end..])));
                if counts {
                    entry.count += 1;
                    entry.not_before = match matching.unit {
                        Unit::Lines => {
                            let line = line_ends.partition_point(|line_end| *line_end < start);
                            line_ends.get(line).map_or(usize::MAX, |line_end| line_end + 1)
                        }
                        _ => end,
                    };
                }
            }
        }
    }
    patterns.iter().map(|pattern| entries[&pattern[..]].count).collect()
}
