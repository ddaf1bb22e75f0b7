//! Words and sequences of words against a plain list of what `\w+` matches.

use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cogrep_core::measure::{AnyMeasure, Layout, Ngrams, UnicodeWords, Words};
use cogrep_core::table::Table;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Syntax, fold_all};

use crate::expression;
use crate::tables::{Counts, Reading, plainly, tabulate, without_places};

/// Counts words and sequences of them.
///
/// # Panics
///
/// When they are not those of the list, or depend on how the text is cut.
pub fn words(data: &[u8]) {
    let Some((&[options, repeat, a, b, c], rest)) = data.split_first_chunk() else { return };
    let folds = options & 1 != 0;
    let times = [1, 1, 2, 9, 300][usize::from(repeat % 5)];
    let text: Vec<u8> = rest.iter().copied().cycle().take((rest.len() * times).min(4000)).collect();
    let list = list(&text, folds);
    let range_bytes = NonZeroU64::new(u64::from(c) * 3 + 1).unwrap_or(NonZeroU64::MIN);
    let pieces = [a, b, c];
    let mut readings = vec![Reading::Pieces(&[]), Reading::Pieces(&pieces)];
    if options & 128 != 0 {
        readings.push(Reading::Ranges(range_bytes));
    }
    let nothing = Patterns::new([""; 0], Matching::default()).expect("no pattern is wrong");
    let plan =
        Arc::new(Plan::new(&nothing, EngineChoice::Auto).expect("there is nothing to count"));
    let layout = Layout::default();
    let count = |reading, keeps_first, measure: &dyn Fn(&Arc<Table>) -> AnyMeasure| {
        tabulate(&text, &plan, (layout, keeps_first), reading, measure).0
    };

    let single = plainly(list.iter().map(|(start, word)| (0, *start, word.clone())));
    let single = without_places(single);
    for reading in &readings {
        let counts = count(*reading, false, &|table| Words::new(table, folds).into());
        assert_eq!(counts, single, "words in {reading:?}");
    }

    let length = NonZeroUsize::MIN.saturating_add(usize::from(options >> 1 & 3));
    let sequences: Counts = plainly(list.windows(length.get()).map(|words| {
        let texts: Vec<&[u8]> = words.iter().map(|(_, word)| &word[..]).collect();
        (0, words[0].0, texts.join(&b' '))
    }));
    for reading in &readings {
        let counts =
            count(*reading, true, &|table| Ngrams::new(table, layout, folds, length).into());
        assert_eq!(counts, sequences, "sequences of {length} in {reading:?}");
    }

    // There is nothing plain to hold them against.
    if options & 8 != 0 {
        let measure = |table: &Arc<Table>| UnicodeWords::new(table, layout, folds).into();
        let whole = count(readings[0], true, &measure);
        for reading in &readings[1..] {
            assert_eq!(count(*reading, true, &measure), whole, "words of Unicode in {reading:?}");
        }
    }
}

/// All words of a text, as they are counted, and where they begin.
fn list(text: &[u8], folds: bool) -> Vec<(usize, Vec<u8>)> {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    let word = expression::compile(r"\w+", matching).expect("it is an expression");
    let found = expression::matches(&word, text, matching.unit);
    found.map(|(start, word)| (start, if folds { fold_all(word) } else { word.to_vec() })).collect()
}
