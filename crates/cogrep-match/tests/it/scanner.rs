//! A scanner owns what it needs, can be sent to another thread, and copies nothing that it is
//! fed.

use crate::common::{counts, plan};
use cogrep_match::{EngineChoice, Hits, Matching, Scanner, Totals};

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
