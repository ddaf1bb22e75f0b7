//! A scanner owns what it needs, can be sent to another thread, and copies nothing that it is
//! fed.

use crate::common::{counts, plan};
use cogrep_match::{EngineChoice, Hits, Matching, Scanner, Syntax, Totals};

#[test]
fn a_scanner_can_be_kept_and_sent() {
    fn check<T: Send + 'static>() {}
    check::<Scanner<Totals>>();
    check::<Scanner<Hits>>();

    let plan = plan(&[b"ab".to_vec()], Matching::default(), EngineChoice::Auto);
    let mut scanner: Scanner = Scanner::new(plan);
    scanner.feed(b"aba").unwrap();
    let counted = std::thread::spawn(move || {
        scanner.feed(b"b").unwrap();
        scanner.end_text();
        scanner.take_counts()
    });
    assert_eq!(counted.join().unwrap().to_vec(1), [2]);
}

#[test]
fn a_scanner_serves_texts_on_many_threads_by_one_plan() {
    let patterns = [b"he".to_vec(), b"she".to_vec(), b"hers".to_vec()];
    let plan = plan(&patterns, Matching::default(), EngineChoice::Auto);
    let text = b"ushers and she".repeat(10_000);
    let expected =
        counts(EngineChoice::Naive, &text, &patterns, Matching::default(), &[usize::MAX]);
    let found: Vec<_> = std::thread::scope(|scope| {
        let start = |_| scope.spawn(|| Scanner::new(plan.clone()).count(&text).unwrap().to_vec(3));
        let threads: Vec<_> = (0..3).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(found, [&expected[..]; 3]);
}

/// The bytes that are allocated while a text is scanned in one piece.
fn allocated(patterns: &[Vec<u8>], matching: Matching, text: &[u8]) -> u64 {
    let plan = plan(patterns, matching, EngineChoice::Auto);
    let mut scanner: Scanner = Scanner::new(plan);
    // What is made when it is first needed does not count.
    scanner.count(text).unwrap();
    let scan = || {
        scanner.feed(text).unwrap();
        scanner.end_text();
    };
    allocation_counter::measure(scan).bytes_total
}

#[test]
fn a_pass_allocates_nothing_that_grows_with_the_text() {
    let words = |count: usize| (0..count).map(|n| format!("word{n}").into_bytes()).collect();
    let lists: [Vec<Vec<u8>>; 4] = [vec![b"love".to_vec()], words(3), words(100), words(3000)];
    let line = "A word7 of LOVE, \u{C4}pfel and word2999.\n";
    let (text, longer) = (line.repeat(1 << 15), line.repeat(1 << 18));
    for syntax in [Syntax::Literal, Syntax::Regex] {
        for patterns in &lists[..if syntax == Syntax::Regex { 2 } else { 4 }] {
            for ignore_case in [false, true] {
                let matching = Matching { syntax, ignore_case, ..Matching::default() };
                let some = allocated(patterns, matching, text.as_bytes());
                let more = allocated(patterns, matching, longer.as_bytes());
                let count = patterns.len();
                assert!(more <= some + 4096, "{count} {matching:?}: {some} and {more} bytes");
            }
        }
    }
}
