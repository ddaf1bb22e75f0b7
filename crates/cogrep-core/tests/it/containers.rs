//! Containers in a job: their members are sources of their own, in their order.

use std::num::NonZeroUsize;
use std::sync::Arc;

use cogrep_core::Job;
use cogrep_match::{EngineChoice, Matching, Patterns, Plan};
use cogrep_source::backend::MemoryBackend;
use cogrep_source::container::{ContainerFormat, Event, Recognition, Split, Splitter};
use cogrep_source::{Fault, Input, OpenOptions};

/// `LINES` and a line feed; then each line is a member, whose name ends with a tab. A line
/// that ends with `?` is damaged. The last line is `END`.
#[derive(Debug)]
struct Lines;

impl ContainerFormat for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn start_bytes(&self) -> usize {
        6
    }

    fn recognise(&self, start: &[u8]) -> Recognition {
        start.starts_with(b"LINES\n").into()
    }

    fn split(&self) -> Box<dyn Splitter> {
        Box::new(Line::Between)
    }
}

enum Line {
    Between,
    Inside { is_damaged: bool },
}

impl Splitter for Line {
    fn step(&mut self, bytes: &[u8], _: bool, member: &mut [u8]) -> Split {
        let split = |taken, written, event| Split { taken, written, event };
        let at = |byte| bytes.iter().position(|other| *other == byte);
        match self {
            Self::Between if bytes.starts_with(b"LINES\n") => split(6, 0, Event::Within),
            Self::Between if bytes.starts_with(b"END\n") => split(4, 0, Event::Over(None)),
            Self::Between => match at(b'\t') {
                Some(tab) => {
                    *self = Self::Inside { is_damaged: false };
                    split(tab + 1, 0, Event::Begin { name: bytes[..tab].to_vec(), size: None })
                }
                None => split(0, 0, Event::Within),
            },
            Self::Inside { is_damaged } => {
                let end = at(b'\n').unwrap_or(bytes.len());
                if end == 0 && !bytes.is_empty() {
                    let fault = is_damaged.then_some(Fault::Corrupt { format: "lines" });
                    *self = Self::Between;
                    return split(1, 0, Event::End(fault));
                }
                let length = end.min(member.len());
                member[..length].copy_from_slice(&bytes[..length]);
                if length > 0 {
                    *is_damaged = bytes[length - 1] == b'?';
                }
                split(length, length, Event::Within)
            }
        }
    }
}

#[test]
fn members_are_sources_in_their_order() {
    let patterns = Patterns::new(["love", "hate"], Matching::default()).unwrap();
    let plan = Arc::new(Plan::new(&patterns, EngineChoice::Auto).unwrap());
    // More inputs than are read by one thread; each third is a container, and one is cut off.
    let texts: Vec<(String, String)> = (0..90)
        .map(|nth| {
            let text = match nth {
                30 => "LINES\na\tlove\nb\tlove and ha".to_owned(),
                _ if nth % 3 == 0 => {
                    let long = "love ".repeat(nth * 1000);
                    format!("LINES\nz\tlove\nbad\thate?\nlong\t{long}\nEND\n")
                }
                _ => "love".to_owned(),
            };
            (format!("{nth:02}"), text)
        })
        .collect();
    let mut expected = Vec::new();
    for nth in 0..90_usize {
        let mut source = |name: &str, counts: [u64; 2], outcome| {
            expected.push((format!("{nth:02}{name}"), counts.to_vec(), outcome));
        };
        match nth {
            30 => {
                source("!a", [1, 0], "complete");
                source("!b", [1, 0], "partial");
                source("", [0, 0], "partial");
            }
            _ if nth % 3 == 0 => {
                source("!z", [1, 0], "complete");
                source("!bad", [0, 1], "partial");
                source("!long", [nth as u64 * 1000, 0], "complete");
            }
            _ => source("", [1, 0], "complete"),
        }
    }
    let inputs: Vec<Input> =
        texts.iter().map(|(name, _)| Input::Name(name.as_str().into())).collect();
    let backend: Arc<MemoryBackend> = Arc::new(texts.into_iter().collect());
    for (workers, serial) in [(1, true), (1, false), (3, false)] {
        let job = Job {
            open: OpenOptions {
                backend: backend.clone(),
                containers: [Arc::new(Lines) as Arc<dyn ContainerFormat>].into_iter().collect(),
                ..OpenOptions::default()
            },
            workers: NonZeroUsize::new(workers),
            serial,
            by_source: true,
            ..Job::new(&plan, &inputs)
        };
        let mut sources = Vec::new();
        let report = job.run(|source| {
            let counts = source.counts.clone().unwrap_or_default().to_vec(2);
            sources.push((source.name.to_string(), counts, source.outcome.as_str()));
        });
        assert_eq!(sources, expected);
        assert_eq!(report.source_count, expected.len() as u64);
        let sum: u64 = expected.iter().map(|(_, counts, _)| counts[0]).sum();
        assert_eq!(report.patterns[0].count, sum);
        assert!(!report.is_complete());
    }
}
