//! Counts against the reference counter in Python, in the folder that `COGREP_CORPUS`
//! names: random cases, and real lists in real texts.
//!
//! `COGREP_CASES` is the number of random cases (2,000), `COGREP_SAMPLE` the number of
//! patterns taken of each list (10), `COGREP_SEED` the seed, which is printed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::common::random::Random;
use crate::common::{choices, counts, strategy};
use cogrep_match::{EngineChoice, Matching, Syntax, Unit, parse_list};
use cogrep_testing::corpus;

fn number_in(variable: &str, default: usize) -> usize {
    std::env::var(variable).map_or(default, |number| number.parse().unwrap())
}

enum Text {
    Bytes(Vec<u8>),
    File(PathBuf),
}

struct Case {
    text: Text,
    patterns: Vec<Vec<u8>>,
    matching: Matching,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}

impl Case {
    fn to_json(&self) -> String {
        let text = match &self.text {
            Text::Bytes(bytes) => format!(r#""text":"{}""#, hex(bytes)),
            Text::File(path) => format!(r#""file":"{}""#, path.display()),
        };
        let patterns: Vec<_> =
            self.patterns.iter().map(|pattern| format!(r#""{}""#, hex(pattern))).collect();
        let Matching { ignore_case, whole_words, unit, .. } = self.matching;
        let (x, lines, overlapping) =
            (unit == Unit::WholeLines, unit == Unit::Lines, unit == Unit::Overlapping);
        format!(
            r#"{{{text},"patterns":[{}],"options":{{"i":{ignore_case},"w":{whole_words},"x":{x},"lines":{lines},"overlapping":{overlapping}}}}}"#,
            patterns.join(",")
        )
    }
}

/// The reference's counts of all cases.
fn answers(data: &Path, cases: &[Case]) -> Vec<Vec<u64>> {
    let mut python = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle.py"))
        .arg(data.join("oracle/count.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 answers for the reference");
    let mut input = python.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            for case in cases {
                writeln!(input, "{}", case.to_json()).unwrap();
            }
        });
        python.wait_with_output().unwrap()
    });
    assert!(output.status.success());
    let lines = str::from_utf8(&output.stdout).unwrap().lines();
    let answers: Vec<Vec<u64>> =
        lines.map(|line| line.split(' ').map(|count| count.parse().unwrap()).collect()).collect();
    assert_eq!(answers.len(), cases.len());
    answers
}

/// Files of real text.
fn corpora(data: &Path) -> Vec<PathBuf> {
    let names = [
        "pg2600.txt",
        "sherlock.txt",
        "zh-four-classics.txt",
        "lines-with-invalid-utf8.txt",
        "logs/apache_logs.log",
        "logs/auth.log",
        "logs/kafka-state-change.log",
    ];
    names.map(|name| data.join("corpora").join(name)).into()
}

/// A file as text: without its byte order mark.
fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    bytes.strip_prefix(b"\xEF\xBB\xBF").map(<[u8]>::to_vec).unwrap_or(bytes)
}

fn lists(data: &Path) -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let names = [
        "words-5000.txt",
        "english-length-10.txt",
        "et-open/content-literals-printable.txt",
        "ldnoobw/en",
        "ldnoobw/ja",
        "ldnoobw/ru",
    ];
    let list = |name| {
        let text = read(&data.join("patterns").join(name));
        (name, parse_list(&text).map(<[u8]>::to_vec).collect())
    };
    names.map(list).into()
}

/// This many atoms, each of one of these kinds.
fn random_atoms(random: &mut Random, count: usize, kinds: &[&[&str]]) -> Vec<u8> {
    let mut text = Vec::new();
    for _ in 0..count {
        let kind = kinds[random.below(kinds.len())];
        text.extend_from_slice(random.pick(kind).as_bytes());
    }
    text
}

/// A text of one of the kinds that the rules treat in ways of their own.
fn random_text(random: &mut Random, corpora: &[Vec<u8>]) -> Vec<u8> {
    let count = 1 + random.below(60);
    match random.below(6) {
        0 => random_atoms(random, count, &[&["a", "b"]]),
        1 => random_atoms(random, count, &[strategy::ATOMS]),
        2 => {
            let endings = &["\r\n", "\n", "\r"];
            random_atoms(random, count, &[&["a", "B", " "], strategy::ATOMS, endings])
        }
        3 => {
            let mut text = random_atoms(random, count, &[&["a", "k", "é"], strategy::ATOMS]);
            for _ in 0..=count / 4 {
                let at = random.below(text.len());
                text[at] = strategy::STRAYS[random.below(strategy::STRAYS.len())];
            }
            text
        }
        4 => {
            let copies = 1 + random.below(600);
            random_atoms(random, count, &[&["ab", "a", "é"], &["Ⱥ", "ba"]]).repeat(copies)
        }
        _ => {
            let corpus = &corpora[random.below(corpora.len())];
            random.stretch(corpus, 20_000).to_vec()
        }
    }
}

/// Patterns out of the text: at random, over the edges of pieces, changed and bordered.
fn random_patterns(random: &mut Random, text: &[u8], len: usize) -> Vec<Vec<u8>> {
    let pattern = |random: &mut Random| {
        let edge = (1 + random.below(text.len() / len + 1)) * len;
        let mut pattern = match random.below(4) {
            0 if edge < text.len() => {
                let start = edge.saturating_sub(1 + random.below(6));
                text[start..(edge + 1 + random.below(6)).min(text.len())].to_vec()
            }
            1 => random.stretch(text, 40).to_vec(),
            _ => random.stretch(text, 4).to_vec(),
        };
        match random.below(8) {
            0 => pattern = pattern.repeat(2),
            1 => pattern.make_ascii_uppercase(),
            2 => pattern.push(text[random.below(text.len())]),
            3 => pattern = random.pick(strategy::ATOMS).into(),
            _ => {}
        }
        pattern
    };
    let patterns = 1 + random.below(13);
    (0..patterns).map(|_| pattern(random)).collect()
}

fn random_matching(random: &mut Random) -> Matching {
    Matching {
        ignore_case: random.chance(2),
        whole_words: random.chance(3),
        unit: strategy::UNITS[random.below(strategy::UNITS.len())],
        ..Matching::default()
    }
}

#[test]
fn random_cases_count_as_in_the_reference() {
    let Some(data) = corpus() else { return };
    let mut random = Random::seeded();
    let corpora: Vec<_> = corpora(&data).iter().map(|path| read(path)).collect();
    let (cases, lens): (Vec<_>, Vec<_>) = (0..number_in("COGREP_CASES", 2000))
        .map(|_| {
            let text = random_text(&mut random, &corpora);
            let len = 1 + random.below(text.len().min(300));
            let patterns = random_patterns(&mut random, &text, len);
            let matching = random_matching(&mut random);
            (Case { text: Text::Bytes(text), patterns, matching }, len)
        })
        .unzip();
    let mut counted = 0;
    for (index, expected) in answers(&data, &cases).iter().enumerate() {
        let Case { text: Text::Bytes(text), patterns, matching } = &cases[index] else { continue };
        for choice in choices() {
            for lens in [&[lens[index]], &[usize::MAX]] {
                let found = counts(choice, text, patterns, *matching, lens);
                assert!(
                    found == *expected,
                    "case {index}, {choice:?} by {lens:?}: {found:?}, not {expected:?}\n{}",
                    cases[index].to_json()
                );
            }
        }
        counted += expected.iter().filter(|count| **count > 0).count();
    }
    // Cases that find nothing prove little.
    assert!(counted > cases.len());
}

/// The options under which lists are counted.
fn list_options() -> [Matching; 5] {
    let plain = Matching::default();
    let ignore_case = Matching { ignore_case: true, ..plain };
    [
        plain,
        ignore_case,
        Matching { whole_words: true, ..plain },
        Matching { unit: Unit::Lines, ..plain },
        Matching { whole_words: true, ..ignore_case },
    ]
}

/// Patterns of a list at random, and as many that occur in the text, if there are.
fn sample(random: &mut Random, list: &[Vec<u8>], text: &[u8], size: usize) -> Vec<Vec<u8>> {
    let mut sample = Vec::new();
    for _ in 0..20 * size {
        let pattern = &list[random.below(list.len())];
        let wanted = sample.len() < size / 2 || memchr::memmem::find(text, pattern).is_some();
        if wanted && sample.len() < size {
            sample.push(pattern.clone());
        }
    }
    sample
}

#[test]
fn samples_of_real_lists_count_as_in_the_reference() {
    let Some(data) = corpus() else { return };
    let mut random = Random::seeded();
    let size = number_in("COGREP_SAMPLE", 10);
    let lists = lists(&data);
    let mut cases = Vec::new();
    for path in corpora(&data) {
        let text = read(&path);
        let samples = lists.iter().map(|(_, list)| sample(&mut random, list, &text, size));
        let patterns = samples.collect::<Vec<_>>().concat();
        cases.extend(list_options().map(|matching| Case {
            text: Text::File(path.clone()),
            patterns: patterns.clone(),
            matching,
        }));
    }
    let mut counted = 0;
    for (case, expected) in cases.iter().zip(answers(&data, &cases)) {
        let Text::File(path) = &case.text else { continue };
        let text = read(path);
        // The engine that a list as long as this has by default, and the one for few.
        for choice in [EngineChoice::Automaton, EngineChoice::Memmem] {
            let found = counts(choice, &text, &case.patterns, case.matching, &[1 << 16]);
            assert!(found == expected, "{choice:?}, {}", case.to_json());
        }
        counted += expected.iter().filter(|count| **count > 0).count();
    }
    assert!(counted > 50, "{counted}");
}

#[test]
fn war_and_peace_has_the_known_counts() {
    let Some(data) = corpus() else { return };
    let text = read(&data.join("corpora/pg2600.txt"));
    let patterns = ["love", "hate", "hope"].map(|word| word.as_bytes().to_vec());
    let plain = Matching::default();
    for (matching, expected) in
        [(plain, [667, 103, 157]), (Matching { ignore_case: true, ..plain }, [677, 103, 158])]
    {
        for choice in choices() {
            assert_eq!(counts(choice, &text, &patterns, matching, &[1 << 18]), expected);
        }
    }
    for (matching, expected) in [
        (Matching { whole_words: true, ..plain }, 448),
        (Matching { unit: Unit::Lines, ignore_case: true, ..plain }, 617),
    ] {
        for choice in choices() {
            assert_eq!(counts(choice, &text, &patterns[..1], matching, &[1 << 18]), [expected]);
        }
        let matching = Matching { syntax: Syntax::Regex, ..matching };
        let counted = counts(EngineChoice::Auto, &text, &patterns[..1], matching, &[1 << 18]);
        assert_eq!(counted, [expected]);
    }
}

/// Some minutes: `cargo test --release -p cogrep-match oracle -- --ignored`.
#[test]
#[ignore = "takes minutes"]
fn real_lists_count_the_same_with_every_engine() {
    let Some(data) = corpus() else { return };
    let texts: Vec<_> = corpora(&data).iter().map(|path| read(path)).collect();
    for (name, list) in lists(&data) {
        for matching in list_options() {
            for text in &texts {
                let expected = counts(EngineChoice::Naive, text, &list, matching, &[1 << 18]);
                for choice in choices().filter(|choice| *choice != EngineChoice::Naive) {
                    let found = counts(choice, text, &list, matching, &[1 << 17]);
                    assert!(found == expected, "{name}, {matching:?}, {choice:?}");
                }
            }
            println!("{name}, {matching:?}: equal");
        }
    }
}
