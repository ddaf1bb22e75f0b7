//! The library as a program uses it: text from everywhere, one report, stages of one's
//! own.

use std::fs;

use cogrep_core::{Counter, Counts, Fault, Input, Matching, Options, Outcome, Report, Syntax};
use custom_stage::unique;

#[path = "../../examples/custom_stage.rs"]
#[allow(dead_code, reason = "of the example only its stage is wanted")]
mod custom_stage;

fn counts(report: &Report) -> Vec<u64> {
    report.patterns.iter().map(|pattern| pattern.count).collect()
}

fn regex() -> Options {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    Options { matching, ..Options::default() }
}

#[test]
fn pieces_may_be_cut_anywhere() {
    let text = "aXa XaÄä\naa aaa\r\nä aa".repeat(9);
    let matching = Matching { ignore_case: true, ..Matching::default() };
    for options in [Options { matching, ..Options::default() }, regex()] {
        let count = |length: usize| {
            let mut counter = Counter::new(["a", "aa", "ä", "Xa"], options.clone()).unwrap();
            text.as_bytes().chunks(length).for_each(|piece| counter.feed(piece));
            counter.end_text("a");
            let report = counter.finish();
            assert_eq!((report.source_count, report.text_bytes), (1, text.len() as u64));
            counts(&report)
        };
        let whole = count(text.len());
        assert!(whole.iter().all(|count| *count > 0));
        (1..8).for_each(|length| assert_eq!(count(length), whole));
    }
}

#[test]
fn counts_are_sums_over_all_that_was_given() {
    let folder = tempfile::tempdir().unwrap();
    for nth in 0..300 {
        fs::write(folder.path().join(format!("{nth:03}")), "aa b".repeat(nth)).unwrap();
    }
    for by_source in [false, true] {
        let options = Options { by_source, ..Options::default() };
        let mut counter = Counter::new(["a", "b", "a"], options).unwrap();
        counter.feed(b"b");
        counter.read("mark", &b"\xFF\xFEa\0"[..]);
        counter.count(&[Input::Path(folder.path().into()), Input::Path("no/such".into())]);
        counter.feed(b"a");
        counter.end_text("fed");
        counter.feed(b"not ended: a");
        let report = counter.finish();
        let all = 300 * 299 / 2;
        assert_eq!(counts(&report), [2 * all + 3, all + 1, 2 * all + 3]);
        assert_eq!((report.source_count, report.failed_count), (304, 1));
        let named: Vec<String> =
            report.sources.iter().map(|source| source.name.to_string()).collect();
        if by_source {
            assert_eq!(report.sources.len(), 304);
            assert_eq!((&*named[0], &*named[302], &*named[303]), ("mark", "fed", ""));
            assert_eq!(report.sources[302].counts, Some(Counts::new([1, 1, 1])));
        } else {
            assert_eq!(named, ["no/such"]);
        }
    }
}

#[test]
fn a_line_too_long_makes_its_text_partial() {
    let options = Options { max_line_bytes: 4, ..regex() };
    let mut counter = Counter::new(["a"], options).unwrap();
    counter.feed(b"a\naaaa\naa");
    counter.feed(b"aaa\na");
    counter.end_text("long");
    counter.read("long, too", &b"a\naaaaa"[..]);
    counter.feed(b"a");
    let report = counter.finish();
    assert_eq!(counts(&report), [1 + 4 + 1 + 1]);
    assert_eq!((report.source_count, report.partial_count), (3, 2));
    for source in &report.sources {
        assert!(matches!(source.outcome, Outcome::Partial(Fault::LongLine { limit_bytes: 4 })));
    }
}

/// Stages of one's own serve each text anew, on whatever thread it is counted.
#[test]
fn repeated_lines_are_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let drop_repeated = |pattern: &str, options: Options, limit| {
        Counter::new([pattern], options)
            .unwrap()
            .with_stage(move |child| Box::new(cogrep_core::network::lines(limit, unique(child))))
    };
    let feed = |text: &str, length: usize| {
        let mut counter = drop_repeated("a", Options::default(), 1 << 20);
        text.as_bytes().chunks(length).for_each(|piece| counter.feed(piece));
        counts(&counter.finish())[0]
    };
    for (text, expected) in [
        ("a\na", 1),
        ("a\na\n", 1),
        ("a\nb\na\n", 2),
        ("\n\na\n\na", 2),
        ("aa\na\na\n", 3),
        ("b\nb\na\na\nb\na\na\na\n", 2),
        ("a\n\n\na\nc\na\na", 3),
    ] {
        (1..=text.len()).for_each(|length| assert_eq!(feed(text, length), expected, "{text:?}"));
    }

    for nth in 0..200 {
        fs::write(folder.path().join(nth.to_string()), "a b\n".repeat(nth + 1)).unwrap();
    }
    let inputs = [Input::Path(folder.path().into())];
    for (options, expected) in [(Options::default(), 200), (regex(), 200)] {
        let mut counter = drop_repeated("a", options, 1 << 20);
        counter.count(&inputs);
        assert_eq!(counts(&counter.finish()), [expected]);
    }
    let mut counter = drop_repeated("a", Options::default(), 2);
    counter.count(&inputs);
    let report = counter.finish();
    assert_eq!((report.source_count, report.partial_count), (200, 200));
    assert_eq!(
        drop_repeated("a", regex(), 9).shape().to_string(),
        "cat -> lines -> unique -> lines -> fanout -> [grep a -> count]"
    );
}

#[test]
fn a_counter_can_be_kept_and_sent() {
    fn check<T: Send + 'static>() {}
    check::<Counter>();

    let mut counter = Counter::new(["ab"], Options::default()).unwrap();
    counter.feed(b"aba");
    let report = std::thread::spawn(move || {
        counter.feed(b"b");
        counter.finish()
    });
    assert_eq!(counts(&report.join().unwrap()), [2]);
}
