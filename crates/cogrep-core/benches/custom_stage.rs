//! What stages from elsewhere cost: the network as it is built in, the same after a
//! stage that does nothing, after the built-in `lines`, after one that only finds out
//! where lines end, which is the least that comparing lines takes, and after
//! the example that drops repeated lines.
//!
//! `cargo bench -p cogrep-core [-- FILE]`; without a file, on generated prose, and on the
//! same with every line twice.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "it prints, and may panic")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cogrep_core::network::{Counted, Shape, Stage, lines, named};
use cogrep_core::{Chunk, Counter, Counting, Input as Source, Matching, Options, line_ends};
use cosend::{Input, Sink, coroutine};
use custom_stage::unique;

#[path = "../examples/custom_stage.rs"]
#[allow(dead_code, reason = "of the example only its stage is wanted")]
mod custom_stage;

const LIMIT: usize = 16 << 20;

const ROUNDS: usize = 9;

/// Passes everything on.
fn pass(mut child: Counting) -> impl Stage<Return = Counted> + Send {
    let shape = Shape::new("pass", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        while let Some(chunk) = text.next().await {
            if child.send(chunk).is_err() {
                break;
            }
        }
        child.close()
    });
    named(shape, body)
}

/// Finds out where lines end, and passes everything on.
fn ends(mut child: Counting) -> impl Stage<Return = Counted> + Send {
    let shape = Shape::new("ends", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let mut ends = Vec::new();
        while let Some(chunk) = text.next().await {
            line_ends(chunk.bytes(), &mut ends);
            if black_box(&mut child).send(chunk).is_err() {
                break;
            }
        }
        child.close()
    });
    named(shape, body)
}

/// Words of a small language, the frequent ones short, in lines of about 60 bytes.
fn prose(bytes: usize) -> String {
    let mut state = 1_u64;
    let mut text = String::new();
    let mut line = 0;
    while text.len() < bytes {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&word((state >> 33) % (1 + (state >> 50) % 5000)));
        line += 1;
        text.push(if line % 11 == 0 { '\n' } else { ' ' });
    }
    text
}

fn word(mut number: u64) -> String {
    const SYLLABLES: [&str; 10] = ["lo", "ve", "ha", "te", "ho", "pe", "war", "and", "ce", "ri"];
    let mut word = String::new();
    loop {
        word.push_str(SYLLABLES[usize::try_from(number % 10).unwrap()]);
        number /= 10;
        if number == 0 {
            return word;
        }
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    // Cargo adds `--bench`.
    let path = std::env::args_os().skip(1).find(|word| !word.to_string_lossy().starts_with('-'));
    if let Some(path) = path {
        return table("the file", path.into());
    }
    let prose = prose(16 << 20);
    let twice: String = prose.split_inclusive('\n').flat_map(|line| [line, line]).collect();
    for (name, text) in [("lines that rarely repeat", prose), ("every line twice", twice)] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        table(name, path);
    }
}

/// Prints how fast one text is counted in.
fn table(name: &str, path: PathBuf) {
    let inputs = [Source::Path(path)];
    let many = |count: u64| (0..count).map(|number| word(number + 3)).collect::<Vec<_>>();
    let few = ["love".to_owned()].to_vec();
    println!("{name}, in GB/s, best of {ROUNDS}");
    println!("patterns   built in       pass      lines       ends     unique");
    for (patterns, ignore_case) in [(few, false), (many(3), true), (many(1000), true)] {
        let number = patterns.len();
        let measure = |stage: usize| {
            let matching = Matching { ignore_case, ..Matching::default() };
            let options = Options { matching, workers: NonZeroUsize::new(1), ..Options::default() };
            let counter = Counter::new(patterns.clone(), options).unwrap();
            let lines = |child| lines(LIMIT, child);
            let mut counter = match stage {
                0 => counter,
                1 => counter.with_stage(|child| Box::new(pass(child))),
                2 => counter.with_stage(move |child| Box::new(lines(child))),
                3 => counter.with_stage(|child| Box::new(ends(child))),
                _ => counter.with_stage(move |child| Box::new(lines(Box::new(unique(child))))),
            };
            let begun = Instant::now();
            counter.count(&inputs);
            let taken = begun.elapsed();
            (taken, counter.finish().text_bytes)
        };
        let mut best = [Duration::MAX; 5];
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            for (stage, best) in best.iter_mut().enumerate() {
                let (taken, text_bytes) = measure(stage);
                *best = taken.min(*best);
                bytes = text_bytes;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "for people to look at")]
        let rates = best.map(|taken| format!("{:11.2}", bytes as f64 / taken.as_secs_f64() / 1e9));
        println!("{number:8}{}", rates.concat());
    }
}
