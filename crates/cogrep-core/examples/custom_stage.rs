//! A stage of one's own: it drops lines that repeat the one before, as `uniq` does,
//! so that what is said twice in a row counts once.
//!
//! `cargo run --release -p cogrep-core --example custom_stage -- PATTERN INPUT...`
#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use cogrep_core::stage::{Shape, Stage, lines, named};
use cogrep_core::{Chunk, Counter, Input as Source, Options};
use cosend::{Input, coroutine};

/// Passes on lines that differ from the one before; its chunks are cut between lines.
pub(crate) fn unique<S: Stage>(mut child: S) -> impl Stage<Return = S::Return> {
    let shape = Shape::new("unique", [child.shape()]);
    let body = coroutine(async move |mut text: Input<Chunk>| {
        let (mut kept, mut last) = (Chunk::new(), None::<Vec<u8>>);
        while let Some(chunk) = text.next().await {
            let mut before = last.as_deref();
            kept.rewrite(chunk.offset(), chunk.is_last(), |kept| {
                let mut rest = chunk.bytes();
                while !rest.is_empty() {
                    let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    let (line, behind) = rest.split_at((length + 1).min(rest.len()));
                    if before.replace(&line[..length]) != Some(&line[..length]) {
                        kept.extend_from_slice(line);
                    }
                    rest = behind;
                }
            });
            last = before.map(<[u8]>::to_vec);
            if child.send(&kept).is_err() {
                break;
            }
        }
        child.close()
    });
    named(shape, body)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args_os().skip(1);
    let pattern = words.next().ok_or("usage: custom_stage PATTERN INPUT...")?;
    let inputs: Vec<_> = words.map(|word| Source::from_argument(&word)).collect();

    let options = Options::default();
    let longest = options.max_line_bytes;
    let mut counter = Counter::new([pattern.into_encoded_bytes()], options)?
        .with_stage(move |child, stop| Box::new(lines(longest, stop, unique(child))));
    println!("{}", counter.shape());
    counter.count(&inputs);
    let report = counter.finish();
    for source in &report.sources {
        println!("{}: {}", source.name, source.outcome.as_str());
    }
    println!("{}", report.patterns[0].count);
    Ok(())
}
