//! How fast text in memory is counted, on one core: `cargo bench -p cogrep-match`.
//!
//! It is for a quick look while an engine is changed. The figures that are published, beside
//! other tools and with their totals checked, come from `bench` in the repository.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use cogrep_match::{EngineChoice, Matching, Patterns, Plan, Scanner, Syntax};
use divan::Bencher;
use divan::counter::BytesCount;

/// More than the caches hold.
const TEXT_BYTES: usize = 32 << 20;

/// What the program hands to a scanner at once.
const PIECE_BYTES: usize = 128 << 10;

static TEXT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../sample/ferryman.txt");
    let sample = std::fs::read(path).expect("the sample text of the repository");
    sample.repeat(TEXT_BYTES / sample.len())
});

fn main() {
    divan::main();
}

/// This many distinct words of the text, from all of its alphabet.
fn words(count: usize) -> Vec<&'static str> {
    let sample = str::from_utf8(&TEXT).expect("the sample is UTF-8");
    let words = sample.split(|char: char| !char.is_alphabetic());
    let words: BTreeSet<&str> = words.filter(|word| word.len() >= 5).collect();
    let step = words.len() / count;
    words.into_iter().step_by(step).take(count).collect()
}

fn bench(bencher: Bencher, patterns: &[&str], matching: Matching) {
    let patterns = patterns.iter().copied();
    let patterns = Patterns::new(patterns, matching).expect("words are patterns");
    let plan = Plan::new(&patterns, EngineChoice::Auto).expect("words have a plan");
    let mut scanner = Scanner::new(plan);
    bencher.counter(BytesCount::of_slice(&**TEXT)).bench_local(|| {
        for piece in TEXT.chunks(PIECE_BYTES) {
            scanner.feed(piece).expect("no line is too long");
        }
        scanner.end_text();
        scanner.take_counts()
    });
}

#[divan::bench(args = [1, 3, 10, 100, 1_000])]
fn literals(bencher: Bencher, count: usize) {
    bench(bencher, &words(count), Matching::default());
}

#[divan::bench(args = [1, 3, 10, 100, 1_000])]
fn literals_in_any_case(bencher: Bencher, count: usize) {
    bench(bencher, &words(count), Matching { ignore_case: true, ..Matching::default() });
}

#[divan::bench(args = [1, 3, 10, 100, 1_000])]
fn whole_words(bencher: Bencher, count: usize) {
    bench(bencher, &words(count), Matching { whole_words: true, ..Matching::default() });
}

#[divan::bench]
fn one_frequent_word(bencher: Bencher) {
    bench(bencher, &["the"], Matching::default());
}

#[divan::bench]
fn one_expression(bencher: Bencher) {
    let matching = Matching { syntax: Syntax::Regex, ..Matching::default() };
    bench(bencher, &["(love|hate)[a-z]*"], matching);
}
