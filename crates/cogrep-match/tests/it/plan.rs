//! Plans: which engines count, and what is said about it.

use cogrep_match::{
    EngineChoice, Matching, PatternError, Patterns, Plan, Scanner, Syntax, Tally, Unit, Warning,
};

const LITERAL: Matching = Matching {
    syntax: Syntax::Literal,
    ignore_case: false,
    whole_words: false,
    unit: Unit::Occurrences,
};
const REGEX: Matching = Matching { syntax: Syntax::Regex, ..LITERAL };

fn plan(given: &[&str], matching: Matching, choice: EngineChoice) -> Plan {
    let patterns = Patterns::new(given.iter().copied(), matching).unwrap();
    Plan::new(&patterns, choice).unwrap()
}

/// The engines by name, each with its needles.
fn engines(plan: &Plan) -> Vec<(&'static str, Vec<usize>)> {
    plan.shares().map(|(name, needles)| (name, needles.to_vec())).collect()
}

#[test]
fn every_needle_has_one_engine() {
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    for choice in EngineChoice::names().map(|name| name.parse().unwrap()) {
        let matching = if choice == EngineChoice::Regex { REGEX } else { LITERAL };
        for count in 0..=letters.len() {
            let plan = plan(&letters[..count], matching, choice);
            let mut needles: Vec<_> =
                plan.shares().flat_map(|(_, needles)| needles.to_vec()).collect();
            needles.sort_unstable();
            assert!(needles.into_iter().eq(0..count), "{choice:?} of {count}");
        }
    }
}

#[test]
fn few_needles_are_compared_and_many_are_sieved() {
    let words: Vec<String> = ('a'..='k').map(|letter| format!("{letter} word")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let few = plan(&words[..3], LITERAL, EngineChoice::Auto);
    assert_eq!(engines(&few), [("compare", (0..3).collect())]);
    assert!(few.reason().starts_with("compare, "));
    let many = plan(&words, LITERAL, EngineChoice::Auto);
    assert_eq!(engines(&many), [("sieve", (0..11).collect())]);
    assert!(many.reason().starts_with("sieve, "));
}

#[test]
fn needles_too_short_for_a_sieve_have_an_engine_of_their_own() {
    let words: Vec<String> = ('a'..='p').map(|letter| format!("{letter} word")).collect();
    let letters = ('a'..='q').map(String::from);
    let given: Vec<String> = words.into_iter().chain(letters).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let words: Vec<_> = (0..16).collect();
    let short = |count: usize, matching| {
        let plan = plan(&given[..16 + count], matching, EngineChoice::Auto);
        let [(name, ref needles), (other, ref letters)] = engines(&plan)[..] else { panic!() };
        assert_eq!((name, needles, letters), ("sieve", &words, &(16..16 + count).collect()));
        other
    };
    assert_eq!(short(8, LITERAL), "compare");
    assert_eq!(short(9, LITERAL), "histogram");
    // Where not each place counts.
    let words_alone = Matching { whole_words: true, ..LITERAL };
    assert_eq!(short(16, words_alone), "compare");
    assert_eq!(short(17, words_alone), "automaton");
}

#[test]
fn a_few_short_needles_do_not_make_a_sieve_coarser() {
    let given: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
    let names = |three: usize, four: usize, five: usize| -> Vec<_> {
        let four = given[..four].iter().map(|digits| format!("{digits}4"));
        let five = given[..five].iter().map(|digits| format!("{digits}-5"));
        let given: Vec<_> = given[..three].iter().cloned().chain(four).chain(five).collect();
        let given: Vec<&str> = given.iter().map(String::as_str).collect();
        let plan = plan(&given, LITERAL, EngineChoice::Auto);
        engines(&plan).into_iter().map(|(name, needles)| (name, needles.len())).collect()
    };
    assert_eq!(names(1, 0, 20), [("sieve", 20), ("compare", 1)]);
    assert_eq!(names(3, 5, 20), [("sieve", 20), ("compare", 8)]);
    assert_eq!(names(4, 5, 20), [("sieve", 25), ("compare", 4)]);
    assert_eq!(names(16, 50, 20), [("sieve", 70), ("compare", 16)]);
    assert_eq!(names(17, 3, 20), [("sieve", 40)]);
    assert_eq!(names(3, 4, 0), [("compare", 7)]);
}

#[test]
fn what_a_histogram_cannot_count_is_compared() {
    let given: Vec<String> = ('a'..='i').map(|letter| format!("{letter}{letter}")).collect();
    let given: Vec<&str> = ["a", "b"].into_iter().chain(given.iter().map(String::as_str)).collect();
    let plan = plan(&given, LITERAL, EngineChoice::Auto);
    assert_eq!(engines(&plan), [("histogram", vec![0, 1]), ("compare", (2..11).collect())]);
}

#[test]
fn equal_patterns_are_one_needle_but_for_the_naive_engine() {
    let given = ["a", "b", "a", "A"];
    let folded = Matching { ignore_case: true, ..LITERAL };
    let memmem =
        |needles| -> Vec<_> { (0..needles).map(|needle| ("memmem", vec![needle])).collect() };
    assert_eq!(engines(&plan(&given, LITERAL, EngineChoice::Memmem)), memmem(3));
    assert_eq!(engines(&plan(&given, folded, EngineChoice::Memmem)), memmem(2));
    let naive = plan(&given, folded, EngineChoice::Naive);
    assert_eq!(engines(&naive).len(), 4);
    let mut tally = Tally::new();
    tally.add(0, 5);
    tally.add(1, 7);
    let counts = |plan: &Plan| plan.counts(&tally).to_vec(4);
    assert_eq!(counts(&plan(&given, folded, EngineChoice::Auto)), [5, 7, 5, 5]);
    assert_eq!(counts(&naive), [5, 7, 0, 0]);
}

#[test]
fn a_chosen_engine_counts() {
    for name in ["naive", "memmem", "compare", "sieve", "automaton"] {
        let plan = plan(&["ab c", "b cd"], LITERAL, name.parse().unwrap());
        assert!(engines(&plan).iter().all(|(engine, _)| *engine == name));
        assert!(plan.reason().starts_with(&format!("{name}, as chosen: ")), "{}", plan.reason());
    }
}

#[test]
fn expressions_of_which_something_is_known_share_an_engine() {
    let given = ["a+", "err(or)?", "(warn|fail)ed", "b", "[0-9]+ bytes"];
    let auto = plan(&given, REGEX, EngineChoice::Auto);
    let together = ("regexes", vec![1, 2, 3, 4]);
    assert_eq!(engines(&auto), [together, ("transducers", vec![0])]);
    assert!(auto.reason().starts_with("regexes, ") && auto.reason().contains("and transducers"));
    assert_eq!(engines(&plan(&given, REGEX, EngineChoice::Regex)).len(), 5);
    for (expressions, engine) in [
        // Literals, in any case, at the start, at the end and within; runs.
        (
            &["ab|abc", "(?i:straße)", r"\w+ing$", r"\s(error|warning):\s", r"\w{20,}"][..],
            "regexes",
        ),
        // Nothing, or nothing that is rare.
        (&["abc|.", "(?:abc)?", "a.c", "e+", r"\w{3}", r"\w{12,}", "^a*"], "transducers"),
        // One that may match nothing, but not anywhere, and one that needs lines one by one.
        (&[r"\b|x*", r"(?R:a$)|x*"], "regex"),
    ] {
        for expression in expressions {
            let plan = plan(&[expression], REGEX, EngineChoice::Auto);
            assert_eq!(engines(&plan), [(engine, vec![0])], "{expression}");
        }
    }
}

#[test]
fn literals_and_expressions_have_their_own_engines() {
    for choice in [EngineChoice::Auto, EngineChoice::Naive, EngineChoice::Regex] {
        let plan = plan(&["a+", "b", "a+"], REGEX, choice);
        let name = if choice == EngineChoice::Auto { "regexes" } else { "regex" };
        assert_eq!(
            engines(&plan).iter().any(|(engine, _)| *engine == "regexes"),
            name == "regexes"
        );
        assert!(plan.needs_whole_lines() && !plan.folds());
        assert!(plan.reason().starts_with(&format!("{name}, ")));
    }
    let refused = |matching, choice| {
        Plan::new(&Patterns::new(["a"], matching).unwrap(), choice).unwrap_err().to_string()
    };
    assert_eq!(
        refused(REGEX, EngineChoice::Memmem),
        "the engine memmem counts literals, not regular expressions"
    );
    assert_eq!(
        refused(REGEX, EngineChoice::Automaton),
        "the engine automaton counts literals, not regular expressions"
    );
    assert_eq!(
        refused(LITERAL, EngineChoice::Regex),
        "the engine regex counts regular expressions, not literals"
    );
}

#[test]
fn only_literals_that_ignore_case_need_folded_text() {
    let ignore_case = |matching| Matching { ignore_case: true, ..matching };
    assert!(plan(&["a"], ignore_case(LITERAL), EngineChoice::Auto).folds());
    assert!(!plan(&["a"], ignore_case(REGEX), EngineChoice::Auto).folds());
    let literal = plan(&["a"], LITERAL, EngineChoice::Auto);
    assert!(!literal.folds() && !literal.needs_whole_lines());
}

#[test]
fn a_line_feed_in_a_pattern_is_warned_of_where_lines_are_counted() {
    let given = ["a", "a\nb", "\n"];
    for unit in [Unit::Lines, Unit::WholeLines] {
        let plan = plan(&given, Matching { unit, ..LITERAL }, EngineChoice::Memmem);
        assert_eq!(plan.warnings(), [1, 2].map(|index| Warning::LineFeed { index }));
        assert_eq!(engines(&plan), [("memmem", vec![0])]);
        assert_eq!(
            plan.warnings()[0].to_string(),
            "pattern 2 has a line feed, and no line has one: it counts 0"
        );
    }
    for unit in [Unit::Occurrences, Unit::Overlapping] {
        assert!(
            plan(&given, Matching { unit, ..LITERAL }, EngineChoice::Auto).warnings().is_empty()
        );
    }
    let lines = Matching { unit: Unit::Lines, ..REGEX };
    let warnings = plan(&given, lines, EngineChoice::Auto).warnings().len();
    assert_eq!(warnings, 2, "an expression that needs one matches nowhere either");
}

#[test]
fn engines_go_by_their_names() {
    let names: Vec<_> = EngineChoice::names().collect();
    assert_eq!(names[0], "auto");
    for name in names {
        assert_eq!(name.parse::<EngineChoice>().unwrap().name(), name);
    }
    assert_eq!("chapter".parse(), Ok(EngineChoice::Naive));
    assert_eq!(EngineChoice::Naive.alias(), Some("chapter"));
    let unknown = "grep".parse::<EngineChoice>().unwrap_err().to_string();
    assert!(unknown.starts_with(r#"there is no engine "grep"; there are auto, "#), "{unknown}");
}

#[test]
fn an_expression_too_large_is_named_by_its_first_place() {
    let patterns = Patterns::new(["a", r"\w{1000}{100}", "a", r"\w{1000}{100}"], REGEX).unwrap();
    let error = Plan::new(&patterns, EngineChoice::Auto).unwrap_err();
    let PatternError::TooLarge { index, need_bytes, .. } = error else { panic!("{error}") };
    assert_eq!((index, need_bytes > Plan::DEFAULT_REGEX_LIMIT_BYTES), (1, true));
}

#[test]
fn expressions_share_a_limit() {
    let given = ["a{1000}", "b{1000}", "c{1000}"];
    let patterns = Patterns::new(given, REGEX).unwrap();
    let with_limit = |limit| Plan::with_regex_limit(&patterns, EngineChoice::Auto, limit);
    let error = with_limit(0).unwrap_err();
    let PatternError::TooLarge { index: 0, need_bytes, .. } = error else { panic!("{error}") };
    assert_eq!(with_limit(3 * need_bytes - 1).unwrap_err().index(), Some(2));
    assert!(with_limit(3 * need_bytes).is_ok());
    assert_eq!(
        with_limit(0).unwrap_err().to_string(),
        "pattern 1 is too large a regular expression: it needs 1 MiB, and all together may take 0: a{1000}"
    );
}

#[test]
fn an_error_says_which_pattern_is_wrong() {
    let error = |given: &[&str], matching| {
        Patterns::new(given.iter().copied(), matching).unwrap_err().index()
    };
    assert_eq!(error(&["a", "b", ""], LITERAL), Some(2));
    assert_eq!(error(&["(", "b"], REGEX), Some(0));
    assert_eq!(error(&["a"], Matching { unit: Unit::Overlapping, ..REGEX }), None);
}

#[test]
fn a_scanner_shows_its_plan() {
    let plan = plan(&["a"], LITERAL, EngineChoice::Memmem);
    assert!(format!("{:?}", Scanner::<cogrep_match::Totals>::new(plan)).contains("Memmem"));
}

#[test]
fn no_pattern_counts_nothing() {
    let plan = plan(&[], LITERAL, EngineChoice::Auto);
    assert_eq!(Scanner::new(plan).count(b"a").unwrap().total(), 0);
}

#[test]
fn a_list_that_needs_a_compact_automaton_counts_as_a_search_a_needle() {
    let words: Vec<String> = (0..9000_u32).map(|number| format!("w{:08}", number * 7919)).collect();
    let given: Vec<&str> = words.iter().map(String::as_str).collect();
    let text = words.iter().rev().step_by(7).cloned().collect::<Vec<_>>().concat();
    let count = |choice, len| {
        let plan = plan(&given, LITERAL, choice);
        let mut scanner: Scanner = Scanner::new(plan);
        text.as_bytes().chunks(len).for_each(|piece| scanner.feed(piece).unwrap());
        scanner.end_text();
        scanner.take_counts()
    };
    let expected = count(EngineChoice::Memmem, text.len());
    assert_eq!(expected.total(), 1286);
    assert_eq!(count(EngineChoice::Automaton, 1000), expected);
}

#[test]
fn texts_are_counted_one_after_the_other() {
    for choice in EngineChoice::names().map(|name| name.parse().unwrap()) {
        for unit in [Unit::Occurrences, Unit::Lines] {
            let syntax =
                if choice == EngineChoice::Regex { Syntax::Regex } else { Syntax::Literal };
            let matching = Matching { syntax, unit, whole_words: false, ignore_case: false };
            let plan = plan(&["aa", "b"], matching, choice);
            let mut scanner = Scanner::new(plan);
            let mut count = |text: &[u8]| scanner.count(text).unwrap().to_vec(2);
            // No occurrence spans two texts, and no line.
            assert_eq!(count(b"xa"), [0, 0], "{choice:?}");
            assert_eq!(count(b"ab"), [0, 1], "{choice:?}");
            assert_eq!(count(b"b aa"), [1, 1], "{choice:?}");
            assert_eq!(count(b""), [0, 0], "{choice:?}");
            assert_eq!(count(b"aa"), [1, 0], "{choice:?}");
        }
    }
}

#[test]
fn counts_so_far_can_be_taken_within_a_text() {
    let mut scanner: Scanner = Scanner::new(plan(&["ab"], LITERAL, EngineChoice::Auto));
    scanner.feed(&b"ab".repeat(500)).unwrap();
    let mut tally = scanner.take();
    assert!(tally.count(0) > 400, "{}", tally.count(0));
    scanner.feed(&b"ab".repeat(500)).unwrap();
    scanner.end_text();
    tally.merge(&scanner.take());
    tally.merge(&scanner.take());
    assert_eq!(tally.count(0), 1000);
}

#[test]
fn an_engine_is_labelled_by_its_pattern_or_by_how_many_it_has() {
    let matching = Matching { ignore_case: true, ..LITERAL };
    let patterns = Patterns::new(["Love", "HATE", "love"], matching).unwrap();
    let labels = |choice| Plan::new(&patterns, choice).unwrap().labels().collect::<Vec<_>>();
    assert_eq!(labels(EngineChoice::Memmem), ["Love", "HATE"]);
    assert_eq!(labels(EngineChoice::Naive), ["Love", "HATE", "love"]);
    assert_eq!(labels(EngineChoice::Automaton), ["2 patterns (automaton)"]);
}

/// What folds into a byte can have been three, and a cut leaves up to three more.
#[test]
fn more_is_shown_around_a_range_where_the_text_is_folded() {
    let before = |pattern: &str, ignore_case| {
        let plan = plan(&[pattern], Matching { ignore_case, ..LITERAL }, EngineChoice::Auto);
        Scanner::<cogrep_match::Totals>::range_needs(&plan).before
    };
    assert_eq!((before("kkkkkkkkkkk", false), before("kkkkkkkkkkk", true)), (10, 33));
    assert_eq!(before("k", true), 0);
}
