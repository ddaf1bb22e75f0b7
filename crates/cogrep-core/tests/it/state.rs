//! Counts that are continued in texts that have grown: as if all were counted at once.

use std::io::Write;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;

use cogrep_core::measure::FirstPlaces;
use cogrep_core::{
    EngineChoice, Input, Job, Matching, Patterns, Plan, Report, SourceName, Syntax, TextState,
    TextStates, Unit,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tempfile::NamedTempFile;

/// Text in which patterns overlap themselves and lines are cut.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let unit = select(&["a", "ab", "aba", "é", "aA", " a ", "\n", "\r\n", "b", "\u{212A}k"][..]);
    vec((unit, 1..9_usize), 1..30).prop_map(|units| {
        units.iter().map(|(unit, times)| unit.repeat(*times)).collect::<String>().into_bytes()
    })
}

fn matching() -> impl Strategy<Value = Matching> {
    let units = vec![Unit::Occurrences, Unit::Overlapping, Unit::Lines, Unit::WholeLines];
    (any::<bool>(), any::<bool>(), any::<bool>(), select(units)).prop_map(
        |(ignore_case, whole_words, is_regex, unit)| {
            // Expressions do not overlap.
            let is_regex = is_regex && unit != Unit::Overlapping;
            let syntax = if is_regex { Syntax::Regex } else { Syntax::Literal };
            Matching { ignore_case, whole_words, unit, syntax }
        },
    )
}

/// A job that counts in ranges of 16 bytes.
fn job<'a>(plan: &'a Arc<Plan>, inputs: &'a [Input], workers: usize) -> Job<'a> {
    Job {
        workers: NonZeroUsize::new(workers),
        range_bytes: NonZeroU64::new(16),
        ..Job::new(plan, inputs)
    }
}

/// Runs a job that keeps states.
fn keep(job: Job<'_>) -> (Report, TextStates) {
    let mut states = TextStates::default();
    let job = Job { keeps_states: true, ..job };
    let report = job.run(|source| {
        states.extend(source.state.clone().map(|state| (source.name.clone(), state)));
    });
    (report, states)
}

fn counts(report: &Report) -> Vec<u64> {
    assert!(report.is_complete());
    report.patterns.iter().map(|pattern| pattern.count).collect()
}

fn plan(patterns: &[&str], matching: Matching) -> Arc<Plan> {
    let patterns = Patterns::new(patterns.iter().copied(), matching).unwrap();
    Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap())
}

proptest! {
    #![proptest_config(cogrep_testing::cases(600))]

    #[test]
    fn a_text_that_grows_is_counted_as_if_at_once(
        pieces in vec(text(), 1..5),
        matching in matching(),
        workers in 1..4_usize,
    ) {
        let plan = plan(&["a", "aa", "ab", "aba", "É", "k", "b"], matching);
        let mut file = NamedTempFile::new().unwrap();
        let inputs = [Input::Path(file.path().into())];
        let mut states = TextStates::default();
        for piece in pieces {
            file.write_all(&piece).unwrap();
            let (continued, next) = keep(Job { states: Some(&states), ..job(&plan, &inputs, workers) });
            let whole = job(&plan, &inputs, 1).run(|_| {});
            prop_assert_eq!(counts(&continued), counts(&whole));
            prop_assert_eq!(continued.text_bytes, whole.text_bytes);
            states = next;
        }
    }
}

/// A log of 100 equal lines, its name, and what was kept of a count in it.
fn kept() -> (NamedTempFile, SourceName, TextStates, Arc<Plan>) {
    let plan = plan(&["one", "n"], Matching::default());
    let mut file = NamedTempFile::new().unwrap();
    file.write_all("one line\n".repeat(100).as_bytes()).unwrap();
    let inputs = [Input::Path(file.path().into())];
    let (report, states) = keep(job(&plan, &inputs, 2));
    assert_eq!(counts(&report), [100, 200]);
    let name = SourceName::from(file.path());
    (file, name, states, plan)
}

#[test]
fn only_what_comes_after_the_position_is_read_again() {
    let (file, name, mut states, plan) = kept();
    let state = states.get(&name).unwrap().clone();
    assert!(state.position >= 900 - 2 * 16 && state.position < 900, "{state:?}");
    // Were the text before it read again, its true count would come out.
    let mut tally = state.tally.clone();
    tally.add(0, 1_000_000);
    states.extend([(name, TextState { tally, ..state })]);
    let inputs = [Input::Path(file.path().into())];
    let report = Job { states: Some(&states), ..job(&plan, &inputs, 2) }.run(|_| {});
    assert_eq!(counts(&report), [1_000_100, 200]);
}

#[test]
fn another_text_of_the_same_name_is_counted_from_its_start() {
    let (file, name, states, plan) = kept();
    let inputs = [Input::Path(file.path().into())];
    for text in ["two line\n".repeat(100), "one line\n".repeat(50), String::new()] {
        std::fs::write(file.path(), &text).unwrap();
        let report = Job { states: Some(&states), ..job(&plan, &inputs, 2) }.run(|_| {});
        let occurrences = |word: &str| text.matches(word).count() as u64;
        assert_eq!(counts(&report), [occurrences("one"), occurrences("n")]);
    }
    assert!(states.get(&name).is_some());
}

#[test]
fn what_is_measured_is_read_whole() {
    let (file, _, states, plan) = kept();
    let inputs = [Input::Path(file.path().into())];
    let job = Job {
        states: Some(&states),
        measures: vec![FirstPlaces::new(1).into()],
        ..job(&plan, &inputs, 2)
    };
    let report = job.run(|_| {});
    assert_eq!(counts(&report), [100, 200]);
    assert_eq!(report.patterns[0].places[0].place.bytes, 0..3);
}
